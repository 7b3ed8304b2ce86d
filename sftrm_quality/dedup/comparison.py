"""From proposed pairs to loaded ones: each pair of a range once, with the shingle sets of both, in bounded memory.

Three rounds of tasks lead there: the bands are exchanged and propose pairs (``proposals``); the rows that are in any
pair are read again, range by range (``extraction``); and each range compares the pairs of which it has the later row.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.arrays import Ints, Mask
from sftrm_quality.dedup.candidates import count_pairs, fill_pairs
from sftrm_quality.dedup.exchange import Bounds, Map, cut_blocks, run, write_array
from sftrm_quality.dedup.extraction import Extraction, extract
from sftrm_quality.dedup.keys import ShardKeys
from sftrm_quality.dedup.proposals import Bands, Proposals, propose
from sftrm_quality.dedup.sets import SetFiles
from sftrm_quality.dedup.shares import Words

EARLIER = np.int64(0xFFFFFFFF)
"""Of a pair, ``later << 32 | earlier``, the bits of the earlier row."""


class Comparison(NamedTuple):
    """Work for one range: its proposed pairs are compared, and what was found goes to ``path``.

    number: of the range. threshold: the least Jaccard, 0 to 1.
    """

    number: int
    proposals: Proposals
    sets: SetFiles
    threshold: float
    bounds: Bounds
    path: Path

    def shares(self) -> Words:
        return self.proposals.read(self.number)


class LoadedPairs(NamedTuple):
    """Pairs, and the sets of their rows as ``sets`` has them.

    pairs: ``later << 32 | earlier``, ascending. words: of all their rows. later, earlier: where in ``words`` those of
    the rows of each pair begin.
    """

    pairs: Ints
    words: npt.NDArray[np.uint64]
    later: Ints
    earlier: Ints


def comparisons(
    shards: Sequence[ShardKeys],
    alive: Mask,
    threshold: float,
    wanted: Sequence[Bands],
    templated: npt.NDArray[np.uint8],
    with_responses: bool,
    folder: Path,
    map: Map,
    bounds: Bounds,
) -> list[Comparison]:
    """The comparisons of all ranges in order, ready to be run. Everything that they need is in ``folder``.

    Args:
        shards: All of them, in the order of global rows.
        alive: Which global rows take part.
        threshold: The least Jaccard, that the fingerprints were made for.
        wanted: Whose bands propose pairs.
        templated: By global row, the templated parts of its prompt (``templates``).
        with_responses: Whether responses are compared too.
        folder: An empty one of the step's own.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Raises:
        StorageError: A file is missing, broken, or was fingerprinted for another threshold.
    """
    ranges = cut_blocks(shards, bounds.range_rows)
    starts = np.array([*(block.starts[0] for block in ranges), len(alive)], np.int64)
    proposals = propose(shards, alive, threshold, wanted, starts, folder, map, bounds)
    sets = SetFiles(folder, starts)
    path = write_array(folder / "templated", templated)
    run(map, extract, [Extraction(block, proposals, sets, path, with_responses) for block in ranges])
    return [
        Comparison(number, proposals, sets, threshold, bounds, folder / f"{number:06}.compared")
        for number in range(len(ranges))
    ]


def load_pairs(
    work: Comparison, shares: Words, still_open: Callable[[Ints], Ints] | None = None
) -> Iterator[LoadedPairs]:
    """All proposed pairs of a range, each once, some at a time, with the shingles of both rows.

    Args:
        work: The comparison of the range.
        shares: Its ``work.shares()``.
        still_open: Given pairs, the ones that are to be loaded; all without it. It may go by what was found in the
            pairs before.

    Yields:
        Pieces in the order of pairs, of at most ``chunk_words`` words or one pair.
    """
    for pairs in _distinct_pairs(work, shares):
        chosen = still_open(pairs) if still_open else pairs
        if not len(chosen):
            continue
        rows, (later, earlier) = _places(chosen >> 32, chosen & EARLIER)
        begins, sizes = work.sets.locate(rows)
        for first, last in pairwise(cut_pairs(later, earlier, sizes, work.bounds.chunk_words).tolist()):
            needed, (here_later, here_earlier) = _places(later[first:last], earlier[first:last])
            words, starts = work.sets.read(rows[needed], begins[needed], sizes[needed])
            yield LoadedPairs(chosen[first:last], words, starts[here_later], starts[here_earlier])


def _distinct_pairs(work: Comparison, shares: Words) -> Iterator[Ints]:
    """The pairs of whole rows at a time: a true pair shares many bands, and boilerplate the false ones too."""
    start, stop = work.sets.range_starts[work.number : work.number + 2].tolist()
    counts = np.zeros(stop - start, np.int64)
    count_pairs(shares, start, counts)
    ends = np.cumsum(counts)
    first = 0
    while first < len(ends):
        done = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, done + work.bounds.chunk_pairs, side="right")), first + 1)
        if ends[last - 1] > done:
            pairs = fill_pairs(shares, start + first, start + last, ends[last - 1] - done)
            pairs.sort()
            yield pairs[np.append(True, pairs[1:] != pairs[:-1])]
        first = last


def _places(left: Ints, right: Ints) -> tuple[Ints, tuple[Ints, Ints]]:
    """The distinct numbers of both, ascending, and where among them each of the left and of the right is."""
    distinct, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    return distinct, (places[: len(left)], places[len(left) :])


@njit(cache=True, nogil=True)
def cut_pairs(left, right, sizes, most):  # type: ignore[no-untyped-def]
    """Where to cut a sequence of pairs so that the rows of each piece have at most ``most`` in sum (or are one pair).

    Args:
        left, right: The rows of each pair, places in ``sizes``.
        sizes: Of each row, which counts once in a piece.
        most: In sum.

    Returns:
        Where each piece begins, and the end (int64); only 0 without pairs.
    """
    cuts = np.empty(len(left) + 1, np.int64)
    cuts[0] = 0
    pieces = 0
    last_piece = np.full(len(sizes), -1, np.int64)
    total = 0
    for pair in range(len(left)):
        more = sizes[left[pair]] if last_piece[left[pair]] != pieces else 0
        more += sizes[right[pair]] if last_piece[right[pair]] != pieces else 0
        if total > 0 and total + more > most:
            pieces += 1
            cuts[pieces] = pair
            total = 0
            more = sizes[left[pair]] + sizes[right[pair]]
        total += more
        last_piece[left[pair]] = pieces
        last_piece[right[pair]] = pieces
    cuts[pieces + 1 if len(left) else 0] = len(left)
    return cuts[: pieces + 2 if len(left) else 1]
