"""Conversations: turns with roles, and what of them is the prompt, the answer, the system message and the history."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sftrm_quality.formats.parts import ROLES, Messages
from sftrm_quality.formats.shapes.record import Misread, RawRecord, as_text, lookup, wrong_type
from sftrm_quality.words import say

Turn = dict[str, str | None]
# Between a question and its answer: what was called, and what came back.
_BETWEEN = ("tool", "function_call")


@dataclass(frozen=True)
class Context:
    """What comes before a label: the last question, what was said before it, and the system message."""

    prompt: str | None
    history: list[Turn] | None
    system: str | None


def message_shape(messages: Messages) -> list[Any]:
    """What is read of a list of turns."""
    shape: dict[str, Any] = {}
    for path in (*messages.role, *messages.content, "tool_calls"):
        shape[path] = None
    return [shape]


def turns_of(values: Sequence[Any], messages: Messages, path: str) -> list[Turn]:
    """The turns of a list of messages.

    Args:
        values: Objects with a role and a content.
        messages: What their fields are called.
        path: Of the list, for errors.

    Returns:
        Each turn with its canonical role.

    Raises:
        Misread: An element is no message, or its role is not known.
    """
    return [_turn(value, messages, f"{path}[{at}]") for at, value in enumerate(values)]


def _turn(value: Any, messages: Messages, path: str) -> Turn:
    if not isinstance(value, Mapping):
        raise wrong_type(path, value, say("an object"))
    role = next((found for name in messages.role if (found := lookup(value, name)) is not None), None)
    known = _role(role, messages)
    if known is None:
        found = say("no role") if role is None else say("the role {role}", role=repr(str(role)[:40]))
        raise Misread("turns_malformed", say("{path} has {found}", path=path, found=found))
    content = next((found for name in messages.content if (found := lookup(value, name)) is not None), None)
    calls = value.get("tool_calls")
    text = as_text(content, f"{path}.{messages.content[0]}")
    if not calls:
        return {"role": known, "content": text}
    # What is said with a call is a part of the same turn.
    written = json.dumps(calls, ensure_ascii=False)
    return {"role": "function_call", "content": f"{text}\n{written}" if text and text.strip() else written}


def _role(role: object, messages: Messages) -> str | None:
    if not isinstance(role, str):
        return None
    return messages.roles.get(role) or ROLES.get(role.strip().casefold())


def read_turns(raw: RawRecord, messages: Messages) -> list[Turn] | None:
    """The turns of a record, None where it has no list of them. Raises Misread where they are none."""
    path, _ = raw.get(messages.path, message_shape(messages))
    values = raw.sequence(messages.path, message_shape(messages))
    return None if values is None else turns_of(values, messages, path)


def history_of(raw: RawRecord, path: str) -> list[Turn] | None:
    """Earlier turns, as messages or as pairs of a question and an answer.

    Raises:
        Misread: They are neither.
    """
    messages = Messages(path=(path,))
    _, values = raw.get((path,))
    if not values:
        return None
    if not isinstance(values, list):
        raise wrong_type(path, values, say("a list"))
    if not isinstance(values[0], list):
        raw.note(path, message_shape(messages))
        return turns_of(values, messages, path)
    turns: list[Turn] = []
    for at, pair in enumerate(values):
        if not isinstance(pair, list) or len(pair) != 2:
            raise wrong_type(f"{path}[{at}]", pair, say("a question and an answer"))
        turns += [
            {"role": role, "content": as_text(text, f"{path}[{at}]")}
            for role, text in zip(("user", "assistant"), pair, strict=True)
        ]
    return turns


def context_of(turns: Sequence[Turn], system: str | None = None) -> Context:
    """What comes before a label.

    Args:
        turns: All turns before it; the last one of a user is its prompt.
        system: The system message, where it is no turn.

    Returns:
        Its parts.

    Raises:
        Misread: The turns are not in order.
    """
    rest = list(turns)
    if rest and rest[0]["role"] == "system":
        first = rest.pop(0)["content"]
        if system and first and system.strip() != first.strip():
            raise Misread("aliases_disagree", say("system and the first turn differ, expected one system message"))
        system = first or system
    spoken = [turn["role"] for turn in rest if turn["role"] not in _BETWEEN]
    expected = ["user", "assistant"] * (len(spoken) // 2) + ["user"]
    if spoken != expected[: len(spoken)] or len(spoken) % 2 == 0:
        raise Misread("turns_malformed", _disorder(spoken))
    if rest[-1]["role"] == "user":
        return Context(rest[-1]["content"], rest[:-1] or None, system)
    # A tool was asked after the question: the question is the prompt, and what came back comes before the answer.
    last = max(at for at, turn in enumerate(rest) if turn["role"] == "user")
    return Context(rest[last]["content"], [*rest[:last], *rest[last + 1 :]], system)


def _disorder(roles: Sequence[str | None]) -> str:
    if not roles:
        return say("no turn of a user, expected a question and its answer")
    if "system" in roles:
        return say("a system message behind the first turn")
    if roles[0] != "user":
        return say("the first turn is the assistant's, expected a user's")
    for at, (one, other) in enumerate(pairwise(roles), 1):
        if one == other:
            return say("turns {one} and {other} are both the {role}'s", one=at, other=at + 1, role=one)
    return say("the last turn before the answer is the assistant's, expected a user's")


def no_question() -> Misread:
    """Nothing that a label could be for."""
    return Misread("turns_malformed", _disorder([]))


def label_of(turns: Sequence[Turn], system: str | None) -> tuple[Context, str | None]:
    """A conversation whose last turn is the label.

    Raises:
        Misread: The turns are not in order, or the last one is not the assistant's.
    """
    if not turns or turns[-1]["role"] not in ("assistant", "function_call"):
        raise Misread("turns_malformed", say("the last turn is not the assistant's, expected its answer"))
    return context_of(turns[:-1], system), turns[-1]["content"]


def before(context: Context, history: list[Turn] | None) -> Context:
    """A context behind earlier turns."""
    return replace(context, history=[*(history or []), *(context.history or [])] or None)
