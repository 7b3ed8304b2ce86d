"""Reviews: what people allowed and corrected, as a run shows it."""

from sftrm_quality.run_record.value import Count, Value
from sftrm_quality.words import number, recognised, say


class ReviewCounts(Value):
    """A pure function of the data. waivers: of the key of each that was effective, how many records it allowed.

    unused_corrections: the content parts of the record_ids that corrections name and that were not corrected.
    """

    waivers: dict[str, Count]
    unused_corrections: tuple[str, ...]


class ShownWaiver(Value):
    """A waiver as it was written. place: where. record_ids, source, files: what it is about, one of the three; of ids
    the content parts. until: its last day. ended: it was not effective. allowed: records that would fail without it.
    """

    place: str
    reason: str
    record_ids: tuple[str, ...]
    source: str
    files: str
    by: str
    why: str
    until: str
    ended: bool
    allowed: Count

    @property
    def fits(self) -> str:
        """What it is about, in a few words."""
        if self.record_ids:
            first, more = self.record_ids[0], len(self.record_ids) - 1
            return say("{record} and {count} more", record=first, count=number(more)) if more else first
        return self.source or self.files

    @property
    def said_place(self) -> str:
        """Where it is written, in the language that is spoken."""
        return recognised(self.place)


class ShownCorrections(Value):
    """Corrections of a person for a reason. unused: those that fit nothing. place: of the first."""

    by: str
    why: str
    corrections: Count
    unused: Count
    place: str

    @property
    def said_place(self) -> str:
        """Where the first is written, in the language that is spoken."""
        return recognised(self.place)


class ShownReviews(Value):
    """What was written when a run began. as_of: the day on which waivers had to be effective. hash: of what was, None
    where nothing was.

    left_out: how many reasons for corrections there are beyond those in ``corrections``.
    """

    as_of: str
    hash: str | None
    waivers: tuple[ShownWaiver, ...]
    corrections: tuple[ShownCorrections, ...]
    left_out: Count
