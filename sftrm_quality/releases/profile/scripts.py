"""In which script a text is written: its letters counted over the bytes, and a word for what most of them are."""

from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sftrm_quality.text import text_buffers

Counts = npt.NDArray[np.int64]


class Script(IntEnum):
    """What two thirds of a text's letters are; ``mixed`` where no script has so many, ``none`` without letters."""

    NONE = 0
    HANGUL = 1
    LATIN = 2
    OTHER = 3
    MIXED = 4


# By blocks of Unicode. A block of letters also has some signs of its own; they are rare beside its letters.
_RANGES = {
    Script.LATIN: (
        *((0x41, 0x5B), (0x61, 0x7B), (0xAA, 0xAB), (0xBA, 0xBB), (0xC0, 0xD7), (0xD8, 0xF7), (0xF8, 0x2B0)),
        *((0x1D00, 0x1DC0), (0x1E00, 0x1F00), (0x2C60, 0x2C80), (0xA720, 0xA800)),
        *((0xAB30, 0xAB70), (0xFB00, 0xFB07), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B)),
    ),
    Script.HANGUL: (
        *((0x1100, 0x1200), (0x3131, 0x318F), (0xA960, 0xA980), (0xAC00, 0xD7A4), (0xD7B0, 0xD800), (0xFFA0, 0xFFDD)),
    ),
    Script.OTHER: (
        *((0xB5, 0xB6), (0x370, 0x1100), (0x1200, 0x1D00), (0x1F00, 0x2000), (0x2C00, 0x2C60), (0x2C80, 0x2E00)),
        *(
            (0x3005, 0x3008),
            (0x3031, 0x3036),
            (0x303C, 0x303D),
            (0x3041, 0x3131),
            (0x31A0, 0x31C0),
            (0x31F0, 0x3200),
            (0x3400, 0x4DC0),
        ),
        *((0x4E00, 0xA490), (0xA4D0, 0xA720), (0xA800, 0xA960), (0xA980, 0xAB30), (0xAB70, 0xAC00)),
        *((0xF900, 0xFB00), (0xFB07, 0xFE00)),
        *((0xFE70, 0xFEFF), (0xFF66, 0xFFA0), (0x10000, 0x1D000), (0x20000, 0x32000)),
    ),
}
_TABLE_SIZE = 0x32000


@cache
def _script_of_code_point() -> npt.NDArray[np.uint8]:
    table = np.zeros(_TABLE_SIZE, np.uint8)
    for script, ranges in _RANGES.items():
        for first, end in ranges:
            table[first:end] = script
    return table


def letters(texts: pa.StringArray) -> Counts:
    """Of each text: its characters, and its letters in Hangul, in Latin and in other scripts (texts x 4)."""
    counted: Counts = _letters(*text_buffers(texts), _script_of_code_point())
    return counted


def scripts(counted: Counts) -> Counts:
    """The `Script` of each text, from what ``letters`` counted."""
    of_scripts = counted[:, 1:]
    all_letters = of_scripts.sum(axis=1)
    most = of_scripts.argmax(axis=1)
    mixed = 3 * of_scripts.max(axis=1) < 2 * all_letters
    return np.where(all_letters == 0, Script.NONE, np.where(mixed, Script.MIXED, most + 1))


@njit(cache=True, nogil=True)
def _letters(offsets, data, table):  # type: ignore[no-untyped-def]
    """Args: offsets (int32) and bytes (uint8) of valid UTF-8; the script of each code point."""
    found = np.zeros((len(offsets) - 1, 4), np.int64)
    for text in range(len(offsets) - 1):
        characters = hangul = latin = other = 0
        i, end = offsets[text], offsets[text + 1]
        while i < end:
            byte = np.uint32(data[i])
            if byte < 0x80:
                code = byte
                i += 1
            elif byte < 0xE0:
                code = (byte & 0x1F) << 6 | (data[i + 1] & 0x3F)
                i += 2
            elif byte < 0xF0:
                code = (byte & 0x0F) << 12 | (data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F)
                i += 3
            else:
                code = (byte & 0x07) << 18 | (data[i + 1] & 0x3F) << 12
                code |= (data[i + 2] & 0x3F) << 6 | (data[i + 3] & 0x3F)
                i += 4
            characters += 1
            script = table[code] if code < len(table) else np.uint8(0)
            hangul += script == 1
            latin += script == 2
            other += script == 3
        found[text, 0], found[text, 1], found[text, 2], found[text, 3] = characters, hangul, latin, other
    return found
