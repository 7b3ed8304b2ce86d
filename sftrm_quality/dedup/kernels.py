"""The compiled loops over characters: shingle hashes, signatures, bands, windows.

They are in one file because numba's cache looks at the file of a function only: a compiled function is not compiled
again when a function or constant that it takes from another file has changed, and fingerprints would be made by the
code of yesterday. A test holds every compiled function of the product to its own file.
"""

import numpy as np
from numba import njit

SHINGLE = 5
"""Characters of a shingle."""

WINDOW = 24
"""Characters of a window, by which templates are found: longer than what sentences share by chance."""

# A polynomial in an odd multiplier over 64 bits tells all windows of five code points (105 bits) apart but for chance;
# MurmurHash3's finaliser (public domain, A. Appleby) then spreads it over all bits. 2**64 / golden ratio, odd.
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_OUTGOING = np.uint64(pow(0x9E3779B97F4A7C15, SHINGLE, 1 << 64))
_OUTGOING_WINDOW = np.uint64(pow(0x9E3779B97F4A7C15, WINDOW, 1 << 64))
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)

# Hashes of one text that are kept while every hash function runs over them: 4 KiB, in the nearest cache.
_BLOCK = 1024


@njit(cache=True, nogil=True)
def _mix(value):  # type: ignore[no-untyped-def]
    """MurmurHash3's fmix64 of a uint64."""
    value ^= value >> np.uint64(33)
    value *= _MIX_1
    value ^= value >> np.uint64(33)
    value *= _MIX_2
    return value ^ (value >> np.uint64(33))


@njit(cache=True, nogil=True)
def _hash_shingles(data, start, end, namespace, out):  # type: ignore[no-untyped-def]
    """Hashes the shingles of the normalised UTF-8 text ``data[start:end]`` into ``out``; returns how many there are.

    Args: bytes (uint8); a uint64 that keeps a prompt's shingles apart from a response's; room for ``end - start``.
    """
    window = np.zeros(SHINGLE, np.uint64)  # the last code points, as a ring
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
        slot = seen % SHINGLE
        rolling = rolling * _MULTIPLIER + code - window[slot] * _OUTGOING
        window[slot] = code
        seen += 1
        if seen >= SHINGLE:
            out[count] = _mix(rolling ^ namespace)
            count += 1
    if 0 < seen < SHINGLE:
        out[0] = _mix(rolling ^ namespace)
        count = 1
    return count


@njit(cache=True, nogil=True)
def hash_texts(data, offsets):  # type: ignore[no-untyped-def]
    """Hash the shingles of all texts.

    Args:
        data: The bytes of a string array, normalised UTF-8 (uint8).
        offsets: Its offsets (int32, texts + 1).

    Returns:
        The hashes (uint64), one text after the other, as often and in the order in which the shingles occur; and where
        each text's begin (int64, texts + 1).
    """
    texts = len(offsets) - 1
    hashes = np.empty(offsets[texts] - offsets[0], np.uint64)
    starts = np.zeros(texts + 1, np.int64)
    for text in range(texts):
        room = hashes[starts[text] :]
        starts[text + 1] = starts[text] + _hash_shingles(data, offsets[text], offsets[text + 1], np.uint64(0), room)
    return hashes[: starts[texts]], starts


@njit(cache=True, nogil=True)
def keep_unique(hashes, starts):  # type: ignore[no-untyped-def]
    """Drop repeated values of each sorted stretch, in place.

    Args:
        hashes: All stretches, one after the other (uint64).
        starts: Where each begins, and the end (int64, stretches + 1).

    Returns:
        Where the stretches begin now, and the end.
    """
    kept = np.zeros(len(starts), np.int64)
    at = 0
    for text in range(len(starts) - 1):
        for i in range(starts[text], starts[text + 1]):
            if i == starts[text] or hashes[i] != hashes[i - 1]:
                hashes[at] = hashes[i]
                at += 1
        kept[text + 1] = at
    return kept


@njit(cache=True, nogil=True)
def lower_signatures(  # type: ignore[no-untyped-def]
    signatures, data, offsets, text_starts, namespace, multipliers, increments
):
    """Lower the signatures of rows to the minima of the shingles of their texts too, in place.

    Args:
        signatures: Rows x hash functions (uint32).
        data: The bytes of all texts, normalised UTF-8 (uint8).
        offsets: Where each text begins, and the end (int32, texts + 1).
        text_starts: Row i has the texts ``text_starts[i]`` to ``text_starts[i + 1]``.
        namespace: A uint64 that keeps a prompt's shingles apart from a response's.
        multipliers, increments: Of the hash functions (uint32). Function f is ``multipliers[f] * x + increments[f]``
            mod 2**32 of the upper half of a shingle's hash.
    """
    longest = 0
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    hashes = np.empty(longest, np.uint64)
    block = np.empty(_BLOCK, np.uint32)
    for row in range(len(signatures)):
        for text in range(text_starts[row], text_starts[row + 1]):
            count = _hash_shingles(data, offsets[text], offsets[text + 1], namespace, hashes)
            for first in range(0, count, _BLOCK):
                filled = min(_BLOCK, count - first)
                for i in range(filled):
                    block[i] = np.uint32(hashes[first + i] >> np.uint64(32))
                for f in range(len(multipliers)):
                    # uint32 throughout and a plain minimum: LLVM makes 8 or 16 lanes of it.
                    a, b, least = multipliers[f], increments[f], signatures[row, f]
                    for i in range(filled):
                        least = min(least, np.uint32(a * block[i] + b))
                    signatures[row, f] = least


@njit(cache=True, nogil=True)
def fold_bands(signatures, length, columns):  # type: ignore[no-untyped-def]
    """Fold each ``length`` values of the signatures into 32 bits.

    Args:
        signatures: Rows x hash functions (uint32).
        length: Hash functions of a band.
        columns: Bands x rows (uint32), which are filled.
    """
    for row in range(len(signatures)):
        for band in range(len(columns)):
            folded = np.uint64(0)
            for i in range(length):
                folded = _mix(folded ^ np.uint64(signatures[row, band * length + i])) + np.uint64(1)
            columns[band, row] = np.uint32(folded >> np.uint64(32))


@njit(cache=True, nogil=True)
def combine_keys(keys, others):  # type: ignore[no-untyped-def]
    """Keys (uint32) that are equal where both of two columns (uint32) are."""
    combined = np.empty(len(keys), np.uint32)
    for i in range(len(keys)):
        combined[i] = _mix(np.uint64(keys[i]) << np.uint64(32) | np.uint64(others[i])) >> np.uint64(32)
    return combined


@njit(cache=True, nogil=True)
def decode(data, offsets):  # type: ignore[no-untyped-def]
    """The code points of texts.

    Args:
        data: The bytes of a string array, valid UTF-8 (uint8).
        offsets: Its offsets (int32, texts + 1).

    Returns:
        All code points (uint32), and where those of each text begin (int64, texts + 1).
    """
    texts = len(offsets) - 1
    codes = np.empty(offsets[texts] - offsets[0], np.uint32)
    starts = np.zeros(texts + 1, np.int64)
    at = 0
    for text in range(texts):
        i = offsets[text]
        while i < offsets[text + 1]:
            byte = np.uint32(data[i])
            if byte < 0x80:
                codes[at] = byte
                i += 1
            elif byte < 0xE0:
                codes[at] = (byte & 0x1F) << 6 | (data[i + 1] & 0x3F)
                i += 2
            elif byte < 0xF0:
                codes[at] = (byte & 0x0F) << 12 | (data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F)
                i += 3
            else:
                high = (byte & 0x07) << 18 | (data[i + 1] & 0x3F) << 12
                codes[at] = high | (data[i + 2] & 0x3F) << 6 | (data[i + 3] & 0x3F)
                i += 4
            at += 1
        starts[text + 1] = at
    return codes[:at], starts


@njit(cache=True, nogil=True)
def sample_windows(codes, starts, part, keys, places, counts):  # type: ignore[no-untyped-def]
    """The windows of each text whose hashes are the lowest: of texts that share a passage, mostly the same ones.

    Args:
        codes: The code points of all texts (uint32).
        starts: Where those of each text begin (int64, texts + 1).
        part: A uint64 that keeps a prompt's windows apart from a history's.
        keys: Texts x how many are wanted (uint32); filled with numbers of the windows, each one once, the lowest hash
            first.
        places: As ``keys``; filled with the character at which each begins.
        counts: By text (int64), filled: how many there are.
    """
    wanted = keys.shape[1]
    lowest = np.empty(wanted, np.uint64)
    where = np.empty(wanted, np.uint32)
    for text in range(len(starts) - 1):
        rolling = np.uint64(0)
        count = 0
        for i in range(starts[text], starts[text + 1]):
            rolling = rolling * _MULTIPLIER + np.uint64(codes[i])
            seen = i - starts[text] + 1
            if seen > WINDOW:
                rolling -= np.uint64(codes[i - WINDOW]) * _OUTGOING_WINDOW
            if seen < WINDOW:
                continue
            value = _mix(rolling ^ _mix(part + np.uint64(1)))
            if count == wanted and value >= lowest[count - 1]:
                continue
            place = count
            while place > 0 and lowest[place - 1] > value:
                place -= 1
            if place > 0 and lowest[place - 1] == value:
                continue
            if count < wanted:
                count += 1
            for k in range(count - 1, place, -1):
                lowest[k] = lowest[k - 1]
                where[k] = where[k - 1]
            lowest[place] = value
            where[place] = seen - WINDOW
        for k in range(count):
            # The upper bits of the lowest values are alike; the lower ones are spread evenly.
            keys[text, k] = np.uint32(lowest[k] & np.uint64(0xFFFFFFFF))
            places[text, k] = where[k]
        counts[text] = count
