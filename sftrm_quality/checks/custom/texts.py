"""Expectations on a column of texts."""

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import StrictInt, StrictStr

from sftrm_quality.arrays import Mask, as_mask
from sftrm_quality.checks import texts
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.words import say


class _TextExpectation(RowExpectation):
    """An expectation on a string column that shows the beginning of the text."""

    column_type = pa.string()

    def describe(self, columns: Columns) -> list[str]:
        return [
            say("{column} is {excerpt}", column=self.column, excerpt=texts.excerpt(text))
            for text in columns[self.column].to_pylist()
        ]


class ExpectTextLengthToBeBetween(_TextExpectation):
    """At least ``minimum`` and at most ``maximum`` characters (code points). Null and blank texts pass."""

    minimum: StrictInt | None = None
    maximum: StrictInt | None = None

    def problem(self) -> str | None:
        low, high = self.minimum, self.maximum
        if low is None and high is None:
            return say("neither 'minimum' nor 'maximum' is given")
        if low is not None and high is not None and low > high:
            return say("'minimum' {low} is above 'maximum' {high}", low=low, high=high)
        return None

    def failing(self, columns: Columns) -> Mask:
        length = pc.utf8_length(columns[self.column])
        too_short = pc.less(length, self.minimum if self.minimum is not None else 0)
        too_long = pc.greater(length, self.maximum) if self.maximum is not None else False
        outside = as_mask(pc.or_(too_short, too_long))
        # Blank is reported as blank, and not as too short besides.
        possible = np.flatnonzero(outside)
        outside[possible] = ~texts.is_blank(columns[self.column].take(possible))
        return outside

    def describe(self, columns: Columns) -> list[str]:
        least = [] if self.minimum is None else [say("at least {bound:,}", bound=self.minimum)]
        most = [] if self.maximum is None else [say("at most {bound:,}", bound=self.maximum)]
        expected = say(" and ").join([*least, *most])
        lengths = pc.utf8_length(columns[self.column]).to_pylist()
        return [
            say(
                "{column} has {length}, expected {expected}",
                column=self.column,
                length=texts.in_characters(length),
                expected=expected,
            )
            for length in lengths
        ]


class ExpectTextToDifferFrom(_TextExpectation):
    """The text is not the text of the column ``other``. Null and empty texts pass.

    ``equality``: strict, what a reader sees as the same text; or folded, what says the same in another form. Rows that
    fail by the strict one pass by the other.
    """

    other: StrictStr
    equality: Literal["strict", "folded"] = "strict"

    def columns_needed(self) -> list[str]:
        forms = [f"{column}_{form}" for column in (self.column, self.other) for form in ("strict", "folded")]
        return [self.column, *forms]

    def failing(self, columns: Columns) -> Mask:
        strict = self._same(columns, "strict")
        return strict if self.equality == "strict" else self._same(columns, "folded") & ~strict

    def _same(self, columns: Columns, form: str) -> Mask:
        text = columns[f"{self.column}_{form}"]
        same = pc.equal(text, columns[f"{self.other}_{form}"])
        return as_mask(pc.and_(same, pc.greater(pc.binary_length(text), 0)))

    def describe(self, columns: Columns) -> list[str]:
        found = columns[self.column].to_pylist()
        column, other = self.column, self.other
        if self.equality == "strict":
            return [
                say("{column} equals {other}: {excerpt}", column=column, other=other, excerpt=texts.excerpt(text))
                for text in found
            ]
        return [
            say(
                "{column} differs from {other} only in form: {excerpt}",
                column=column,
                other=other,
                excerpt=texts.excerpt(text),
            )
            for text in found
        ]


class ExpectLabelToBeShortAndClean(_TextExpectation):
    """A label is one line, with something visible at both ends, and at most ``maximum`` characters. Null passes."""

    maximum: StrictInt

    def failing(self, columns: Columns) -> Mask:
        label = columns[self.column]
        ends_unseen = texts.matches(label, f"^$|^{texts.INVISIBLE}|{texts.INVISIBLE}$")
        broken = texts.matches(label, rf"{texts.GARBLED}|[\n\r\x{{2028}}\x{{2029}}]")
        too_long = as_mask(pc.greater(pc.utf8_length(label), self.maximum))
        return ends_unseen | broken | too_long

    def describe(self, columns: Columns) -> list[str]:
        return [
            say(
                "{column} is {excerpt} ({length}), expected one clean line of at most {maximum:,}",
                column=self.column,
                excerpt=texts.excerpt(text),
                length=texts.in_characters(len(text)),
                maximum=self.maximum,
            )
            for text in columns[self.column].to_pylist()
        ]
