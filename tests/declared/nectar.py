"""Records of ``nectar``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, changed, having
from tests.declared.making import TEXT, Made


@st.composite
def made(draw: Any) -> Made:
    prompt, texts = draw(TEXT), draw(st.lists(TEXT, min_size=2, max_size=7))
    ranks = draw(st.permutations(range(1, len(texts) + 1)))
    answers = [{"answer": text, "model": "m", "rank": float(rank)} for text, rank in zip(texts, ranks, strict=True)]
    truth = [(text, float(rank)) for text, rank in zip(texts, ranks, strict=True)]
    return {"prompt": prompt, "answers": answers, "turns": 1}, [{"prompt": prompt, "responses": truth}]


MADE = made()
DAMAGE: Damage = [
    ("field_type_wrong", changed("answers", lambda answers: [{**answers[0], "rank": "1"}, *answers[1:]])),
    ("field_type_wrong", changed("answers", lambda answers: [*answers, "a"])),
    ("field_type_wrong", having(prompt=None, answers=[{"answer": ["a"], "rank": 1}])),
]
