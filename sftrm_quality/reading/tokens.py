"""The tokens of JSON (RFC 8259) over raw bytes: strings with their UTF-8 and escapes, numbers, words.

Every function takes the buffer, a position and an end, and returns the position after the token, or a negative number.
"""

from typing import Any

import numpy as np

from sftrm_quality.reading.kernels import kernel

_MAX_NUMBER = 300  # characters: longer ones may be beyond a double, or beyond Python's 4300 digits

# What a byte inside a string asks for: nothing, end of string, escape, error, or a UTF-8 sequence of 2, 3 or 4 bytes.
_TEXT = np.zeros(256, dtype=np.uint8)
_TEXT[0x22] = 1
_TEXT[0x5C] = 5
_TEXT[:0x20] = 6
_TEXT[0x80:] = 6
_TEXT[0xC2:0xE0] = 2
_TEXT[0xE0:0xF0] = 3
_TEXT[0xF0:0xF5] = 4


@kernel
def _hex4(buf: Any, i: int, e: int) -> int:
    """The number that the four hexadecimal digits at ``i`` stand for, or -1."""
    if i + 4 > e:
        return -1
    number = 0
    for j in range(i, i + 4):
        c = buf[j]
        if 48 <= c <= 57:
            digit = c - 48
        elif 65 <= c <= 70:
            digit = c - 55
        elif 97 <= c <= 102:
            digit = c - 87
        else:
            return -1
        number = number * 16 + digit
    return number


@kernel
def _escape(buf: Any, i: int, e: int) -> int:
    """The position after the escape at ``i`` (a backslash), or -1 where it is wrong or half a surrogate pair."""
    if i + 1 >= e:
        return -1
    c = buf[i + 1]
    if c != 0x75:
        return i + 2 if c in (0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74) else -1
    unit = _hex4(buf, i + 2, e)
    if unit < 0 or 0xDC00 <= unit <= 0xDFFF:
        return -1
    if unit < 0xD800 or unit > 0xDFFF:
        return i + 6
    if i + 8 > e or buf[i + 6] != 0x5C or buf[i + 7] != 0x75:
        return -1
    low = _hex4(buf, i + 8, e)
    return i + 12 if 0xDC00 <= low <= 0xDFFF else -1


@kernel
def string(buf: Any, i: int, e: int, utf8: bool) -> int:
    """The position after the closing quote of the string whose text starts at ``i``, or -1."""
    while i < e:
        c = buf[i]
        kind = _TEXT[c]
        if kind == 0:
            i += 1
        elif kind == 1:
            return i + 1
        elif kind == 5:
            i = _escape(buf, i, e)
            if i < 0:
                return -1
        elif c < 0x80:
            return -1
        elif not utf8:
            i += 1
        elif kind == 6 or i + kind > e:
            return -1
        else:
            second = buf[i + 1]
            if (second & 0xC0) != 0x80:
                return -1
            if kind == 3:
                if (buf[i + 2] & 0xC0) != 0x80:
                    return -1
                # overlong forms, and surrogates written as UTF-8
                if (c == 0xE0 and second < 0xA0) or (c == 0xED and second > 0x9F):
                    return -1
            elif kind == 4:
                if (buf[i + 2] & 0xC0) != 0x80 or (buf[i + 3] & 0xC0) != 0x80:
                    return -1
                if (c == 0xF0 and second < 0x90) or (c == 0xF4 and second > 0x8F):
                    return -1
            i += kind
    return -1


@kernel
def _digits(buf: Any, i: int, e: int) -> int:
    while i < e and 48 <= buf[i] <= 57:
        i += 1
    return i


@kernel
def number(buf: Any, i: int, e: int) -> int:
    """The position after the number at ``i``, -1 where it is none, -2 where the strict parser must tell its value."""
    start = i
    if buf[i] == 0x2D:
        i += 1
    first = i
    i = _digits(buf, i, e)
    if i == first or (buf[first] == 48 and i > first + 1):
        return -1
    if i < e and buf[i] == 0x2E:
        fraction = i + 1
        i = _digits(buf, fraction, e)
        if i == fraction:
            return -1
    if i < e and (buf[i] | 0x20) == 0x65:
        i += 1
        if i < e and (buf[i] == 0x2B or buf[i] == 0x2D):
            i += 1
        exponent = i
        i = _digits(buf, i, e)
        if i == exponent:
            return -1
        if i - exponent > 2:
            return -2
    return i if i - start <= _MAX_NUMBER else -2


@kernel
def word(buf: Any, i: int, e: int) -> int:
    """The position after ``true``, ``false`` or ``null`` at ``i``, or -1."""
    c = buf[i]
    if i + 4 <= e:
        b, d, f = buf[i + 1], buf[i + 2], buf[i + 3]
        if c == 0x74 and b == 0x72 and d == 0x75 and f == 0x65:
            return i + 4
        if c == 0x6E and b == 0x75 and d == 0x6C and f == 0x6C:
            return i + 4
        if i + 5 <= e and c == 0x66 and b == 0x61 and d == 0x6C and f == 0x73 and buf[i + 4] == 0x65:
            return i + 5
    return -1
