"""Expectations on how an answer is worded: phrases that it should not have, the script of its question.

Of responses, the best one is checked (of a tie, all of them): the others may be bad, that is what they are ranked for.
"""

from abc import abstractmethod
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import Field as PydanticField
from great_expectations.compatibility.pydantic import StrictInt, StrictStr

from sftrm_quality.arrays import Ints, Mask, Rows, as_ints
from sftrm_quality.checks import texts
from sftrm_quality.checks.code_spans import is_quoted
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.custom.places import TEXT_OR_RESPONSES
from sftrm_quality.checks.identities import identity_in
from sftrm_quality.checks.letters import is_letter
from sftrm_quality.checks.phrases import Phrases, compiled_phrases
from sftrm_quality.checks.prose import scripts_differ
from sftrm_quality.checks.rankings import Responses
from sftrm_quality.text import normalise_text
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


class _SayingExpectation(_AnswerExpectation):
    """An expectation that an answer does not say something."""

    @abstractmethod
    def _found(self, columns: Columns) -> dict[int, str]:
        """By row that fails: the words."""

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        failing[list(self._found(columns))] = True
        return failing

    def describe(self, columns: Columns) -> list[str]:
        found = self._found(columns)
        return [
            say("{text} says {excerpt}", text=self._checked_text, excerpt=texts.excerpt(found[one]))
            for one in range(len(columns[self.column]))
        ]


class ExpectAnswerToBeFreeOfPhrases(_SayingExpectation):
    """None of the ``phrases`` is in the first ``within`` characters, both normalised. Null passes.

    Not where it is in quotes, nor in a letter to somebody, nor where the column ``other``, a question, has one of the
    ``requests``: then another one speaks.
    """

    phrases: list[StrictStr]
    within: StrictInt
    other: StrictStr | None = None
    requests: list[StrictStr] = []  # noqa: RUF012 (pydantic copies it)

    def columns_needed(self) -> list[str]:
        asked = [f"{self.other}_normalised"] if self.other else []
        return [self.column, f"{self.column}_normalised", *asked]

    def problem(self) -> str | None:
        if bool(self.requests) != bool(self.other):
            return say("'requests' are looked for in 'other': give both or neither")
        return _phrases_problem("phrases", self.phrases) or (
            _phrases_problem("requests", self.requests) if self.requests else None
        )

    def _found(self, columns: Columns) -> dict[int, str]:
        row, _, normalised = _answers(columns, self.column, f"{self.column}_normalised")
        phrases = compiled_phrases(tuple(self.phrases))
        possible = np.flatnonzero(phrases.stand_in(normalised, self.within))
        rows = row[possible]
        found: dict[int, str] = {}
        for one, excused, text in zip(
            rows.tolist(), self._excused(columns, rows), normalised.take(pa.array(possible)).to_pylist(), strict=True
        ):
            match = phrases.match_in(text, self.within)
            if match and not (excused or is_quoted(text, *match.span()) or is_letter(text)):
                found.setdefault(one, match[0])
        return found

    def _excused(self, columns: Columns, rows: Rows) -> list[bool]:
        """Of rows, whether the question asks for words of another one."""
        if self.other is None:
            return [False] * len(rows)
        requests = compiled_phrases(tuple(self.requests))
        asked = columns[f"{self.other}_normalised"].take(pa.array(rows)).to_pylist()
        return [requests.first_in(question) is not None for question in asked]


class ExpectAnswerNotToClaimAnIdentity(_SayingExpectation):
    """No answer says in its first ``within`` characters that it is one of the ``names``, or made by the ``makers``.

    ``other`` is the column of the question. See ``identities.identity_in``. Null passes.
    """

    names: list[StrictStr]
    makers: list[StrictStr]
    within: StrictInt
    other: StrictStr

    def columns_needed(self) -> list[str]:
        return [self.column, f"{self.column}_normalised", f"{self.other}_normalised"]

    def problem(self) -> str | None:
        return _phrases_problem("names", self.names) or _phrases_problem("makers", self.makers)

    def _found(self, columns: Columns) -> dict[int, str]:
        row, _, normalised = _answers(columns, self.column, f"{self.column}_normalised")
        names, makers = (tuple(map(normalise_text, some)) for some in (self.names, self.makers))
        # A particle is part of a word in Korean: names are looked for as pieces, and their ends by the closer look.
        possible = np.flatnonzero(compiled_phrases((*names, *makers)).stand_in(normalised, self.within))
        rows = row[possible]
        asked = columns[f"{self.other}_normalised"].take(pa.array(rows)).to_pylist()
        found: dict[int, str] = {}
        for one, question, text in zip(
            rows.tolist(), asked, normalised.take(pa.array(possible)).to_pylist(), strict=True
        ):
            if said := identity_in(text[: self.within], question, names, makers):
                found.setdefault(one, said)
        return found


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
        length = as_ints(pc.binary_length(text))
        # Many bytes are neither: signs, digits, or letters of a third script.
        third = (length - 3 * hangul - latin > 0.4 * length) & (q_hangul + q_latin >= self.minimum / 4 * self.share)
        possible = pa.array(np.flatnonzero((korean_asked | latin_asked | third) & (length >= self.minimum)))
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
