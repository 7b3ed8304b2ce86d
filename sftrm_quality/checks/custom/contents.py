"""Expectations on what any of a record's texts contains: personal data, damaged letters.

Each checks several columns at once, texts and responses alike, and looks at nothing but the texts with its sign.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import ClassVar

import numpy as np
import pyarrow as pa
from great_expectations.compatibility.pydantic import StrictInt, StrictStr

from sftrm_quality.arrays import Mask, Rows, flat
from sftrm_quality.checks import damage, personal, signs, texts
from sftrm_quality.checks.closer_look import MISREAD, deserve_a_look
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.custom.places import CONTENTS, Place, places
from sftrm_quality.personal_data import LATEST_BIRTH, PersonalKind, find_personal_data
from sftrm_quality.words import phrase, say

_SHOWN_KINDS = {
    PersonalKind.RESIDENT_NUMBER: phrase("a resident registration number"),
    PersonalKind.MOBILE_NUMBER: phrase("a mobile number"),
    PersonalKind.EMAIL: phrase("an e-mail address"),
    PersonalKind.CARD_NUMBER: phrase("a card number"),
    PersonalKind.FOREIGNER_NUMBER: phrase("a registration number of a foreigner"),
    PersonalKind.PASSPORT_NUMBER: phrase("a passport number"),
    PersonalKind.DRIVING_LICENCE_NUMBER: phrase("a driving licence number"),
    PersonalKind.ACCOUNT_NUMBER: phrase("an account number"),
}


class ContentsExpectation(RowExpectation):
    """An expectation on the texts of ``column`` and of the columns ``others``: texts, responses, turns. Null passes."""

    others: list[StrictStr] = []  # noqa: RUF012 (pydantic copies it)
    sign: ClassVar[int]

    @abstractmethod
    def find(self, text: str, place: Place) -> str | None:
        """What a text with the sign contains that it should not, as the end of 'answer contains …', or None."""

    @classmethod
    def can_check(cls, kind: pa.DataType) -> bool:
        return any(kind.equals(one) for one in CONTENTS)

    def columns_needed(self) -> list[str]:
        return [self.column, *self.others]

    def columns_checked(self) -> list[str]:
        return [self.column, *self.others]

    columns_signed = columns_checked

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        for place, _ in self._findings(columns):
            failing[place.row] = True
        return failing

    def describe(self, columns: Columns) -> list[str]:
        """Of each row, the first text that fails and what is in it."""
        details: dict[int, str] = {}
        for place, what in self._findings(columns):
            if place.row not in details:
                details[place.row] = say("{where} contains {what}", where=place.named(), what=what)
        return [details[row] for row in range(len(columns[self.column]))]

    def _findings(self, columns: Columns) -> Iterator[tuple[Place, str]]:
        """Each text that fails and what was found, column by column."""
        for name in self.columns_checked():
            row, column = texts.text_of_each(columns[name])
            possible = self._possible(columns, name)
            place_of = places(columns, name)
            for at, text in zip(possible.tolist(), column.take(pa.array(possible)).to_pylist(), strict=True):
                place = place_of(int(row[at]), at)
                if what := self.find(text, place):
                    yield place, what

    def _possible(self, columns: Columns, name: str) -> Rows:
        """Which of the texts of a column deserve a closer look."""
        return np.flatnonzero(signs.has_sign(flat(columns[f"{name}_signs"]), self.sign))


class ExpectRecordToBeFreeOfPersonalData(ContentsExpectation):
    """No text has personal data of one ``kind``. ``latest_birth``: the year until whose end residents are born."""

    kind: PersonalKind
    latest_birth: StrictInt = LATEST_BIRTH
    sign = signs.DIGITS | signs.AT

    def columns_made(self) -> Mapping[str, Callable[[Columns], pa.Array]]:
        """What is found in the texts of each column, which all kinds look for at once."""
        return {
            self._found_in(name): partial(personal.kinds_found, name=name, latest_birth=self.latest_birth)
            for name in self.columns_needed()
        }

    def problem(self) -> str | None:
        if not personal.FIRST_YEAR <= self.latest_birth <= personal.LAST_YEAR:
            return say(
                "'latest_birth' is {year}, expected a year from {first} to {last}",
                year=self.latest_birth,
                first=personal.FIRST_YEAR,
                last=personal.LAST_YEAR,
            )
        return None

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        for name in self.columns_needed():
            row, _ = texts.text_of_each(columns[name])
            failing[row[self._possible(columns, name)]] = True
        return failing

    def find(self, text: str, place: Place) -> str | None:
        found = [one for one in find_personal_data(text, self.latest_birth) if one.kind == self.kind]
        if not found:
            return None
        shown = say("{kind}: {masked}", kind=say(_SHOWN_KINDS[self.kind]), masked=found[0].masked(text))
        return say("{found}, and {count} more", found=shown, count=len(found) - 1) if len(found) > 1 else shown

    def _possible(self, columns: Columns, name: str) -> Rows:
        return np.flatnonzero(personal.has_kind(columns[self._found_in(name)], self.kind))

    def _found_in(self, name: str) -> str:
        return f"{name}_personal_{self.latest_birth}"


class ExpectRecordNotToBeMisread(ContentsExpectation):
    """No text has characters that are the bytes of another encoding (see ``damage.find_misread``)."""

    sign = signs.MISREAD

    def _possible(self, columns: Columns, name: str) -> Rows:
        _, column = texts.text_of_each(columns[name])
        signed = signs.has_sign(flat(columns[f"{name}_signs"]), self.sign)
        return np.flatnonzero(signed | deserve_a_look(column, MISREAD))

    def find(self, text: str, place: Place) -> str | None:
        found = damage.find_misread(text)
        return found and texts.excerpt(found)


class ExpectRecordToBeFreeOfLooseJamo(ContentsExpectation):
    """No word of syllables has a Hangul letter beside them (see ``damage.find_loose_jamo``)."""

    sign = signs.LOOSE_JAMO | signs.DECOMPOSED

    def find(self, text: str, place: Place) -> str | None:
        found = damage.find_loose_jamo(text)
        return found and texts.excerpt(found)


class ExpectRecordToBeComposed(ContentsExpectation):
    """No text is decomposed: Hangul in conjoining letters, or Latin letters with combining marks (NFD)."""

    sign = signs.DECOMPOSED

    def find(self, text: str, place: Place) -> str | None:
        found = damage.find_decomposed(text)
        return found and say("{excerpt} in pieces (NFD)", excerpt=texts.excerpt(found))
