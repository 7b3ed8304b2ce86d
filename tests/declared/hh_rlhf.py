"""Records of ``hh_rlhf``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import Damage, changed, having
from tests.declared.making import TEXT, Made, truth_of, turns


@st.composite
def made(draw: Any) -> Made:
    earlier, question = draw(turns(tools=False))
    chosen, rejected = draw(st.just("") | TEXT), draw(st.just("") | TEXT)
    said = [*earlier, ("user", question)]
    marks = {"user": "\n\nHuman:", "assistant": "\n\nAssistant:"}
    before = "".join(f"{marks[who]} {text}" for who, text in said) + marks["assistant"]
    before = before.lstrip() if draw(st.booleans()) else before
    record = {"chosen": f"{before} {chosen}", "rejected": f"{before} {rejected}"}
    return record, [truth_of({"prompt": question, "responses": [(chosen, 1.0), (rejected, 2.0)]}, None, earlier)]


MADE = made()
DAMAGE: Damage = [
    ("pair_differs", changed("chosen", lambda text: text.replace("Human:", "Human: more", 1))),
    ("turns_malformed", lambda r: {name: text + "\n\nHuman: and?" for name, text in r.items()}),
    ("turns_malformed", lambda r: dict.fromkeys(r, "\n\nHuman: one\n\nHuman: two\n\nAssistant: a")),
    ("turns_malformed", having(rejected="What?\n\nAssistant: That.")),
    ("field_type_wrong", having(rejected=["a"])),
]
