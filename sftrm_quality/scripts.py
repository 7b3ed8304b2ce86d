"""In which script a text is written: its letters counted over the bytes, and a word for what most of them are."""

from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sftrm_quality.arrays import Ints, text_buffers
from sftrm_quality.characters import HANGUL, LATIN, OLD_HANGUL, OTHER_LETTERS, RARE_LATIN


class Script(IntEnum):
    """What two thirds of a text's letters are; ``mixed`` where no script has so many, ``none`` without letters."""

    NONE = 0
    HANGUL = 1
    LATIN = 2
    OTHER = 3
    MIXED = 4


_LETTERS = {
    Script.HANGUL: HANGUL + OLD_HANGUL,
    Script.LATIN: LATIN + RARE_LATIN,
    Script.OTHER: OTHER_LETTERS,
}
_TABLE_SIZE = 0x32000


@cache
def _script_of_code_point() -> npt.NDArray[np.uint8]:
    table = np.zeros(_TABLE_SIZE, np.uint8)
    for script, ranges in _LETTERS.items():
        for first, last in ranges:
            table[first : last + 1] = script
    return table


def letters(texts: pa.StringArray) -> Ints:
    """Of each text: its characters, and its letters in Hangul, in Latin and in other scripts (texts x 4)."""
    counted: Ints = _letters(*text_buffers(texts), _script_of_code_point())
    return counted


def scripts(counted: Ints) -> Ints:
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
