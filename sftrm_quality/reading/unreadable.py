"""Rows of records that could not be read, with position, reason and their bytes."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import xxhash

from sftrm_quality.reading.payloads import payload_columns
from sftrm_quality.records import POSITION, SHARD_QUARANTINE, Stage, unreviewed


class Positions(Protocol):
    """Where the records of a shard are in their source file.

    One entry per record in each, int64. indexes: its source_index, ascending. offsets, lengths, lines: bytes in the
    (decompressed) source and its line, counted from 1; -1 where the container has no such thing.
    """

    @property
    def indexes(self) -> Any: ...
    @property
    def offsets(self) -> Any: ...
    @property
    def lengths(self) -> Any: ...
    @property
    def lines(self) -> Any: ...


def position_columns(shard: Positions, rows: Any) -> dict[str, pa.Array]:
    """Where records are in their source file.

    Args:
        shard: Whose records they are.
        rows: Which of them, int64.

    Returns:
        The columns `records.POSITION`; null where the container has no such thing.
    """
    counted = (shard.indexes[rows], shard.offsets[rows], shard.lengths[rows], shard.lines[rows])
    columns = (pa.array(values, pa.int64(), mask=values < 0) for values in counted)
    return dict(zip((name for name, _ in POSITION), columns, strict=True))


class Unreadable:
    """Collects rows of one shard.

    Args:
        shard: Whose rows they are.
        raw_bytes: Gives the bytes of a row as they are in the source.
        encoding: In which these bytes are a text.
    """

    def __init__(self, shard: Positions, raw_bytes: Callable[[int], bytes], encoding: str) -> None:
        self._shard, self._raw_bytes, self._encoding = shard, raw_bytes, encoding
        self._rows: dict[int, tuple[str, str]] = {}

    def add(self, row: int, reason: str, detail: str) -> None:
        self._rows[row] = (reason, detail)

    def table(self) -> pa.Table:
        """The rows in order, columns of ``records.SHARD_QUARANTINE``."""
        rows = sorted(self._rows)
        raw = [self._raw_bytes(row) for row in rows]
        columns: dict[str, Any] = {
            "data_id": pa.nulls(len(rows), pa.string()),
            **position_columns(self._shard, np.array(rows, np.int64)),
            "stage": pa.array([Stage.READ.value] * len(rows), pa.string()),
            "reasons": pa.array([[self._rows[row][0]] for row in rows], pa.list_(pa.string())),
            "details": pa.array([[self._rows[row][1]] for row in rows], pa.list_(pa.string())),
            **unreviewed(len(rows)),
            "content_hash": pa.array([xxhash.xxh3_128_digest(b"unreadable" + piece) for piece in raw], pa.binary(16)),
            **payload_columns(raw, self._encoding),
        }
        return pa.table([columns[field.name] for field in SHARD_QUARANTINE], schema=SHARD_QUARANTINE)
