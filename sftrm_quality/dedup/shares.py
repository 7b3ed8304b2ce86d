"""How shares (``candidates``) are written down, joined and looked through.

A share is a run of uint32: twice the number of its rows, and 1 more if the bucket is large; how many of the rows are
before the range; the rows, ascending.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.arrays import Ints

Words = npt.NDArray[np.uint32]
Shares = tuple[Ints, Words]
"""Where the shares of each range begin (ranges + 1), and those of one range after the other."""


def join_shares(parts: list[Shares]) -> Shares:
    """Several as one: range by range, and within a range in the order given.

    Args:
        parts: One or more, of the same ranges.
    """
    offsets = np.sum([part[0] for part in parts], axis=0)
    joined = np.empty(offsets[-1], np.uint32)
    at = offsets[:-1].copy()
    for own, words in parts:
        _put_shares(own, words, at, joined)
    return offsets, joined


def proposed_rows(words: Words, first_row: int, rows: int) -> Ints:
    """Which rows of a range are in a share of it.

    Args:
        words: The shares of the range.
        first_row: The global row that it begins with.
        rows: How many it has.

    Returns:
        Rows counted within the range, ascending.
    """
    found = np.zeros(rows, np.bool_)
    _mark_rows(words, first_row, found)
    return np.flatnonzero(found)


def all_rows(words: Words) -> Ints:
    """Every row of the shares, those before the range too, ascending and each once."""
    found: Ints = np.unique(_copy_rows(words)).astype(np.int64)
    return found


@njit(cache=True, nogil=True)
def _put_shares(offsets, words, at, joined):  # type: ignore[no-untyped-def]
    for i in range(len(at)):
        size = offsets[i + 1] - offsets[i]
        joined[at[i] : at[i] + size] = words[offsets[i] : offsets[i + 1]]
        at[i] += size


@njit(cache=True, nogil=True)
def _mark_rows(words, first_row, found):  # type: ignore[no-untyped-def]
    i = 0
    while i < len(words):
        size, before = words[i] >> 1, words[i + 1]
        i += 2
        for place in range(i + before, i + size):
            found[words[place] - first_row] = True
        i += size


@njit(cache=True, nogil=True)
def _copy_rows(words):  # type: ignore[no-untyped-def]
    rows = np.empty(len(words), np.uint32)
    at = 0
    i = 0
    while i < len(words):
        size = words[i] >> 1
        i += 2
        rows[at : at + size] = words[i : i + size]
        at += size
        i += size
    return rows[:at]
