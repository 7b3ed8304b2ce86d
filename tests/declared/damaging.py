"""Changes that make a right record a wrong one."""

from collections.abc import Callable
from typing import Any

from tests.declared.making import Record

Damage = list[tuple[str, Callable[[Record], Record]]]
"""The reason that says what is wrong, and what makes it wrong."""
OTHER = {"role": "user", "content": "다른 것?"}


def having(**fields: Any) -> Callable[[Record], Record]:
    return lambda record: {**record, **fields}


def changed(field: str, change: Callable[[Any], Any]) -> Callable[[Record], Record]:
    return lambda record: {**record, field: change(record[field])}


def turn_damage(field: str, role: str, content: str) -> list[tuple[str, Callable[[Record], Record]]]:
    user = {role: "user", content: "한 번 더?"}
    return [
        ("turns_malformed", changed(field, lambda turns: [*turns, user])),
        ("turns_malformed", changed(field, lambda turns: [*turns, turns[-1]])),
        ("turns_malformed", changed(field, lambda turns: [{**turns[0], role: "narrator"}, *turns[1:]])),
        ("turns_malformed", changed(field, lambda turns: [*turns[:-1], {role: "system", content: "b"}, turns[-1]])),
        ("turns_malformed", changed(field, lambda turns: turns[-1:])),
        ("turns_malformed", changed(field, lambda turns: [{content: "a"}, *turns])),
        ("turns_malformed", having(**{field: []})),
        ("field_type_wrong", changed(field, lambda turns: ["a", *turns])),
        ("field_type_wrong", changed(field, lambda turns: [*turns[:-1], {**turns[-1], content: 5}])),
        ("field_unexpected", changed(field, lambda turns: [*turns[:-1], {**turns[-1], "reasoning": "왜냐하면"}])),
    ]
