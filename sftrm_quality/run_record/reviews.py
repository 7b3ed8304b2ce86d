"""Reviews: what people allowed and corrected, as a run shows it."""

from sftrm_quality.run_record.value import Count, Value


class ReviewCounts(Value):
    """A pure function of the data. waivers: of the key of each that was in force, how many records it allowed.

    unused_corrections: the content parts of the record_ids that corrections name and that were not corrected.
    """

    waivers: dict[str, Count]
    unused_corrections: tuple[str, ...]


class ShownWaiver(Value):
    """A waiver as it was written. place: where. fits: what it is about, of records the first. until: its last day.

    ended: it was not in force. records: how many it allowed, 0 where it had ended.
    """

    place: str
    reason: str
    fits: str
    by: str
    why: str
    until: str
    ended: bool
    records: Count


class ShownCorrections(Value):
    """Corrections of a person for a reason. unused: those that fit nothing. place: of the first."""

    by: str
    why: str
    corrections: Count
    unused: Count
    place: str


class ShownReviews(Value):
    """What was written when a run began. as_of: the day on which waivers had to be in force.

    left_out: how many reasons for corrections there are beyond those in ``corrections``.
    """

    as_of: str
    waivers: tuple[ShownWaiver, ...]
    corrections: tuple[ShownCorrections, ...]
    left_out: Count
