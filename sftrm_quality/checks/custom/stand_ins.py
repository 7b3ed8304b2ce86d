"""Expectations that no text is a stand-in for a missing one."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import StrictStr

from sftrm_quality.arrays import Mask, Rows
from sftrm_quality.checks import texts
from sftrm_quality.checks.asked_for import asks_for_prose, is_asked_for
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.custom.places import CONTENTS, Place, places
from sftrm_quality.words import say


class ExpectTextNotToBeAPlaceholder(RowExpectation):
    """No text as a whole fits one of the ``patterns``, unless it is what the column ``question`` asks for.

    Patterns are RE2 and do not regard case, nor invisible characters at the ends of the text. What fits one of
    ``patterns_for_prose`` is a stand-in only where the question asks for prose. Null passes. Of ``others`` the turns of
    an assistant answer the turn before them.
    """

    column_type = pa.string()

    patterns: list[StrictStr]
    patterns_for_prose: list[StrictStr] = []  # noqa: RUF012 (pydantic copies it)
    question: StrictStr | None = None
    others: list[StrictStr] = []  # noqa: RUF012

    @classmethod
    def can_check(cls, kind: pa.DataType) -> bool:
        return any(kind.equals(one) for one in CONTENTS)

    def columns_checked(self) -> list[str]:
        return [self.column, *self.others]

    def columns_needed(self) -> list[str]:
        return [*self.columns_checked(), *([self.question] if self.question else [])]

    def problem(self) -> str | None:
        if not self.patterns:
            return say("'patterns' is empty, expected at least one")
        for pattern in (*self.patterns, *self.patterns_for_prose):
            try:
                pc.match_substring_regex(pa.array([""]), texts.whole_text_pattern([pattern]))
            except pa.ArrowInvalid as error:
                return say("pattern {pattern!r} is not RE2: {error}", pattern=pattern, error=error)
        return None

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        for place, _ in self._stand_ins(columns):
            failing[place.row] = True
        return failing

    def describe(self, columns: Columns) -> list[str]:
        details: dict[int, str] = {}
        for place, text in self._stand_ins(columns):
            if place.row not in details:
                details[place.row] = say("{where} is {excerpt}", where=place.named(), excerpt=texts.excerpt(text))
        return [details[row] for row in range(len(columns[self.column]))]

    def _stand_ins(self, columns: Columns) -> Iterator[tuple[Place, str]]:
        for name in self.columns_checked():
            row, column = texts.text_of_each(columns[name])
            place_of = places(columns, name)
            for at in _fitting(column, self.patterns).tolist():
                place, text = place_of(int(row[at]), at), column[at].as_py()
                asked = place.asked(self.question)
                # A person may say nothing but "…"; without a question beside it nobody can tell.
                if asked is None and place.is_turn and not any(map(str.isalnum, text)):
                    continue
                if asked is None or not is_asked_for(text, asked):
                    yield place, text
            for at in _fitting(column, self.patterns_for_prose).tolist():
                place = place_of(int(row[at]), at)
                if asks_for_prose(place.asked(self.question)):
                    yield place, column[at].as_py()


def _fitting(column: pa.Array, patterns: list[str]) -> Rows:
    return (
        np.flatnonzero(texts.matches(column, texts.whole_text_pattern(patterns))) if patterns else np.zeros(0, np.int64)
    )


class ExpectEveryResponseNotToBeAPlaceholder(ExpectTextNotToBeAPlaceholder):
    """``ExpectTextNotToBeAPlaceholder`` of responses."""
