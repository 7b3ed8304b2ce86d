"""Findings on marks that no list knows: what tools leave in many records of a file, `[[NL]]` or `<[!br]>`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sftrm_quality.findings.found import Found
from sftrm_quality.findings.ordinary_marks import is_ordinary
from sftrm_quality.records import Severity
from sftrm_quality.run_record import DeliveryStatus, FileEntry
from sftrm_quality.sources import raw_name

RECURRING_SHARE = 0.03
"""Of the records of a file. A mark of tools is wherever a line ends, or a field began: in most records, or one in ten.
What people write has the same word in brackets in fewer: in 60,000 texts of real files none is in 1 % of a file."""
RECURRING_RECORDS = 5
"""In a file of few records any mark is a considerable share."""

_MOST_NAMED = 5
# What is in files of as many sources, and of most of them, is how people write here, and no tool of one of them.
_MANY_SOURCES = 4
_REASON = "recurring_mark"


def recurring_marks(counts: Mapping[str, int], records: int) -> dict[str, int]:
    """The marks of a file that recur and are not ordinary.

    Args:
        counts: In how many records each is.
        records: Of the file, those that were read.

    Returns:
        The most frequent ones, at most five, most frequent first.
    """
    least = max(RECURRING_RECORDS, RECURRING_SHARE * records)
    recurring = [mark for mark, count in counts.items() if count >= least and not is_ordinary(mark)]
    return {mark: counts[mark] for mark in sorted(recurring, key=lambda mark: (-counts[mark], mark))[:_MOST_NAMED]}


def found_marks(files: Sequence[FileEntry], hashes: Mapping[str, str]) -> list[Found]:
    """One finding for each file with marks that recur. No record is failing for what others have.

    Args:
        files: Of the run.
        hashes: Of the bytes of the raw files, by name.

    Returns:
        The findings.
    """
    present = [file for file in files if file.delivery is not DeliveryStatus.GONE]
    sources_of: dict[str, set[str]] = defaultdict(set)
    for file in present:
        for mark in file.marks:
            sources_of[mark].add(file.source)
    many = max(_MANY_SOURCES, len({file.source for file in present}) / 2 + 1)
    found = []
    for file in present:
        marks = {mark: count for mark, count in file.marks.items() if len(sources_of[mark]) < many}
        if marks:
            found.append(
                Found(
                    suite="delivery",
                    reason=_REASON,
                    severity=Severity.WARNING,
                    description="",
                    source=file.source,
                    files=((file.source_file, hashes.get(raw_name(file.source_file), "")),),
                    count=max(marks.values()),
                    of=file.received - file.unreadable,
                    label_kind=file.label_kind,
                    because=tuple(marks.items()),
                )
            )
    return found
