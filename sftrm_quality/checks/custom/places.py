"""Where in a record a text is: a column, a response, a turn; and what it answers there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import list_offsets
from sftrm_quality.checks import texts
from sftrm_quality.checks.custom.base import Columns
from sftrm_quality.records import CANDIDATE_RESPONSE
from sftrm_quality.words import say

TEXT_OR_RESPONSES = (pa.string(), pa.list_(CANDIDATE_RESPONSE))
CONTENTS = (*TEXT_OR_RESPONSES, texts.TURNS)
_PROMPTS = ("question", "prompt", "system")


@dataclass(frozen=True)
class Place:
    """One text of a row. number: of the response or turn, from 0, of ``count``."""

    columns: Columns
    column: str
    row: int
    number: int
    count: int

    def named(self) -> str:
        """What people call it."""
        if self.is_turn:
            return say("turn {place} of {count} ({role})", place=self.number + 1, count=self.count, role=self.role)
        if pa.types.is_list(self.columns[self.column].type):
            return say("response {place} of {count}", place=self.number + 1, count=self.count)
        return self.column

    @property
    def is_turn(self) -> bool:
        """Whether it is one of several turns."""
        return bool(self.columns[self.column].type.equals(texts.TURNS))

    @property
    def role(self) -> str | None:
        """Of a turn, who speaks."""
        return self._turn(0).get("role")

    @property
    def is_prompt(self) -> bool:
        """Whether it asks; responses, answers and the turns of an assistant do not."""
        return self.role != "assistant" if self.is_turn else self.column in _PROMPTS

    def asked(self, question: str | None) -> str | None:
        """The text that it answers: of an assistant the turn before it, else that of the column of the question."""
        if self.is_turn:
            return None if self.is_prompt or not self.number else self._turn(-1).get("content")
        found = None if question is None else self.columns[question][self.row].as_py()
        return found if isinstance(found, str) else None

    def _turn(self, step: int) -> dict[str, str | None]:
        turn: dict[str, str | None] = self.columns[self.column][self.row][self.number + step].as_py() or {}
        return turn


def places(columns: Columns, name: str) -> Callable[[int, int], Place]:
    """The place of a text, by its row and its number among all texts of the column (``texts.text_of_each``)."""
    column = columns[name]
    starts = list_offsets(column) if pa.types.is_list(column.type) else np.arange(len(column) + 1)
    return lambda row, at: Place(columns, name, row, int(at - starts[row]), int(starts[row + 1] - starts[row]))
