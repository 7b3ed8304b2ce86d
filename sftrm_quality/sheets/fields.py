"""The fields of a record that a sheet has a cell to fill for, as corrections call them, and what they hold."""

from collections.abc import Iterable, Mapping
from typing import Any

from sftrm_quality.records import LabelKind
from sftrm_quality.reviews import Value

NEW = "new_"
"""In front of the name of a field: the column of the cell to fill."""
# What every sheet has, in front and behind; between them are system message, turns and, of RM, the responses.
_FIRST = {LabelKind.SFT: ("question", "answer"), LabelKind.RM: ("prompt",)}
_LAST = ("data_id", "data_category", "data_subcategory", "question_type", "question_count")
_ALWAYS = {"question", "answer", "prompt", "data_id", "text", "rank"}
"""Also where no record has a value: then that is what is wrong."""


def values_of(kind: LabelKind, record: Mapping[str, Any]) -> dict[str, Value]:
    """The fields of a record that may be corrected, each with its value as delivered.

    Args:
        kind: Of the record.
        record: Its columns, of `records.CANDIDATE_FIELDS`.

    Returns:
        The values by the fields, in the order of a sheet; None for those that the record could have and has not.
    """
    values: dict[str, Value] = {name: record[name] for name in _FIRST[kind]}
    if kind is LabelKind.RM:
        for number, response in enumerate(record["responses"] or (), start=1):
            for member in ("text", "rank", "score") if response is not None else ():
                values[f"responses.{number}.{member}"] = _whole(response[member])
    values["system"] = record["system"]
    for number, turn in enumerate(record["history"] or (), start=1):
        if turn is not None:
            values[f"history.{number}.content"] = turn["content"]
    return values | {name: record[name] for name in _LAST}


def _whole(value: Value) -> Value:
    """A rank is kept as 1.0 and was delivered as 1."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def fields_shown(kind: LabelKind, records: Iterable[Mapping[str, Value]]) -> list[str]:
    """The fields that a sheet of some records has.

    Args:
        kind: Of the records.
        records: Of each the values by the fields.

    Returns:
        Those that a record of the kind needs, and others that any of them has; responses in their order, also where
        the first record has fewer.
    """
    first, last = set(_FIRST[kind]), set(_LAST) | {"system"}
    shown = {name for name in (*first, *last) if name in _ALWAYS}
    for values in records:
        shown.update(name for name, value in values.items() if value is not None or _name(name) in _ALWAYS)
    order = {name: place for place, name in enumerate((*_FIRST[kind], "responses", "system", "history", *_LAST))}
    return sorted(shown, key=lambda name: (order[name.split(".")[0]], *_place(name)))


def _place(name: str) -> tuple[int, int]:
    parts = name.split(".")
    return (int(parts[1]), ("text", "rank", "score", "content").index(parts[2])) if len(parts) > 1 else (0, 0)


def _name(field: str) -> str:
    return field.rpartition(".")[2]


def is_text(field: str) -> bool:
    """Whether a field holds a text, and not a number."""
    return _name(field) not in ("rank", "score", "question_count")
