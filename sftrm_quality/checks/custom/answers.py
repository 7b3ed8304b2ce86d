"""What expectations on how an answer is worded share: the answer, or the best of some responses.

Of responses, the best one is checked (of a tie, all of them): the others may be bad, that is what they are ranked for.
"""

from abc import abstractmethod
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import Mask, Rows
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.custom.places import TEXT_OR_RESPONSES
from sftrm_quality.checks.phrases import Phrases
from sftrm_quality.checks.rankings import Responses
from sftrm_quality.words import say


class AnswerExpectation(RowExpectation):
    """An expectation on a text column, or on the best responses of a row."""

    @classmethod
    def can_check(cls, kind: pa.DataType) -> bool:
        return any(kind.equals(one) for one in TEXT_OR_RESPONSES)

    @property
    def checked_text(self) -> str:
        """What people call the text that is checked."""
        return say("the best response") if self.column == "responses" else self.column

    @abstractmethod
    def found_in(self, columns: Columns) -> Mapping[int, object]:
        """By row that fails: what was found."""

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        failing[list(self.found_in(columns))] = True
        return failing


def answers_of(columns: Columns, name: str, beside: str) -> tuple[Rows, pa.Array, pa.Array]:
    """The row, the text and the value of the column beside it, of every text or best response."""
    column, other = columns[name], columns[beside]
    if not pa.types.is_list(column.type):
        return np.arange(len(column)), column, other
    responses = Responses.of(column)
    best = np.full(len(column), np.inf)
    np.fmin.at(best, responses.row, responses.rank)
    chosen = np.flatnonzero(responses.rank == best[responses.row])
    return responses.row[chosen], responses.text.take(pa.array(chosen)), other.flatten().take(pa.array(chosen))


def phrases_problem(name: str, phrases: list[str]) -> str | None:
    """What is wrong with a setting that is a list of phrases; None when nothing is."""
    if not phrases:
        return say("{name!r} is empty, expected at least one", name=name)
    try:
        Phrases(tuple(phrases))
    except ValueError as error:
        return f"{name!r}: {error}"
    return None
