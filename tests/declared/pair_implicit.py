"""Records of ``pair_implicit``: what they say, and what is wrong with some."""

from typing import Any

from hypothesis import strategies as st

from tests.declared.damaging import OTHER, Damage, changed
from tests.declared.making import TEXT, Made, messages, truth_of, turns


@st.composite
def made(draw: Any) -> Made:
    (earlier, question), (best, worse), system = draw(turns()), (draw(TEXT), draw(TEXT)), draw(st.none() | TEXT)
    first = [("system", system)] if system else []
    before = messages(draw, [*first, *earlier, ("user", question)])
    sides = [[*before, *messages(draw, [("assistant", text)])] for text in (best, worse)]
    truth = truth_of({"prompt": question, "responses": [(best, 1.0), (worse, 2.0)]}, system, earlier)
    return {"chosen": sides[0], "rejected": sides[1]}, [truth]


MADE = made()
DAMAGE: Damage = [
    ("pair_differs", changed("chosen", lambda turns: [{**turns[0], "content": "other"}, *turns[1:]])),
    ("pair_differs", changed("rejected", lambda turns: [*turns, OTHER, turns[-1]])),
    ("turns_malformed", changed("rejected", lambda turns: turns[:-1])),
    ("turns_malformed", lambda r: {name: turns[-1:] for name, turns in r.items()}),
]
