"""Expectations on how an answer is worded: phrases that it should not have, the script of its question.

Of responses, the best one is checked (of a tie, all of them): the others may be bad, that is what they are ranked for.
"""

from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import Field as PydanticField
from great_expectations.compatibility.pydantic import StrictInt, StrictStr

from sftrm_quality.arrays import Ints, Mask, Rows, as_ints
from sftrm_quality.checks import texts
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.custom.places import TEXT_OR_RESPONSES
from sftrm_quality.checks.phrases import Phrases, compiled_phrases
from sftrm_quality.checks.prose import scripts_differ
from sftrm_quality.checks.rankings import Responses
from sftrm_quality.words import say


class _AnswerExpectation(RowExpectation):
    """An expectation on a text column, or on the best responses of a row."""

    @classmethod
    def can_check(cls, kind: pa.DataType) -> bool:
        return any(kind.equals(one) for one in TEXT_OR_RESPONSES)

    @property
    def _checked_text(self) -> str:
        return say("the best response") if self.column == "responses" else self.column


def _answers(columns: Columns, name: str, beside: str) -> tuple[Rows, pa.Array, pa.Array]:
    """The row, the text and the value of the column beside it, of every text or best response."""
    column, other = columns[name], columns[beside]
    if not pa.types.is_list(column.type):
        return np.arange(len(column)), column, other
    responses = Responses.of(column)
    best = np.full(len(column), np.inf)
    np.fmin.at(best, responses.row, responses.rank)
    chosen = np.flatnonzero(responses.rank == best[responses.row])
    return responses.row[chosen], responses.text.take(pa.array(chosen)), other.flatten().take(pa.array(chosen))


def _phrases_problem(name: str, phrases: list[str]) -> str | None:
    if not phrases:
        return say("{name!r} is empty, expected at least one", name=name)
    try:
        Phrases(tuple(phrases))
    except ValueError as error:
        return f"{name!r}: {error}"
    return None


class ExpectAnswerToBeFreeOfPhrases(_AnswerExpectation):
    """None of the ``phrases`` occurs in the first ``within`` characters, both normalised. Null passes."""

    phrases: list[StrictStr]
    within: StrictInt

    def columns_needed(self) -> list[str]:
        return [self.column, f"{self.column}_normalised"]

    def problem(self) -> str | None:
        return _phrases_problem("phrases", self.phrases)

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        row, _, normalised = _answers(columns, *self.columns_needed())
        failing[row[compiled_phrases(tuple(self.phrases)).stand_in(normalised, self.within)]] = True
        return failing

    def describe(self, columns: Columns) -> list[str]:
        phrases = compiled_phrases(tuple(self.phrases))
        found: dict[int, str] = {}
        row, _, normalised = _answers(columns, *self.columns_needed())
        for one, text in zip(row.tolist(), normalised.to_pylist(), strict=True):
            if phrase := phrases.first_in(text, self.within):
                found.setdefault(one, phrase)
        return [
            say("{text} says {excerpt}", text=self._checked_text, excerpt=texts.excerpt(found[one]))
            for one in range(len(columns[self.column]))
        ]


class ExpectAnswerToKeepTheScript(_AnswerExpectation):
    """An answer to a question in Hangul has Hangul, one to a question in Latin letters has Latin letters.

    ``other`` is the column of the question; see ``prose.scripts_differ`` for ``minimum`` and ``share``. Not checked:
    questions with one of the ``requests``, and answers to Latin ones that have, code included, more Latin letters than
    Hangul.
    """

    other: StrictStr
    minimum: StrictInt
    share: Annotated[float, PydanticField(gt=0.5, le=1)]
    requests: list[StrictStr]

    def columns_needed(self) -> list[str]:
        return [self.column, self.other, f"{self.other}_normalised"]

    def columns_signed(self) -> list[str]:
        return [self.column, self.other]

    def problem(self) -> str | None:
        return _phrases_problem("requests", self.requests)

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        failing[list(self._found(columns))] = True
        return failing

    def describe(self, columns: Columns) -> list[str]:
        found = self._found(columns)
        return [
            say(
                "{text} is in {found} letters, {other} in {expected} ones",
                text=self._checked_text,
                found=found[row][1],
                other=self.other,
                expected=found[row][0],
            )
            for row in range(len(columns[self.column]))
        ]

    def _found(self, columns: Columns) -> dict[int, tuple[str, str]]:
        """By row that fails: the scripts of the question and of the answer."""
        row, text, sign = _answers(columns, self.column, f"{self.column}_signs")
        question, asked = columns[self.other], columns[f"{self.other}_signs"]
        hangul, latin = (_count(sign, name) for name in ("hangul", "latin"))
        q_hangul, q_latin = (_count(asked, name)[row] for name in ("hangul", "latin"))
        # The counts include code and formulas, so they only say which answers cannot fail.
        korean_asked = (q_hangul >= self.minimum / 4 * self.share) & (hangul == 0)
        latin_asked = (q_latin > q_hangul) & (q_latin >= self.minimum / 4 * self.share) & (latin <= hangul)
        long_enough = as_ints(pc.binary_length(text)) >= self.minimum
        possible = pa.array(np.flatnonzero((korean_asked | latin_asked) & long_enough))
        rows = pa.array(row[possible.to_numpy()])
        requested = compiled_phrases(tuple(self.requests))
        found: dict[int, tuple[str, str]] = {}
        for one, asked_for, normalised, answer in zip(
            rows.to_pylist(),
            question.take(rows).to_pylist(),
            columns[f"{self.other}_normalised"].take(rows).to_pylist(),
            text.take(possible).to_pylist(),
            strict=True,
        ):
            if one not in found and requested.first_in(normalised) is None:
                script = scripts_differ(asked_for, answer, self.minimum, self.share)
                if script:
                    found[one] = script
        return found


def _count(sign: pa.Array, name: str) -> Ints:
    return as_ints(pc.struct_field(sign, name))
