"""Failing rows in full, with their reasons in words, as files for whoever delivered them: ``sftrm rows``."""

from sftrm_quality.rows.files import FORMATS
from sftrm_quality.rows.runs import RunWithRows, find_run, known_before
from sftrm_quality.rows.selection import NoSuchRows, Wanted, select
from sftrm_quality.rows.writing import WrittenRows, refuse_target, write_rows_file

__all__ = [
    "FORMATS",
    "NoSuchRows",
    "RunWithRows",
    "Wanted",
    "WrittenRows",
    "find_run",
    "known_before",
    "refuse_target",
    "select",
    "write_rows_file",
]
