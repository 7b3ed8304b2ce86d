"""Failing rows in full, with their reasons in words, as files for whoever delivered them: ``sftrm rows``."""

from sftrm_quality.rows.cells import LONGEST_CELL, fits, from_inert, inert, units, visible
from sftrm_quality.rows.files import FORMATS, SHEET_ROWS, Cell, csv_rows, opened_workbook
from sftrm_quality.rows.runs import RunWithRows, find_run, known_before
from sftrm_quality.rows.selection import NoSuchRows, Selection, Wanted, content_part, select, select_records
from sftrm_quality.rows.writing import (
    LongTexts,
    WrittenRows,
    beside,
    descriptions,
    line_of,
    reasons_in_words,
    refuse_target,
    write_rows_file,
)

__all__ = [
    "FORMATS",
    "LONGEST_CELL",
    "SHEET_ROWS",
    "Cell",
    "LongTexts",
    "NoSuchRows",
    "RunWithRows",
    "Selection",
    "Wanted",
    "WrittenRows",
    "beside",
    "content_part",
    "csv_rows",
    "descriptions",
    "find_run",
    "fits",
    "from_inert",
    "inert",
    "known_before",
    "line_of",
    "opened_workbook",
    "reasons_in_words",
    "refuse_target",
    "select",
    "select_records",
    "units",
    "visible",
    "write_rows_file",
]
