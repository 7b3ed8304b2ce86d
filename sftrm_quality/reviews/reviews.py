"""What people wrote, and what of it is in force on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from sftrm_quality.reviews.entries import Correction, Waiver, key_of

Entry = TypeVar("Entry", Waiver, Correction)


@dataclass(frozen=True)
class Placed(Generic[Entry]):
    """An entry and where it is written, as people are told of it."""

    entry: Entry
    place: str


@dataclass(frozen=True)
class Reviews:
    """Waivers and corrections, each with its place. What they do depends on neither their places nor their order."""

    waivers: tuple[Placed[Waiver], ...] = ()
    corrections: tuple[Placed[Correction], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.waivers or self.corrections)

    def on(self, day: date) -> "Reviews":
        """Those that are in force.

        Args:
            day: On it a waiver whose last day it is still counts.

        Returns:
            All corrections, and the waivers that have not ended.
        """
        return Reviews(tuple(one for one in self.waivers if one.entry.until >= day), self.corrections)

    def ended(self, day: date) -> tuple[Placed[Waiver], ...]:
        """The waivers that are not in force any more on a day."""
        return tuple(one for one in self.waivers if one.entry.until < day)

    @cached_property
    def hash(self) -> str:
        """Of what they say, without days and places."""
        return key_of([_distinct(one.entry.key for one in self.waivers), _distinct(map(_key, self.corrections))])


def _key(correction: Placed[Correction]) -> str:
    return key_of(correction.entry.content)


def _distinct(keys: Iterable[str]) -> list[str]:
    return sorted(set(keys))


NO_REVIEWS = Reviews()
