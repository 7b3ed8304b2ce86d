"""Groups of equal and near-equal prompts over both label kinds, so that no prompt can stand in two splits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.dedup.candidates import Buckets
from sftrm_quality.dedup.fingerprints import band_metadata, band_names
from sftrm_quality.dedup.keys import NONE, ShardKeys, check_metadata, group_rows, read_band, read_digests
from sftrm_quality.dedup.similarity import Map, ShingleSets


def prompt_groups(
    shards: Sequence[ShardKeys], alive: npt.NDArray[np.bool_], threshold: float, scratch: Path, map: Map = map
) -> npt.NDArray[np.int64]:
    """The group of every row: the smallest row that is connected with it by equal or near-equal prompts (int64).

    -1 where not alive. SFT and RM rows stand in the same groups. Near-equal are prompts whose text, history and
    system message each have a Jaccard of at least the threshold; at 1 only equal prompts are connected.

    ``scratch`` and ``map`` as for ``near_duplicates``.

    Raises:
        StorageError: a file is missing, broken, or was fingerprinted for another threshold.
    """
    check_metadata(shards, band_metadata(threshold))
    halves, _ = read_digests(shards, "prompt_key")
    equal = group_rows(np.flatnonzero(alive), halves[:, 0], halves[:, 1])
    del halves
    parents = np.full(len(alive), NONE, np.int64)
    parents[equal.rows] = equal.firsts()
    # One row of each prompt stands for all that have it.
    rows = np.sort(equal.rows[equal.starts[:-1]])

    names = band_names("prompt", threshold)
    proposed = np.zeros(len(alive), np.bool_)
    for name in names:
        proposed[Buckets(rows, read_band(shards, name)[rows]).shared()] = True
    if proposed.any():
        sets = ShingleSets(shards, np.flatnonzero(proposed), scratch, map, with_responses=False)
        for name in names:
            for earlier, later in Buckets(rows, read_band(shards, name)[rows]).pairs():
                # Rows that are connected already need no comparison: it could change nothing.
                open_pairs = _roots(parents, earlier) != _roots(parents, later)
                earlier, later = earlier[open_pairs], later[open_pairs]
                near = sets.similarities(earlier, later, threshold) > 0
                _connect(parents, earlier[near], later[near])
        sets.remove()
    groups = np.full(len(alive), NONE, np.int64)
    groups[alive] = _roots(parents, np.flatnonzero(alive))
    return groups


@njit(cache=True, nogil=True)
def _root(parents, row):  # type: ignore[no-untyped-def]
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


@njit(cache=True, nogil=True)
def _roots(parents, rows):  # type: ignore[no-untyped-def]
    roots = np.empty(len(rows), np.int64)
    for i in range(len(rows)):
        roots[i] = _root(parents, rows[i])
    return roots


@njit(cache=True, nogil=True)
def _connect(parents, earlier, later):  # type: ignore[no-untyped-def]
    """Unites the groups of each pair; the smaller root stays one, so that a group is named by its smallest row."""
    for i in range(len(earlier)):
        a, b = _root(parents, earlier[i]), _root(parents, later[i])
        parents[max(a, b)] = min(a, b)
