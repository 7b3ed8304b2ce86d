"""What is left of a record without what its format reads: as a value, and as JSON for the column ``metadata``."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import pyarrow as pa

_NOTHING: Any = object()
Shape = dict[str, Any] | list[Any] | None
"""The names that are read of a value: below each field of an object its own, of a list those of an element in a list,
None where nothing is below."""
Read: TypeAlias = "pa.DataType | pa.Schema | Shape"


class LeftObject(dict[str, Any]):
    """What is left of an object of which something was read."""


class LeftList(list[Any]):
    """What is left of a list of which something was read."""


def rest_of(value: Any, read: Read, ignored: Collection[str] = (), path: str = "") -> Any:
    """A value without what is read of it.

    Args:
        value: A record, or a value in it.
        read: The fields that are read, as a schema or by their names.
        ignored: Dotted names of fields to leave out; positions in lists are not counted.
        path: Where the value is, in the same form.

    Returns:
        What is left, in the form of the value: an element of a list of which nothing is left is an empty object, so
        that the others keep their places. An empty dict where nothing is left of a record.
    """
    rest = _rest(value, shape_of(read), ignored, path)
    return LeftObject() if rest is _NOTHING else rest


def _rest(value: Any, shape: Any, ignored: Collection[str], path: str) -> Any:
    if shape is None:
        return _NOTHING
    if isinstance(shape, list):
        if not isinstance(value, list):
            return _NOTHING
        rests = [_rest(one, shape[0], ignored, path) for one in value]
        return _NOTHING if all(r is _NOTHING for r in rests) else LeftList({} if r is _NOTHING else r for r in rests)
    if not isinstance(value, dict):
        return _NOTHING
    left = LeftObject()
    for name, one in value.items():
        if name in shape and shape[name] is None:
            continue
        at = ""
        if ignored:
            at = f"{path}.{name}" if path else name
            if at in ignored:
                continue
        rest = _rest(one, shape[name], ignored, at) if name in shape else _without(one, ignored, at)
        if rest is not _NOTHING:
            left[name] = rest
    return left or _NOTHING


def shape_of(read: Read) -> Shape:
    """The names that are read of a value, of its type or as they are."""
    return read if read is None or isinstance(read, dict | list) else _shape_of_type(read)


@lru_cache(maxsize=256)
def _shape_of_type(read: pa.DataType | pa.Schema) -> Shape:
    if isinstance(read, pa.ListType):
        return [_shape_of_type(read.value_type)]
    if isinstance(read, pa.Schema | pa.StructType):
        return {field.name: _shape_of_type(field.type) for field in read}
    return None


def _without(value: Any, ignored: Collection[str], path: str) -> Any:
    """A value without the fields in it that are ignored; itself where there are none."""
    if not ignored or not any(name.startswith(f"{path}.") for name in ignored):
        return value
    # As deep as the record is nested, so one frame for each level.
    if isinstance(value, list):
        elements = []
        for one in value:
            elements.append(_without(one, ignored, path))
        return elements
    if not isinstance(value, dict):
        return value
    left = {}
    for name, one in value.items():
        if (at := f"{path}.{name}") not in ignored:
            left[name] = _without(one, ignored, at)
    return left


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# A number as it was written is a text with this in front, which no text of a record can have: half a character.
_WRITTEN = "\ud800"
_WRITTEN_NUMBER = re.compile(f'"{_WRITTEN}([^"]*)"')


def _as_written(number: str) -> str:
    return _WRITTEN + number


def rest_as_json(payload: Callable[[], bytes], read: Read, ignored: Collection[str], rest: Mapping[str, Any]) -> str:
    """The rest of a record as JSON, numbers as they were written.

    Args:
        payload: Gives the record in UTF-8, where it is needed: of a row of a table it is made.
        read: The fields that are read of it.
        ignored: As in `rest_of`.
        rest: Its rest as `rest_of` gives it.

    Returns:
        The text of one JSON object, without white space between tokens.
    """
    if not _has_number_to_keep(rest):
        return _JSON.encode(rest)
    spelt = json.loads(payload(), parse_float=_as_written, parse_int=_as_written)
    return _WRITTEN_NUMBER.sub(r"\1", _JSON.encode(rest_of(spelt, read, ignored)))


def _has_number_to_keep(rest: Any) -> bool:
    """Whether there is a number that can be written in more than one way."""
    # Zero may have a sign, and whole numbers beyond 64 bits are floats to the parser.
    return any(
        isinstance(one, float) or (isinstance(one, int) and not isinstance(one, bool) and not 0 < abs(one) < 1 << 63)
        for _, one in scalars(rest)
    )


def scalars(value: Any) -> Iterator[tuple[str, Any]]:
    """Every text, number, boolean and null in a value, with the name of the field that it is in. Of any depth."""
    waiting = [("", value)]
    while waiting:
        name, one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.items())
        elif isinstance(one, list):
            waiting.extend((name, element) for element in one)
        else:
            yield name, one
