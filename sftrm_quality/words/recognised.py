"""A text that was stored in English, said in another language: found again by the sentence that it was made of.

What was found in a record (``details`` of quarantine.parquet) is stored as a text by the million, without how it was
said. It is made of sentences of the catalogue all the same, so that one that fits gives back its parameters.
"""

import re
import string
import struct
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from sftrm_quality.words.catalogue import spoken
from sftrm_quality.words.languages import language_spoken

# Letters of a sentence that are not its parameters: the detail as a whole is ours, so that few are enough; a parameter
# may be a text of a record, of which no word is to be changed.
_LETTERS, _LETTERS_WITHIN = 2, 6
# Names of columns and fields: with them as any text, "{column} is {excerpt}" would be every second sentence.
_ONE_WORD = frozenset({"column", "path", "field", "other", "name", "key"})
_HEADER = 0x950412DE
_PARAMETER = re.compile(r"{(\w+)[^{}]*}")


class _Sentence(NamedTuple):
    """letters: of what is not a parameter. piece: its longest part, which a text must hold; pattern: all of it."""

    letters: int
    piece: str
    pattern: re.Pattern[str]
    one: str
    many: str | None


@lru_cache(maxsize=4096)
def _in_language(english: str, language: str, least: int) -> str:
    for sentence in _sentences(language):
        if sentence.letters < least:
            break
        if sentence.piece in english and (found := sentence.pattern.fullmatch(english)):
            catalogue = spoken()
            told = (
                catalogue.gettext(sentence.one)
                if sentence.many is None
                # Languages of several forms need the number; those that are spoken here have one.
                else catalogue.ngettext(sentence.one, sentence.many, 2)
            )
            values = {name: _in_language(value, language, _LETTERS_WITHIN) for name, value in found.groupdict().items()}
            return _filled(told, values)
    return english


def _filled(told: str, values: Mapping[str, str]) -> str:
    """A parameter is a text already, whatever its format asks for."""
    return _PARAMETER.sub(lambda one: values[one[1]], told) if values else told


def recognised(english: str) -> str:
    """A text that was stored in English.

    Args:
        english: The text.

    Returns:
        The same in the language that is spoken; as it is where no sentence fits.
    """
    language = language_spoken()
    return english if language == "en" or not english else _in_language(english, language, _LETTERS)


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
    pattern, pieces, named = "", [""], set()
    for literal, name, _, _ in string.Formatter().parse(form):
        pattern += re.escape(literal)
        pieces.append(literal)
        if name is not None:
            some = r"\S+?" if name in _ONE_WORD else ".+?"
            pattern += f"(?P={name})" if name in named else f"(?P<{name}>{some})"
            named.add(name)
    letters = sum(character.isalpha() for piece in pieces for character in piece)
    return _Sentence(letters, max(pieces, key=len), re.compile(pattern, re.DOTALL), one, many)
