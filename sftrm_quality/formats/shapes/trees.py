"""Trees of messages: each message of a user with two or more ranked replies is a record of its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from sftrm_quality.formats.parts import ROLES, Tree
from sftrm_quality.formats.shapes.record import Misread, RawRecord, as_number, as_text, lookup, wrong_type
from sftrm_quality.formats.shapes.responses import Response
from sftrm_quality.formats.shapes.turns import Context, Turn
from sftrm_quality.words import say

_TWO = 2
"""Replies that must have a rank: of a single one nothing is said."""


def rankings(raw: RawRecord, tree: Tree) -> list[tuple[str | None, Context, list[Response]]]:
    """The rankings of a tree: the id of the message that is answered, what comes before the answers, and these.

    Raises:
        Misread: It is no tree, or has no ranking.
    """
    path, root = raw.get((tree.root,), _shape(tree))
    if not isinstance(root, Mapping):
        raise wrong_type(path, root, say("an object"))
    found = list(_rankings(root, tree, path))
    if not found:
        raise Misread("no_ranking", say("no message has {count} replies with ranks", count=_TWO))
    return found


def _shape(tree: Tree) -> dict[str, Any]:
    """What is read of a message, and below it of its replies."""
    noted = RawRecord({})
    # Ids stay in the metadata: that of a question is its record's id, those of replies are nowhere else.
    for path in (tree.text, tree.role, tree.rank):
        noted.note(path)
    noted.note(tree.replies, [noted.shape])
    return noted.shape


def _rankings(root: Mapping[str, Any], tree: Tree, path: str) -> Iterator[tuple[str | None, Context, list[Response]]]:
    # A conversation may be as deep as JSON is: no recursion.
    waiting: list[tuple[Mapping[str, Any], list[Turn], str]] = [(root, [], path)]
    while waiting:
        message, before, at = waiting.pop()
        turn = _turn(message, tree, at)
        replies = _replies(message, tree, at)
        if turn["role"] == "user":
            ranked = [
                {"text": as_text(lookup(reply, tree.text), f"{where}.{tree.text}"), "rank": rank, "score": None}
                for reply, where in replies
                if (rank := as_number(lookup(reply, tree.rank), f"{where}.{tree.rank}")) is not None
                and not any(lookup(reply, name) is True for name in tree.left_out)
            ]
            if len(ranked) >= _TWO:
                name = lookup(message, tree.id)
                yield str(name) if name is not None else None, Context(turn["content"], before or None, None), ranked
        waiting += [(reply, [*before, turn], where) for reply, where in reversed(replies)]


def _turn(message: Mapping[str, Any], tree: Tree, path: str) -> Turn:
    role = lookup(message, tree.role)
    known = ROLES.get(role.strip().casefold()) if isinstance(role, str) else None
    if known not in ("user", "assistant"):
        found = say("no role") if role is None else say("the role {role}", role=repr(str(role)[:40]))
        raise Misread("turns_malformed", say("{path} has {found}", path=path, found=found))
    return {"role": known, "content": as_text(lookup(message, tree.text), f"{path}.{tree.text}")}


def _replies(message: Mapping[str, Any], tree: Tree, path: str) -> list[tuple[Mapping[str, Any], str]]:
    replies = lookup(message, tree.replies)
    if replies is None:
        return []
    if not isinstance(replies, list):
        raise wrong_type(f"{path}.{tree.replies}", replies, say("a list"))
    found = []
    for at, reply in enumerate(replies):
        where = f"{path}.{tree.replies}[{at}]"
        if not isinstance(reply, Mapping):
            raise wrong_type(where, reply, say("an object"))
        found.append((reply, where))
    return found
