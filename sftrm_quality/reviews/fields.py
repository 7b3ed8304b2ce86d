"""The fields of a record that a correction may set, as people write them: ``answer``, ``responses.1.text``.

Responses and turns count from 1, as reasons and pages count them.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from sftrm_quality.records import LabelKind
from sftrm_quality.words import say

Value = str | int | float | None

# As far as the columns go.
_GREATEST = {"question_count": 2**63 - 1, "rank": 2**31 - 1}
_COMMON = ("data_id", "data_category", "data_subcategory", "question_type", "question_count", "system")
_OF_KIND = {LabelKind.SFT: ("question", "answer"), LabelKind.RM: ("prompt",)}
_MEMBERS: Mapping[LabelKind, Mapping[str, tuple[str, ...]]] = {
    LabelKind.SFT: {"history": ("content",)},
    LabelKind.RM: {"responses": ("text", "rank", "score"), "history": ("content",)},
}
# Fields that a record can be without.
_OPTIONAL = {"data_category", "data_subcategory", "question_type", "question_count", "system", "rank", "score"}
_PLACE = re.compile(r"([a-z]+)\.([1-9][0-9]{0,6})\.([a-z]+)")


class Field(NamedTuple):
    """A field: a column; of one that is a list also the place in it, counted from 0, and the member."""

    column: str
    place: int | None = None
    member: str | None = None

    @property
    def name(self) -> str:
        """What it holds, by which its values are checked."""
        return self.member or self.column


def field_of(kind: LabelKind, written: str) -> Field:
    """The field that somebody wrote.

    Args:
        kind: Of the record.
        written: ``answer``, ``responses.1.text``, …

    Returns:
        The field.

    Raises:
        ValueError: A correction cannot set it; the message says which can.
    """
    if written in (*_OF_KIND[kind], *_COMMON):
        return Field(written)
    found = _PLACE.fullmatch(written)
    if found and found[3] in _MEMBERS[kind].get(found[1], ()):
        return Field(found[1], int(found[2]) - 1, found[3])
    known = ", ".join((*_OF_KIND[kind], *_COMMON, *_numbered(kind)))
    raise ValueError(
        say("{field!r} is no field of {kind} records, expected {known}", field=written, kind=kind.upper(), known=known)
    )


def _numbered(kind: LabelKind) -> list[str]:
    return [f"{column}.1.{member}" for column, members in _MEMBERS[kind].items() for member in members]


def refuse_value(field: Field, written: str, value: Any) -> None:
    """See that a field can have a value.

    Args:
        field: The field.
        written: As somebody wrote it.
        value: The value, as JSON has it.

    Raises:
        ValueError: It cannot; the message does not show the value, which may be of a record.
    """
    name = field.name
    if value is None and name in _OPTIONAL:
        return
    if name in _GREATEST:
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _GREATEST[name]:
            raise ValueError(say("{field}: expected a whole number", field=written))
    elif name == "score":
        if not isinstance(value, int | float) or isinstance(value, bool) or not _is_finite(value):
            raise ValueError(say("{field}: expected a number", field=written))
    elif not isinstance(value, str):
        raise ValueError(say("{field}: expected a text", field=written))


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float holds
        return False


def refuse_values(kind: LabelKind, values: Mapping[str, Any]) -> None:
    """See that a correction can set these values.

    Args:
        kind: Of the record.
        values: By the fields as somebody wrote them.

    Raises:
        ValueError: One cannot be set, or not to that.
    """
    for written, value in values.items():
        refuse_value(field_of(kind, written), written, value)
