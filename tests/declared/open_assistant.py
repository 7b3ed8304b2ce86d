"""Records of ``open_assistant``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, changed
from tests.declared.making import TEXT, Made, Record, truth_of


@st.composite
def made(draw: Any) -> Made:
    """Each question with two or more ranked replies; those without rank, and deleted ones, are no responses."""
    truth: list[dict[str, Any]] = []

    def question(history: list[tuple[str, str]], levels: int, forced: bool) -> Record:
        text = draw(TEXT)
        texts = draw(st.lists(TEXT, min_size=2 if forced else 0, max_size=3))
        order = draw(st.permutations(range(len(texts))))
        replies, ranked = [], []
        for at, reply in enumerate(texts):
            kind = "ranked" if forced else draw(st.sampled_from(["ranked", "null", "deleted"]))
            one: Record = {"role": "assistant", "text": reply, "rank": None if kind == "null" else order[at]}
            if kind == "deleted":
                one["deleted"] = True
            elif kind == "ranked":
                ranked.append((reply, order[at] + 1.0))
            replies.append(one)
        if len(ranked) > 1:
            truth.append(truth_of({"prompt": text, "responses": ranked}, None, history))
        for one in replies:
            more = [("user", text), ("assistant", one["text"])]
            deeper = levels and draw(st.booleans())
            one["replies"] = [question([*history, *more], levels - 1, False)] if deeper else []
        return {"role": "prompter", "text": text, "replies": replies}

    return {"message_tree_id": "t", "prompt": question([], 1, True)}, truth


MADE = made()
DAMAGE: Damage = [
    ("no_ranking", changed("prompt", lambda root: {**root, "replies": [{**root["replies"][0], "replies": []}]})),
    ("turns_malformed", changed("prompt", lambda root: {**root, "role": "narrator"})),
    ("field_type_wrong", changed("prompt", lambda root: {**root, "replies": [*root["replies"], "a"]})),
]
