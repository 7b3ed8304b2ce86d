"""Records of ``alpaca``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, having
from tests.declared.making import STAND_INS, TEXT, Made, Record, pairs, truth_of, turns


@st.composite
def made(draw: Any) -> Made:
    instruction, answer = draw(TEXT), draw(TEXT)
    record: Record = {"instruction": instruction, draw(st.sampled_from(["output", "response"])): answer}
    kind = draw(st.sampled_from(["absent", "null", "stand-in", "text"]))
    question = instruction
    if kind != "absent":
        text = {"null": None, "stand-in": draw(st.sampled_from(STAND_INS)), "text": draw(TEXT)}[kind]
        record["input"] = text
        question = f"{instruction}\n\n{text}" if kind == "text" else instruction
    system = draw(st.none() | TEXT)
    if system:
        record[draw(st.sampled_from(["system", "system_prompt"]))] = system
    earlier, _ = draw(turns(tools=False))
    if earlier:
        record["history"] = pairs(earlier)
    return record, [truth_of({"question": question, "answer": answer}, system, earlier)]


MADE = made()
DAMAGE: Damage = [
    ("field_type_wrong", having(output=["a"])),
    ("field_type_wrong", having(instruction=5)),
    ("field_type_wrong", having(history=[["only a question"]])),
    ("aliases_disagree", having(output="하나", response="둘")),
    ("aliases_disagree", having(system="하나", system_prompt="둘")),
    ("field_unexpected", having(context="배경이 있다.")),
]
