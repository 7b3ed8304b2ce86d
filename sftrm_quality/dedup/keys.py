"""The fingerprints of all shards, as files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sftrm_quality.errors import OwnFileError, storage_error_type
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


def open_keys(shard: ShardKeys, expected: Mapping[bytes, bytes] | None = None) -> pa.Table:
    """The fingerprints of a shard, mapped and not read.

    Raises:
        StorageError: the file is missing or broken, has other rows than its shard, or its metadata are not what is
            expected: then it was made in another way.
    """
    table = open_table(shard.path, "the fingerprints")
    if table.num_rows != shard.rows:
        raise OwnFileError(f"{shard.path}: {table.num_rows} fingerprints of {shard.rows} records. Make them anew.")
    metadata = table.schema.metadata or {}
    for key, value in (expected or {}).items():
        if metadata.get(key) != value:
            raise OwnFileError(
                f"{shard.path}: {key.decode()} is {metadata.get(key, b'not there').decode()}, expected "
                f"{value.decode()}: the fingerprints were made under other settings. Make them anew."
            )
    return table


def open_table(path: Path, what: str) -> pa.Table:
    """A table of an Arrow IPC file, mapped.

    Raises:
        StorageError: the file is missing or broken.
    """
    try:
        with pa.memory_map(str(path)) as source:
            return pa.ipc.open_file(source).read_all()
    except (OSError, pa.ArrowInvalid) as error:
        failed = storage_error_type(error) if isinstance(error, OSError) else OwnFileError
        raise failed(f"{path}: cannot read {what}: {error}. Run again; if it stays, make them anew.") from error


def digest_halves(column: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """A binary(16) column as two numbers a row (uint64, rows x 2); a null is any number."""
    values = column.combine_chunks()
    if not len(values):
        return np.zeros((0, 2), np.uint64)
    return np.frombuffer(values.buffers()[1], np.uint64)[: 2 * len(values)].reshape(-1, 2)
