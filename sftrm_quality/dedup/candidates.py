"""Pairs of rows that share a band, in time and memory that stay linear however many rows do.

Boilerplate puts tens of thousands of rows into one bucket: all pairs of 10,000 rows are 50 million. A bucket of more
than ``LARGEST`` rows therefore proposes each row with the ``NEIGHBOURS`` first and the ``NEIGHBOURS`` previous rows
only, and is split again by a second band, in which equal answers to different questions part and true pairs remain
together. All pairs are (earlier, later) and depend only on the rows.

Pairs are written down as *shares*: what of a bucket concerns the rows of one range. That is its rows in the range,
after those *before* it that they are to be compared with: all of a small bucket, the first and the previous ones of a
large one. So a bucket of any size takes 4 bytes per row, and the pairs are made where they are compared.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.arrays import Ints
from sftrm_quality.dedup.shares import Shares

LARGEST = 64
NEIGHBOURS = 8


class Buckets:
    """Rows that share their key with another row, bucket by bucket."""

    def __init__(self, rows: Ints, keys: npt.NDArray[np.uint32]) -> None:
        """Sort rows into buckets; most are the only one in theirs, and left out.

        Args:
            rows: Global rows, ascending, fewer than 2**32.
            keys: Of each row the key of its bucket.
        """
        # Key above place: one vectorised sort of integers, which leaves the places of a bucket in order.
        entries = keys.astype(np.uint64) << np.uint64(32) | np.arange(len(rows), dtype=np.uint64)
        entries.sort()
        changes = entries[1:] >> np.uint64(32) != entries[:-1] >> np.uint64(32)
        starts = np.append(np.zeros(min(1, len(rows)), np.int64), np.flatnonzero(changes) + 1)
        sizes = np.diff(np.append(starts, len(rows)))
        # Most rows are the only one in their bucket: go on with the others.
        self._sizes = sizes[sizes > 1]
        single = np.append(True, changes) & np.append(changes, True) if len(rows) else np.zeros(0, np.bool_)
        self._rows: Ints = rows[entries[~single] & np.uint64(0xFFFFFFFF)]

    def oversized(self) -> Ints:
        """The rows in buckets of more than ``LARGEST``, ascending."""
        return np.sort(self._rows[np.repeat(self._sizes > LARGEST, self._sizes)])

    def shares(self, range_starts: Ints) -> Shares:
        """What concerns each range of rows.

        Args:
            range_starts: The first row of every range, and one past the last.

        Returns:
            The shares of all ranges, those of a range in the order of keys.
        """
        ranges = np.searchsorted(range_starts, self._rows, side="right") - 1
        shares: Shares = _shares(self._rows, ranges, self._sizes, len(range_starts) - 1)
        return shares


@njit(cache=True, nogil=True)
def _shares(rows, ranges, sizes, range_count):  # type: ignore[no-untyped-def]
    """Offsets and words of the shares of buckets of rows, given the range of each row and the size of each bucket."""
    offsets = np.zeros(range_count + 1, np.int64)
    words = np.empty(0, np.uint32)
    at = np.empty(0, np.int64)
    for filling in range(2):
        start = 0
        for size in sizes:
            first = start
            while first < start + size:
                last = first
                while last < start + size and ranges[last] == ranges[first]:
                    last += 1
                before = first - start
                heads = before
                if size > LARGEST:
                    before = min(before, 2 * NEIGHBOURS)
                    heads = min(heads, NEIGHBOURS)
                if filling == 0:
                    offsets[ranges[first] + 1] += 2 + before + last - first
                else:
                    i = at[ranges[first]]
                    words[i] = 2 * (before + last - first) + (1 if size > LARGEST else 0)
                    words[i + 1] = before
                    i += 2
                    for place in range(start, start + heads):
                        words[i] = rows[place]
                        i += 1
                    for place in range(first - (before - heads), last):
                        words[i] = rows[place]
                        i += 1
                    at[ranges[first]] = i
                first = last
            start += size
        if filling == 0:
            offsets = np.cumsum(offsets)
            words = np.empty(offsets[range_count], np.uint32)
            at = offsets[:range_count].copy()
    return offsets, words


@njit(cache=True, nogil=True)
def count_pairs(words, first_row, counts):  # type: ignore[no-untyped-def]
    """Count the pairs that each row is the later one of.

    Args:
        words: The shares of one range.
        first_row: The global row that it begins with.
        counts: By row of the range (int64); the pairs are added to it. One that several shares have counts in each.
    """
    i = 0
    while i < len(words):
        size, before, large = words[i] >> 1, words[i + 1], words[i] & 1
        i += 2
        for place in range(before, size):
            counts[words[i + place] - first_row] += min(place, 2 * NEIGHBOURS) if large else place
        i += size


@njit(cache=True, nogil=True)
def fill_pairs(words, low, high, count):  # type: ignore[no-untyped-def]
    """The pairs whose later row is in one stretch of a range.

    Args:
        words: The shares of the range.
        low: The global row that the stretch begins with.
        high: One past its last row.
        count: How many pairs these are, by ``count_pairs``.

    Returns:
        ``later << 32 | earlier`` (int64), in the order of shares: one that several shares have is there several times.
    """
    pairs = np.empty(count, np.int64)
    at = 0
    i = np.int64(0)
    while i < len(words):
        size, before, large = np.int64(words[i] >> 1), np.int64(words[i + 1]), words[i] & 1
        i += 2
        # The rows of a share ascend.
        first = before + np.searchsorted(words[i + before : i + size], low)
        last = before + np.searchsorted(words[i + before : i + size], high)
        for place in range(first, last):
            later = np.int64(words[i + place]) << 32
            heads = min(place, NEIGHBOURS) if large else place
            tail = max(heads, place - NEIGHBOURS) if large else place
            for other in range(heads):
                pairs[at] = later | np.int64(words[i + other])
                at += 1
            for other in range(tail, place):
                pairs[at] = later | np.int64(words[i + other])
                at += 1
        i += size
    return pairs
