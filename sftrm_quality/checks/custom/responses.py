"""Expectations on the responses of an RM record, a list<struct<text, rank, score>>."""

from abc import abstractmethod
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import StrictInt, StrictStr
from great_expectations.core.suite_parameters import SuiteParameterDict

from sftrm_quality.arrays import Mask, Rows, as_mask, row_of_each
from sftrm_quality.checks import texts
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.frames import LOSERS_TIE
from sftrm_quality.checks.rankings import Responses, has_equal_texts
from sftrm_quality.records import CANDIDATE_RESPONSE
from sftrm_quality.words import listed, say, say_of

_SHOWN = 12


def _ranks(column: pa.Array) -> list[list[float | None]]:
    return [[response and response["rank"] for response in row or []] for row in column.to_pylist()]


def _list_numbers(numbers: list[float | None]) -> str:
    shown = [say("none") if number is None else f"{number:g}" for number in numbers[:_SHOWN]]
    return listed(shown, _SHOWN, len(numbers)) if shown else ""


def _lowest(numbers: list[float | None]) -> float | None:
    return min((number for number in numbers if number is not None), default=None)


class _ResponsesExpectation(RowExpectation):
    column_type = pa.list_(CANDIDATE_RESPONSE)

    def describe(self, columns: Columns) -> list[str]:
        """Show the ranks, as most of these expectations are about them."""
        return [say("ranks {numbers}", numbers=_list_numbers(row)) for row in _ranks(columns[self.column])]


class _EveryResponse(_ResponsesExpectation):
    """An expectation that the text of every response has to meet. A row without responses passes."""

    @abstractmethod
    def text_fails(self, text: pa.Array) -> Mask:
        """For the flattened texts, which of them fail."""

    @abstractmethod
    def found_in(self, text: pa.Array) -> list[str]:
        """What was found in texts that fail, each as the end of a sentence that begins with 'response 2 of 4'."""

    def failing(self, columns: Columns) -> Mask:
        responses = Responses.of(columns[self.column])
        return responses.any(self.text_fails(responses.text))

    def describe(self, columns: Columns) -> list[str]:
        """Of each row, the first response that fails and how many more do."""
        responses = Responses.of(columns[self.column])
        bad = np.flatnonzero(self.text_fails(responses.text))
        rows, firsts, failed = np.unique(responses.row[bad], return_index=True, return_counts=True)
        places = bad[firsts] - np.searchsorted(responses.row, rows) + 1
        found = self.found_in(responses.text.take(bad[firsts]))
        return [
            say("response {place} of {count} {what}", place=place, count=count, what=what)
            if times == 1
            else say(
                "response {place} of {count} {what}, and {times} more",
                place=place,
                count=count,
                what=what,
                times=times - 1,
            )
            for place, count, what, times in zip(places, responses.count()[rows], found, failed, strict=True)
        ]


class ExpectEveryResponseToBeAtMostLong(_EveryResponse):
    """No response has more than ``maximum`` characters (code points)."""

    maximum: StrictInt

    def text_fails(self, text: pa.Array) -> Mask:
        return as_mask(pc.greater(pc.utf8_length(text), self.maximum))

    def found_in(self, text: pa.Array) -> list[str]:
        lengths = pc.utf8_length(text).to_pylist()
        return [
            say(
                "has {length}, expected at most {maximum:,}",
                length=texts.in_characters(length),
                maximum=self.maximum,
            )
            for length in lengths
        ]


class ExpectResponsesToNumberAtLeast(_ResponsesExpectation):
    """There are at least ``minimum`` responses. Null is none."""

    minimum: StrictInt

    def failing(self, columns: Columns) -> Mask:
        too_few: Mask = Responses.of(columns[self.column]).count() < self.minimum
        return too_few

    def describe(self, columns: Columns) -> list[str]:
        counts = Responses.of(columns[self.column]).count()
        return [
            say_of(
                "{count} response, expected at least {minimum}",
                "{count} responses, expected at least {minimum}",
                int(count),
                minimum=self.minimum,
            )
            for count in counts
        ]


class ExpectRankedResponsesToNumberAtLeast(_ResponsesExpectation):
    """At least ``minimum`` responses have a rank. A row with fewer responses than that passes: it lacks responses."""

    minimum: StrictInt

    def failing(self, columns: Columns) -> Mask:
        responses = Responses.of(columns[self.column])
        too_few: Mask = (responses.count(responses.ranked) < self.minimum) & (responses.count() >= self.minimum)
        return too_few


class ExpectResponsesToBeRanked(_ResponsesExpectation):
    """Every response has a rank, where the source's policy ``unranked`` is ``forbid``."""

    unranked: Literal["forbid", "allow"] | SuiteParameterDict

    def failing(self, columns: Columns) -> Mask:
        responses = Responses.of(columns[self.column])
        return responses.any(~responses.ranked & (self.unranked == "forbid"))


class ExpectRanksToBeWholeNumbers(_ResponsesExpectation):
    """Every rank that is given is a whole number. 1.0 is one, 1.5, NaN and infinity are not."""

    def failing(self, columns: Columns) -> Mask:
        return Responses.of(columns[self.column]).has_fractional_rank()


class ExpectRanksToBeContiguous(_ResponsesExpectation):
    """The ranks count up from 1 under the source's policy of ``ties``. Rows with a fractional rank pass.

    ``forbid``: 1, 2, 3; ``dense``: 1, 2, 2, 3; ``competition``: 1, 2, 2, 4. Responses without a rank are left out. A
    record whose format says that its losers tie needs no policy for that: 1, 2, 2, 2.
    """

    ties: Literal["forbid", "dense", "competition"] | SuiteParameterDict

    def columns_needed(self) -> list[str]:
        return [self.column, LOSERS_TIE.name]

    def failing(self, columns: Columns) -> Mask:
        responses = Responses.of(columns[self.column])
        gap = responses.has_gap(str(self.ties))
        declared = as_mask(columns[LOSERS_TIE.name])
        return np.where(declared, responses.has_gap("dense"), gap) if declared.any() else gap

    def describe(self, columns: Columns) -> list[str]:
        example = {"forbid": "1, 2, 3", "dense": "1, 2, 2, 3", "competition": "1, 2, 2, 4"}[str(self.ties)]
        return [
            say(
                "{found}, expected a sequence such as {example} (ties: {ties})",
                found=found,
                example=example,
                ties=self.ties,
            )
            + ("; " + say("if this source counts from 0, declare rank_base: 0") if _lowest(ranks) == 0 else "")
            for found, ranks in zip(super().describe(columns), _ranks(columns[self.column]), strict=True)
        ]


class ExpectRanksToPreferAResponse(_ResponsesExpectation):
    """The ranked responses do not all share one rank."""

    def failing(self, columns: Columns) -> Mask:
        return Responses.of(columns[self.column]).all_tied()


class ExpectScoresToAgreeWithRanks(_ResponsesExpectation):
    """Where both are given, no response has a better rank and a lower score than another one."""

    def failing(self, columns: Columns) -> Mask:
        return Responses.of(columns[self.column]).score_contradicts_rank()

    def describe(self, columns: Columns) -> list[str]:
        scores = (
            [response and response["score"] for response in row or []] for row in columns[self.column].to_pylist()
        )
        ranks = super().describe(columns)
        return [
            say("{found}, scores {numbers}", found=found, numbers=_list_numbers(row))
            for found, row in zip(ranks, scores, strict=True)
        ]


class ExpectResponsesToDiffer(_ResponsesExpectation):
    """No two responses are the same text. Null and empty texts are left out.

    ``equality``: strict, what a reader sees as the same text; or folded, what says the same in another form. Rows that
    fail by the strict one pass by the other.
    """

    equality: Literal["strict", "folded"] = "strict"

    def columns_needed(self) -> list[str]:
        return [self.column, f"{self.column}_strict", f"{self.column}_folded"]

    def failing(self, columns: Columns) -> Mask:
        strict = has_equal_texts(columns[f"{self.column}_strict"])
        return strict if self.equality == "strict" else has_equal_texts(columns[f"{self.column}_folded"]) & ~strict

    def describe(self, columns: Columns) -> list[str]:
        details = []
        for row in columns[f"{self.column}_{self.equality}"].to_pylist():
            first: dict[str, int] = {}
            pairs = ((first.setdefault(text, place), place, text) for place, text in enumerate(row, start=1) if text)
            one, other, text = next(pair for pair in pairs if pair[0] < pair[1])
            excerpt = texts.excerpt(text)
            details.append(
                say("responses {one} and {other} are the same: {excerpt}", one=one, other=other, excerpt=excerpt)
                if self.equality == "strict"
                else say(
                    "responses {one} and {other} differ only in form: {excerpt}", one=one, other=other, excerpt=excerpt
                )
            )
        return details


class ExpectEveryResponseToDifferFrom(_ResponsesExpectation):
    """No response looks like the text column ``other``, the prompt. Null and empty texts pass."""

    other: StrictStr

    def columns_needed(self) -> list[str]:
        return [self.column, f"{self.column}_strict", f"{self.other}_strict"]

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        row, same = self._same(columns)
        failing[row[same]] = True
        return failing

    def describe(self, columns: Columns) -> list[str]:
        row, same = self._same(columns)
        first = {int(row[at]): int(at - np.searchsorted(row, row[at])) for at in np.flatnonzero(same)[::-1]}
        return [
            say(
                "response {place} of {count} equals {other}: {excerpt}",
                place=first[at] + 1,
                count=len(responses),
                other=self.other,
                excerpt=texts.excerpt(responses[first[at]]["text"]),
            )
            for at, responses in enumerate(columns[self.column].to_pylist())
        ]

    def _same(self, columns: Columns) -> tuple[Rows, Mask]:
        """The row of each response, and whether it is the other text."""
        lists = columns[f"{self.column}_strict"]
        row, text = row_of_each(lists), lists.flatten()
        same = pc.equal(text, columns[f"{self.other}_strict"].take(pa.array(row)))
        return row, as_mask(pc.and_(same, pc.greater(pc.binary_length(text), 0)))
