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
# Somebody speaks of themselves, in a normalised text: i, my name, call me; 저, 제, 나, 내, 전, 난; 我; 私, 僕.
FIRST_PERSON = 16
# As texts read in the wrong encoding are: ideographs without what Chinese and Japanese have nearly everywhere (的, の,
# their full stop and commas), or many of them beside Hangul; Cyrillic of which a third is Р and С.
MISREAD = 32

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
        if wanted & FIRST_PERSON:
            found |= _first_person(piece)
        if wanted & MISREAD:
            found |= _misread(piece)
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
def _misread(piece):  # type: ignore[no-untyped-def]
    special = np.int32(0)
    # A sum without a branch, which the compiler turns into vector instructions.
    for byte in piece:
        special += (np.uint8(byte - 0xE4) < 6) | (np.uint8(byte - 0xD0) < 2) | (byte == 0xEF)
    if special < 2:
        return 0
    hangul = ideographs = cyrillic = doubled = ordinary = np.int64(0)
    for i in range(len(piece) - 1):
        byte, after = piece[i], piece[i + 1]
        if byte < 0xC0:
            continue
        if byte == 0xD0 or byte == 0xD1:
            cyrillic += 1
            doubled += byte == 0xD0 and (after == 0xA0 or after == 0xA1)
        elif byte >= 0xEA and byte < 0xEE:
            hangul += 1
        elif byte >= 0xE4 and byte < 0xEA:
            ideographs += 1
            ordinary += byte == 0xE7 and after == 0x9A and piece[i + 2] == 0x84
        elif byte == 0xE3:
            last = piece[i + 2]
            ordinary += (after == 0x80 and (last == 0x81 or last == 0x82)) or (after == 0x81 and last == 0xAE)
        elif byte == 0xEF:
            last = piece[i + 2]
            # Half width kana, ideographs for compatibility; a full width comma.
            ideographs += after == 0xBD or after == 0xBE or after == 0xA8
            ordinary += after == 0xBC and last == 0x8C
    if cyrillic >= 6 and 3 * doubled >= cyrillic:
        return MISREAD
    return MISREAD if ideographs >= 2 and not ordinary and 4 * ideographs > hangul else 0


@njit(cache=True, nogil=True)
def _first_person(piece):  # type: ignore[no-untyped-def]
    end = len(piece)
    for i in range(end):
        byte = piece[i]
        if byte == 0x69:  # i
            before = piece[i - 1] if i else np.uint8(0x20)
            after = piece[i + 1] if i + 1 < end else np.uint8(0x20)
            if np.uint8(before - 0x61) >= 26 and (after == 0x20 or after == 0x27 or after == 0xE2 or after < 0x20):
                return FIRST_PERSON
        elif byte == 0x6D:  # my n, me
            after = piece[i + 1] if i + 1 < end else np.uint8(0)
            if after == 0x79 or after == 0x65:
                if i >= 5 and after == 0x65 and piece[i - 5] == 0x63 and piece[i - 2] == 0x6C:
                    return FIRST_PERSON
                if i + 3 < end and after == 0x79 and piece[i + 3] == 0x6E:
                    return FIRST_PERSON
        elif (byte == 0xEC or byte == 0xEB) and i + 3 < end and (i == 0 or piece[i - 1] < 0x80):
            second, third, after = piece[i + 1], piece[i + 2], piece[i + 3]
            # 저는, 저의, 저를, 저로서; 제 이름, 제가; 전, then 나는; 내 이름; 난.
            if byte == 0xEC and second == 0xA0:
                if third == 0x80 and after >= 0xEB:
                    return FIRST_PERSON
                if (third == 0x9C or third == 0x84) and (after <= 0x20 or after == 0xEA):
                    return FIRST_PERSON
            elif byte == 0xEB and second == 0x82:
                if third == 0x98 and after == 0xEB:
                    return FIRST_PERSON
                if (third == 0xB4 or third == 0x9C) and after <= 0x20:
                    return FIRST_PERSON
        elif (
            (byte == 0xE6 and piece[i + 1] == 0x88 and piece[i + 2] == 0x91)
            or (byte == 0xE7 and piece[i + 1] == 0xA7 and piece[i + 2] == 0x81)
            or (byte == 0xE5 and piece[i + 1] == 0x83 and piece[i + 2] == 0x95)
        ):
            return FIRST_PERSON
    return 0


@njit(cache=True, nogil=True)
def _loop(piece):  # type: ignore[no-untyped-def]
    piece = piece[max(0, len(piece) - _END) :]
    end = len(piece)
    if end < 50:
        return 0
    # One of them is not where a number counts the turns of the loop.
    for back in (10, 40, 80):
        at = end - back
        if at < 10:
            return 0
        # A sum without a branch, which the compiler turns into vector instructions. Lead bytes are mostly alike, so
        # four bytes tell nearly all.
        one, two, three, four = piece[at], piece[at + 4], piece[at + 7], piece[at + 8]
        alike = np.int32(0)
        for i in range(end - 9):
            alike += (piece[i] == one) & (piece[i + 4] == two) & (piece[i + 7] == three) & (piece[i + 8] == four)
        if alike < 3:
            continue
        times = 0
        for i in range(end - 9):
            if piece[i + 8] == four and piece[i + 4] == two:
                same = 0
                while same < 10 and piece[i + same] == piece[at + same]:
                    same += 1
                times += same == 10
        if times >= 3:
            return LOOP
    return 0
