"""Reviews as a report shows them: who allowed what until when, who corrected how many records, and what it came to."""

from collections.abc import Iterable
from dataclasses import dataclass

from sftrm_quality.records import LabelKind
from sftrm_quality.reviews import Correction, DatedReviews, Placed, Waiver
from sftrm_quality.run_record import FileEntry, ReviewCounts, ShownCorrections, ShownReviews, ShownWaiver

# A script may give each correction a reason of its own; the page is for people.
_MOST_REASONS = 100


def shown_reviews(reviews: DatedReviews, counts: ReviewCounts | None) -> ShownReviews:
    """What people wrote, with what it did.

    Args:
        reviews: On the day of the run.
        counts: What the effective ones did; None where they did nothing, since a release is older than they.

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
        hash=reviews.effective_hash,
        waivers=tuple(_waiver(one, one.entry.until < reviews.as_of, allowed) for one in reviews.written.waivers),
        corrections=tuple(corrections[:_MOST_REASONS]),
        left_out=max(0, len(corrections) - _MOST_REASONS),
    )


def _waiver(waiver: Placed[Waiver], ended: bool, allowed: dict[str, int]) -> ShownWaiver:
    entry = waiver.entry
    return ShownWaiver(
        place=waiver.place,
        reason=entry.reason,
        record_ids=entry.records,
        source=entry.source,
        files=entry.files,
        by=entry.by,
        why=entry.why,
        until=entry.until.isoformat(),
        ended=ended,
        allowed=0 if ended else allowed.get(entry.key, 0),
    )


def _corrections(own: list[Placed[Correction]], unused: set[str] | None) -> ShownCorrections:
    return ShownCorrections(
        by=own[0].entry.by,
        why=own[0].entry.why,
        corrections=len(own),
        unused=sum(unused is None or one.entry.record in unused for one in own),
        place=own[0].place,
    )


@dataclass
class ReviewedRecords:
    """Records of a label kind, of one source or of all: the published ones that are waived and that were corrected, the
    quarantined ones that were replaced."""

    source: str
    label_kind: LabelKind
    waived: int = 0
    corrected: int = 0
    replaced: int = 0

    def add(self, file: FileEntry) -> None:
        """Add those of a file."""
        self.waived += file.waived
        self.corrected += file.corrected
        self.replaced += file.replaced


def reviewed_records(files: Iterable[FileEntry], *, by_source: bool) -> list[ReviewedRecords]:
    """What reviews and redeliveries did, where there are any.

    Args:
        files: Entries of a report.
        by_source: One for each source; else all of a label kind in one.

    Returns:
        By label kind and source, in their order.
    """
    found: dict[tuple[LabelKind, str], ReviewedRecords] = {}
    for file in files:
        if file.label_kind and (file.waived or file.corrected or file.replaced):
            source = (file.source or file.source_file) if by_source else ""
            found.setdefault((file.label_kind, source), ReviewedRecords(source, file.label_kind)).add(file)
    return [found[key] for key in sorted(found)]
