"""The normal form: NFKC, case folded, without invisible characters, white space runs one space.

:func:`normalise_text` is the definition, :func:`normalise` the same for Arrow arrays, some fifty times faster on
ordinary text.

Letters that a newer Unicode introduces fold only where the running Python knows them (3.11: Unicode 14).
"""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sftrm_quality.arrays import Mask, one_array, text_buffers
from sftrm_quality.characters import CONTROLS, DEFAULT_IGNORABLE, EMPTY_CELL, OTHER_FORMAT, python_class
from sftrm_quality.text.strict_form import seen_as_is
from sftrm_quality.text.tables import ASKED, SAME_RANGES, TABLE_SIZE, put, starts_apart, where
from sftrm_quality.words import say

_INVISIBLE = re.compile(f"[{python_class(DEFAULT_IGNORABLE + OTHER_FORMAT + CONTROLS)}]+")


def normalise_text(text: str) -> str:
    """The text as it is compared: NFKC, case folded, without invisible characters, white space runs one space.

    Idempotent by construction: repeated until nothing changes. No text that we found needs a second pass to change
    it (3 million combinations of marks and folding letters tried), but no version of Unicode promises that.
    """
    while (folded := _fold(text)) != text:
        text = folded
    return text


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).replace(EMPTY_CELL, " ").split())


class Normalised(NamedTuple):
    """Normal forms, and what was seen on the way. Nulls stay null.

    plain: which texts are surely their own strict form. scripts: which of these have raised or lowered characters.
    """

    normal: pa.StringArray
    plain: Mask
    scripts: Mask


def normalise(texts: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    """``normalise_text`` of every text of a string array; nulls stay null.

    Raises:
        TypeError: The array is not of type string.
    """
    return normalise_and_look(texts).normal


def normalise_and_look(texts: pa.Array | pa.ChunkedArray) -> Normalised:
    """``normalise_text`` of every text of a string array, and which of them are their own strict form.

    Texts made only of code points that fold by themselves, whatever is beside them, are done by a compiled kernel. The
    others (combining marks, conjoining jamo, characters that grow) go through :func:`normalise_text` one by one.

    Raises:
        TypeError: The array is not of type string.
    """
    if texts.type != pa.string():
        raise TypeError(say("normalise takes an array of type string, not {type}; cast it first", type=texts.type))
    texts = one_array(texts)
    if len(texts) == 0:
        return Normalised(texts, np.zeros(0, np.bool_), np.zeros(0, np.bool_))
    (folded, plain, scripts), left_over = _fold_array(texts)
    if left_over.any():
        # Text typed on a Mac is decomposed; composed, most of it is simple, five times cheaper than the definition.
        composed = pa.array([unicodedata.normalize("NFC", text) for text in where(texts, left_over)], pa.string())
        (rest, _, _), hard = _fold_array(composed)
        if hard.any():
            rest = put(rest, hard, pa.array([normalise_text(text) for text in where(composed, hard)], pa.string()))
        folded = put(folded, left_over, rest)
    return Normalised(folded, plain, scripts)


def _fold_array(texts: pa.StringArray) -> tuple[Normalised, Mask]:
    """The texts folded by the kernel, and which of them it could not fold (they are empty). Nulls stay null."""
    offsets, data = text_buffers(texts)
    out_offsets, out, left_over, plain, scripts = _fold_simple(data, offsets, *_folding_table(), seen_as_is())
    folded = pa.StringArray.from_buffers(len(texts), pa.py_buffer(out_offsets), pa.py_buffer(out[: out_offsets[-1]]))
    if texts.null_count:
        folded = pc.if_else(texts.is_valid(), folded, None)
    return Normalised(folded, plain, scripts), left_over


# What the kernel does with a code point: nothing, one of these, or write the WRITE + n bytes of its replacement.
_SAME, _SPACE, _DROP, _HARD, _WRITE = 0, 1, 2, 3, 8


@cache
def _folding_table() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32]]:
    """Action and replacement (UTF-8, first byte lowest) by code point. 0.1 s, once a process."""
    action = np.full(TABLE_SIZE, _HARD, np.uint8)
    replacement = np.zeros(TABLE_SIZE, np.uint32)
    for same in SAME_RANGES:
        action[same] = _SAME
    for code_point in (c for asked in ASKED for c in asked):
        char = chr(code_point)
        if char.isspace() or char == EMPTY_CELL:
            action[code_point] = _SPACE
        elif _INVISIBLE.fullmatch(char):
            action[code_point] = _DROP
        elif (folded := _folded_by_itself(char)) == char:
            action[code_point] = _SAME
        elif folded is not None and 0 < len(encoded := folded.encode()) <= len(char.encode()):
            # What grows is left to Python, so that the output never needs more room than the input.
            action[code_point] = _SPACE if folded == " " else _WRITE + len(encoded)
            replacement[code_point] = int.from_bytes(encoded, "little")
    return action, replacement


def _folded_by_itself(char: str) -> str | None:
    """What the character becomes whatever is beside it, or None if its neighbours have a say in it.

    Composition and reordering reach across a boundary only to a mark or to a conjoining vowel or final consonant at
    the start of what follows. Where no character of a text decomposes into such a start, each folds on its own.
    """
    text = char
    while True:
        composed = unicodedata.normalize("NFKC", text)
        folded = unicodedata.normalize("NFKC", composed.casefold())
        if not all(starts_apart(stage, "NFKD") for stage in (text, composed, composed.casefold(), folded)):
            return None
        if folded == text:
            break
        text = folded
    return None if (" " in text and text != " ") or _INVISIBLE.search(text) else text


# What is before a character.
_SEEN, _BEGIN, _SPACED, _LINE_END = 0, 1, 2, 3


@njit(cache=True, nogil=True)
def _fold_simple(data, offsets, action, replacement, seen):  # type: ignore[no-untyped-def]
    """Folds every text of simple code points; marks the others and leaves them empty.

    Args: bytes (uint8) and offsets (int32) of the texts, valid UTF-8; the tables by code point.
    Returns: offsets (int32) and bytes (uint8) of the folded texts; which texts are left over; which of the others are
    their own strict form; which of these have raised or lowered characters (bool).
    """
    count = len(offsets) - 1
    out = np.empty(offsets[count] - offsets[0], np.uint8)
    out_offsets = np.zeros(count + 1, np.int32)
    left_over = np.zeros(count, np.bool_)
    plain = np.ones(count, np.bool_)
    scripts = np.zeros(count, np.bool_)
    at = 0
    for text in range(count):
        start = at
        space_due = False
        before = _BEGIN
        i = offsets[text]
        end = offsets[text + 1]
        while i < end:
            byte = np.uint32(data[i])
            # Ideographs from U+4000, Hangul syllables and small ASCII letters stay what they are.
            if 0xE4 <= byte <= 0xEC and (byte != 0xEA or data[i + 1] >= 0xB0):
                if space_due:
                    out[at] = 0x20
                    at += 1
                    space_due = False
                out[at], out[at + 1], out[at + 2] = data[i], data[i + 1], data[i + 2]
                at += 3
                i += 3
                before = _SEEN
                continue
            if 0x61 <= byte <= 0x7A:
                if space_due:
                    out[at] = 0x20
                    at += 1
                    space_due = False
                out[at] = data[i]
                at += 1
                i += 1
                before = _SEEN
                continue
            if byte < 0x80:
                width, code = 1, byte
            elif byte < 0xE0:
                width, code = 2, (byte & 0x1F) << 6 | (data[i + 1] & 0x3F)
            elif byte < 0xF0:
                width, code = 3, (byte & 0x0F) << 12 | (data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F)
            else:
                width = 4
                code = (byte & 0x07) << 18 | (data[i + 1] & 0x3F) << 12
                code |= (data[i + 2] & 0x3F) << 6 | (data[i + 3] & 0x3F)
            what = action[code] if code < len(action) else np.uint8(_HARD)
            if code < len(seen) and seen[code] > 0:
                before = _SEEN
                scripts[text] |= seen[code] == 2
            elif code == 0x0A and before in (_SEEN, _LINE_END):
                before = _LINE_END
            elif code in (0x20, 0x09) and before != _BEGIN:
                before = _SPACED
            else:
                plain[text] = False
            if what == _SPACE:
                space_due = at > start
            elif what == _HARD:
                left_over[text] = True
                at = start
                break
            elif what != _DROP:
                if space_due:
                    out[at] = 0x20
                    at += 1
                    space_due = False
                if what == _SAME:
                    for k in range(width):
                        out[at + k] = data[i + k]
                    at += width
                else:
                    packed = replacement[code]
                    for _ in range(what - _WRITE):
                        out[at] = packed & 0xFF
                        packed >>= 8
                        at += 1
            i += width
        out_offsets[text + 1] = at
        plain[text] &= not left_over[text] and (before in (_SEEN, _BEGIN))
    return out_offsets, out, left_over, plain, scripts
