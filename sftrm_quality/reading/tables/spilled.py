"""Neighbouring rows of a table in an Arrow file of their own: what a worker is given of a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sftrm_quality.arrow_files import read_table, write_table
from sftrm_quality.config import Limits
from sftrm_quality.errors import storage_error_type
from sftrm_quality.reading.tables.loaded import LoadedTable
from sftrm_quality.reading.tables.pieces import Broken
from sftrm_quality.reading.tables.values import row_dicts, row_json
from sftrm_quality.reading.unreadable import Unreadable
from sftrm_quality.words import say

_BROKEN = b"broken"
"""Under which name the broken rows are kept beside the others."""
_AT_A_TIME = 512  # rows that are Python objects at the same time


@dataclass(frozen=True)
class TableShard:
    """Neighbouring rows of a table, in the Arrow file ``path``. See `shards.Shard`.

    length: bytes of the raw file that they take, roughly. cells: all values are texts, as they are shown in a cell.
    """

    source_file: str
    path: Path
    length: int
    first_index: int
    rows: int
    lines: Any
    cells: bool
    spilled: bool = True
    encoding: str = "utf-8"

    @property
    def indexes(self) -> Any:
        """The rows are neighbours."""
        return np.arange(self.first_index, self.first_index + self.rows, dtype=np.int64)

    @property
    def offsets(self) -> Any:
        """Rows have no place in bytes."""
        return np.full(self.rows, -1, np.int64)

    @property
    def lengths(self) -> Any:
        return self.offsets

    def __len__(self) -> int:
        return self.rows

    def payloads(self, only: Sequence[str] | None = None) -> Iterator[bytes]:
        """Each row as JSON, of a broken one what there is of its text. Raises StorageError."""
        table, broken = _read(self.path)
        values = _values(table, only)
        for row in range(self.rows):
            yield broken[row].payload if row in broken else row_json(next(values))

    def load(self, limits: Limits) -> LoadedTable:
        """Map the file. Raises StorageError where it cannot be read any more."""
        table, broken = _read(self.path)
        unreadable = Unreadable(self, lambda row: broken[row].payload, "utf-8")
        for row, why in broken.items():
            unreadable.add(row, why.reason, why.detail)
        rows = np.setdiff1d(np.arange(self.rows, dtype=np.int64), np.array(list(broken), np.int64), assume_unique=True)
        return LoadedTable(self, table, rows, unreadable, lambda row: broken[row].payload, self.cells)


def _values(table: pa.Table, only: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    for begin in range(0, table.num_rows, _AT_A_TIME):
        yield from row_dicts(table.slice(begin, _AT_A_TIME), only)


def write_shard(path: Path, table: pa.Table, broken: Mapping[int, Broken]) -> None:
    """Write the rows of a shard.

    Args:
        path: Where to.
        table: Its good rows.
        broken: The others, by their row in the shard.

    Raises:
        StorageError: It cannot be written.
    """
    if broken:
        columns = {
            "row": pa.array(list(broken), pa.int64()),
            "reason": pa.array([why.reason for why in broken.values()], pa.string()).dictionary_encode(),
            "detail": pa.array([why.detail for why in broken.values()], pa.string()).dictionary_encode(),
            "payload": pa.array([why.payload for why in broken.values()], pa.binary()),
        }
        sink = pa.BufferOutputStream()
        of_broken = pa.table(columns)
        with pa.ipc.new_stream(sink, of_broken.schema) as writer:
            writer.write_table(of_broken)
        table = table.replace_schema_metadata({_BROKEN: sink.getvalue().to_pybytes()})
    try:
        write_table(path, table)
    except OSError as error:
        raise storage_error_type(error)(
            say("{path}: cannot be written ({strerror}). Free space, run again.", path=path, strerror=error.strerror)
        ) from error


def _read(path: Path) -> tuple[pa.Table, dict[int, Broken]]:
    table = read_table(path)
    kept = (table.schema.metadata or {}).get(_BROKEN)
    if kept is None:
        return table, {}
    rows = pa.ipc.open_stream(kept).read_all().to_pylist()
    broken = {row["row"]: Broken(row["reason"], row["detail"], row["payload"]) for row in rows}
    return table.replace_schema_metadata(), broken
