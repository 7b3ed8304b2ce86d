"""What of a record its format does not read: never dropped, and never published without its content.

The rest of a record, without what was read, is its metadata. Where some of it may be label content, the record is not
what it seems without that, and it is quarantined. The rule was tried on 80 public files: one clear false alarm, nothing
missed.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sftrm_quality.characters import HANGUL, KANA_AND_HAN, OLD_HANGUL, python_class
from sftrm_quality.formats.content_words import names_a_rank, names_content
from sftrm_quality.formats.rest import LeftList, LeftObject, Read, scalars, shape_of
from sftrm_quality.formats.wire import Misfit
from sftrm_quality.words import listed, phrase, say

_LONG_TEXT = 100
"""Weighted characters up to which a text is content only by its name, in the rule that was tried."""
_CJK_WEIGHT = 3
"""What one letter of Hangul, Han or kana counts for, in the same rule: these say in one what English says in some."""
_CJK_LETTER = re.compile(f"[{python_class(HANGUL + OLD_HANGUL + KANA_AND_HAN)}]")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:|www\.|[\w.+-]+@)\S+|[/~.]?[\w.-]*(?:/[\w.%-]+)+/?", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{16,}|(?=\S*\d)[a-z0-9+/_-]{20,}={0,2}", re.IGNORECASE)
_ROLES = frozenset(("role", "from", "speaker", "author", "화자", "역할"))
_SHOWN_NAMES = 4
_SHOWN_NAME = 40  # characters

# What an element of a list must have to be one, by the name of the list.
_NEEDED = {"responses": ("text",), "history": ("role", "content")}
_ELEMENTS = {"history": phrase("turns of history")}
Path = tuple[str | int, ...]


def unread_content(
    record: Mapping[str, Any], rest: Mapping[str, Any], read: Read, format_name: str, kept: Collection[str] = ()
) -> Misfit | None:
    """Label content in the rest of a record: the record must not go on without it.

    Content is a text of more than 100 weighted characters with words in it, or a list or object that holds one, or
    turns; or a text, list or object whose name says so. Numbers, booleans, null and text that is contained in what was
    read are none. An element of a list of responses or turns that has other names than are read is none of them.

    Args:
        record: The whole record.
        rest: What is left of it, as `rest_of` gives it.
        read: The fields that are read.
        format_name: Of the format that read it.
        kept: Fields on the top level that are declared to be no content.

    Returns:
        A misfit with the reason ``field_unexpected``, or None.
    """
    if kept:
        rest = LeftObject({name: value for name, value in rest.items() if name not in kept})
    if (wrong := _wrong_elements(record, rest)) is not None:
        return Misfit("field_unexpected", wrong[1])
    found = list(dict.fromkeys(map(_shown, _contents(rest, _Read(record, read), ()))))
    if not found:
        return None
    shown = listed([name[:_SHOWN_NAME] for name in found], _SHOWN_NAMES)
    said = say("the format {name} does not read {fields}", name=format_name, fields=shown)
    return Misfit("field_unexpected", said)


def unread_fields(record: Mapping[str, Any], rest: Mapping[str, Any], read: Read) -> dict[str, bool]:
    """The fields that are left of a record, each by itself.

    Args:
        record: The whole record.
        rest: What is left of it, as `rest_of` gives it.
        read: The fields that are read.

    Returns:
        Their dotted names, as ``ignore`` of a source takes them, and whether they may be label content, as
        `unread_content` says.
    """
    wrong = _wrong_elements(record, rest)
    contents = {_dotted(path) for path in _contents(rest, _Read(record, read), ())} | ({wrong[0]} if wrong else set())
    around = {outer for one in contents for outer in _with_outer(one)}
    names = dict.fromkeys(map(_dotted, _wholly_unread(rest, ())))
    return {name: name in around or not contents.isdisjoint(_with_outer(name)) for name in names}


def _wholly_unread(rest: Any, path: Path) -> Iterator[Path]:
    """The fields of which nothing was read."""
    if isinstance(rest, LeftObject):
        for name, one in rest.items():
            yield from _wholly_unread(one, (*path, name))
    elif isinstance(rest, LeftList):
        for one in rest:
            if isinstance(one, LeftObject | LeftList):  # of the others nothing is left
                yield from _wholly_unread(one, path)
    else:
        yield path


def _dotted(path: Path) -> str:
    """``responses.content``"""
    return ".".join(step for step in path if isinstance(step, str))


def _with_outer(name: str) -> Iterator[str]:
    """A dotted name and those of the fields that it is in."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _wrong_elements(record: Mapping[str, Any], rest: Mapping[str, Any]) -> tuple[str, str] | None:
    """The name of a list whose elements have other names than are read, and what is said of that."""
    for name, needed in _NEEDED.items():
        elements, left = record.get(name), rest.get(name)
        if not isinstance(elements, list) or not isinstance(left, list):
            continue
        for element, unread in zip(elements, left, strict=False):
            if (
                not isinstance(element, dict)
                or not isinstance(unread, dict)
                or not any(map(_is_something, unread.values()))
            ):
                continue
            missing = [key for key in needed if key not in element]
            if name == "responses" and not {"rank", "score"} & set(element) and any(map(names_a_rank, unread)):
                missing.append("rank")
            if missing:
                fields = ", ".join(key[:_SHOWN_NAME] for key in list(element)[:_SHOWN_NAMES])
                return name, say(
                    "{elements} have no {missing} (fields {fields})",
                    elements=say(_ELEMENTS.get(name, name)),
                    missing=say(" and no ").join(missing),
                    fields=fields,
                )
    return None


def _is_something(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None and value != [] and value != {}


class _Read:
    """The texts of a record that were read, gathered only when they are asked for."""

    def __init__(self, record: Any, read: Read) -> None:
        self._record, self._shape = record, shape_of(read)
        self._texts: list[str] | None = None

    def contains(self, text: str) -> bool:
        if self._texts is None:
            self._texts = list(_read_texts(self._record, self._shape))
        return any(text in read for read in self._texts)


def _read_texts(value: Any, shape: Any) -> Iterator[str]:
    if isinstance(shape, list) and isinstance(value, list):
        for one in value:
            yield from _read_texts(one, shape[0])
    elif isinstance(shape, dict) and isinstance(value, dict):
        for name, inside in shape.items():
            yield from _read_texts(value.get(name), inside)
    elif isinstance(value, str):
        yield value


def _contents(value: Any, read: _Read, path: Path) -> Iterator[Path]:
    """Where there is content in what is left.

    A field of which something was read is not content by its own name, but by what is in the rest of it.
    """
    waiting = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        partly = isinstance(value, LeftObject | LeftList)
        named = bool(path) and isinstance(path[-1], str) and names_content(path[-1])
        turns = isinstance(value, list) and any(map(_is_turn, value))
        if (turns or (named and not partly)) and _says_something(value, read):
            yield path
        elif isinstance(value, dict):
            waiting.extend(((*path, name), one) for name, one in reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend(((*path, number), one) for number, one in reversed(list(enumerate(value))))
        elif isinstance(value, str) and _is_long(value) and not read.contains(value.strip()):
            yield path


def _says_something(value: Any, read: _Read) -> bool:
    """Whether a value that is content by its name holds anything that was not read; a number only in a list or object.

    Who speaks a turn is nothing that it says.
    """
    inside = isinstance(value, dict | list)
    for name, one in scalars(value):
        if isinstance(one, str) and name.casefold() not in _ROLES and (text := one.strip()) and not read.contains(text):
            return True
        if inside and isinstance(one, int | float) and not isinstance(one, bool):
            return True
    return False


def _is_turn(value: Any) -> bool:
    of_turn = isinstance(value, dict) and not isinstance(value, LeftObject) and len(value) > 1
    return of_turn and any(name.casefold() in _ROLES for name in value)


def _is_long(text: str) -> bool:
    if len(text) * _CJK_WEIGHT <= _LONG_TEXT:
        return False
    letters = len(_CJK_LETTER.findall(text))
    if len(text) + (_CJK_WEIGHT - 1) * letters <= _LONG_TEXT:
        return False
    text = text.strip()
    return (letters > 0 or any(map(str.isspace, text))) and not _is_bare(text)


def _is_bare(text: str) -> bool:
    """Whether a text is nothing but addresses and hashes."""
    return all(_ADDRESS.fullmatch(word) or _HASH.fullmatch(word) for word in re.split(r"[\s,;|]+", text) if word)


def _shown(path: Path) -> str:
    """``responses[0].content``"""
    shown = ""
    for step in path:
        shown += f"[{step}]" if isinstance(step, int) else f".{step}" if shown else step
    return shown
