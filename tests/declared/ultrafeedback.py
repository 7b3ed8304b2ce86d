"""Records of ``ultrafeedback``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, changed, having
from tests.declared.making import TEXT, Made, by_score

_ASPECTS = ("instruction_following", "honesty", "truthfulness", "helpfulness")


@st.composite
def made(draw: Any) -> Made:
    prompt, texts = draw(TEXT), draw(st.lists(TEXT, min_size=1, max_size=4))
    completions, scores = [], []
    for text in texts:
        ratings = draw(st.lists(st.sampled_from(["1", "3", "5", "N/A", 4, None]), min_size=4, max_size=4))
        numbers = [float(rating) for rating in ratings if rating not in ("N/A", None)]
        scores.append(sum(numbers) / len(numbers) if numbers else None)
        annotations = {aspect: {"Rating": rating} for aspect, rating in zip(_ASPECTS, ratings, strict=True)}
        completions.append({"model": "m", "response": text, "annotations": annotations, "overall_score": 10.0})
    record = {"instruction": prompt, "completions": completions, "source": "s"}
    return record, [{"prompt": prompt, "responses": by_score(texts, scores)}]


MADE = made()
DAMAGE: Damage = [
    ("field_type_wrong", changed("completions", lambda all_: [{**all_[0], "response": ["a"]}, *all_[1:]])),
    ("field_type_wrong", changed("completions", lambda all_: [*all_, "a"])),
    ("field_type_wrong", having(completions={"response": "a"})),
]
