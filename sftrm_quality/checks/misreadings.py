"""A text whose bytes were read in the wrong encoding, and the same text as it was meant.

An encoding that reads every byte loses nothing, so that the bytes can be had again and be read rightly. Certain is only
what is a language again when it is done; whatever else could have been meant so, is left alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from sftrm_quality.checks.garbled import ABOUT_CHARACTERS
from sftrm_quality.reading.korean import is_common

_MOST_ROUNDS = 3
"""Misread, saved, and misread again: more often nobody has seen it."""
_LEAST_LETTERS = 5
"""Letters of East Asia that say by themselves what they are. Of five characters of a Chinese text, read as CP949, all
are common syllables of Korean once in 40,000 (12 % each, `reading.korean`)."""
_LEAST_PAIRS = 2
_COMMON_SHARE = 0.75
_KANA_SHARE = 0.3
# Of Chinese the letters below are 40 %, of what was misread as Chinese 2 %; the commonest syllables of Korean 97 and 12 %.
_ALREADY_COMMON = {True: 0.4, False: 0.2}
_OF_KOREAN = ("utf-8", "cp949", "utf-16-le")
_OF_JAPANESE = ("utf-8", "cp932", "euc_jp", "utf-16-le")
_OF_CHINESE = ("utf-8", "gb18030", "cp950", "utf-16-le")
_WESTERN = re.compile("[\u00a0-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e]")
_FIRST_OF_THREE_BYTES = 0x800
_SEVERAL_PAIRS = 3
# Where a pair of the bytes of UTF-8 begins with a sign: `caf√©`, `caf├®`.
_OF_SIGNS = ("mac_roman", "cp437", "cp850")
_CYRILLIC_WORD = re.compile(r"(?:[\u0410-\u042f\u0401]?[\u0430-\u044f\u0451]+|[\u0410-\u042f\u0401]+)")
_ENDS_A_QUOTE = "”’»“‘›"
_COMMON_CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家"
    "种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实這個們來為國說時會對過發後"
    "樣經麼學現當沒動還進種從實"
)


class _Reading(NamedTuple):
    """Bytes of the encoding ``written``, read as ``read``."""

    read: str
    written: str


# What reads every byte by itself comes first: that a text is UTF-8 again is then the more certain.
_READINGS = (
    *(_Reading(read, "utf-8") for read in ("cp1252", "mac_roman", "cp437", "cp850", "cp1251", "koi8_r")),
    *(_Reading(read, "utf-8") for read in ("cp949", "gb18030", "cp932", "cp950", "big5hkscs", "euc_jp")),
    *(
        _Reading(read, "cp949")
        for read in ("cp1252", "mac_roman", "cp437", "cp1251", "gb18030", "cp950", "euc_jp", "cp932")
    ),
    *(_Reading("cp1252", written) for written in ("cp1251", "gb18030", "cp932", "euc_jp", "cp950")),
    *(_Reading("cp949", written) for written in ("gb18030", "cp932", "euc_jp", "cp950")),
    _Reading("cp1252", "utf-16-le"),
)
_SINGLE = frozenset({"cp1252", "mac_roman", "cp437", "cp850", "cp1251", "koi8_r"})


def undone(text: str) -> str | None:
    """A text that was read in the wrong encoding, as it was meant.

    Args:
        text: As it was delivered.

    Returns:
        The text that, written and misread, gives exactly this one; up to three times over, as it is for text that was
        misread again. None where it is no such text, where bytes were lost (``?`` or U+FFFD for what the encoding had
        not), or where it might have been meant as it is: a text that explains what misread letters look like, or has
        other letters of the same encoding that were read rightly.
    """
    found = None
    for _ in range(_MOST_ROUNDS):
        again = next(_readings_undone(text if found is None else found), None)
        if again is None:
            break
        found = again
    return found


def _readings_undone(text: str) -> Iterator[str]:
    if text.isascii() or "\ufffd" in text or ABOUT_CHARACTERS.search(text.casefold()):
        return
    for reading in _READINGS:
        meant = _undone(text, reading)
        if meant is not None and meant != text and "\ufffd" not in meant:
            yield meant


def _undone(text: str, reading: _Reading) -> str | None:
    if reading.read in _SINGLE and reading.written == "utf-8":
        return _utf8_in(text, reading.read)
    raw = _bytes_of(text, reading.read)
    if raw is None:
        return None
    try:
        meant = raw.decode(reading.written)
    except UnicodeDecodeError:
        return None
    return meant if _is_language(meant, reading) and not _is_already(text, reading.read) else None


def _utf8_in(text: str, read: str) -> str | None:
    """Every run of an encoding's letters of its own decoded as UTF-8, where all can be and some are certain.

    Letters of other encodings between them were never misread: Korean around a pasted apostrophe.
    """
    table = _bytes(read)
    runs = re.compile("[" + "".join(map(re.escape, table)) + "]+")
    certain = several = 0
    pieces, at = [], 0
    for run in runs.finditer(text):
        raw = bytes(table[one] for one in run[0])
        try:
            meant = raw.decode("utf-8")
        except UnicodeDecodeError:
            return None
        for one in meant:
            if not _is_assigned(one):
                return None
            if ord(one) >= _FIRST_OF_THREE_BYTES or (one.isalpha() and _is_letter_of_a_word(text, run, one, read)):
                certain += 1
            else:
                several += 1
        pieces += [text[at : run.start()], meant]
        at = run.end()
    # A pair may be two letters after all; of several pairs each happens to be UTF-8 only where they are.
    return "".join([*pieces, text[at:]]) if certain or several >= _SEVERAL_PAIRS else None


def _is_letter_of_a_word(text: str, run: re.Match[str], meant: str, read: str) -> bool:
    """Whether a pair is one letter of Western Europe: `Ã©`, but not the letter and the closing quote of `IRMÃ”`."""
    if not _WESTERN.match(meant):
        return False
    before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
    if read == "cp1252":
        return after.isalpha() or run[0][-1] not in _ENDS_A_QUOTE
    return read in _OF_SIGNS and (before.isalpha() or after.isalpha())


def _bytes_of(text: str, read: str) -> bytes | None:
    if read in _SINGLE:
        table = _bytes(read)
        raw = bytearray()
        for one in text:
            byte = ord(one) if one < "\x80" else table.get(one)
            if byte is None:
                return None
            raw.append(byte)
        return bytes(raw)
    try:
        return text.encode(read)
    except UnicodeEncodeError:
        return None


@cache
def _bytes(read: str) -> dict[str, int]:
    """The byte above ASCII that an encoding reads as each character, and those that it has not as Latin-1 has them."""
    table = {chr(byte): byte for byte in range(0x80, 0xA0)} if read == "cp1252" else {}
    for byte in range(0x80, 0x100):
        try:
            table[bytes([byte]).decode(read)] = byte
        except UnicodeDecodeError:
            table.setdefault(chr(byte), byte)
    return table


def _is_assigned(one: str) -> bool:
    return unicodedata.category(one) not in ("Cn", "Co", "Cs", "Cc")


def _is_already(text: str, read: str) -> bool:
    """Whether a text of East Asia is one as it is: it has the commonest letters of its language."""
    if read in _SINGLE:
        return False
    letters = [one for one in text if one >= "\x80" and one.isalpha()]
    common = is_common if read == "cp949" else _COMMON_CHINESE.__contains__
    whole = [one for one in letters if not "\u3131" <= one <= "\u318e"]
    return not whole or sum(map(common, whole)) > _ALREADY_COMMON[read == "cp949"] * len(whole)


def _is_language(meant: str, reading: _Reading) -> bool:
    """Whether a text is Korean, Japanese, Chinese or Russian, as its letters say."""
    if not all(_is_assigned(one) or one in "\n\r\t" for one in meant):
        return False
    letters = [one for one in meant if one >= "\x80" and one.isalpha()]
    signs = sum(one >= "\x80" and not one.isalpha() and not one.isspace() for one in meant)
    hangul = [one for one in letters if "가" <= one <= "힣"]
    if hangul:
        return reading.written in _OF_KOREAN and len(hangul) >= 0.9 * len(letters) and _is_korean(hangul, reading)
    # A sign of maths that a text has again and again is one letter.
    if len(set(letters)) < _LEAST_LETTERS or signs > len(letters) / 2:
        return False
    if reading.written == "cp1251":
        words = re.findall(r"[^\W\d_]+", meant)
        russian = [word for word in words if _CYRILLIC_WORD.fullmatch(word)]
        return sum(map(len, russian)) == len(letters) and max(map(len, russian)) >= _LEAST_LETTERS
    kana = sum("\u3041" <= one <= "\u30fe" for one in letters)
    ideographs = sum("\u4e00" <= one <= "\u9fff" for one in letters)
    if kana + ideographs < len(letters):
        return False
    if kana:
        return reading.written in _OF_JAPANESE and kana >= _KANA_SHARE * len(letters)
    return reading.written in _OF_CHINESE and sum(one in _COMMON_CHINESE for one in letters) >= 0.2 * len(letters)


def _is_korean(hangul: Sequence[str], reading: _Reading) -> bool:
    common = sum(map(is_common, hangul))
    if reading.written == "utf-8" or reading.read in _SINGLE:
        # In no word of a Latin alphabet are two such pairs, and hardly a text of East Asia is UTF-8 again.
        return len(hangul) >= _LEAST_PAIRS and common >= _COMMON_SHARE * len(hangul)
    share = _COMMON_SHARE if len(hangul) >= 2 * _LEAST_LETTERS else 1
    return len(hangul) >= _LEAST_LETTERS and common >= share * len(hangul)
