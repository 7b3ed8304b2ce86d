"""Delimited text: CSV and its relatives, a row a record."""

from sftrm_quality.reading.delimited.opening import open_delimited
from sftrm_quality.reading.delimited.shards import row_again

__all__ = ["open_delimited", "row_again"]
