"""Records of ``pair``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import OTHER, Damage, having
from tests.declared.making import TEXT, Made, Record, messages, pairs, truth_of, turns


@st.composite
def made(draw: Any) -> Made:
    earlier, question = draw(turns())
    best, worse = draw(TEXT), draw(st.lists(TEXT, min_size=1, max_size=3))
    kind = draw(st.sampled_from(["texts", "losers", "objects", "answers", "prompt again", "lists", "history"]))
    record: Record = {}
    if kind in ("texts", "losers", "objects", "history"):
        name = draw(st.sampled_from(["prompt", "question", "instruction", "query"]))
        worse = worse if kind == "losers" else worse[:1]
        earlier = [turn for turn in earlier if turn[0] in ("user", "assistant")] if kind == "history" else []
        record = {name: question, "chosen": best, "rejected": worse if kind == "losers" else worse[0]}
        if kind == "history":
            record["history"] = pairs(earlier)
        if kind == "objects":
            record["chosen"] = {"llm_name": "a", "answer": best}
            record["rejected"] = [{"llm_name": "b", "answer": worse[0]}]
    else:
        worse = worse[:1]
        before = messages(draw, [*earlier, ("user", question)])
        again = [] if kind == "answers" else before
        prompt: Any = before
        if kind == "prompt again":
            prompt = draw(st.sampled_from([before[0]["content"], question]))
        record = {
            "prompt": prompt,
            "chosen": [*again, *messages(draw, [("assistant", best)])],
            "rejected": [*again, *messages(draw, [("assistant", worse[0])])],
            "score_chosen": 9.5,
        }
    responses = [(best, 1.0), *((text, 2.0) for text in worse)]
    return record, [truth_of({"prompt": question, "responses": responses}, None, earlier)]


MADE = made()
DAMAGE: Damage = [
    ("field_type_wrong", having(chosen=5)),
    ("field_type_wrong", having(rejected=[])),
    ("field_type_wrong", having(chosen="a", rejected=["a", 5])),
    ("turns_malformed", having(chosen=[OTHER])),
    ("turns_malformed", having(rejected={"role": "user", "content": "a"})),
    ("pair_differs", having(rejected=[OTHER, {"role": "assistant", "content": "a"}], chosen="a")),
    (
        "aliases_disagree",
        having(prompt="무엇?", **{s: [OTHER, {"role": "assistant", "content": s}] for s in ("chosen", "rejected")}),
    ),
]
