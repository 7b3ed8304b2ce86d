"""The fingerprints of all shards, as files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from sftrm_quality.arrays import Rows, offsets_of
from sftrm_quality.arrow_files import read_table
from sftrm_quality.errors import OwnFileError
from sftrm_quality.records import LabelKind
from sftrm_quality.words import say

NONE = -1
"""In results: no row."""


class ShardKeys(NamedTuple):
    """Where the fingerprints of one shard are.

    path: an Arrow IPC file of ``fingerprints.fingerprint_schema``, uncompressed. records_path: one of the shard's
    candidates, the same rows in the same order. rows: how many.
    """

    path: Path
    records_path: Path
    label_kind: LabelKind
    rows: int


def shard_starts(shards: Sequence[ShardKeys]) -> Rows:
    """The first global row of every shard, and one past the last (int64, shards + 1)."""
    return offsets_of([shard.rows for shard in shards])


def open_keys(shard: ShardKeys, expected: Mapping[bytes, bytes] | None = None) -> pa.Table:
    """The fingerprints of a shard, mapped and not read.

    Args:
        shard: Whose they are.
        expected: What their metadata have to say.

    Raises:
        StorageError: The file is missing or broken, has other rows than its shard, or its metadata are not what is
            expected: then it was made in another way.
    """
    table = read_table(shard.path)
    if table.num_rows != shard.rows:
        raise OwnFileError(
            say(
                "{path}: {found} fingerprints of {rows} records. Delete .cache and rerun.",
                path=shard.path,
                found=table.num_rows,
                rows=shard.rows,
            )
        )
    metadata = table.schema.metadata or {}
    for key, value in (expected or {}).items():
        if metadata.get(key) != value:
            raise OwnFileError(
                say(
                    "{path}: {key} is {metadata}, expected {value}: the fingerprints were made under other "
                    "settings. Delete .cache and rerun.",
                    path=shard.path,
                    key=key.decode(),
                    metadata=metadata.get(key, b"not there").decode(),
                    value=value.decode(),
                )
            )
    return table
