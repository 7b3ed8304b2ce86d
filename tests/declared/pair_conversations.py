"""Records of ``pair_conversations``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, changed, having
from tests.declared.making import TEXT, Made, Record, messages, truth_of, turns


@st.composite
def made(draw: Any) -> Made:
    (earlier, question), (best, worse), system = draw(turns()), (draw(TEXT), draw(TEXT)), draw(st.none() | TEXT)
    first = [("system", system)] if system else []
    record: Record = {"conversations": messages(draw, [*first, *earlier, ("user", question)], "from", "value")}
    if draw(st.booleans()):
        record |= {"chosen": {"from": "gpt", "value": best}, "rejected": {"from": "gpt", "value": worse}}
    else:
        record |= {"chosen": best, "rejected": worse}
    truth = truth_of({"prompt": question, "responses": [(best, 1.0), (worse, 2.0)]}, system, earlier)
    return record, [truth]


MADE = made()
DAMAGE: Damage = [
    ("turns_malformed", changed("conversations", lambda turns: [*turns, turns[-1]])),
    ("turns_malformed", having(chosen={"from": "human", "value": "a"})),
    ("field_type_wrong", having(rejected={"from": "gpt", "value": 5})),
]
