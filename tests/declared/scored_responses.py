"""Records of ``scored_responses``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, changed
from tests.declared.making import SCORE, TEXT, Made, by_score


@st.composite
def made(draw: Any) -> Made:
    prompt, texts = draw(TEXT), draw(st.lists(TEXT, min_size=1, max_size=4))
    scores = draw(st.lists(SCORE | st.none(), min_size=len(texts), max_size=len(texts)))
    name = draw(st.sampled_from(["responses", "answers", "completions"]))
    return {"prompt": prompt, name: texts, "scores": scores}, [{"prompt": prompt, "responses": by_score(texts, scores)}]


MADE = made()
DAMAGE: Damage = [
    ("responses_unmatched", changed("scores", lambda scores: [*scores, 1.0])),
    ("field_type_wrong", changed("scores", lambda scores: ["a", *scores[1:]])),
]
