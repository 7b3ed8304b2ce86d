"""Records of ``kochatgpt_rm``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, changed, having
from tests.declared.making import TEXT, Made, Record


@st.composite
def made(draw: Any) -> Made:
    prompt, texts = draw(TEXT), draw(st.lists(TEXT, min_size=2, max_size=12))
    ranks = draw(st.permutations(range(len(texts))))
    record: Record = {"prompt": prompt, "ranking": ranks}
    fields = draw(st.permutations([(f"completion_{at}", text) for at, text in enumerate(texts)]))
    truth = [(text, rank + 1.0) for text, rank in zip(texts, ranks, strict=True)]
    return {**dict(fields), **record}, [{"prompt": prompt, "responses": truth}]


MADE = made()
DAMAGE: Damage = [
    ("responses_unmatched", changed("ranking", lambda ranks: ranks[1:])),
    ("field_type_wrong", changed("ranking", lambda ranks: ["1", *ranks[1:]])),
    ("field_type_wrong", having(ranking="0, 1")),
    ("field_type_wrong", having(completion_0=7)),
    ("field_unexpected", having(history="먼저 한 말")),
]
