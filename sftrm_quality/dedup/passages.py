"""Passages: whether two prompts that share most of their text each have a stretch that the other has not.

A long instruction in front of two reviews makes prompts that are alike by any measure over the whole; the reviews tell
them apart. A typing error, another ending or a word more does not.
"""

import numpy as np
from numba import njit

# Eight syllables of Korean, 24 letters of English: four or five words. Edits of near copies are shorter, whatever slot
# of an instruction holds a text of its own is longer.
LEAST_WEIGHT = 24
_RUN = 5  # characters in a row that both texts have are common, as in a shingle


@njit(cache=True, nogil=True)
def differ_in_passage(words, left, right, prompt_sets, least_weight):  # type: ignore[no-untyped-def]
    """Of each pair, whether a part of the prompt has such a stretch in both rows.

    Args:
        words: The words of rows (uint64), as ``sets`` has them.
        left, right: Where in them the rows of each pair begin.
        prompt_sets: ``sets.PROMPT_SETS``.
        least_weight: Of a stretch; a Hangul, Han or kana letter weighs 3, any other character 1.

    Returns:
        By pair (bool).
    """
    found = np.zeros(len(left), np.bool_)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        a_header, b_header = a + 1 + 3 * np.int64(words[a]), b + 1 + 3 * np.int64(words[b])
        for part in range(prompt_sets):
            if words[a_header + part] != words[b_header + part]:
                one = _codes(words, a, a_header, prompt_sets, part)
                other = _codes(words, b, b_header, prompt_sets, part)
                if _heaviest(one, other) >= least_weight and _heaviest(other, one) >= least_weight:
                    found[pair] = True
    return found


@njit(cache=True, nogil=True)
def _codes(words, row, header, prompt_sets, part):  # type: ignore[no-untyped-def]
    """The code points of one part of the prompt of the row that begins there."""
    sets = np.int64(words[row])
    at = header + 2 * prompt_sets + 1 + np.int64(words[row + 1 : row + 1 + sets].sum())
    for before in range(part):
        at += (np.int64(words[header + prompt_sets + before]) + 1) // 2
    codes = np.empty(np.int64(words[header + prompt_sets + part]), np.uint32)
    for i in range(len(codes)):
        codes[i] = np.uint32(words[at + i // 2] >> np.uint64(32 * (i % 2)))
    return codes


@njit(cache=True, nogil=True)
def _heaviest(codes, others):  # type: ignore[no-untyped-def]
    """The weight of the heaviest stretch of a text of which no run of characters is in the other."""
    theirs = np.sort(_runs(others))
    ours = _runs(codes)
    covered = np.zeros(len(codes), np.bool_)
    for i in range(len(ours)):
        place = np.searchsorted(theirs, ours[i])
        if place < len(theirs) and theirs[place] == ours[i]:
            covered[i : i + _RUN] = True
    heaviest = 0
    weight = 0
    for i in range(len(codes)):
        if covered[i]:
            weight = 0
        else:
            code = codes[i]
            # Hangul, kana, Han; the same ranges as for spacing, but for rare ones.
            dense = 0x1100 <= code < 0x1200 or 0x3040 <= code < 0xD7B0 or 0xF900 <= code < 0xFB00 or code >= 0x20000
            weight += 3 if dense else 1
            heaviest = max(heaviest, weight)
    return heaviest


@njit(cache=True, nogil=True)
def _runs(codes):  # type: ignore[no-untyped-def]
    """A number for each run of a text, equal where the runs are but for chance (FNV-1a over 64 bits)."""
    runs = np.empty(max(0, len(codes) - _RUN + 1), np.uint64)
    for i in range(len(runs)):
        value = np.uint64(0xCBF29CE484222325)
        for k in range(_RUN):
            value = (value ^ np.uint64(codes[i + k])) * np.uint64(0x100000001B3)
        runs[i] = value
    return runs
