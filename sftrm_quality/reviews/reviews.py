"""What people wrote, and what of it is effective on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from sftrm_quality.reviews.entries import Correction, Waiver, key_of
from sftrm_quality.words import say

Entry = TypeVar("Entry", Waiver, Correction)


@dataclass(frozen=True)
class Placed(Generic[Entry]):
    """An entry and where it is written: the file below the folder of reviews, and which waiver or line of it."""

    entry: Entry
    file: str
    number: int

    @property
    def place(self) -> str:
        """As people are told of it."""
        if isinstance(self.entry, Waiver):
            return say("{file}, waiver {place}", file=self.file, place=self.number)
        return say("{file}, line {place}", file=self.file, place=self.number)


@dataclass(frozen=True)
class Reviews:
    """Waivers and corrections, each with its place. What they do depends on neither their places nor their order."""

    waivers: tuple[Placed[Waiver], ...] = ()
    corrections: tuple[Placed[Correction], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.waivers or self.corrections)

    @cached_property
    def hash(self) -> str:
        """Of what they say, without days and places."""
        return key_of([_distinct(one.entry.key for one in self.waivers), _distinct(map(_key, self.corrections))])


def _key(correction: Placed[Correction]) -> str:
    return key_of(correction.entry.content)


def _distinct(keys: Iterable[str]) -> list[str]:
    return sorted(set(keys))


NO_REVIEWS = Reviews()


@dataclass(frozen=True)
class DatedReviews:
    """All that people wrote, on the day of a run: a waiver still counts on its last day."""

    written: Reviews
    as_of: date

    @cached_property
    def effective(self) -> Reviews:
        """All corrections, and the waivers that have not ended."""
        waivers = tuple(one for one in self.written.waivers if one.entry.until >= self.as_of)
        return Reviews(waivers, self.written.corrections)

    @property
    def effective_hash(self) -> str | None:
        """Of what is effective; None where nothing is."""
        return self.effective.hash if self.effective else None

    @property
    def ended(self) -> tuple[Placed[Waiver], ...]:
        """The waivers that are not effective any more."""
        return tuple(one for one in self.written.waivers if one.entry.until < self.as_of)
