"""Which of several copies stays: an order of all rows, the one that is preferred first.

Only the choice among copies goes by it. Whatever is preferred, a copy that arrives later in the order changes nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sftrm_quality.arrays import Ints
from sftrm_quality.config import Copies
from sftrm_quality.dedup.keys import ShardKeys, open_keys


class Preference(NamedTuple):
    """What is preferred.

    copies: the settings. sources: of each shard, the place of its source among those that are preferred.
    """

    copies: Copies
    sources: tuple[int, ...]


def rank_rows(shards: Sequence[ShardKeys], preference: Preference) -> Ints:
    """The rank of every global row, 0 for the one that is preferred to all others.

    Args:
        shards: All of them, in the order of global rows.
        preference: What is preferred.

    Raises:
        StorageError: A shard's fingerprints are missing or broken.
    """
    rows = sum(shard.rows for shard in shards)
    keep = preference.copies.keep
    position = np.arange(rows)
    if keep == "last":
        position = position[::-1]
    sizes = [shard.rows for shard in shards]
    keys = [position, np.repeat(np.array(preference.sources, np.int64), sizes)]
    if keep in _COLUMNS:
        name, sign = _COLUMNS[keep]
        column = [open_keys(shard)[name].to_numpy().astype(np.int64) for shard in shards]
        keys.append(sign * np.concatenate([np.zeros(0, np.int64), *column]))
    rank = np.empty(rows, np.int64)
    rank[np.lexsort(keys)] = np.arange(rows)
    return rank


_COLUMNS = {"longest": ("response_bytes", -1), "fewest_warnings": ("warnings", 1)}
