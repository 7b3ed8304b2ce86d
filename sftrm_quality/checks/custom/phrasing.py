"""Expectations on what an answer says: phrases that it should not have, models that it should not claim to be."""

from abc import abstractmethod

import numpy as np
import pyarrow as pa
from great_expectations.compatibility.pydantic import StrictInt, StrictStr

from sftrm_quality.arrays import Rows
from sftrm_quality.checks import texts
from sftrm_quality.checks.closer_look import FIRST_PERSON, deserve_a_look
from sftrm_quality.checks.code_spans import is_quoted
from sftrm_quality.checks.custom.answers import AnswerExpectation, answers_of, phrases_problem
from sftrm_quality.checks.custom.base import Columns
from sftrm_quality.checks.identities import identity_in
from sftrm_quality.checks.letters import is_letter
from sftrm_quality.checks.phrases import compiled_phrases
from sftrm_quality.text import normalise_text
from sftrm_quality.words import say


class _SayingExpectation(AnswerExpectation):
    """An expectation that an answer does not say something: what was found are the words."""

    @abstractmethod
    def found_in(self, columns: Columns) -> dict[int, str]:
        """By row that fails: the words."""

    def describe(self, columns: Columns) -> list[str]:
        found = self.found_in(columns)
        return [
            say("{text} says {excerpt}", text=self.checked_text, excerpt=texts.excerpt(found[one]))
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
        return phrases_problem("phrases", self.phrases) or (
            phrases_problem("requests", self.requests) if self.requests else None
        )

    def found_in(self, columns: Columns) -> dict[int, str]:
        row, _, normalised = answers_of(columns, self.column, f"{self.column}_normalised")
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
        return phrases_problem("names", self.names) or phrases_problem("makers", self.makers)

    def found_in(self, columns: Columns) -> dict[int, str]:
        row, _, normalised = answers_of(columns, self.column, f"{self.column}_normalised")
        names, makers = (tuple(map(normalise_text, some)) for some in (self.names, self.makers))
        possible = np.flatnonzero(deserve_a_look(normalised, FIRST_PERSON))
        # Of those who speak of themselves hardly any name a model.
        named = compiled_phrases((*names, *makers)).stand_in(normalised.take(pa.array(possible)), self.within)
        possible = possible[named]
        rows = row[possible]
        asked = columns[f"{self.other}_normalised"].take(pa.array(rows)).to_pylist()
        found: dict[int, str] = {}
        for one, question, text in zip(
            rows.tolist(), asked, normalised.take(pa.array(possible)).to_pylist(), strict=True
        ):
            if said := identity_in(text[: self.within], question, names, makers):
                found.setdefault(one, said)
        return found
