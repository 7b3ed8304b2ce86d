"""Cheap signs in the bytes of texts, found in one pass, that tell which few texts deserve a closer look.

Many checks look for rare things: personal data, leaked tokens, lost and damaged letters, another script. Each by
itself would read every text; together they read it once here, at about a gigabyte per second, and then look only at
those with a sign. A sign may be wrong, never missing: what the checks look for always leaves its sign.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sftrm_quality.arrays import Mask, list_offsets, lists_of, text_buffers
from sftrm_quality.checks.marks import GARBLED, TOKEN, marks_of
from sftrm_quality.checks.number_signs import DIGITS, LETTERED, numbers_of
from sftrm_quality.checks.texts import text_of_each

__all__ = [
    "AT",
    "DECOMPOSED",
    "DIGITS",
    "GARBLED",
    "LETTERED",
    "LOOSE_JAMO",
    "MISREAD",
    "SIGNS",
    "TOKEN",
    "has_sign",
    "signs_of",
]

SIGNS = pa.struct([("signs", pa.uint8()), ("hangul", pa.int32()), ("latin", pa.int32())])
"""Of a text: its signs as bits, how many bytes begin a Hangul syllable (or a rare neighbour of them), and how many
ASCII letters it has. A null text has none of anything."""

# An @, of full width too, between two bytes that are no white space, or with one space on a side.
AT = 2
# A compatibility jamo (U+3131 to U+318E).
LOOSE_JAMO = 4
# A conjoining jamo (U+1100 to U+11FF), a combining mark (U+0300 to U+036F, of kana U+3099 and U+309A) or a vowel of
# half width.
DECOMPOSED = 8
# Two characters as UTF-8 or CP949 read as Latin-1 gives them; 占, or a question mark before and after a syllable.
MISREAD = 16


def signs_of(column: pa.Array) -> pa.Array:
    """The signs of texts.

    Args:
        column: Strings, responses (list<struct<text, rank, score>>) or turns (list<struct<role, content>>).

    Returns:
        ``SIGNS`` of each text: one a row, or a list of them a row.
    """
    if column.type == pa.string():
        offsets, data = text_buffers(column)
        found, *counts = _scan(data, offsets)
        # Kernels of other modules, called from here: numba's cache does not see a change of what a kernel calls.
        columns = [found | marks_of(data, offsets) | numbers_of(data, offsets), *counts]
        return pa.StructArray.from_arrays([pa.array(one) for one in columns], fields=list(SIGNS))
    _, texts = text_of_each(column)
    return lists_of(list_offsets(column), signs_of(texts))


def has_sign(signs: pa.Array, sign: int) -> Mask:
    """True for the texts with any of some signs.

    Args:
        signs: ``SIGNS`` of each text.
        sign: Bits or-ed together.
    """
    found: Mask = (pc.struct_field(signs, "signs").to_numpy() & sign) > 0
    return found


@njit(cache=True, nogil=True)
def _scan(data, offsets):  # type: ignore[no-untyped-def]
    """The three columns of SIGNS for texts of valid UTF-8: bytes (uint8) and offsets (int32)."""
    count = len(offsets) - 1
    signs = np.zeros(count, np.uint8)
    hangul = np.zeros(count, np.int32)
    latin = np.zeros(count, np.int32)
    for text in range(count):
        piece = data[offsets[text] : offsets[text + 1]]
        syllables = letters = special = np.int32(0)
        # Sums without a branch, which the compiler turns into vector instructions.
        for byte in piece:
            letters += np.uint8((byte | 0x20) - 0x61) < 26
            syllables += np.uint8(byte - 0xEA) < 4
            # @, the lead bytes of U+0080 to U+00FF, of marks, of conjoining and compatibility jamo, of 占, and ?.
            special += (
                (byte == 0x40)
                | (np.uint8(byte - 0xC2) < 2)
                | (np.uint8(byte - 0xCC) < 2)
                | (byte == 0xE1)
                | (byte == 0xE3)
                | (byte == 0xE5)
                | (byte == 0x3F)
                | (byte == 0xEF)
            )
        hangul[text] = syllables
        latin[text] = letters
        found = 0
        if special:
            found |= _specials(piece)
        signs[text] = found
    return signs, hangul, latin


@njit(cache=True, nogil=True)
def _specials(piece):  # type: ignore[no-untyped-def]
    found = 0
    end = len(piece)
    for i in range(end):
        byte = piece[i]
        if byte < 0x80:
            if byte == 0x40:
                left = i > 0 and (piece[i - 1] > 0x20 or (i > 1 and piece[i - 1] == 0x20 and piece[i - 2] > 0x20))
                right = i < end - 2 and (piece[i + 1] > 0x20 or (piece[i + 1] == 0x20 and piece[i + 2] > 0x20))
                if left and right:
                    found |= AT
            elif i + 4 < end and np.uint8(piece[i + 1] - 0xEA) < 4 and (piece[i + 4] == 0x3F or piece[i + 4] == 0xEF):
                found |= MISREAD if byte == 0x3F else 0
        elif byte == 0xC2 or byte == 0xC3:
            if i + 2 < end and not (byte == 0xC2 and piece[i + 1] == 0xA0):
                after = piece[i + 2]
                if after == 0xC2 or after == 0xC3 or after == 0xC5 or after == 0xC6 or after == 0xCB or after == 0xE2:
                    found |= MISREAD
        elif byte == 0xCC or (byte == 0xCD and piece[i + 1] < 0xB0):
            found |= DECOMPOSED
        elif byte == 0xE1:
            if np.uint8(piece[i + 1] - 0x84) < 4:
                found |= DECOMPOSED
        elif byte == 0xE3:
            if 0x84 <= piece[i + 1] <= 0x86:
                found |= LOOSE_JAMO
            elif piece[i + 1] == 0x82 and (piece[i + 2] == 0x99 or piece[i + 2] == 0x9A):
                found |= DECOMPOSED
        elif byte == 0xE5:
            if piece[i + 1] == 0x8D and piece[i + 2] == 0xA0:
                found |= MISREAD
        elif byte == 0xEF:
            if (piece[i + 1] == 0xBC and piece[i + 2] == 0xA0) or (piece[i + 1] == 0xB9 and piece[i + 2] == 0xAB):
                found |= AT
            elif piece[i + 1] == 0xBF and np.uint8(piece[i + 2] - 0x82) < 27:
                found |= DECOMPOSED
            elif i + 6 < end and piece[i + 1] == 0xBF and piece[i + 2] == 0xBD:
                last = piece[i + 6]
                if np.uint8(piece[i + 3] - 0xEA) < 4 and (last == 0x3F or last == 0xEF):
                    found |= MISREAD
    return found
