"""A text that was stored in English, said in another language: found again by the sentence that it was made of.

What was found in a record (``details`` of quarantine.parquet) is stored as a text by the million, without how it was
said. It is made of sentences of the catalogue all the same, so that one that fits gives back its parameters.
"""

import re
import string
import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from sftrm_quality.words.catalogue import spoken
from sftrm_quality.words.languages import language_spoken

# Letters of a sentence that are not its parameters. A detail as a whole is ours, so that few are enough; a parameter
# may be a text of a record, of which no word is to be changed.
_LETTERS, _LETTERS_WITHIN = 2, 5
# Names of columns and fields: with them as any text, "{column} is {excerpt}" would be every second sentence.
_ONE_WORD = frozenset({"column", "path", "field", "other", "name", "key"})
_COUNTS = frozenset({"count", "place", "times", "offset", "at", "start", "depth", "allowed"})
# Lists of names of fields, and of anything else.
_NAMES, _LISTS = frozenset({"given", "missing"}), frozenset({"expected"})
_AND = " and "
_NUMBER = r"[+-]?[\d,.]+|0x[0-9a-f]+"
# What differs from record to record: in quotes, ids of records, numbers that are no part of a name (UTF-8, 64-bit).
_OPAQUE = re.compile(
    r"(?<![A-Za-z0-9_])(?!'[,:]')('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")(?![A-Za-z0-9_])"
    r"|(?<![A-Za-z0-9_])(?:sft|rm)-[0-9a-f]{32}(?![A-Za-z0-9_])"
    r"|(?<![A-Za-z0-9_+^.-])[0-9]+(?:[,.][0-9]+)*(?![A-Za-z0-9_-])"
)
_FIRST_NUMBER, _FIRST_SIGN, _MOST_SIGNS = 10_000_000, 0xE000, 1_000
_SIGN = re.compile("(['\"])([\ue000-\ue3e7])\\1|[\ue000-\ue3e7]|10000[0-9]{3}")
_HEADER = 0x950412DE
_PARAMETER = re.compile(r"{(\w+)[^{}]*}")


class _Sentence(NamedTuple):
    """letters: of what is not a parameter. piece: its longest part, which a text must hold; pattern: all of it. quoted:
    parameters in quotes, which are never ours."""

    letters: int
    piece: str
    pattern: str
    quoted: frozenset[str]
    one: str
    many: str | None


class _Found(NamedTuple):
    """A text in another language, and how many letters of it were sentences: the more, the likelier."""

    letters: int
    text: str


def skeleton_of(text: str) -> tuple[str, list[str]]:
    """A text without what differs from record to record, so that a million of them are few sentences.

    Args:
        text: In English, as it was stored.

    Returns:
        The text with signs in place of what is in quotes, of ids and of numbers; and these in their order.
        `templates/browse_texts.js` does the same.
    """
    kept: list[str] = []

    def sign(found: re.Match[str]) -> str:
        kept.append(found[0])
        if found[0][0].isdigit():
            return str(_FIRST_NUMBER + len(kept) - 1)
        quote = found[0][0] if found[0][0] in "'\"" else ""
        return f"{quote}{chr(_FIRST_SIGN + len(kept) - 1)}{quote}"

    skeleton = _OPAQUE.sub(sign, text)
    return (skeleton, kept) if len(kept) < _MOST_SIGNS else (text, [])


def with_all(skeleton: str, kept: Sequence[str]) -> str:
    """A skeleton with what it had in place of the signs.

    Args:
        skeleton: In any language.
        kept: As `skeleton_of` gave it.

    Returns:
        The text.
    """

    def back(found: re.Match[str]) -> str:
        sign = found[2] or found[0]
        place = int(sign) - _FIRST_NUMBER if sign[0].isdigit() else ord(sign) - _FIRST_SIGN
        return kept[place] if place < len(kept) else found[0]

    return _SIGN.sub(back, skeleton) if kept else skeleton


def recognised(english: str) -> str:
    """A text that was stored in English.

    Args:
        english: The text.

    Returns:
        The same in the language that is spoken; as it is where no sentence fits.
    """
    language = language_spoken()
    if language == "en" or not english:
        return english
    skeleton, kept = skeleton_of(english)
    found = _in_language(skeleton, language, _LETTERS)
    return with_all(found.text, kept) if found.letters else english


def recognised_skeletons(skeletons: Iterable[str]) -> dict[str, str]:
    """What `recognised` knows of some skeletons.

    Args:
        skeletons: As `skeleton_of` makes them.

    Returns:
        Those that are known, in the language that is spoken.
    """
    found = ((skeleton, _in_language(skeleton, language_spoken(), _LETTERS)) for skeleton in skeletons)
    return {skeleton: one.text for skeleton, one in found if one.letters}


@lru_cache(maxsize=4096)
def _in_language(english: str, language: str, least: int) -> _Found:
    best = _Found(0, english)
    for sentence in _sentences(language):
        if sentence.letters < least - _LETTERS:
            break
        if sentence.piece in english and (found := _compiled(sentence.pattern).fullmatch(english)):
            best = max(best, _said(sentence, found.groupdict(), language), key=lambda one: one.letters)
    return best if best.letters >= least else _Found(0, english)


def _said(sentence: _Sentence, values: Mapping[str, str], language: str) -> _Found:
    catalogue = spoken()
    told = (
        catalogue.gettext(sentence.one)
        if sentence.many is None
        # Languages of several forms need the number; those that are spoken here have one.
        else catalogue.ngettext(sentence.one, sentence.many, 2)
    )
    inner = {
        name: _Found(0, value) if name in sentence.quoted else _within(name, value, language)
        for name, value in values.items()
    }
    letters = sentence.letters + sum(one.letters for one in inner.values())
    # A parameter is a text already, whatever its format asks for.
    return _Found(letters, _PARAMETER.sub(lambda one: inner[one[1]].text, told) if inner else told)


def _within(name: str, value: str, language: str) -> _Found:
    """A parameter, which may be made of sentences itself, or a list of names or of such."""
    if name in _NAMES:
        return _Found(0, spoken().gettext(_AND).join(value.split(_AND)))
    if name in _LISTS:
        parts = [_in_language(part, language, _LETTERS_WITHIN) for part in value.split(_AND)]
        return _Found(sum(part.letters for part in parts), spoken().gettext(_AND).join(part.text for part in parts))
    return _in_language(value, language, _LETTERS_WITHIN)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Most sentences are of no detail, so that few are compiled."""
    return re.compile(pattern, re.DOTALL)


@cache
def _sentences(language: str) -> tuple[_Sentence, ...]:
    """Those of the catalogue, the ones with most words of their own first."""
    file = (Path(__file__).parent / f"{language}.mo").read_bytes()
    header, _, count, table = struct.unpack_from("<4I", file)
    assert header == _HEADER
    found = []
    for place in range(count):
        length, start = struct.unpack_from("<2I", file, table + 8 * place)
        one, _, many = file[start : start + length].decode().partition("\0")
        found += [_sentence(form, one, many or None) for form in filter(None, (one, many))]
    return tuple(sorted(found, key=lambda sentence: (-sentence.letters, sentence.one)))


def _sentence(form: str, one: str, many: str | None) -> _Sentence:
    pattern, pieces, named, quoted = "", [""], set(), set()
    for literal, name, spec, _ in string.Formatter().parse(form):
        pattern += re.escape(literal)
        pieces.append(literal)
        if name is not None:
            is_number = name in _COUNTS or bool(spec)
            some = _NUMBER if is_number else r"\S+?" if name in _ONE_WORD else ".+?"
            # How much there is of a file that is not read, behind what it is; nothing where that is not known.
            some = r"(?:, [\d,]+ bytes)?" if name == "length" and literal[-1:] != " " and not is_number else some
            pattern += f"(?P={name})" if name in named else f"(?P<{name}>{some})"
            named.add(name)
            if literal.endswith(("'", '"')):
                quoted.add(name)
    letters = sum(character.isalpha() for piece in pieces for character in piece)
    return _Sentence(letters, max(pieces, key=len), pattern, frozenset(quoted), one, many)
