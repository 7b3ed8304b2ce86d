"""Which few texts deserve a closer look for what a conversion left, foreign words and loops: one pass over the bytes.

Beside `signs`, whose byte of signs is full. Here too a sign may be wrong, never missing.
"""

import numpy as np
import pyarrow as pa
from numba import njit

from sftrm_quality.arrays import Mask, text_buffers

# A backslash, an ampersand, a percent sign, _x, # or < with what an escape, an entity, a tag goes on with.
CONVERTED = 1
# A bracket in front of the whole text, or a mark that printed objects have within.
PRINTED = 2
# Fifteen Hangul syllables, and a letter of Chinese, Japanese or Cyrillic.
FOREIGN = 4
# A piece of the end of the text that is there several times.
LOOP = 8

# Bytes in which a piece of the end must be three times: `loops` finds turns of at most 120 characters, 360 bytes.
_END = 1_200


def deserve_a_look(texts: pa.StringArray, sign: int) -> Mask:
    """True for the texts with any of some signs; null has none.

    Args:
        texts: As they were delivered.
        sign: Bits or-ed together.
    """
    offsets, data = text_buffers(texts)
    found: Mask = (_scan(data, offsets, sign) & sign) > 0
    return found


@njit(cache=True, nogil=True)
def _is_hex(byte):  # type: ignore[no-untyped-def]
    return np.uint8(byte - 0x30) < 10 or np.uint8((byte | 0x20) - 0x61) < 6


@njit(cache=True, nogil=True)
def _scan(data, offsets, wanted):  # type: ignore[no-untyped-def]
    count = len(offsets) - 1
    signs = np.zeros(count, np.uint8)
    for text in range(count):
        piece = data[offsets[text] : offsets[text + 1]]
        found = 0
        if wanted & (CONVERTED | PRINTED):
            found |= _marks(piece)
        if wanted & FOREIGN:
            found |= _foreign(piece)
        if wanted & LOOP:
            found |= _loop(piece)
        signs[text] = found
    return signs


@njit(cache=True, nogil=True)
def _marks(piece):  # type: ignore[no-untyped-def]
    found, begun, end = 0, False, len(piece)
    for i in range(end):
        byte = piece[i]
        if byte >= 0x80 or byte == 0x20:
            begun = begun or byte >= 0x80
            continue
        after = piece[i + 1] if i + 1 < end else np.uint8(0)
        letter = np.uint8((after | 0x20) - 0x61) < 26
        if not begun and byte > 0x20:
            begun = True
            found |= PRINTED if byte == 0x5B or byte == 0x7B or byte == 0x28 else 0
        if byte == 0x5C:
            found |= CONVERTED if letter or after == 0x22 else 0
        elif byte == 0x26:
            found |= CONVERTED if letter or after == 0x23 else 0
        elif byte == 0x25:
            found |= CONVERTED if _is_hex(after) else 0
        elif byte == 0x5F:
            found |= CONVERTED if after == 0x78 else 0
        elif byte == 0x23:
            found |= CONVERTED if np.uint8(after - 0x41) < 26 else 0
        elif byte == 0x3C:
            found |= (CONVERTED | PRINTED) if letter or after == 0x2F else 0
        elif byte == 0x3D:
            found |= PRINTED if after == 0x22 or after == 0x27 or after == 0x5B or after == 0x7B or letter else 0
        elif byte == 0x5B or byte == 0x50:
            # [object Object], Promise { … }
            found |= PRINTED if after == 0x6F or after == 0x72 else 0
    return found


@njit(cache=True, nogil=True)
def _foreign(piece):  # type: ignore[no-untyped-def]
    hangul = other = np.int64(0)
    for i in range(len(piece)):
        byte = piece[i]
        if byte < 0xD0:
            continue
        hangul += np.uint8(byte - 0xEA) < 4
        if byte < 0xD4 or 0xE4 <= byte < 0xEA:
            other += 1
        elif byte == 0xE3:
            after = piece[i + 1]
            other += 0x81 <= after <= 0x83 or after >= 0x90
    return FOREIGN if hangul >= 15 and other else 0


@njit(cache=True, nogil=True)
def _loop(piece):  # type: ignore[no-untyped-def]
    end = len(piece)
    first = max(0, end - _END)
    if end - first < 50:
        return 0
    # One of them is not where a number counts the turns of the loop.
    for back in (10, 40, 80):
        at = end - back
        if at - 10 < first:
            return 0
        times = 0
        for i in range(first, end - 9):
            if piece[i] == piece[at] and piece[i + 1] == piece[at + 1]:
                same = 2
                while same < 10 and piece[i + same] == piece[at + same]:
                    same += 1
                times += same == 10
        if times >= 3:
            return LOOP
    return 0
