"""The fingerprints of all shards, read one column at a time, and the grouping of equal keys."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sftrm_quality.errors import StorageError
from sftrm_quality.records import LabelKind

NONE = -1
"""In results: no row."""


class ShardKeys(NamedTuple):
    """Where the fingerprints of one shard are.

    ``path`` is an Arrow IPC file of ``fingerprints.fingerprint_schema``, uncompressed; ``records_path`` one of the
    shard's candidates, the same rows in the same order.
    """

    path: Path
    records_path: Path
    label_kind: LabelKind
    rows: int


def shard_starts(shards: Sequence[ShardKeys]) -> npt.NDArray[np.int64]:
    """The first global row of every shard, and one past the last (int64, shards + 1)."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum([shard.rows for shard in shards], dtype=np.int64)])


def rows_of_kind(shards: Sequence[ShardKeys], kind: LabelKind) -> npt.NDArray[np.bool_]:
    """Mask over the global rows: those of a label kind."""
    return np.repeat(np.array([s.label_kind is kind for s in shards], np.bool_), [s.rows for s in shards])


def shard_tables(shards: Sequence[ShardKeys]) -> Iterator[pa.Table]:
    """The fingerprints of each shard in turn, mapped and not read.

    Raises:
        StorageError: a file is missing or broken, or has other rows than its shard.
    """
    for shard in shards:
        try:
            with pa.memory_map(str(shard.path)) as source:
                table = pa.ipc.open_file(source).read_all()
        except (OSError, pa.ArrowInvalid) as error:
            raise StorageError(f"{shard.path}: cannot read the fingerprints: {error}. Make them anew.") from error
        if table.num_rows != shard.rows:
            raise StorageError(f"{shard.path}: {table.num_rows} fingerprints of {shard.rows} records. Make them anew.")
        yield table


def shard_columns(shards: Sequence[ShardKeys], name: str) -> Iterator[pa.Array]:
    """One column of each shard in turn.

    Raises:
        StorageError: as ``shard_tables``.
    """
    for table in shard_tables(shards):
        yield table[name].combine_chunks()


def check_metadata(shards: Sequence[ShardKeys], expected: dict[bytes, bytes]) -> None:
    """Refuses fingerprints that were made in another way.

    Raises:
        StorageError: a file's metadata does not have all that is expected; or as ``shard_tables``.
    """
    for shard, table in zip(shards, shard_tables(shards), strict=True):
        metadata = table.schema.metadata or {}
        for key, value in expected.items():
            if metadata.get(key) != value:
                raise StorageError(
                    f"{shard.path}: {key.decode()} is {metadata.get(key, b'not there').decode()}, expected "
                    f"{value.decode()}: the fingerprints were made under other settings. Make them anew."
                )


def read_digests(shards: Sequence[ShardKeys], name: str) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
    """A binary(16) column over all rows, as two numbers a row (uint64, rows x 2), and where it is not null."""
    starts = shard_starts(shards)
    halves = np.zeros((starts[-1], 2), np.uint64)
    valid = np.ones(starts[-1], np.bool_)
    for start, column in zip(starts.tolist(), shard_columns(shards, name), strict=False):
        stop = start + len(column)
        if len(column):
            halves[start:stop].reshape(-1)[:] = np.frombuffer(column.buffers()[1], np.uint64)[: 2 * len(column)]
        if column.null_count:
            valid[start:stop] = column.is_valid().to_numpy(zero_copy_only=False)
    return halves, valid


def read_band(shards: Sequence[ShardKeys], name: str) -> npt.NDArray[np.uint32]:
    """A band column over all rows (uint32)."""
    starts = shard_starts(shards)
    band = np.empty(starts[-1], np.uint32)
    for start, column in zip(starts.tolist(), shard_columns(shards, name), strict=False):
        band[start : start + len(column)] = column.to_numpy()
    return band


class Groups(NamedTuple):
    """Rows with equal keys, together and in order.

    ``rows`` holds all rows asked for, group after group, within a group ascending; ``starts`` where each group begins
    in it, and its length as the last.
    """

    rows: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]

    def firsts(self) -> npt.NDArray[np.int64]:
        """For every entry of ``rows``, the first row of its group."""
        return np.repeat(self.rows[self.starts[:-1]], np.diff(self.starts))


def group_rows(rows: npt.NDArray[np.int64], *keys: npt.NDArray[np.generic]) -> Groups:
    """Groups rows (ascending) by the keys they have; each key is an array over all rows."""
    own = [key[rows] for key in keys]
    order = np.lexsort(own)  # stable: rows stay ascending within a group
    changes = np.zeros(max(len(rows) - 1, 0), np.bool_)
    for key in own:
        ordered = key[order]
        changes |= ordered[1:] != ordered[:-1]
    inner = np.flatnonzero(changes) + 1
    starts = (
        np.concatenate([np.zeros(1, np.int64), inner, np.array([len(rows)])]) if len(rows) else np.zeros(1, np.int64)
    )
    return Groups(rows[order], starts)
