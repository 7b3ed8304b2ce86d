"""Escapes that nobody resolved: references of HTML, and what Excel writes for characters that XML cannot hold."""

import html
import re
import unicodedata
from html.entities import html5

from sftrm_quality.checks.code_spans import CodeSpans
from sftrm_quality.checks.conversions import is_about_markup

ENTITY = r"&(?:#[0-9]{2,7}|#[xX][0-9A-Fa-f]{2,6}|[A-Za-z][A-Za-z0-9]{1,31});"
EXCEL_ESCAPE = r"_x[0-9A-Fa-f]{4}_"
"""What every text with one has, for RE2."""

_ENTITY = re.compile(ENTITY)
# Of a text that was escaped as a whole nothing is left of either.
_MARKUP = re.compile(rf"<|&(?!{ENTITY[1:]})")
# `&amp;lt;` was escaped on the way twice; nobody does it more often.
_MOST_ROUNDS = 2
_EXCEL = re.compile(r"_x([0-9A-Fa-f]{4})_")
# As it is in an identifier (`max_x0041_y`) it may be a name. A control character is in no name.
_EXCEL_ONLY = re.compile(r"_x00(?:[01][0-9A-Fa-f]|5[Ff])_|_x[0-9A-F]{4}_(?=[^0-9A-Za-z]|$)")


def without_entities(text: str, asked: str | None) -> str:
    """A text with its references of HTML as the characters that they stand for.

    Args:
        text: As it was delivered.
        asked: The question that it answers, itself for a question.

    Returns:
        The text as it was where it is about markup, or where only its code has references. In code they are resolved
        where the whole text was escaped: it has no other ``<`` or ``&``.
    """
    if is_about_markup(asked):
        return text
    for _ in range(_MOST_ROUNDS):
        code = CodeSpans.of(text)
        found = list(_ENTITY.finditer(text))
        outside = [match for match in found if not code.hold(*match.span())]
        if not outside:
            break
        text = _resolved(text, outside if _MARKUP.search(text) else found)
    return text


def _resolved(text: str, references: list[re.Match[str]]) -> str:
    pieces, end = [], 0
    for match in references:
        pieces += [text[end : match.start()], _character(match[0])]
        end = match.end()
    return "".join([*pieces, text[end:]])


def _character(reference: str) -> str:
    """What a reference stands for; itself where that is nothing, or a character that no text has."""
    if reference[1] != "#" and reference[1:] not in html5:
        return reference
    meant = html.unescape(reference)
    return meant if meant and all(map(_is_of_texts, meant)) else reference


def without_excel_escapes(text: str, asked: str | None) -> str:
    """A text with ``_x000D_`` and its like as the characters that they stand for (ECMA-376, part 1, ST_Xstring).

    Args:
        text: As it was delivered.
        asked: The question that it answers, itself for a question.

    Returns:
        The text as it was where it is about markup, or where only its code has them.
    """
    if is_about_markup(asked):
        return text
    code = CodeSpans.of(text)
    if all(code.hold(*match.span()) for match in _EXCEL_ONLY.finditer(text)):
        return text
    return _EXCEL.sub(lambda match: match[0] if code.hold(*match.span()) else _of_number(match), text)


def _of_number(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if _is_of_texts(character) else match[0]


def _is_of_texts(character: str) -> bool:
    return character in "\t\n\r" or (
        character != "\ufffd" and unicodedata.category(character) not in ("Cc", "Cs", "Cn")
    )
