"""What the fields of some records hold, by their dotted names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sftrm_quality.formats.base import Record
from sftrm_quality.personal_data import mask_text

_DEPTH = 3
"""Levels of objects: public files have texts in an object in an object at the most."""
_NAME = 60
"""Characters of a name. What is longer is a text that was taken for one."""
_FIELDS = 200
"""Names of fields that are looked at. Where there are more, keys are data."""


@dataclass
class FieldSeen:
    """A field of the records. values: those that are not null, in their order."""

    path: str
    values: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition(".")[2]

    @property
    def is_text(self) -> bool:
        return self._mostly(lambda value: isinstance(value, str))

    @property
    def is_number(self) -> bool:
        return self._mostly(is_number)

    @property
    def is_texts(self) -> bool:
        """A list of texts."""
        return self._lists_of(lambda value: isinstance(value, str))

    @property
    def is_numbers(self) -> bool:
        """A list of numbers."""
        return self._lists_of(is_number)

    @property
    def is_objects(self) -> bool:
        """A list of objects."""
        return self._lists_of(lambda value: isinstance(value, Mapping))

    @property
    def elements(self) -> list[Any]:
        """Of all its lists."""
        return [one for value in self.values if isinstance(value, list) for one in value]

    def _mostly(self, holds: Any) -> bool:
        return bool(self.values) and 2 * sum(map(holds, self.values)) > len(self.values)

    def _lists_of(self, holds: Any) -> bool:
        return (
            self._mostly(lambda value: isinstance(value, list))
            and bool(self.elements)
            and all(map(holds, self.elements))
        )


def is_number(value: object) -> bool:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def numbers_called(name: str, one: FieldSeen) -> list[Any]:
    """The numbers of a field by that name: its own, those of its lists, and those in the objects of its lists."""
    if one.name == name:
        return [number for number in (*one.values, *one.elements) if is_number(number)]
    return [value[name] for value in one.elements if isinstance(value, Mapping) and is_number(value.get(name))]


def fields_of(records: Sequence[Record]) -> dict[str, FieldSeen]:
    """The fields that more than half of some records have, and those in their objects, in the order of the records."""
    found: dict[str, FieldSeen] = {}
    for record in records:
        for path, value in _paths(record, "", _DEPTH):
            if path in found or len(found) < _FIELDS:
                found.setdefault(path, FieldSeen(path)).values.append(value)
    return {path: one for path, one in found.items() if 2 * len(one.values) > len(records)}


def _paths(record: Record, outer: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if "." in name or not name.strip() or name != name.strip() or len(name) > _NAME:
            continue  # no path can name it, or its names are data
        if mask_text(name) != name:
            continue
        path = f"{outer}.{name}" if outer else name
        if isinstance(value, Mapping) and depth > 1:
            yield from _paths(value, path, depth - 1)
        elif value is not None:
            yield path, value


def within(values: Sequence[Any]) -> dict[str, FieldSeen]:
    """The fields of the objects in a list."""
    return fields_of([value for value in values if isinstance(value, Mapping)])
