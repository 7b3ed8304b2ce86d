"""Trees of messages: each message of a user with two or more ranked replies is a record of its own."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sftrm_quality.formats.parts import ROLES, Tree
from sftrm_quality.formats.shapes.record import Misread, RawRecord, as_number, as_text, lookup, wrong_type
from sftrm_quality.formats.shapes.responses import Response
from sftrm_quality.formats.shapes.turns import Context, Turn
from sftrm_quality.words import say

MEMBERS = "message_tree"
"""Where the messages of a tree are that were records of their own; what is ignored of them is named below it."""
_TWO = 2
"""Replies that must have a rank: of a single one nothing is said."""
_MOST_LEVELS = 250
"""Each ranking has all that is above it. A tree that is one record of JSON ends here too: ``limits.nesting_depth`` is
at most 500, two for each message."""
_Message = Mapping[str, Any]
_Replies = Callable[[_Message, str], list[tuple[_Message, str]]]
"""The replies to a message, which is at some path, each with its own path."""


def rankings(raw: RawRecord, tree: Tree) -> list[tuple[str | None, Context, list[Response]]]:
    """The rankings of a tree: the id of the message that is answered, what comes before the answers, and these.

    Raises:
        Misread: It is no tree, or has no ranking.
    """
    root, path, replies = _nested(raw, tree) if tree.parent is None else _linked(raw, tree, tree.parent)
    found = list(_rankings(root, tree, path, replies))
    if not found:
        raise Misread("no_ranking", say("no message has {count} replies with ranks", count=_TWO))
    return found


def members_of(record: Mapping[str, Any]) -> list[_Message]:
    """The messages of a tree that were records of their own; none of any other record."""
    members = record.get(MEMBERS)
    return members if isinstance(members, list) and all(isinstance(one, Mapping) for one in members) else []


def _nested(raw: RawRecord, tree: Tree) -> tuple[_Message, str, _Replies]:
    """The root of a tree in which each message holds its replies."""
    shape = _shape(tree)
    shape[tree.replies] = [shape]
    path, root = raw.get((tree.root,), shape)
    if not isinstance(root, Mapping):
        raise wrong_type(path, root, say("an object"))
    return root, path, lambda message, at: _replies(message, tree, at)


def _shape(tree: Tree) -> dict[str, Any]:
    """What is read of a message. Ids stay in the metadata: that of a question is its record's id, those of replies are
    nowhere else."""
    noted = RawRecord({})
    for path in (tree.text, tree.role, tree.rank):
        noted.note(path)
    return noted.shape


def _linked(raw: RawRecord, tree: Tree, parent: str) -> tuple[_Message, str, _Replies]:
    """The root of a tree whose messages are in a list, and name their parents."""
    members = members_of(raw.record)
    raw.note(MEMBERS, [_shape(tree)])
    ids = [str(lookup(one, tree.id)) for one in members]
    above = [lookup(one, parent) for one in members]
    roots = [at for at, found in enumerate(above) if found in (None, "")]
    below: dict[str, list[int]] = {one: [] for one in ids}
    for at, found in enumerate(above):
        if found not in (None, "") and str(found) in below:
            below[str(found)].append(at)
    level, reached, levels = roots[:1], 0, 0
    while level and levels < _MOST_LEVELS:
        reached, levels = reached + len(level), levels + 1
        level = [at for one in level for at in below[ids[one]]]
    if level:
        raise Misread("tree_malformed", say("more than {most} messages, one below another", most=_MOST_LEVELS))
    if not members or len(below) < len(members) or reached < len(members):
        raise Misread(
            "tree_malformed",
            say(
                "no message of the file has its {parent} as {id}, or that of one above it; or an earlier one has its "
                "{id}",
                parent=parent,
                id=tree.id,
            ),
        )
    where = {id(one): f"{MEMBERS}[{at}]" for at, one in enumerate(members)}

    def replies(message: _Message, _: str) -> list[tuple[_Message, str]]:
        found = [members[at] for at in below[str(lookup(message, tree.id))]]
        return [(one, where[id(one)]) for one in found]

    return members[roots[0]], f"{MEMBERS}[{roots[0]}]", replies


def _rankings(
    root: _Message, tree: Tree, path: str, replies_of: _Replies
) -> Iterator[tuple[str | None, Context, list[Response]]]:
    # A conversation may be as deep as JSON is: no recursion.
    waiting: list[tuple[_Message, list[Turn], str]] = [(root, [], path)]
    while waiting:
        message, before, at = waiting.pop()
        turn = _turn(message, tree, at)
        replies = replies_of(message, at)
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


def _turn(message: _Message, tree: Tree, path: str) -> Turn:
    role = lookup(message, tree.role)
    known = ROLES.get(role.strip().casefold()) if isinstance(role, str) else None
    if known not in ("user", "assistant"):
        found = say("no role") if role is None else say("the role {role}", role=repr(str(role)[:40]))
        raise Misread("turns_malformed", say("{path} has {found}", path=path, found=found))
    return {"role": known, "content": as_text(lookup(message, tree.text), f"{path}.{tree.text}")}


def _replies(message: _Message, tree: Tree, path: str) -> list[tuple[_Message, str]]:
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
