"""The folded form: what says the same, however it is spaced and punctuated.

Korean spacing varies freely, question marks come and go, and quotes are of many kinds. Raised and lowered characters
are marked by ^ and _, as people write them without: 10²³ and 10^23 fold equally, 1023 does not.
"""

import re
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sftrm_quality.arrays import Mask, text_buffers
from sftrm_quality.characters import (
    HANGUL,
    KANA_AND_HAN,
    LOWERED,
    OLD_HANGUL,
    QUOTES,
    RAISED,
    SENTENCE_MARKS,
    python_class,
)
from sftrm_quality.text.normal_form import normalise, normalise_text
from sftrm_quality.text.strict_form import strict_text
from sftrm_quality.text.tables import put, where

_UNSPACED = python_class((*HANGUL, *OLD_HANGUL, *KANA_AND_HAN))
_MARK = re.compile(f"(?<![0-9])[{SENTENCE_MARKS}{QUOTES}]|[{SENTENCE_MARKS}{QUOTES}](?![0-9])")
_APOSTROPHE = re.compile("(?<=[a-z])['’](?=[a-z])")
_KEPT = "\x00"  # no text in its normal form has it
_NEEDLESS_SPACE = re.compile(f"(?<=[{_UNSPACED}]) | (?=[{_UNSPACED}])")
_RAISED = re.compile(f"[{python_class(RAISED)}]+")
_LOWERED = re.compile(f"[{python_class(LOWERED)}]+")


def fold_text(text: str) -> str:
    """The folded form of a text.

    Its normal form, where each of these that is not between two digits is gone: quotes, and sentence marks, which leave
    a space; then without spaces beside Hangul, Han and kana. An apostrophe between two letters of ASCII stays: it's is
    not its. A text of nothing else is its normal form.
    """
    normal = normalise_text(mark_scripts(strict_text(text)))
    bare = " ".join(_MARK.sub(lambda mark: "" if mark[0] in QUOTES else " ", _APOSTROPHE.sub(_KEPT, normal)).split())
    bare = bare.replace(_KEPT, "'")
    return _NEEDLESS_SPACE.sub("", bare) or normal


def mark_scripts(text: str) -> str:
    """The text with ^ before raised characters and _ before lowered ones."""
    return _LOWERED.sub(r"_\g<0>", _RAISED.sub(r"^\g<0>", text))


def fold(strict: pa.StringArray, normal: pa.StringArray, scripts: Mask) -> pa.StringArray:
    """``fold_text`` of every text of a string array; nulls stay null.

    Args:
        strict: The strict forms.
        normal: The normal forms.
        scripts: Which of them have raised or lowered characters.
    """
    if scripts.any():
        marked = pa.array([mark_scripts(text) for text in where(strict, scripts)], pa.string())
        normal = put(normal, scripts, normalise(marked))
    offsets, data = text_buffers(normal)
    out_offsets, out = _fold_normal(data, offsets, _classes())
    folded = pa.StringArray.from_buffers(len(normal), pa.py_buffer(out_offsets), pa.py_buffer(out[: out_offsets[-1]]))
    return pc.if_else(strict.is_valid(), folded, None) if strict.null_count else folded


_OTHER, _DIGIT, _LETTER_UNSPACED, _SENTENCE_MARK, _QUOTATION = 0, 1, 2, 3, 4


@cache
def _classes() -> npt.NDArray[np.uint8]:
    """What a code point of a normal form is, up to the last unspaced letter."""
    ranges = (*HANGUL, *OLD_HANGUL, *KANA_AND_HAN)
    classes = np.zeros(max(last for _, last in ranges) + 1, np.uint8)
    for first, last in ranges:
        classes[first : last + 1] = _LETTER_UNSPACED
    for marks, kind in (("0123456789", _DIGIT), (SENTENCE_MARKS, _SENTENCE_MARK), (QUOTES, _QUOTATION)):
        classes[[ord(mark) for mark in marks]] = kind
    return classes


@njit(cache=True, nogil=True)
def _fold_normal(data, offsets, classes):  # type: ignore[no-untyped-def]
    """The folded form of normal texts.

    Args: bytes (uint8) and offsets (int32) of the texts; the class of each code point.
    Returns: offsets (int32) and bytes (uint8) of the folded texts.
    """
    count = len(offsets) - 1
    out = np.empty(offsets[count] - offsets[0], np.uint8)
    out_offsets = np.zeros(count + 1, np.int32)
    at = 0
    for text in range(count):
        start = at
        space_due = False
        last = np.uint8(_OTHER)  # class of the last character written
        before = np.uint8(_OTHER)  # class of the character before, written or not
        letter = False  # whether that is a letter of ASCII
        i = offsets[text]
        end = offsets[text + 1]
        while i < end:
            byte = np.uint32(data[i])
            # Ideographs from U+4000, and Hangul syllables.
            if 0xE4 <= byte <= 0xEC and (byte != 0xEA or data[i + 1] >= 0xB0):
                space_due = False
                out[at], out[at + 1], out[at + 2] = data[i], data[i + 1], data[i + 2]
                at += 3
                i += 3
                last = before = np.uint8(_LETTER_UNSPACED)
                letter = False
                continue
            if 0x61 <= byte <= 0x7A:
                if space_due:
                    if last != _LETTER_UNSPACED:
                        out[at] = 0x20
                        at += 1
                    space_due = False
                out[at] = data[i]
                at += 1
                i += 1
                last = before = np.uint8(_OTHER)
                letter = True
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
            kind = classes[code] if code < len(classes) else np.uint8(_OTHER)
            here = kind
            if kind in (_SENTENCE_MARK, _QUOTATION):
                # ASCII digits are one byte, and begin no other character.
                following = data[i + width] if i + width < end else np.uint8(0)
                if before == _DIGIT and 0x30 <= following <= 0x39:
                    kind = np.uint8(_OTHER)
                elif code in (0x27, 0x2019) and letter and 0x61 <= following <= 0x7A:
                    out[at] = 0x27
                    at += 1
                    i += width
                    last = before = np.uint8(_OTHER)
                    letter = False
                    continue
            if code == 0x20 or kind == _SENTENCE_MARK:
                space_due = at > start
            elif kind != _QUOTATION:
                if space_due:
                    if last != _LETTER_UNSPACED and kind != _LETTER_UNSPACED:
                        out[at] = 0x20
                        at += 1
                    space_due = False
                for k in range(width):
                    out[at + k] = data[i + k]
                at += width
                last = kind
            before = here
            letter = False
            i += width
        if at == start:
            for i in range(offsets[text], end):
                out[at] = data[i]
                at += 1
        out_offsets[text + 1] = at
    return out_offsets, out
