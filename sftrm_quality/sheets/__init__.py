"""Sheets that people mend: failing records with a cell to fill beside each field, and their way back as corrections."""

from sftrm_quality.sheets.comparing import NewValues, Told
from sftrm_quality.sheets.failing import settings_of_run
from sftrm_quality.sheets.importing import Import, read_import, store_corrections
from sftrm_quality.sheets.writing import WrittenSheet, write_sheet

__all__ = [
    "Import",
    "NewValues",
    "Told",
    "WrittenSheet",
    "read_import",
    "settings_of_run",
    "store_corrections",
    "write_sheet",
]
