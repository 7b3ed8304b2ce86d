"""Findings on reviews that do nothing: waivers that fit nothing or have ended, corrections that fit nothing."""

from collections.abc import Sequence

from sftrm_quality.findings.found import Found
from sftrm_quality.records import Severity
from sftrm_quality.reviews import Correction, DatedReviews, Placed, Waiver
from sftrm_quality.run_record import ReviewCounts
from sftrm_quality.words import number, say, say_of


def found_in_reviews(reviews: DatedReviews, counts: ReviewCounts | None) -> list[Found]:
    """What somebody wrote that does nothing.

    Args:
        reviews: On the day of the run.
        counts: What the effective ones did; None in the figures of a release that was made without reviews.

    Returns:
        One finding per waiver, and one per file of corrections.
    """
    allowed, unused = (counts.waivers, set(counts.unused_corrections)) if counts else ({}, None)
    found = [_ended(waiver) for waiver in reviews.ended]
    found += [_allows_nothing(one) for one in reviews.effective.waivers if not allowed.get(one.entry.key)]
    of_files: dict[str, list[Placed[Correction]]] = {}
    for correction in reviews.effective.corrections:
        of_files.setdefault(correction.file, []).append(correction)
    for own in of_files.values():
        if idle := [one for one in own if unused is None or one.entry.record in unused]:
            found.append(_correct_nothing(idle, own))
    return found


def _ended(waiver: Placed[Waiver]) -> Found:
    entry = waiver.entry
    said = say(
        "{place}: the waiver of {reason} for {fits} by {by} ended on {until}; delete it, or give it another day",
        place=waiver.place,
        reason=entry.reason,
        fits=entry.fits,
        by=entry.by,
        until=entry.until.isoformat(),
    )
    return _found(reason="waiver_ended", said=said, key=f"{entry.key} {entry.until}")


def _allows_nothing(waiver: Placed[Waiver]) -> Found:
    entry = waiver.entry
    said = say(
        "{place}: the waiver of {reason} for {fits} by {by} fits nothing: no record there fails it",
        place=waiver.place,
        reason=entry.reason,
        fits=entry.fits,
        by=entry.by,
    )
    return _found(reason="waiver_fits_nothing", said=said, key=entry.key)


def _correct_nothing(idle: Sequence[Placed[Correction]], of: Sequence[Placed[Correction]]) -> Found:
    said = say_of(
        "{file}: {count} of {of} corrections fits nothing, in line {line}: no record was delivered with that content, "
        "or it has no such response or turn",
        "{file}: {count} of {of} corrections fit nothing, the first in line {line}: no record was delivered with that "
        "content, or it has no such response or turn",
        len(idle),
        file=idle[0].file,
        of=number(len(of)),
        line=number(idle[0].number),
    )
    return _found(reason="correction_fits_nothing", said=said, key=" ".join(sorted({one.entry.record for one in idle})))


def _found(*, reason: str, said: str, key: str) -> Found:
    return Found(suite="reviews", reason=reason, severity=Severity.WARNING, description="", about=(said,), key=key)
