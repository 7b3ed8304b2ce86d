"""Near duplicates: the bands propose pairs, the exact Jaccard of their shingles decides, the earliest row survives."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.dedup.candidates import Buckets
from sftrm_quality.dedup.fingerprints import band_metadata, band_names
from sftrm_quality.dedup.kernels import combine_keys
from sftrm_quality.dedup.keys import NONE, ShardKeys, check_metadata, read_band, rows_of_kind, shard_starts
from sftrm_quality.dedup.similarity import Map, ShingleSets
from sftrm_quality.records import LabelKind


class NearDuplicatesFound(NamedTuple):
    """By global row: the surviving row that it duplicates (int64, -1: none), and how alike they are (0: none)."""

    duplicate_of: npt.NDArray[np.int64]
    similarity: npt.NDArray[np.float64]


def near_duplicates(
    shards: Sequence[ShardKeys], alive: npt.NDArray[np.bool_], threshold: float, scratch: Path, map: Map = map
) -> NearDuplicatesFound:
    """Near duplicates among the alive rows of each label kind. Exact duplicates are expected to be off already.

    In the order of rows, a row is a duplicate if and only if it is alike (``ShingleSets.similarities``) by at least
    the threshold to an earlier row that is none itself; of several it duplicates the most alike, of equals the
    earliest. So whatever is removed names a row that stays, and a chain of small edits is not removed to its end.
    At a threshold of 1 there are none.

    ``scratch`` is a folder for one file of 8 bytes a shingle of the proposed rows, deleted at the end; ``map`` runs
    the extraction of shards. Beyond some 100 bytes a row, memory holds 16 bytes for each near-duplicate pair, and for
    rows of one boilerplate 8 bytes for each of some 16 neighbours.

    Raises:
        StorageError: a file is missing, broken, or was fingerprinted for another threshold.
    """
    check_metadata(shards, band_metadata(threshold))
    count = shard_starts(shards)[-1]
    found = NearDuplicatesFound(np.full(count, NONE, np.int64), np.zeros(count))
    for kind in LabelKind:
        rows = np.flatnonzero(alive & rows_of_kind(shards, kind))
        proposed = np.zeros(count, np.bool_)
        for buckets in _bands(shards, rows, threshold, split=False):
            proposed[buckets[0].shared()] = True
        if proposed.any():
            sets = ShingleSets(shards, np.flatnonzero(proposed), scratch, map, with_responses=True)
            del proposed
            pairs, similarity = _verified_pairs(_bands(shards, rows, threshold, split=True), sets, threshold)
            sets.remove()
            _keep_earliest(pairs, similarity, found.duplicate_of, found.similarity)
    return found


def _bands(
    shards: Sequence[ShardKeys], rows: npt.NDArray[np.int64], threshold: float, *, split: bool
) -> Iterator[list[Buckets]]:
    """The buckets of one content band after the other; where some are oversized, these split by the prompt band too."""
    for content_name, prompt_name in zip(
        band_names("content", threshold), band_names("prompt", threshold), strict=True
    ):
        content = read_band(shards, content_name)
        found = [Buckets(rows, content[rows])]
        if split and len(crowded := found[0].oversized()):
            found.append(Buckets(crowded, combine_keys(content[crowded], read_band(shards, prompt_name)[crowded])))
        yield found


def _verified_pairs(
    bands: Iterator[list[Buckets]], sets: ShingleSets, threshold: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Pairs at or above the threshold as ``later << 32 | earlier`` (ascending, each once), and their similarities."""
    pairs, similarity = np.zeros(0, np.int64), np.zeros(0)
    failed = np.zeros(0, np.int64)
    for band in bands:
        failing = [np.zeros(0, np.int64)]
        for earlier, later in chain.from_iterable(buckets.pairs() for buckets in band):
            # A true pair shares many bands, and boilerplate proposes the same false pairs in all of them: what was
            # found true in any band, or false in the one before, is not compared again.
            codes = np.unique(later << 32 | earlier)
            codes = codes[~_contained(codes, pairs)]
            known = _contained(codes, failed)
            failing.append(codes[known])
            codes = codes[~known]
            alike = sets.similarities(codes & 0xFFFFFFFF, codes >> 32, threshold)
            true = alike > 0
            failing.append(codes[~true])
            if true.any():
                pairs, similarity = np.append(pairs, codes[true]), np.append(similarity, alike[true])
                order = np.argsort(pairs, kind="stable")
                pairs, similarity = pairs[order], similarity[order]
        failed = np.concatenate(failing)
        failed.sort()
    return pairs, similarity


def _contained(codes: npt.NDArray[np.int64], in_sorted: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = np.append(in_sorted, NONE)[np.searchsorted(in_sorted, codes)] == codes
    return found


@njit(cache=True, nogil=True)
def _keep_earliest(pairs, similarity, duplicate_of, best):  # type: ignore[no-untyped-def]
    """Pairs come by their later row, then by the earlier: when one comes, its earlier row's fate is settled."""
    for i in range(len(pairs)):
        earlier, later = pairs[i] & 0xFFFFFFFF, pairs[i] >> 32
        if duplicate_of[earlier] < 0 and similarity[i] > best[later]:
            duplicate_of[later] = earlier
            best[later] = similarity[i]
