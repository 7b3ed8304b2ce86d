"""A text whose bytes were read in the wrong encoding, and the same text as it was meant.

An encoding that reads every byte loses nothing: the bytes can be had again, and be read rightly. Certain is what is a
language by its letters then; what may have been meant as it is, or in two ways, is left as it is. Of the 63,702
messages in the translations of Django 5.2, in a hundred languages, none is taken for misread.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from sftrm_quality.checks.garbled import ABOUT_CHARACTERS
from sftrm_quality.checks.languages import (
    COMMON_CHINESE,
    EAST_ASIAN,
    is_already,
    is_assigned,
    is_language,
)
from sftrm_quality.reading.korean import is_common

# Misread, saved, and misread again: more often nobody has seen it.
_MOST_ROUNDS = 3
_SEVERAL = 3
# What Latin alphabets have, and Greek, Cyrillic, Hebrew and Arabic.
_LETTER_OF_TWO_BYTES = re.compile("[\u00a0-\u017f\u01a0\u01a1\u01af\u01b0\u0218-\u021b\u0300-\u052f\u0590-\u06ff]")
# Of three and four bytes, one is enough of: signs, kana, full width, emoji, letters from Hindi to Vietnamese.
_ENOUGH_BY_ITSELF = re.compile("[\u0900-\u0e7f\u1e00-\u27bf\u3000-\u30ff\uff00-\uffef\U0001f000-\U0001faff]")
_WESTERN = re.compile("[\u00c0-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e]")
_CENTRAL = re.compile("[\u0100-\u017f\u0218-\u021b]")
_ENDS_A_QUOTE = "”’»“‘›"

_SINGLE_BYTE = ("cp1252", "mac_roman", "cp437", "cp850", "cp1251", "koi8_r")
# Where a pair of the bytes of UTF-8 begins with a sign: `caf√©`, `caf├®`.
_OF_SIGNS = ("mac_roman", "cp437", "cp850")


class _Reading(NamedTuple):
    """Bytes of the encoding ``written``, read as ``read``."""

    read: str
    written: str


# UTF-8 that was read as an encoding of single bytes is looked for before all of these (`_utf8_undone`).
_READINGS = (
    *(_Reading(read, "utf-8") for read in ("cp949", "gb18030", "cp932", "cp950", "big5hkscs", "euc_jp")),
    *(_Reading(read, "cp949") for read in ("cp1252", "mac_roman", "cp437", "cp1251")),
    *(_Reading(read, "cp949") for read in ("gb18030", "cp950", "euc_jp")),
    *(_Reading("cp1252", written) for written in ("cp1251", "gb18030", "cp932", "euc_jp", "cp950")),
    *(_Reading("cp949", written) for written in ("gb18030", "cp932", "euc_jp", "cp950")),
    _Reading("cp1252", "utf-16-le"),
)


def undone(text: str) -> str | None:
    """A text that was read in the wrong encoding, as it was meant.

    Args:
        text: As it was delivered.

    Returns:
        The text that, written and misread, gives exactly this one; up to three times over, as text comes out that was
        misread again. None where it is no such text, where bytes were lost (``?`` or U+FFFD for what the encoding had
        not), and where it might have been meant as it is: a text that speaks of encodings, or has other letters of the
        same encoding that were read rightly.
    """
    if text.isascii() or ABOUT_CHARACTERS.search(text.casefold()):
        return None
    found = None
    for _ in range(_MOST_ROUNDS):
        again = _utf8_undone(text if found is None else found)
        if again is None:
            break
        found = again
    if found is not None:
        return next(_others_undone(found, _SINGLE_BYTE), found)
    return next(_others_undone(text, None), None)


def _utf8_undone(text: str) -> str | None:
    """UTF-8 that was read as single bytes, where there is one way to undo it."""
    # Where it can be Windows-1252 it is: of the others each is a thousand times as rare.
    if (meant := _utf8_in(text, "cp1252")) is not None:
        return meant
    found = {meant for read in _SINGLE_BYTE if (meant := _utf8_in(text, read)) is not None}
    return found.pop() if len(found) == 1 else None


def _utf8_in(text: str, read: str) -> str | None:
    """Every run of an encoding's own letters decoded as UTF-8, where all of them can be and some are certain.

    Letters of East Asia between them were never misread: Korean around a pasted apostrophe.
    """
    table = _bytes(read)
    certain = several = at = 0
    pieces = []
    for run in _runs(read).finditer(text):
        try:
            meant = bytes(table[one] for one in run[0]).decode("utf-8")
        except UnicodeDecodeError:
            return None
        for one in meant:
            if not is_assigned(one):
                return None
            several += bool(_LETTER_OF_TWO_BYTES.match(one)) or one > "\u07ff"
            certain += _is_common(one) or _is_letter_of_a_word(text, run, one, read)
        if meant.isupper() and text[: run.start()][-1:].islower() and text[run.end() :][:1].islower():
            return None
        pieces += [text[at : run.start()], meant]
        at = run.end()
    rest = [one for one in _runs(read).sub("", text) if one >= "\x80" and one < "\U0001f000"]
    if not all(map(EAST_ASIAN.match, rest)):
        return None
    # A pair may be two letters after all, and three letters a rare one; of several each happens to be UTF-8 only where
    # they are.
    return "".join([*pieces, text[at:]]) if certain or several >= _SEVERAL else None


def _is_common(one: str) -> bool:
    return bool(_ENOUGH_BY_ITSELF.match(one)) or is_common(one) or one in COMMON_CHINESE


def _is_letter_of_a_word(text: str, run: re.Match[str], meant: str, read: str) -> bool:
    """Whether a pair is one letter: `Ã©`, but not the letter and the closing quote of `IRMÃ”` and `«BLÅ»`."""
    before, after = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
    if _CENTRAL.match(meant):
        return before.isalpha() and after.isalpha() and not run[0][-1].isalpha()
    if not _WESTERN.match(meant):
        return False
    if read == "cp1252":
        return after.isalpha() or run[0][-1] not in _ENDS_A_QUOTE
    return read in _OF_SIGNS and (before.isalpha() or after.isalpha())


def _others_undone(text: str, readings_of: Sequence[str] | None) -> Iterator[str]:
    for reading in _READINGS:
        if readings_of is not None and reading.read not in readings_of:
            continue
        raw = _bytes_of(text, reading.read)
        if raw is None:
            continue
        try:
            meant = raw.decode(reading.written)
        except UnicodeDecodeError:
            continue
        # Some encodings have two codes for one character: then other bytes may have been there.
        same = raw == meant.encode(reading.written)
        if (
            same
            and meant != text
            and is_language(meant, reading.written, reading.read in _SINGLE_BYTE)
            and (reading.read in _SINGLE_BYTE or not is_already(text, reading.read))
        ):
            yield meant


def _bytes_of(text: str, read: str) -> bytes | None:
    if read not in _SINGLE_BYTE:
        try:
            return text.encode(read)
        except UnicodeEncodeError:
            return None
    table = _codes(read)
    # Korean has no character of an encoding of Western letters: that is seen at the first of them.
    return text.translate(table).encode("latin-1") if table.keys() >= {*map(ord, text)} else None


@cache
def _bytes(read: str) -> dict[str, int]:
    """The byte above ASCII that an encoding reads as each character, and those that it has not as Latin-1 has them."""
    table = {chr(byte): byte for byte in range(0x80, 0xA0)} if read == "cp1252" else {}
    for byte in range(0x80, 0x100):
        one = bytes([byte]).decode(read, "replace")
        table[chr(byte) if one == "\ufffd" else one] = byte
    return table


@cache
def _codes(read: str) -> dict[int, int]:
    """The same by code points, and ASCII as itself."""
    return {byte: byte for byte in range(0x80)} | {ord(one): byte for one, byte in _bytes(read).items()}


@cache
def _runs(read: str) -> re.Pattern[str]:
    return re.compile("[" + "".join(map(re.escape, _bytes(read))) + "]+")
