"""Shingles: the runs of five characters of a normalised text, as 64-bit hashes.

Korean needs characters: on edited Korean text, runs of three words find 91-94 % of the pairs that runs of five
characters find at a true Jaccard of 0.8, and 12-21 % against 75-93 % at 0.7-0.8.

A text shorter than five characters is its own single shingle, so that 예, 네 and 3 are compared whole and never become
equal by having no shingles at all. An empty text (no history, no system message) has none.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sftrm_quality.text import text_buffers

LENGTH = 5

# A polynomial in an odd multiplier over 64 bits tells all windows of five code points (105 bits) apart but for chance;
# MurmurHash3's finaliser (public domain, A. Appleby) then spreads it over all bits. 2**64 / golden ratio, odd.
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_OUTGOING = np.uint64(pow(0x9E3779B97F4A7C15, LENGTH, 1 << 64))
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)


@njit(cache=True, nogil=True)
def mix(value):  # type: ignore[no-untyped-def]
    """MurmurHash3's fmix64 of a uint64."""
    value ^= value >> np.uint64(33)
    value *= _MIX_1
    value ^= value >> np.uint64(33)
    value *= _MIX_2
    return value ^ (value >> np.uint64(33))


@njit(cache=True, nogil=True)
def hash_shingles(data, start, end, namespace, out):  # type: ignore[no-untyped-def]
    """Hashes the shingles of the UTF-8 text ``data[start:end]`` into ``out``, in order; returns how many there are.

    Args: bytes (uint8); a uint64 that keeps a prompt's shingles apart from a response's; room for ``end - start``.
    """
    window = np.zeros(LENGTH, np.uint64)  # the last code points, as a ring
    rolling = np.uint64(0)
    seen = 0
    count = 0
    i = start
    while i < end:
        byte = np.uint64(data[i])
        if byte < 0x80:
            code = byte
            i += 1
        elif byte < 0xE0:
            code = (byte & np.uint64(0x1F)) << np.uint64(6) | np.uint64(data[i + 1] & 0x3F)
            i += 2
        elif byte < 0xF0:
            code = (byte & np.uint64(0x0F)) << np.uint64(12) | np.uint64(data[i + 1] & 0x3F) << np.uint64(6)
            code |= np.uint64(data[i + 2] & 0x3F)
            i += 3
        else:
            code = (byte & np.uint64(0x07)) << np.uint64(18) | np.uint64(data[i + 1] & 0x3F) << np.uint64(12)
            code |= np.uint64(data[i + 2] & 0x3F) << np.uint64(6) | np.uint64(data[i + 3] & 0x3F)
            i += 4
        code += np.uint64(1)  # or NULs in front would not count
        slot = seen % LENGTH
        rolling = rolling * _MULTIPLIER + code - window[slot] * _OUTGOING
        window[slot] = code
        seen += 1
        if seen >= LENGTH:
            out[count] = mix(rolling ^ namespace)
            count += 1
    if 0 < seen < LENGTH:
        out[0] = mix(rolling ^ namespace)
        count = 1
    return count


@njit(cache=True, nogil=True)
def _hash_texts(data, offsets, namespace):  # type: ignore[no-untyped-def]
    """Shingle hashes of all texts one after the other, and where each text's begin (int64, texts + 1)."""
    texts = len(offsets) - 1
    hashes = np.empty(offsets[texts] - offsets[0], np.uint64)
    starts = np.zeros(texts + 1, np.int64)
    for text in range(texts):
        room = hashes[starts[text] :]
        starts[text + 1] = starts[text] + hash_shingles(data, offsets[text], offsets[text + 1], namespace, room)
    return hashes[: starts[texts]], starts


@njit(cache=True, nogil=True)
def _keep_unique(hashes, starts):  # type: ignore[no-untyped-def]
    """Drops repeated values of each sorted stretch, in place; returns where the stretches begin now (int64)."""
    kept = np.zeros(len(starts), np.int64)
    at = 0
    for text in range(len(starts) - 1):
        for i in range(starts[text], starts[text + 1]):
            if i == starts[text] or hashes[i] != hashes[i - 1]:
                hashes[at] = hashes[i]
                at += 1
        kept[text + 1] = at
    return kept


def shingle_sets(texts: pa.StringArray) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """The shingle sets of texts: all hashes (uint64, sorted and unique within a text), and where each set begins.

    Set i is ``hashes[starts[i]:starts[i + 1]]``. 8 bytes a shingle.
    """
    offsets, data = text_buffers(texts)
    hashes, starts = _hash_texts(data, offsets, np.uint64(0))
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        hashes[start:end].sort()  # numpy's vectorised sort: five times numba's
    starts = _keep_unique(hashes, starts)
    return hashes[: starts[-1]], starts
