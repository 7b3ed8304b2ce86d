"""Pairs of rows that share a band, in time and memory that stay linear however many rows do.

Boilerplate puts tens of thousands of rows into one bucket: all pairs of 10,000 rows are 50 million. A bucket of more
than ``LARGEST`` rows therefore proposes each row with the ``NEIGHBOURS`` first and the ``NEIGHBOURS`` previous rows
only, and is split again by a second band, in which equal answers to different questions part and true pairs remain
together. All pairs are (earlier, later) and depend on the rows alone.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from numba import njit

LARGEST = 64
NEIGHBOURS = 8
# Pairs at a time: 16 bytes each.
_PAIRS = 1 << 20

Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


class Buckets:
    """Rows that share their key with another row, bucket by bucket."""

    def __init__(self, rows: npt.NDArray[np.int64], keys: npt.NDArray[np.uint32]) -> None:
        """``keys`` (uint32) belong to ``rows`` (ascending, fewer than 2**32)."""
        # Key above place: one vectorised sort of integers, which leaves the places of a bucket in order.
        entries = keys.astype(np.uint64) << np.uint64(32) | np.arange(len(rows), dtype=np.uint64)
        entries.sort()
        changes = entries[1:] >> np.uint64(32) != entries[:-1] >> np.uint64(32)
        starts = np.append(np.zeros(min(1, len(rows)), np.int64), np.flatnonzero(changes) + 1)
        sizes = np.diff(np.append(starts, len(rows)))
        # Most rows are alone in their bucket: go on with the others.
        sizes = sizes[sizes > 1]
        alone = np.append(True, changes) & np.append(changes, True) if len(rows) else np.zeros(0, np.bool_)
        self._rows: npt.NDArray[np.int64] = rows[entries[~alone] & np.uint64(0xFFFFFFFF)]
        # By position: where its bucket starts, and how many rows are in it.
        self._starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
        self._sizes = np.repeat(sizes, sizes)

    def shared(self) -> npt.NDArray[np.int64]:
        """The rows that are not alone with their key."""
        return self._rows

    def oversized(self) -> npt.NDArray[np.int64]:
        """The rows in buckets of more than ``LARGEST``, ascending."""
        return np.sort(self._rows[self._sizes > LARGEST])

    def pairs(self) -> Iterator[Pairs]:
        """Every proposed pair (earlier rows, later rows), about a million at a time."""
        position = np.arange(len(self._rows)) - self._starts
        counts = np.where(self._sizes > LARGEST, np.minimum(position, 2 * NEIGHBOURS), position)
        ends = np.cumsum(counts)
        del position, counts
        first = 0
        while first < len(ends):
            done = ends[first - 1] if first else 0
            last = max(int(np.searchsorted(ends, done + _PAIRS, side="right")), first + 1)
            if ends[last - 1] > done:
                earlier, later = _fill_pairs(self._starts, self._sizes, first, last, ends[last - 1] - done)
                yield self._rows[earlier], self._rows[later]
            first = last


@njit(cache=True, nogil=True)
def _fill_pairs(starts, sizes, first, last, count):  # type: ignore[no-untyped-def]
    """Positions (earlier, later) of the pairs whose later one is in ``first`` to ``last``."""
    earlier = np.empty(count, np.int64)
    later = np.empty(count, np.int64)
    at = 0
    for position in range(first, last):
        start = starts[position]
        heads = position - start
        tail = position
        if sizes[position] > LARGEST:
            heads = min(NEIGHBOURS, heads)
            tail = max(start + heads, position - NEIGHBOURS)
        for other in range(start, start + heads):
            earlier[at], later[at] = other, position
            at += 1
        for other in range(tail, position):
            earlier[at], later[at] = other, position
            at += 1
    return earlier, later
