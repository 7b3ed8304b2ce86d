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

# In words: of English not 'one', which counts nothing in most places; of Korean only in front of what is counted.
_ENGLISH = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|second|third|fourth|fifth|sixth|half|double|twice"
)
_KOREAN = "두|세|네|다섯|여섯|일곱|여덟|아홉|열|스무"
_COUNTED = "시간|개월|개|명|번|권|살|달|마리|잔|병|그루|가지|곳|대|장|주|사람|배|쪽|시|군데|차례|단계|문장|줄"
_LARGE = "만|억|조|천|백|thousand|million|billion|trillion"
# In digits of any script, a decimal or grouping mark only between digits. Raised and lowered digits are marked before.
_NUMBER = re.compile(
    rf"\d+(?:[.,]\d+)*(?: ?(?:{_LARGE}))?|[⁰¹²³⁴-⁹₀-₉½¼¾⅐-⅞]+|[①-⑳⓪]"
    rf"|\b(?:{_ENGLISH})\b|(?<![가-힣])(?:{_KOREAN})(?= ?(?:{_COUNTED}))",
    re.IGNORECASE,
)
_SOME_NUMBER = (  # for RE2
    rf"(?i)[\p{{Nd}}⁰¹²³⁴-⁹₀-₉½¼¾⅐-⅞①-⑳⓪]|\b(?:{_ENGLISH})\b|(?:{_KOREAN}) ?(?:{_COUNTED})"
)
# A sign belongs to its number unless it follows a digit, a Latin letter or a closing bracket: 2026-11-28, A-5, (x)-5.
_SIGNS = "-−－–±"
_UNSIGNED = re.compile(r"[0-9A-Za-z)\]}]")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
# '1.' or '1)' in front of something.
_ORDINAL = re.compile(r"(?<![\d.,^_])(\d{1,3})[.)](?!\d)")


def numbers(text: str) -> tuple[str, ...]:
    """The numbers that a text has, in its order: 75 for Seoul and 25 for Busan is not the other way round.

    Signs and decimals are kept, raised and lowered numbers are others (^23, _2), grouping commas are left out: 1,000 is
    1000. So are the ordinals of a list that counts from 1 to at least 2: lists are numbered or not, and say the same. A
    single '3.' may be the answer, and is a number. Numbers in words are themselves: two is not 2.
    """
    text = mark_scripts(text)
    skipped = _ordinals(text)
    found = ((number.start(), number[0]) for number in _NUMBER.finditer(text))
    return tuple(_prefix(text, at) + _value(number) for at, number in found if at not in skipped)


def number_keys(texts: pa.StringArray) -> npt.NDArray[np.uint64]:
    """A hash of the ``numbers`` of every text, 0 where it has none."""
    keys = np.zeros(len(texts), np.uint64)
    some = as_mask(pc.match_substring_regex(texts, _SOME_NUMBER))
    keys[some] = [_key(numbers(text)) for text in where(texts, some)]
    return keys


def _key(found: tuple[str, ...]) -> int:
    return xxhash.xxh3_64_intdigest("\0".join(found).encode()) if found else 0


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
    number = "".join(map(_plain, number)).lower().replace(" ", "")
    return number.replace(",", "") if "," in number and _THOUSANDS.fullmatch(number) else number


def _plain(char: str) -> str:
    if char.isascii():
        return char
    decimal = unicodedata.decimal(char, None)
    return unicodedata.normalize("NFKC", char) if decimal is None else str(decimal)
