"""Rows as they are read, cut into shards of bounded size, each in a file of its own."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from sftrm_quality.config import Limits
from sftrm_quality.reading.tables.checked import broken_rows
from sftrm_quality.reading.tables.pieces import Broken, Piece, Pieces
from sftrm_quality.reading.tables.plain import plain_table
from sftrm_quality.reading.tables.sizes import row_sizes
from sftrm_quality.reading.tables.spilled import TableShard, write_shard
from sftrm_quality.reading.tables.values import row_json, row_value
from sftrm_quality.words import say

SAMPLE, _SAMPLE_BYTES = 200, 4 << 20
_KEPT_OF_OVERSIZED = 64 << 10
"""Bytes of each text of a record that is too long: enough to see what it is."""


def checked(piece: Piece, limits: Limits) -> tuple[Piece, npt.NDArray[np.int64]]:
    """A piece whose values may be looked at, and the bytes of each of its rows, 0 for broken ones."""
    if piece.table is None:
        return piece, np.zeros(piece.rows, np.int64)
    broken = {**broken_rows(piece.table), **piece.broken}
    good = piece.table
    if broken:
        mask = np.ones(piece.rows, bool)
        mask[list(broken)] = False
        rows = np.flatnonzero(mask)
        good = only(piece.table, rows)
    else:
        rows = np.arange(piece.rows)
    sizes = np.zeros(piece.rows, np.int64)
    sizes[rows] = row_sizes(good)
    large = np.flatnonzero(sizes > limits.record_bytes)
    for row in large.tolist():
        detail = say(
            "{length:,} bytes, limits.record_bytes allows {record_bytes:,}",
            length=int(sizes[row]),
            record_bytes=limits.record_bytes,
        )
        broken[row] = Broken("record_too_large", detail, _beginning(piece.table.slice(row, 1)))
    for row, why in broken.items():
        sizes[row] = len(why.payload)
    return Piece(piece.rows, piece.table, broken, lines=piece.lines, taken=piece.taken), sizes


def only(table: pa.Table | pa.RecordBatch, rows: Any) -> pa.Table:
    """Rows in slices, which look at no value, as taking would: those beside may be anything."""
    table = pa.Table.from_batches([table]) if isinstance(table, pa.RecordBatch) else table
    if not len(rows):
        return table.schema.empty_table()
    starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
    ends = np.append(starts[1:], len(rows))
    runs = [table.slice(rows[a], rows[b - 1] - rows[a] + 1) for a, b in zip(starts, ends, strict=True)]
    return pa.concat_tables(runs)


def _beginning(row: pa.Table) -> bytes:
    """The beginning of each text of a row, as JSON."""
    row = plain_table(row)
    shortened = {}
    for name, column in zip(row.column_names, row.columns, strict=True):
        if pa.types.is_string(column.type) and column[0].is_valid:
            kept = memoryview(column[0].as_buffer())[:_KEPT_OF_OVERSIZED].tobytes()
            shortened[name] = kept.decode("utf-8", "ignore")
        elif not pa.types.is_nested(column.type) and not pa.types.is_binary(column.type):
            shortened[name] = column[0].as_py()
    return row_json(shortened)


class TableCutter:
    """Cuts pieces into shards. Where they begin and end follows from the rows, not from the pieces.

    sample: up to 200 rows from the beginning, as objects.
    """

    def __init__(self, source_file: str, pieces: Pieces, limits: Limits, spill: Path, cells: bool) -> None:
        self._source_file, self._limits, self._spill, self._cells = source_file, limits, spill, cells
        self._checked = (checked(piece, limits) for piece in pieces)
        self._ahead: list[tuple[Piece, npt.NDArray[np.int64]]] = []
        self._names = count()
        self._index = 0
        self._begin_shard()
        self.sample: list[Any] = []
        length = 0
        for piece, sizes in self._checked:
            self._ahead.append((piece, sizes))
            self.sample += _sample(piece, sizes, SAMPLE - len(self.sample))
            length += int(sizes.sum())
            if len(self.sample) >= SAMPLE or length >= _SAMPLE_BYTES:
                break

    def _begin_shard(self) -> None:
        self._tables: list[pa.Table] = []
        self._broken: dict[int, Broken] = {}
        self._lines: list[Any] = []
        self._rows, self._bytes, self._taken = 0, 0, 0.0

    def shards(self) -> Iterator[TableShard]:
        """The shards. Raises StorageError where one cannot be written."""
        while self._ahead:
            yield from self._cut(*self._ahead.pop(0))
        for piece in self._checked:
            yield from self._cut(*piece)
        if self._rows:
            yield self._shard()

    def _cut(self, piece: Piece, sizes: npt.NDArray[np.int64]) -> Iterator[TableShard]:
        ends, begin = np.cumsum(sizes), 0
        while begin < piece.rows:
            before = int(ends[begin - 1]) if begin else 0
            fitting = int(np.searchsorted(ends, before + self._limits.shard_bytes - self._bytes, side="right"))
            end = min(fitting, begin + self._limits.shard_records - self._rows)
            if end <= begin and self._rows:
                yield self._shard()
                continue
            end = max(end, begin + 1)
            self._add(piece, begin, end)
            self._bytes += int(ends[end - 1]) - before
            begin = end

    def _add(self, piece: Piece, begin: int, end: int) -> None:
        if piece.lost is not None:
            self._broken.update(dict.fromkeys(range(self._rows, self._rows + end - begin), piece.lost))
        assert piece.table is not None or piece.lost is not None
        if piece.table is not None:
            broken = {row: why for row, why in piece.broken.items() if begin <= row < end}
            rows = np.setdiff1d(np.arange(begin, end), list(broken))
            self._tables.append(plain_table(only(piece.table, rows)))
            self._broken.update({self._rows + row - begin: why for row, why in broken.items()})
        self._lines.append(np.full(end - begin, -1, np.int64) if piece.lines is None else piece.lines[begin:end])
        self._taken += piece.taken * (end - begin) / max(1, piece.rows)
        self._rows += end - begin

    def _shard(self) -> TableShard:
        name = f"{xxhash.xxh3_64_hexdigest(self._source_file.encode())}-{next(self._names):010d}.arrow"
        path = self._spill / name
        table = pa.concat_tables(self._tables).combine_chunks() if self._tables else pa.table({})
        write_shard(path, table, self._broken)
        lines = np.concatenate(self._lines)
        shard = TableShard(self._source_file, path, int(self._taken), self._index, self._rows, lines, self._cells)
        self._index += self._rows
        self._begin_shard()
        return shard


def _sample(piece: Piece, sizes: npt.NDArray[np.int64], most: int) -> list[Any]:
    if piece.table is None:
        return []
    within = max(1, int(np.searchsorted(np.cumsum(sizes), _SAMPLE_BYTES, side="right")))
    rows = [row for row in range(min(piece.rows, within)) if row not in piece.broken][:most]
    return [row_value(row) for row in plain_table(only(piece.table, np.array(rows, np.int64))).to_pylist()]
