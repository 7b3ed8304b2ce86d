"""Many phrases looked for in many texts at once, most bytes of which are never read.

A phrase is plain text as people write it, compared as everything is (``text.normalise_text``): ``I'm sorry … can't
help``. ``…`` stands for up to 60 characters of the same sentence, an apostrophe for either form of it, and a phrase
that begins or ends with a Latin letter or a digit begins or ends a word there. No phrase can be a slow pattern: each
gap is tried at 61 lengths, so a phrase has two at most.
"""

import re
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sftrm_quality.arrays import Mask, text_buffers
from sftrm_quality.text import normalise_text
from sftrm_quality.words import say

_GAP = "[^.!?。]{0,60}?"
_GAPS = 2
_APOSTROPHE = "['\u2019]"
# A part of a phrase that every text with it has. Three bytes are looked at together, a syllable of Hangul.
_SHORTEST = 3


class Phrases:
    """Phrases ready to be looked for."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        """Make the tables of the search.

        Raises:
            ValueError: A phrase has no part between gaps of three bytes of UTF-8, or more than two gaps.
        """
        normalised = [_normal(phrase) for phrase in phrases]
        needles = [_needles(phrase) for phrase in normalised]
        for phrase, forms in zip(phrases, needles, strict=True):
            if min(map(len, forms)) < _SHORTEST:
                raise ValueError(
                    say(
                        "phrase {phrase!r} is too short, expected a part of 3 letters (1 of Hangul) or more",
                        phrase=phrase,
                    )
                )
            if _normal(phrase).count("…") > _GAPS:
                raise ValueError(
                    say(
                        "phrase {phrase!r} has more than {gaps} gaps; make two phrases of it", phrase=phrase, gaps=_GAPS
                    )
                )
        self._pattern = re.compile("|".join(map(_pattern, normalised)))
        self._tables = _skip_tables(sorted(set.union(*needles)))

    def first_in(self, text: str | None, within: int | None = None) -> str | None:
        """The text where the first phrase is.

        Args:
            text: Normalised; None has no phrase.
            within: Look at so many characters only.

        Returns:
            A piece of the text, or None.
        """
        match = self.match_in(text, within)
        return match[0] if match else None

    def match_in(self, text: str | None, within: int | None = None) -> re.Match[str] | None:
        """The same, with its place in the text."""
        return self._pattern.search(text or "", 0, len(text or "") if within is None else within)

    def stand_in(self, texts: pa.StringArray, within: int | None = None) -> Mask:
        """Which texts have a phrase.

        Args:
            texts: Normalised.
            within: Look at so many characters of each only.

        Returns:
            True for those that have one.
        """
        offsets, data = text_buffers(texts)
        # A character is four bytes at most: a phrase that ends within these characters ends within those bytes.
        possible = np.flatnonzero(_search(data, offsets, 4 * within if within else np.int64(1 << 40), *self._tables))
        found = np.zeros(len(texts), bool)
        for row, text in zip(possible, texts.take(pa.array(possible)).to_pylist(), strict=True):
            found[row] = self.first_in(text, within) is not None
        return found


@lru_cache(maxsize=16)
def compiled_phrases(phrases: tuple[str, ...]) -> Phrases:
    """``Phrases``, made once a process for the same ones.

    Raises:
        ValueError: As ``Phrases``.
    """
    return Phrases(phrases)


def _normal(phrase: str) -> str:
    # NFKC makes three dots of the sign for a gap.
    return normalise_text(phrase).replace("\u2019", "'").replace("...", "…")


def _needles(phrase: str) -> set[bytes]:
    """What every text with the phrase has one of: its longest part between gaps, with either form of apostrophe."""
    part = max((part.strip() for part in phrase.split("…")), key=len)
    if part.count("'") > 3:  # each doubles the forms
        part = max((piece.strip() for piece in part.split("'")), key=len)
    return {"".join(form).encode() for form in product(*("'\u2019" if c == "'" else c for c in part))}


def _pattern(phrase: str) -> str:
    pieces = [_APOSTROPHE.join(map(re.escape, piece.strip().split("'"))) for piece in phrase.split("…")]
    begins, ends = ("(?<![0-9a-z])" if phrase[0] < "\x80" else ""), ("(?![0-9a-z])" if phrase[-1] < "\x80" else "")
    return begins + _GAP.join(pieces) + ends


def _skip_tables(needles: list[bytes]) -> tuple[npt.NDArray[Any], ...]:
    """What the search of Wu and Manber (1994) needs: blocks of three bytes, the window as long as the shortest needle.

    By block: how far the window may move when it ends with it, and the needles whose window ends with it (as a range
    of the sorted needles); the needles' bytes and offsets, and the length of the window.
    """
    window = min(map(len, needles))
    skip = np.full(1 << 16, window - 2, np.int32)
    needles = sorted(needles, key=lambda needle: _block(needle, window - 3))
    for needle in needles:
        for at in range(window - 2):
            block = _block(needle, at)
            skip[block] = min(skip[block], window - 3 - at)
    blocks = np.array([_block(needle, window - 3) for needle in needles])
    first, last = (np.searchsorted(blocks, np.arange(1 << 16), side).astype(np.int32) for side in ("left", "right"))
    data = np.frombuffer(b"".join(needles), np.uint8)
    offsets = np.concatenate(([0], np.cumsum([len(needle) for needle in needles]))).astype(np.int32)
    return skip, first, last, data, offsets, np.array([window], np.int32)


def _block(needle: bytes, at: int) -> int:
    """Three bytes as one of 65,536 numbers; different ones may share a number, which costs a look and no more."""
    return (needle[at] << 10 ^ needle[at + 1] << 5 ^ needle[at + 2]) & 0xFFFF


@njit(cache=True, nogil=True)
def _search(data, offsets, limit, skip, first, last, needles, needle_offsets, window):  # type: ignore[no-untyped-def]
    """Which texts (bytes, int32 offsets) have a needle in their first ``limit`` bytes (bool)."""
    count = len(offsets) - 1
    found = np.zeros(count, np.bool_)
    for text in range(count):
        end = min(np.int64(offsets[text + 1]), offsets[text] + limit)
        at = np.int64(offsets[text]) + window[0]  # one past the window
        while at <= end and not found[text]:
            block = (np.int64(data[at - 3]) << 10 ^ np.int64(data[at - 2]) << 5 ^ data[at - 1]) & 0xFFFF  # _block
            move = skip[block]
            if move == 0:
                begin = at - window[0]
                for needle in range(first[block], last[block]):
                    length = needle_offsets[needle + 1] - needle_offsets[needle]
                    if begin + length <= end:
                        k = 0
                        while k < length and data[begin + k] == needles[needle_offsets[needle] + k]:
                            k += 1
                        if k == length:
                            found[text] = True
                            break
                move = 1
            at += move
    return found
