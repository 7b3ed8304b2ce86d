"""Which reviews apply to a source file, by its name and by what its records were found to be without any."""

import fnmatch
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from sftrm_quality.reviews.applying import Change, FileReviews
from sftrm_quality.reviews.entries import Correction, Waiver
from sftrm_quality.reviews.reviews import Reviews


@dataclass(frozen=True)
class FoundWithout:
    """What is known of the records of a source file without reviews.

    failed: reasons of critical checks that any of them fail. reasons_of: of some records, by the content parts of their
    ids, those that are in the file and could be read, each with the reasons for which it fails.
    """

    failed: Set[str]
    reasons_of: Callable[[Set[str]], Mapping[str, Set[str]]]


def fits_file(waiver: Waiver, source_file: str, source: str) -> bool:
    """Whether a waiver is of all records of a source file.

    Args:
        waiver: The waiver.
        source_file: The file's name as reports show it, archive members included.
        source: Whose it is.

    Returns:
        By the source or the glob that the waiver names; never by records.
    """
    if waiver.source:
        return waiver.source == source
    return bool(waiver.files) and fnmatch.fnmatchcase(source_file, waiver.files)


def reviews_of_file(reviews: Reviews, source_file: str, source: str, found: FoundWithout) -> FileReviews:
    """Those that change anything in a source file.

    Args:
        reviews: The effective ones.
        source_file: The file's name.
        source: Whose it is.
        found: What is known of its records.

    Returns:
        What applies to it. Where a record is corrected also waivers of what no record fails: it may fail that now.
    """
    waivers = [one.entry for one in reviews.waivers]
    corrections = [one.entry for one in reviews.corrections]
    asked = {one.record for one in corrections} | {record for one in waivers for record in one.records}
    here = found.reasons_of(asked) if asked else {}
    changes = _changes(correction for correction in corrections if correction.record in here)
    of_file = {one.reason for one in waivers if fits_file(one, source_file, source)}
    of_records: dict[str, set[str]] = {}
    for waiver in waivers:
        for record in here.keys() & set(waiver.records):
            if waiver.reason in here[record] or record in changes:
                of_records.setdefault(record, set()).add(waiver.reason)
    return FileReviews(
        frozenset(of_file if changes else of_file & found.failed),
        {record: frozenset(reasons) for record, reasons in sorted(of_records.items())},
        changes,
    )


def _changes(corrections: Iterable[Correction]) -> dict[str, Change]:
    """By record. Several corrections of one do not contradict each other."""
    of_record: dict[str, list[Correction]] = {}
    for correction in corrections:
        of_record.setdefault(correction.record, []).append(correction)
    return {record: _together(own) for record, own in sorted(of_record.items())}


def _together(corrections: Sequence[Correction]) -> Change:
    values = {field: value for one in corrections for field, value in one.values.items()}
    return Change(dict(sorted(values.items())), ", ".join(sorted({one.by for one in corrections})))
