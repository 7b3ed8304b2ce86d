"""Expectations on what should not be in a text and no letter of it tells: what conversions left, foreign words, loops.

Of responses each is looked at; ``question`` is the column of what they answer.
"""

from typing import ClassVar

import numpy as np
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import StrictInt, StrictStr

from sftrm_quality.arrays import Rows, as_mask
from sftrm_quality.checks import texts
from sftrm_quality.checks.closer_look import CONVERTED, FOREIGN, LOOP, PRINTED, deserve_a_look
from sftrm_quality.checks.conversions import escape_in, printed_object_in
from sftrm_quality.checks.custom.base import Columns
from sftrm_quality.checks.custom.contents import ContentsExpectation
from sftrm_quality.checks.custom.places import Place
from sftrm_quality.checks.foreign_words import foreign_word_in
from sftrm_quality.checks.loops import loop_in
from sftrm_quality.words import say


class _LeftoverExpectation(ContentsExpectation):
    question: StrictStr | None = None
    look_for: ClassVar[int]

    def columns_needed(self) -> list[str]:
        return [*super().columns_needed(), *([self.question] if self.question else [])]

    def columns_signed(self) -> list[str]:
        return []

    def _possible(self, columns: Columns, name: str) -> Rows:
        _, column = texts.text_of_each(columns[name])
        return np.flatnonzero(deserve_a_look(column, self.look_for))

    def _asked(self, text: str, place: Place) -> str | None:
        """A question is asked by itself."""
        return text if place.is_prompt else place.asked(self.question)


class ExpectTextsToBeUnescaped(_LeftoverExpectation):
    """No escape of another format is shown as text, nor what Excel puts into cells (``conversions.escape_in``)."""

    look_for = CONVERTED

    def find(self, text: str, place: Place) -> str | None:
        found = escape_in(text, self._asked(text, place))
        return found and texts.excerpt(found)


class ExpectTextsNotToBePrintedObjects(_LeftoverExpectation):
    """No text is an object that a program printed (``conversions.printed_object_in``)."""

    look_for = PRINTED

    def find(self, text: str, place: Place) -> str | None:
        found = printed_object_in(text, self._asked(text, place))
        return found and texts.excerpt(found)


class ExpectTextsToBeFreeOfForeignWords(_LeftoverExpectation):
    """No Korean text has words of another script in its sentences (``foreign_words.foreign_word_in``)."""

    look_for = FOREIGN

    def find(self, text: str, place: Place) -> str | None:
        found = foreign_word_in(text, self._asked(text, place))
        return found and texts.excerpt(found)


class ExpectTextsNotToLoop(_LeftoverExpectation):
    """No text says the same over and over at its end (``loops.loop_in``)."""

    look_for = LOOP

    def find(self, text: str, place: Place) -> str | None:
        found = loop_in(text, self._asked(text, place))
        return found and say("{excerpt} over and over", excerpt=texts.excerpt(found))


class ExpectTextsNotToEndAtALimit(ContentsExpectation):
    """No text has exactly ``limit`` characters, as programs count them that cut there (UTF-16)."""

    limit: StrictInt

    def columns_signed(self) -> list[str]:
        return []

    def _possible(self, columns: Columns, name: str) -> Rows:
        _, column = texts.text_of_each(columns[name])
        # A character is one or two of UTF-16.
        length = pc.utf8_length(column)
        return np.flatnonzero(
            as_mask(pc.and_(pc.less_equal(length, self.limit), pc.greater_equal(length, self.limit // 2)))
        )

    def find(self, text: str, place: Place) -> str | None:
        if len(text.encode("utf-16-le", "surrogatepass")) != 2 * self.limit:
            return None
        return say(
            "exactly {count:,} characters, where a cell ends: {excerpt}",
            count=self.limit,
            excerpt=texts.excerpt(text[-40:]),
        )
