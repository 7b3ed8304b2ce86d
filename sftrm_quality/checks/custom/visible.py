"""Expectations that something of a text can be seen."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from great_expectations.compatibility.pydantic import StrictStr

from sftrm_quality.arrays import Mask, as_mask
from sftrm_quality.checks import texts
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.custom.places import CONTENTS, Place, places
from sftrm_quality.checks.template_tokens import is_token_asked_for
from sftrm_quality.words import say

# What a tool gave back may be nothing.
_SPEAKERS = ("user", "assistant", "system")


class ExpectTextToBeVisible(RowExpectation):
    """Something of the text can be seen: not null, nor only white space, invisible characters, tokens, thoughts.

    Of ``others`` the turns of people and assistants are checked, too. A token that the column ``question`` asks for is
    an answer.
    """

    column_type = pa.string()

    question: StrictStr | None = None
    others: list[StrictStr] = []  # noqa: RUF012 (pydantic copies it)

    @classmethod
    def can_check(cls, kind: pa.DataType) -> bool:
        return any(kind.equals(one) for one in CONTENTS)

    def columns_checked(self) -> list[str]:
        return [self.column, *self.others]

    def columns_needed(self) -> list[str]:
        return [*self.columns_checked(), *([self.question] if self.question else [])]

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        for place, _ in self._blank(columns):
            failing[place.row] = True
        return failing

    def describe(self, columns: Columns) -> list[str]:
        """Of each row, the first text that is blank and how many more are."""
        blank: dict[int, list[tuple[Place, str | None]]] = {}
        for place, text in self._blank(columns):
            blank.setdefault(place.row, []).append((place, text))
        return [_described(blank[row]) for row in range(len(columns[self.column]))]

    def _blank(self, columns: Columns) -> Iterator[tuple[Place, str | None]]:
        for name in self.columns_checked():
            row, column = texts.text_of_each(columns[name])
            place_of, unseen = places(columns, name), texts.is_blank(column)
            # A missing system message is none.
            if name != self.column and not pa.types.is_list(columns[name].type):
                unseen &= as_mask(column.is_valid())
            for at in np.flatnonzero(unseen).tolist():
                place, text = place_of(int(row[at]), at), column[at].as_py()
                if place.is_turn and place.role not in _SPEAKERS:
                    continue
                if text and self.question and is_token_asked_for(text, place.asked(self.question)):
                    continue
                yield place, text


def _described(blank: list[tuple[Place, str | None]]) -> str:
    (place, text), *more = blank
    if not more:
        return say("{where} is {excerpt}", where=place.named(), excerpt=texts.excerpt(text))
    return say(
        "{where} is {excerpt}, and {times} more", where=place.named(), excerpt=texts.excerpt(text), times=len(more)
    )


class ExpectEveryResponseToBeVisible(ExpectTextToBeVisible):
    """``ExpectTextToBeVisible`` of responses."""
