"""The numbers of a text. Two texts that are nearly the same and differ in a number teach different things."""

import re
import unicodedata

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from sftrm_quality.arrays import as_mask
from sftrm_quality.text.folded_form import mark_scripts
from sftrm_quality.text.tables import where

# In digits of any script, a decimal or grouping mark only between digits. Raised and lowered digits are marked before.
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[⁰¹²³⁴-⁹₀-₉½¼¾⅐-⅞]+|[①-⑳⓪]")
_SOME_NUMBER = r"[\p{Nd}⁰¹²³⁴-⁹₀-₉½¼¾⅐-⅞①-⑳⓪]"  # for RE2
# A sign belongs to its number unless it follows a digit, a Latin letter or a closing bracket: 2026-11-28, A-5, (x)-5.
_SIGNS = "-−－±"
_UNSIGNED = re.compile(r"[0-9A-Za-z)\]}]")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
# '1.' or '1)' in front of something.
_ORDINAL = re.compile(r"(?<![\d.,^_])(\d{1,3})[.)](?!\d)")


def numbers(text: str) -> frozenset[str]:
    """The numbers that a text has, each once.

    Signs and decimals are kept, raised and lowered numbers are others (^23, _2), grouping commas are left out: 1,000 is
    1000. So are the ordinals of a list that counts from 1 to at least 2: lists are numbered or not, and say the same. A
    single '3.' may be the answer, and is a number.
    """
    text = mark_scripts(text)
    skipped = _ordinals(text)
    found = ((number.start(), number[0]) for number in _NUMBER.finditer(text))
    return frozenset(_prefix(text, at) + _value(number) for at, number in found if at not in skipped)


def number_keys(texts: pa.StringArray) -> npt.NDArray[np.uint64]:
    """A hash of the ``numbers`` of every text, 0 where it has none."""
    keys = np.zeros(len(texts), np.uint64)
    some = as_mask(pc.match_substring_regex(texts, _SOME_NUMBER))
    keys[some] = [_key(numbers(text)) for text in where(texts, some)]
    return keys


def _key(found: frozenset[str]) -> int:
    return xxhash.xxh3_64_intdigest("\0".join(sorted(found)).encode()) if found else 0


def _ordinals(text: str) -> set[int]:
    """Where the ordinals of lists begin."""
    begin = 0
    expected = 1
    skipped: set[int] = set()
    for found in _ORDINAL.finditer(text):
        ordinal = int(found[1])
        if ordinal == 1:
            begin, expected = found.start(), 2
        elif ordinal == expected:
            skipped.update((begin, found.start()))
            expected += 1
    return skipped


def _prefix(text: str, at: int) -> str:
    """The sign of the number that begins there, or the mark of a raised or lowered one."""
    sign = text[at - 1] if at else ""
    if sign and sign in "^_":
        return sign
    if sign and sign in _SIGNS and not (at > 1 and _UNSIGNED.match(text[at - 2])):
        return "±" if sign == "±" else "-"
    return ""


def _value(number: str) -> str:
    if not number.isascii():
        number = "".join(map(_plain, number))
    return number.replace(",", "") if "," in number and _THOUSANDS.fullmatch(number) else number


def _plain(char: str) -> str:
    decimal = unicodedata.decimal(char, None)
    return unicodedata.normalize("NFKC", char) if decimal is None else str(decimal)
