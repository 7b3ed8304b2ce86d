"""What the page shows of sources and their files: a line for each source, and in full only the files worth a look."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sftrm_quality.config import RunConfig
from sftrm_quality.run_record import NO_RECORDS, Account, FileEntry, FileStatus, Report
from sftrm_quality.sources import source_of

# With texts as long and as foreign as can be, a page of this many rows is below 2 MB.
FILES_SHOWN = 300
# A vendor each; in a flat folder whose names have no series it is one per file.
SOURCES_SHOWN = 60
# Each has a table of its own; the files of further sources share one.
SOURCES_FOLDED = 30
# As many as are seen at once: with more, those that are as ever are folded.
FILES_UNFOLDED = 20
# Nobody can have meant to deliver an unreadable file; a skipped one holds no records by design.
_STATUSES = tuple(FileStatus)
_NOTHING_DECLARED = RunConfig()


@dataclass(frozen=True)
class SourceShown:
    """A source: the sums over its files, how many there are and how many more are gone, and its files to be folded.

    shares: of its records that failed, in the last runs; None where that is not known.
    """

    name: str
    account: Account
    files: int
    gone: int
    shares: tuple[float | None, ...] | None
    folded: tuple[FileEntry, ...]


def sources_shown(report: Report, steps: int) -> dict[str, Any]:
    """What the section on sources needs besides the report.

    Args:
        report: The content of ``report.json``.
        steps: How many of the differences to the release before the page shows; the files in them are not folded.

    Returns:
        ``sources``, worst first; ``files``, which are in full, most to see first; and how much is left out.
    """
    ordered = sorted(report.files, key=_most_to_see_first)
    shown = ordered[:FILES_SHOWN]
    talked_about = _talked_about(report, steps)
    few = len(ordered) <= FILES_UNFOLDED
    unfolded: list[FileEntry] = []
    folded: dict[str, list[FileEntry]] = defaultdict(list)
    for file in shown:
        if few or _is_odd(file) or file.source_file in talked_about:
            unfolded.append(file)
        else:
            folded[_source(file)].append(file)
    by_name: dict[str, list[FileEntry]] = defaultdict(list)
    for file in ordered:
        by_name[_source(file)].append(file)
    sources = [_shown(name, files, report, folded.get(name, ())) for name, files in by_name.items()]
    sources.sort(key=lambda one: (-one.account.failing, -one.account.received, one.name))
    folds = [source for source in sources if source.folded]
    return {
        "sources": sources[:SOURCES_SHOWN],
        "sources_left_out": max(0, len(sources) - SOURCES_SHOWN),
        "files": unfolded,
        "folded": folds[:SOURCES_FOLDED],
        "folded_of_others": [file for source in folds[SOURCES_FOLDED:] for file in source.folded],
        "files_left_out": len(report.files) - len(shown),
        "sums": sum((file.account for file in report.files), NO_RECORDS),
        "with_rows": {file.source_file for file in report.files if file.failing or file.duplicates},
    }


def _source(file: FileEntry) -> str:
    """What an older version wrote names no sources; its folder or series is one."""
    return file.source or source_of(file.source_file, _NOTHING_DECLARED)


def _shown(name: str, files: Sequence[FileEntry], report: Report, folded: Sequence[FileEntry]) -> SourceShown:
    gone = {file.source_file for file in files if file.status is FileStatus.GONE}
    return SourceShown(
        name=name,
        account=sum((file.account for file in files), NO_RECORDS),
        files=len({file.source_file for file in files} - gone),
        gone=len(gone),
        shares=report.history.sources.get(name),
        folded=tuple(folded),
    )


def _is_odd(file: FileEntry) -> bool:
    return file.incomplete or file.status not in (FileStatus.READ, FileStatus.SKIPPED)


def _talked_about(report: Report, steps: int) -> set[str]:
    """Files of the findings, and of the differences that are listed."""
    found = {name for finding in report.findings for name in (*finding.files, finding.source_file) if name}
    return found | {step.source_file for step in report.changes.by_file[:steps]}


def _most_to_see_first(file: FileEntry) -> tuple[bool, int, int, str]:
    whole = file.status is not FileStatus.UNREADABLE and not file.incomplete
    return whole, _STATUSES.index(file.status), -file.failing, file.source_file
