"""Near duplicates: the bands propose pairs, the exact Jaccard of their shingles decides, the earliest row survives."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit

from sftrm_quality.arrays import Floats, Ints, Mask
from sftrm_quality.dedup.comparison import Comparison, comparisons, load_pairs
from sftrm_quality.dedup.exchange import BOUNDS, Bounds, Map, scratch_folder
from sftrm_quality.dedup.keys import NONE, ShardKeys
from sftrm_quality.dedup.proposals import Bands
from sftrm_quality.dedup.sets import PROMPT_SETS
from sftrm_quality.dedup.similarity import compare
from sftrm_quality.output import append_array, written
from sftrm_quality.records import LabelKind

_ALIKE = np.dtype([("pair", np.int64), ("similarity", np.float64)])


class NearDuplicatesFound(NamedTuple):
    """By global row: the surviving row that it duplicates (int64, -1: none), and how alike they are (0: none)."""

    duplicate_of: Ints
    similarity: Floats


def near_duplicates(
    shards: Sequence[ShardKeys],
    alive: Mask,
    threshold: float,
    scratch: Path,
    map: Map = map,
    bounds: Bounds = BOUNDS,
) -> NearDuplicatesFound:
    """Near duplicates among the alive rows of each label kind. Exact duplicates are expected to be off already.

    In the order of rows, a row is a duplicate if and only if it is alike (``similarity.compare``) by at least the
    threshold to an earlier row that is none itself; of several it duplicates the most alike, of equals the earliest.
    So whatever is removed names a row that stays, and a chain of small edits is not removed to its end. At a threshold
    of 1 there are none.

    This process holds 17 bytes per row, and 16 bytes for each near-duplicate pair of one range of rows.

    Args:
        shards: All of them, in the order of global rows.
        alive: Which global rows take part.
        threshold: The least Jaccard, that the fingerprints were made for.
        scratch: A folder for what tasks hand each other: some 250 bytes per row, then 8 bytes per shingle of the
            proposed rows; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Raises:
        StorageError: A file is missing, broken, or was fingerprinted for another threshold.
    """
    found = NearDuplicatesFound(np.full(len(alive), NONE, np.int64), np.zeros(len(alive)))
    bands = [Bands("content", "prompt", kind) for kind in LabelKind]
    with scratch_folder(scratch) as folder:
        for path in map(_compare, comparisons(shards, alive, threshold, bands, True, folder, map, bounds)):
            pairs = np.fromfile(path, _ALIKE)
            path.unlink()
            _keep_earliest(pairs["pair"], pairs["similarity"], *found)
    return found


def _compare(work: Comparison) -> Path:
    """Writes the pairs at or above the threshold (``later << 32 | earlier``, ascending), and their similarities."""
    with written(work.path) as file:
        for loaded in load_pairs(work, work.shares()):
            similarity = np.empty(len(loaded.pairs))
            ranks = loaded.words.view(np.float64)
            compare(loaded.words, ranks, loaded.earlier, loaded.later, PROMPT_SETS, work.threshold, similarity)
            alike = similarity > 0
            entries = np.empty(np.count_nonzero(alike), _ALIKE)
            entries["pair"], entries["similarity"] = loaded.pairs[alike], similarity[alike]
            append_array(file, entries)
    return work.path


@njit(cache=True, nogil=True)
def _keep_earliest(pairs, similarity, duplicate_of, best):  # type: ignore[no-untyped-def]
    """Pairs come by their later row, then by the earlier: when one comes, its earlier row's outcome is settled."""
    for i in range(len(pairs)):
        earlier, later = pairs[i] & 0xFFFFFFFF, pairs[i] >> 32
        if duplicate_of[earlier] < 0 and similarity[i] > best[later]:
            duplicate_of[later] = earlier
            best[later] = similarity[i]
