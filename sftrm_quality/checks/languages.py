"""Whether some letters are a language: those of East Asia by their commonest letters, Russian by its words."""

import re
import unicodedata
from collections.abc import Sequence

from sftrm_quality.reading.korean import is_common

EAST_ASIAN = re.compile("[\u3000-\u9fff가-힣\uf900-\ufaff\uff00-\uffef]")
_WITHIN_A_LATIN_WORD = re.compile("[A-Za-z][\u3041-\u9fff가-힣\uff66-\uff9f]+[a-z]")

# Different letters of East Asia that tell a language: of five characters of Chinese read as CP949, all are common
# syllables of Korean once in 40,000 (12 % each, `reading.korean`). Where no language has such letters together, two do.
_LEAST_LETTERS = 5
_LEAST_PAIRS = 2
_COMMON_SHARE = 0.75
_KANA_SHARE = 0.3
# Of Chinese the letters below are 40 %, of what was misread as Chinese 2 %; the commonest syllables are 97 % of Korean
# and 12 % of what was misread as it.
_CHINESE_SHARE = 0.3
_ALREADY_CHINESE, _ALREADY_KOREAN = 0.2, 0.4
COMMON_CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家"
    "种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实這個們來為國說時會對過發後"
    "樣經麼學現當沒動還進種從實"
)
_CYRILLIC_WORD = re.compile("[\u0410-\u042f\u0401]?[\u0430-\u044f\u0451]+|[\u0410-\u042f]")
_CYRILLIC_SIGNS = "«»—–“”„…№"
_OF_KOREAN = ("utf-8", "cp949", "utf-16-le")
_OF_JAPANESE = ("utf-8", "cp932", "euc_jp")
_OF_CHINESE = ("utf-8", "gb18030", "cp950")


def is_assigned(one: str) -> bool:
    """Whether Unicode has the character, and it is no control."""
    return unicodedata.category(one) not in ("Cn", "Co", "Cs", "Cc")


def _letters(text: str) -> list[str]:
    return [one for one in text if one >= "\x80" and one.isalpha()]


def is_already(text: str, read: str) -> bool:
    """Whether a text that might be misread is none: in another script than East Asia's, or a language as it is.

    Args:
        text: As it was delivered.
        read: An encoding of East Asia.
    """
    letters = [one for one in _letters(text) if EAST_ASIAN.match(one) and not "\u3131" <= one <= "\u318e"]
    if len(letters) <= len(_letters(text)) / 2:
        return True
    if read != "cp949":
        return sum(one in COMMON_CHINESE for one in letters) > _ALREADY_CHINESE * len(letters)
    hangul = sum("가" <= one <= "힣" for one in letters)
    return hangul < len(letters) / 4 or sum(map(is_common, letters)) > _ALREADY_KOREAN * len(letters)


def is_language(meant: str, written: str, was_latin: bool) -> bool:
    """Whether a text is Korean, Japanese, Chinese or Russian, as its letters say.

    Args:
        meant: What was undone.
        written: The encoding that it would have been written in.
        was_latin: It was in letters that no language puts together so: fewer are enough.
    """
    if not all(is_assigned(one) or one in "\n\r\t" for one in meant):
        return False
    letters = _letters(meant)
    signs = [one for one in meant if one >= "\x80" and not one.isalpha() and not one.isspace()]
    hangul = [one for one in letters if "가" <= one <= "힣"]
    if hangul:
        return (
            written in _OF_KOREAN
            and len(hangul) >= 0.9 * len(letters)
            and not _WITHIN_A_LATIN_WORD.search(meant)
            and _is_korean(hangul, written, was_latin)
        )
    # A sign of maths that a text has again and again is one letter.
    if len(set(letters)) < _LEAST_LETTERS or len(signs) > len(letters) / 2:
        return False
    if written == "cp1251":
        russian = [word for word in re.findall(r"[^\W\d_]+", meant) if _CYRILLIC_WORD.fullmatch(word)]
        signed = all(one in _CYRILLIC_SIGNS for one in signs)
        return signed and sum(map(len, russian)) == len(letters) and max(map(len, russian)) >= _LEAST_LETTERS
    if not all(map(EAST_ASIAN.match, letters)):
        return False
    kana = sum("\u3041" <= one <= "\u30fe" for one in letters)
    if kana:
        return written in _OF_JAPANESE and kana >= _KANA_SHARE * len(letters)
    common = sum(one in COMMON_CHINESE for one in set(letters))
    return written in _OF_CHINESE and common >= max(3, _CHINESE_SHARE * len(set(letters)))


def _is_korean(hangul: Sequence[str], written: str, was_latin: bool) -> bool:
    common = sum(map(is_common, hangul))
    if was_latin:
        return len(set(hangul)) >= _LEAST_PAIRS and common >= _COMMON_SHARE * len(hangul)
    if written == "utf-8":
        # What is UTF-8 again to the last byte is nothing else.
        return len(hangul) >= _LEAST_PAIRS and common >= (_COMMON_SHARE if len(hangul) > 3 else 1) * len(hangul)
    share = _COMMON_SHARE if len(hangul) >= 2 * _LEAST_LETTERS else 1
    return len(set(hangul)) >= _LEAST_LETTERS and common >= share * len(hangul)
