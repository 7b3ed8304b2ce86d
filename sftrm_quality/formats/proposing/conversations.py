"""Turns in records of no known format."""

from typing import Any

from sftrm_quality.formats.parts import ROLES as KNOWN_ROLES
from sftrm_quality.formats.proposing.open_part import Open, shown_code
from sftrm_quality.formats.proposing.part_names import ROLES, TEXTS, is_called
from sftrm_quality.formats.proposing.seen import FieldSeen, within

_MOST_ROLES = 8
"""Different names of who speaks. More of them are names of people."""


def conversation(fields: dict[str, FieldSeen]) -> dict[str, Any] | None:
    """``messages`` of a declaration, where exactly one field has turns; None where none or several have."""
    found = [found for one in fields.values() if one.is_objects and (found := _turns(one))]
    return found[0] if len(found) == 1 else None


def _turns(one: FieldSeen) -> dict[str, Any] | None:
    inside = within(one.elements)
    roles = [path for path, field in inside.items() if field.is_text and is_called(field.name, ROLES)]
    texts = [path for path, field in inside.items() if field.is_text and is_called(field.name, TEXTS)]
    if len(roles) != 1 or not texts:
        return None
    names = list(dict.fromkeys(value for value in inside[roles[0]].values if isinstance(value, str)))
    unknown = [name for name in names if name.strip().casefold() not in KNOWN_ROLES]
    if len(names) > _MOST_ROLES:
        return None
    turns: dict[str, Any] = {
        "path": one.path,
        "role": roles[0],
        "content": texts[0] if len(texts) == 1 else Open(texts),
    }
    if unknown:
        turns["roles"] = {shown_code(name): Open(["user", "assistant", "system", "tool"]) for name in unknown}
    return turns
