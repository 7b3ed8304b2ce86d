"""The strict form: what a reader sees as the same text.

It leaves out what nobody sees: the composition of letters, characters without width, white space at the ends of a text
and of its lines, which of the spaces of one width it is. Everything else counts: letters, case, superscripts, full
width, emoji, marks, spacing, indentation, line breaks. Verdicts on one record go by it, since what differs in any of
these may be the very thing that the record teaches.
"""

import re
import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sftrm_quality.arrays import Mask, text_buffers
from sftrm_quality.characters import (
    CONTROLS,
    DEFAULT_IGNORABLE,
    HANGUL,
    JOINERS,
    KANA_AND_HAN,
    LATIN,
    LINE_ENDS,
    LOWERED,
    RAISED,
    SELECTORS,
    SPACES_LIKE_SPACE,
    python_class,
)
from sftrm_quality.text.tables import ASKED, SAME_RANGES, TABLE_SIZE, put, starts_apart, where

# Letters that nothing joins: a joiner beside one of them is left over from somewhere.
_UNJOINED = python_class((*LATIN, *HANGUL, *KANA_AND_HAN, (0x00, 0x7F)))
_JOINER = python_class(JOINERS)
_BESIDE = rf"[{_UNJOINED}\s{SPACES_LIKE_SPACE}]"
_LOST_JOINER = re.compile(rf"[{_JOINER}]+(?={_BESIDE}|$)|(?:(?<={_BESIDE})|^)[{_JOINER}]+")
_KEPT = re.compile(f"[{python_class((*JOINERS, *SELECTORS))}]")
_UNSEEN = re.compile(f"(?!{_KEPT.pattern})[{python_class((*DEFAULT_IGNORABLE, *CONTROLS))}]+")
_LINE_END = re.compile(f"\r\n|[{LINE_ENDS}]")
_LIKE_SPACE = re.compile(f"[{SPACES_LIKE_SPACE}]")
_SCRIPT = re.compile(f"[{python_class((*RAISED, *LOWERED))}]")


def strict_text(text: str) -> str:
    """The text as a reader sees it: composed, without what has no width, and without white space at the ends.

    Idempotent. Lines keep their indentation, but for the first, which begins the text.
    """
    text = _LOST_JOINER.sub("", unicodedata.normalize("NFC", _UNSEEN.sub("", text)))
    text = unicodedata.normalize("NFC", text)
    text = _LIKE_SPACE.sub(" ", _LINE_END.sub("\n", text))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def strict(texts: pa.StringArray, plain: Mask) -> tuple[pa.StringArray, Mask]:
    """``strict_text`` of every text, and which of the texts that are not plain have raised or lowered characters.

    Args:
        texts: Some texts. Nulls stay null.
        plain: Which of them are known to be their strict form.
    """
    scripts = np.zeros(len(texts), np.bool_)
    if plain.all():
        return texts, scripts
    chosen = texts.filter(pa.array(~plain))
    offsets, data = text_buffers(chosen)
    out_offsets, out, left_over, own_scripts = _strict_simple(data, offsets, _actions())
    found = pa.StringArray.from_buffers(len(chosen), pa.py_buffer(out_offsets), pa.py_buffer(out[: out_offsets[-1]]))
    if left_over.any():
        hard = where(chosen, left_over)
        found = put(found, left_over, pa.array([strict_text(text) for text in hard], pa.string()))
        own_scripts[left_over] = [_SCRIPT.search(text) is not None for text in hard]
    scripts[~plain] = own_scripts
    return put(texts, ~plain, found), scripts


@cache
def seen_as_is() -> npt.NDArray[np.uint8]:
    """By code point: 1 where it is itself in the strict form, whatever is beside it; 2 where it is raised or lowered,
    too; else 0. White space is 0."""
    action = _actions()
    return np.where(action == _SCRIPTED, 2, action == _SAME).astype(np.uint8)


# What the kernel does with a code point.
_SAME, _SPACE, _LIKE, _END, _DROP, _HARD, _SCRIPTED = 0, 1, 2, 3, 4, 5, 6


@cache
def _actions() -> npt.NDArray[np.uint8]:
    """Action by code point. 0.1 s, once a process."""
    action = np.full(TABLE_SIZE, _HARD, np.uint8)
    for same in SAME_RANGES:
        action[same] = _SAME
    for code_point in (c for asked in ASKED for c in asked):
        char = chr(code_point)
        if char in LINE_ENDS:
            action[code_point] = _END
        elif char in SPACES_LIKE_SPACE:
            action[code_point] = _LIKE
        elif char.isspace():
            action[code_point] = _SPACE
        elif _KEPT.match(char):
            continue
        elif _UNSEEN.match(char):
            action[code_point] = _DROP
        elif unicodedata.normalize("NFC", char) == char and starts_apart(char, "NFD"):
            action[code_point] = _SCRIPTED if _SCRIPT.match(char) else _SAME
    return action


@njit(cache=True, nogil=True)
def _strict_simple(data, offsets, action):  # type: ignore[no-untyped-def]
    """The strict form of every text of simple characters; marks the others and leaves them empty.

    Args: bytes (uint8) and offsets (int32) of the texts, valid UTF-8; the table by code point.
    Returns: offsets (int32) and bytes (uint8) of the results, which texts are left over, and which have scripts (bool).
    """
    count = len(offsets) - 1
    out = np.empty(offsets[count] - offsets[0], np.uint8)
    out_offsets = np.zeros(count + 1, np.int32)
    left_over = np.zeros(count, np.bool_)
    scripts = np.zeros(count, np.bool_)
    at = 0
    for text in range(count):
        start = at
        line_ends = 0  # since the last character that is seen
        spaces = -1  # where the white space since then, or since the last line end, begins
        i = offsets[text]
        end = offsets[text + 1]
        while i < end:
            byte = np.uint32(data[i])
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
            if what == _END:
                line_ends += 1
                spaces = -1
                if code == 0x0D and i + 1 < end and data[i + 1] == 0x0A:
                    width = 2
            elif what in (_SPACE, _LIKE):
                if spaces < 0:
                    spaces = i
            elif what == _HARD:
                left_over[text] = True
                at = start
                break
            elif what != _DROP:
                if at > start:
                    for _ in range(line_ends):
                        out[at] = 0x0A
                        at += 1
                    j = spaces if spaces >= 0 else i
                    while j < i:
                        byte = np.uint32(data[j])
                        if byte < 0x80:
                            wide, space = 1, byte
                        elif byte < 0xE0:
                            wide, space = 2, (byte & 0x1F) << 6 | (data[j + 1] & 0x3F)
                        else:
                            wide = 3
                            space = (byte & 0x0F) << 12 | (data[j + 1] & 0x3F) << 6 | (data[j + 2] & 0x3F)
                        if action[space] == _LIKE:
                            out[at] = 0x20
                            at += 1
                        elif action[space] != _DROP:
                            for k in range(wide):
                                out[at + k] = data[j + k]
                            at += wide
                        j += wide
                line_ends = 0
                spaces = -1
                if what == _SCRIPTED:
                    scripts[text] = True
                for k in range(width):
                    out[at + k] = data[i + k]
                at += width
            i += width
        out_offsets[text + 1] = at
    return out_offsets, out, left_over, scripts
