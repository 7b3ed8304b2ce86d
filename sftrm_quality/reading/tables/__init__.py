"""Readers of tables: what holds the rows differs, what is made of a row does not."""

from sftrm_quality.reading.tables.cells import DueCells, json_cell
from sftrm_quality.reading.tables.loaded import LoadedTable
from sftrm_quality.reading.tables.values import row_dicts, row_json, row_value

__all__ = ["DueCells", "LoadedTable", "json_cell", "row_dicts", "row_json", "row_value"]
