"""Records of ``scored_answers``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, having
from tests.declared.making import SCORE, TEXT, Made, by_score


@st.composite
def made(draw: Any) -> Made:
    prompt, texts, scores = draw(TEXT), [draw(TEXT), draw(TEXT)], [draw(SCORE), draw(SCORE)]
    record = {"question": prompt}
    record |= {f"answer_{at}": text for at, text in enumerate(texts)}
    record |= {f"score_{at}": score for at, score in enumerate(scores)}
    return record, [{"prompt": prompt, "responses": by_score(texts, scores)}]


MADE = made()
DAMAGE: Damage = [("field_type_wrong", having(score_1="0.5")), ("field_type_wrong", having(answer_0=["a"]))]
