"""Records of ``open_assistant_messages``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared import open_assistant
from tests.declared.damaging import Damage, changed
from tests.declared.making import Made, Record


@st.composite
def made(draw: Any) -> Made:
    """The same trees as lists of messages, each with the id of its parent; only replies to one are in their order."""
    record, truth = draw(open_assistant.MADE)
    return {"message_tree": mixed(draw, flat(record["prompt"]))}, truth


def mixed(draw: Any, messages: list[Record]) -> list[Record]:
    """Messages in any order, those of one parent in their own."""
    places = draw(st.permutations(range(len(messages))))
    found = dict.fromkeys(range(len(messages)), messages[0])
    for parent in {one["parent_id"] for one in messages}:
        siblings = [at for at, one in enumerate(messages) if one["parent_id"] == parent]
        taken = sorted(places[at] for at in siblings)
        found.update({place: messages[at] for place, at in zip(taken, siblings, strict=True)})
    return list(found.values())


def flat(root: Record, name: str = "") -> list[Record]:
    """The messages of a tree, each with an id and that of its parent."""
    found: list[Record] = []
    waiting: list[tuple[Record, str | None]] = [(root, None)]
    while waiting:
        message, parent = waiting.pop()
        own = f"{name}m{len(found)}"
        found.append({"message_id": own, "parent_id": parent, **{k: v for k, v in message.items() if k != "replies"}})
        waiting += [(reply, own) for reply in reversed(message.get("replies") or [])]
    return found


def _ids(own: str, parent: str) -> Record:
    return {"message_id": own, "parent_id": parent}


MADE = made()
DAMAGE: Damage = [
    ("no_ranking", changed("message_tree", lambda them: [one for one in them if one["parent_id"] is None])),
    ("tree_malformed", changed("message_tree", lambda them: [one for one in them if one["parent_id"] is not None])),
    ("tree_malformed", changed("message_tree", lambda them: [*them, {**them[0], "text": "b"}])),
    (
        "tree_malformed",
        changed("message_tree", lambda them: [*them, {**them[0], **_ids("x", "y")}]),
    ),
    (
        "tree_malformed",
        changed("message_tree", lambda them: [*them, {**them[0], **_ids("x", "x")}]),
    ),
    ("turns_malformed", changed("message_tree", lambda them: [{**them[0], "role": "narrator"}, *them[1:]])),
    ("field_type_wrong", changed("message_tree", lambda them: [{**one, "rank": "1"} for one in them])),
]
