"""Rows of a table in memory, whatever they were read from."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import as_mask
from sftrm_quality.config import Limits
from sftrm_quality.reading.shards import ReadBatch, Shard
from sftrm_quality.reading.tables.fitting import fit, plain_array
from sftrm_quality.reading.tables.values import row_json, row_value
from sftrm_quality.reading.unreadable import Unreadable

_AT_A_TIME = 256


@dataclass(frozen=True)
class LoadedTable:
    """A shard of a table.

    table: its rows that could be read, all of their columns; row ``i`` is row ``rows[i]`` of the shard. broken_bytes:
    the own bytes of a row that could not be read. cells: all values are texts, as they are shown in a cell.
    """

    shard: Shard
    table: pa.Table
    rows: Any
    unreadable: Unreadable
    broken_bytes: Callable[[int], bytes]
    cells: bool
    _made: dict[int, Mapping[str, Any]] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @property
    def payload_encoding(self) -> str:
        """Rows are JSON in UTF-8, whatever they were read from."""
        return "utf-8"

    def raw_bytes(self, row: int) -> bytes:
        """The row as JSON; one that could not be read as it is in the source."""
        i = int(np.searchsorted(self.rows, row))
        return self._json(i) if i < len(self.rows) and self.rows[i] == row else self.broken_bytes(row)

    def text_of(self, row: int) -> bytes:
        """The row as JSON."""
        return self._json(int(np.searchsorted(self.rows, row)))

    def value(self, row: int) -> Any:
        """The row as an object."""
        return self.value_at(int(np.searchsorted(self.rows, row)))

    def value_at(self, i: int) -> Any:
        """The ``i``-th row that could be read as an object."""
        return row_value(self._row(i))

    def _json(self, i: int) -> bytes:
        return row_json(self._row(i))

    def _row(self, i: int) -> Mapping[str, Any]:
        """Rows that are asked for one after another are made some at a time, which is several times as fast."""
        if i not in self._made:
            count = _AT_A_TIME if i - 1 in self._made else 1
            self._made.clear()
            self._made.update(enumerate(self.table.slice(i, count).to_pylist(), i))
        return self._made[i]

    def parse(self, schema: pa.Schema, limits: Limits) -> ReadBatch:
        """The rows in the columns of a schema: those that fit as they are, the others as objects."""
        rows = len(self.table)
        wrong, unread = np.zeros(rows, bool), np.zeros(rows, bool)
        columns = []
        for field in schema:
            if field.name not in self.table.column_names:
                columns.append(pa.nulls(rows, field.type))
                continue
            fitted, not_fitting, more = fit(plain_array(self.table[field.name]), field.type, self.cells)
            columns.append(fitted)
            wrong |= not_fitting
            unread |= more
        for name in self.table.column_names:
            if name not in schema.names:
                unread |= as_mask(pc.is_valid(plain_array(self.table[name])))
        table = pa.table(columns, schema=schema)
        objects = [(int(self.rows[i]), self.value_at(int(i))) for i in np.flatnonzero(wrong)]
        if wrong.any():
            table = table.filter(pa.array(~wrong))
        table_rows = self.rows[~wrong]
        return ReadBatch(table, table_rows, objects, self.unreadable.table(), table_rows[unread[~wrong]])
