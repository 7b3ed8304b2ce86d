"""Readers of tables: what holds the rows differs, what is made of a row does not."""

from sftrm_quality.reading.tables.loaded import LoadedTable

__all__ = ["LoadedTable"]
