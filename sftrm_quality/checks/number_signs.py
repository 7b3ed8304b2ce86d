"""Signs in the bytes of a text that it may have a number of a person, in whatever width its digits are.

What is a digit or may be between two of them is what ``personal_data`` takes for one: see ``plain`` there.
"""

import numpy as np
from numba import njit

# Ten or more digits, of full width too, with at most six dashes, blanks, dots, brackets and the like between two of
# them: the shortest mobile number has ten.
DIGITS = 1
# Seven or more digits behind a letter, with at most three signs, of which a letter, between two: passports.
LETTERED = 32


_BREAK, _DIGIT, _LETTER, _SEPARATOR = range(4)


@njit(cache=True, nogil=True)
def numbers_of(data, offsets):  # type: ignore[no-untyped-def]
    """DIGITS and LETTERED of texts of valid UTF-8: bytes (uint8) and offsets (int32)."""
    count = len(offsets) - 1
    signs = np.zeros(count, np.uint8)
    for text in range(count):
        piece = data[offsets[text] : offsets[text + 1]]
        digits = np.int32(0)
        # The lead bytes of digits of full width and of mathematical ones, too.
        for byte in piece:
            digits += (np.uint8(byte - 0x30) < 10) | (byte == 0xEF) | (byte == 0xF0)
        if digits >= 7:
            signs[text] = _number_signs(piece)
    return signs


@njit(cache=True, nogil=True)
def _number_signs(piece):  # type: ignore[no-untyped-def]
    found = run = mixed = apart = i = 0
    # Signs since the last letter, and whether one is before the run.
    since, lettered = 9, False
    end = len(piece)
    while i < end:
        kind, size = _kind(piece, i, end)
        i += size
        if kind == _DIGIT:
            run = run + 1 if apart <= 6 else 1
            begins = since <= 1 and not lettered
            mixed = mixed + 1 if apart <= 3 and not begins else 1
            lettered = since <= 1 or (lettered and mixed > 1)
            apart, since = 0, 9
            if run >= 10:
                found |= DIGITS
            if lettered and mixed >= 7:
                found |= LETTERED
        elif kind == _LETTER:
            # One within a number of a passport; between the digits of any other there is none.
            run, since = 0, 0
            apart += 1
        else:
            since += 1
            apart += 1 if kind == _SEPARATOR else 7
    return found


@njit(cache=True, nogil=True)
def _kind(piece, i, end):  # type: ignore[no-untyped-def]
    """What the character that begins at a byte is for a number, and how many bytes it has."""
    byte = piece[i]
    if byte < 0x80:
        if np.uint8(byte - 0x30) < 10:
            return _DIGIT, 1
        if np.uint8((byte | 0x20) - 0x61) < 26:
            return _LETTER, 1
        if 0x28 <= byte <= 0x29 or 0x2D <= byte <= 0x2F or byte == 0x20 or byte == 0x09 or byte == 0x5F or byte == 0x7E:
            return _SEPARATOR, 1
        return _BREAK, 1
    if byte < 0xE0:
        # No-break space, soft hyphen, middle dot; the grapheme joiner; the mark of Arabic letters.
        after = piece[i + 1]
        if byte == 0xC2:
            return (_SEPARATOR if after == 0xA0 or after == 0xAD or after == 0xB7 else _BREAK), 2
        return (_SEPARATOR if (byte == 0xCD and after == 0x8F) or (byte == 0xD8 and after == 0x9C) else _BREAK), 2
    if byte >= 0xF0:
        after, third = piece[i + 1], piece[i + 2]
        if byte == 0xF0 and after == 0x9D and third == 0x9F and piece[i + 3] >= 0x8E:
            return _DIGIT, 4
        # What nobody sees among notes and shorthand.
        return (_SEPARATOR if byte == 0xF0 and (after == 0x9D or after == 0x9B) else _BREAK), 4
    after, third = piece[i + 1], piece[i + 2]
    if byte == 0xEF:
        if after == 0xBC and 0x90 <= third <= 0x99:
            return _DIGIT, 3
        if (after == 0xBC and 0xA1 <= third <= 0xBA) or (after == 0xBD and 0x81 <= third <= 0x9A):
            return _LETTER, 3
        return _SEPARATOR, 3
    if byte == 0xE2:
        return _SEPARATOR, 3
    if byte == 0xE3:
        # The blank and the stop of full width; ・ and ー of kana; ㅡ, the filler and ㆍ of Hangul.
        if after == 0x80 or (after == 0x83 and third >= 0xBB):
            return _SEPARATOR, 3
        return (_SEPARATOR if (after == 0x85 and third >= 0xA1) or after == 0x86 else _BREAK), 3
    if byte == 0xE1:
        # The blank of Ogham, the fillers of Hangul, what nobody sees of Khmer and Mongolian.
        fillers = after == 0x85 and (third == 0x9F or third == 0xA0)
        return (_SEPARATOR if after == 0x9A or after == 0x9E or after == 0xA0 or fillers else _BREAK), 3
    return _BREAK, 3
