"""Equal keys: data_ids used again, exact duplicates."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from sftrm_quality.dedup.keys import NONE, ShardKeys, group_rows, read_digests, shard_starts


def first_holders(
    shards: Sequence[ShardKeys], within: Literal["dataset", "file"], source_ordinals: Sequence[int]
) -> npt.NDArray[np.int64]:
    """For a row that uses a data_id again for other content, the row that held it first (int64, -1: it does not).

    A data_id is one per label kind and dataset, or per label kind and file; ``source_ordinals`` numbers the file of
    each shard. A later row that has the first holder's ``content_key`` too is its duplicate, not another use.
    """
    ids, valid = read_digests(shards, "data_id_key")
    keys = [ids[:, 0], ids[:, 1]]
    if within == "file":
        keys.append(np.repeat(np.array(source_ordinals, np.int64), [shard.rows for shard in shards]))
    groups = group_rows(np.flatnonzero(valid), *keys)
    del ids, keys
    firsts = groups.firsts()
    content, _ = read_digests(shards, "content_key")
    reused = (content[groups.rows] != content[firsts]).any(axis=1)
    holders = np.full(len(content), NONE, np.int64)
    holders[groups.rows[reused]] = firsts[reused]
    return holders


def exact_duplicates(shards: Sequence[ShardKeys], alive: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """For a row whose ``content_key`` an earlier row has, the first such row (int64, -1: none), among alive rows."""
    halves, _ = read_digests(shards, "content_key")
    groups = group_rows(np.flatnonzero(alive), halves[:, 0], halves[:, 1])
    firsts = groups.firsts()
    duplicate_of = np.full(shard_starts(shards)[-1], NONE, np.int64)
    later = groups.rows != firsts
    duplicate_of[groups.rows[later]] = firsts[later]
    return duplicate_of
