"""Reviews as a report shows them: who allowed what until when, who corrected how many records, and what it came to."""

from sftrm_quality.reviews import Correction, DatedReviews, Placed, Waiver
from sftrm_quality.run_record import ReviewCounts, ShownCorrections, ShownReviews, ShownWaiver

# A script may give each correction a reason of its own; the page is for people.
_MOST_REASONS = 100


def shown_reviews(reviews: DatedReviews, counts: ReviewCounts | None) -> ShownReviews:
    """What people wrote, with what it did.

    Args:
        reviews: On the day of the run.
        counts: What those in force did; None where they did nothing, since a release is older than they.

    Returns:
        The part ``reviews`` of the report: waivers as they were written, corrections by who made them and why.
    """
    allowed = counts.waivers if counts else {}
    unused = set(counts.unused_corrections) if counts else None
    of_people: dict[tuple[str, str], list[Placed[Correction]]] = {}
    for one in reviews.written.corrections:
        of_people.setdefault((one.entry.by, one.entry.why), []).append(one)
    corrections = [_corrections(own, unused) for own in of_people.values()]
    corrections.sort(key=lambda one: (-one.corrections, one.by, one.why))
    return ShownReviews(
        as_of=reviews.as_of.isoformat(),
        waivers=tuple(_waiver(one, one.entry.until < reviews.as_of, allowed) for one in reviews.written.waivers),
        corrections=tuple(corrections[:_MOST_REASONS]),
        left_out=max(0, len(corrections) - _MOST_REASONS),
    )


def _waiver(waiver: Placed[Waiver], ended: bool, allowed: dict[str, int]) -> ShownWaiver:
    entry = waiver.entry
    return ShownWaiver(
        place=waiver.place,
        reason=entry.reason,
        fits=entry.fits,
        by=entry.by,
        why=entry.why,
        until=entry.until.isoformat(),
        ended=ended,
        records=0 if ended else allowed.get(entry.key, 0),
    )


def _corrections(own: list[Placed[Correction]], unused: set[str] | None) -> ShownCorrections:
    return ShownCorrections(
        by=own[0].entry.by,
        why=own[0].entry.why,
        corrections=len(own),
        unused=sum(unused is None or one.entry.record in unused for one in own),
        place=own[0].place,
    )
