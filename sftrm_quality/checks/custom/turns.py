"""Expectations on the order of turns."""

from itertools import pairwise

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import Mask, as_mask
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.texts import TURNS
from sftrm_quality.words import say

# Between a question and its answer: what was called, and what came back.
_BETWEEN = ("tool", "function_call")


class ExpectTurnsToAlternate(RowExpectation):
    """Turns of a user and of an assistant take turns, from a user's to an assistant's: the prompt comes after them.

    What is said to tools and by them may be anywhere between, a system message in front. Null passes.
    """

    column_type = TURNS

    def failing(self, columns: Columns) -> Mask:
        column = columns[self.column]
        failing = np.zeros(len(column), bool)
        given = np.flatnonzero(as_mask(column.is_valid()))
        for row, turns in zip(given.tolist(), column.take(pa.array(given)).to_pylist(), strict=True):
            failing[row] = _disorder(turns) is not None
        return failing

    def describe(self, columns: Columns) -> list[str]:
        return [_disorder(turns) or "" for turns in columns[self.column].to_pylist()]


def _disorder(turns: list[dict[str, str | None] | None]) -> str | None:
    """What is wrong with the order of turns, None where nothing is."""
    roles = [(number, (turn or {}).get("role")) for number, turn in enumerate(turns, 1)]
    if roles and roles[0][1] == "system":
        del roles[0]
    spoken = [(number, role) for number, role in roles if role not in _BETWEEN]
    for number, role in spoken:
        if role not in ("user", "assistant"):
            return say("turn {number} is of {role}, expected user or assistant", number=number, role=role)
    for (one, role), (other, next_role) in pairwise(spoken):
        if role == next_role:
            return say("turns {one} and {other} are both of the {role}", one=one, other=other, role=role)
    if spoken and spoken[0][1] == "assistant":
        return say("the first turn is of the assistant, expected a user's")
    if spoken and spoken[-1][1] == "user":
        return say("the last turn before the prompt is of the user, expected the assistant's")
    return None
