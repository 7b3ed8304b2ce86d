"""Findings on what was delivered, and how each check of the delivery fared."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sftrm_quality.checks import CheckedRows, CheckResult, Suite
from sftrm_quality.checks.results import enough_passed
from sftrm_quality.findings.delivery import DeliveredFile
from sftrm_quality.findings.found import Found
from sftrm_quality.findings.release_checks import FILES_NAMED
from sftrm_quality.records import Severity
from sftrm_quality.run_record import DeliveryStatus
from sftrm_quality.words import without_full_stop

# What is the same matter of the same file is told once: a reason on the left only where none on the right is there.
_TOLD_BY = {
    "file_failing": ("file_unreadable",),
    "file_unusual": ("file_unreadable", "file_failing"),
    "file_shrunk": ("file_ends_early",),
}
# Of a file, as many as explain it at a glance.
_REASONS_NAMED = 3


@dataclass(frozen=True)
class _Counted:
    """Which figures of a row say how many of how many."""

    count: str
    of: str


# Of checks whose figure is not a share of something else in the row.
_COUNTED = {
    "published_gone": _Counted("published_gone", "published_gone"),
    "published_emptied": _Counted("published_emptied", "published_emptied"),
    "published_ends_early": _Counted("read", "received"),
    "ends_early": _Counted("read", "received"),
    "empty": _Counted("received", "received"),
    "unknown_format": _Counted("received", "received"),
}


def delivery_results(suite: Suite, facts: pa.Table, checked: CheckedRows) -> list[CheckResult]:
    """How each check fared on what was delivered. Files that are the same as in the current release are not counted.

    Args:
        suite: The delivery suite.
        facts: What it was run on.
        checked: What that gave.

    Returns:
        One result per check, in the order of the suite.
    """
    delivered = np.array([status != DeliveryStatus.SAME for status in facts["delivery"].to_pylist()], bool)
    names = [
        file or source for file, source in zip(*(facts[n].to_pylist() for n in ("source_file", "source")), strict=True)
    ]
    failures = [row for row in checked.failures.to_pylist() if delivered[row["row"]]]
    results = []
    for entry in suite.entries:
        failed = [row for row in failures if row["reason"] == entry.reason]
        told = [f"{names[row['row']]}: {row['detail']}" for row in failed[:FILES_NAMED]]
        evaluated = int(delivered.sum())
        results.append(
            CheckResult(
                suite.name,
                entry.reason,
                entry.severity,
                evaluated,
                len(failed),
                entry.mostly,
                enough_passed(evaluated, len(failed), entry.mostly),
                "; ".join([*told, "…"] if len(failed) > len(told) else told),
            )
        )
    return results


def found_in_delivery(
    suite: Suite, files: Sequence[DeliveredFile], facts: pa.Table, checked: CheckedRows
) -> list[Found]:
    """What the delivery suite says of each file, and of sources of which it says it of no single file.

    Args:
        suite: The delivery suite.
        files: Of the delivery, in the order of the rows of ``facts``.
        facts: What the suite was run on.
        checked: What that gave.

    Returns:
        The findings, also on files that are the same as in the current release.
    """
    entries = {entry.reason: entry for entry in suite.entries}
    rows = facts.to_pylist()
    failures = [(row["row"], row["reason"], row["severity"]) for row in checked.failures.to_pylist()]
    of_rows = {(row, reason) for row, reason, _ in failures}
    by_files = {(rows[row]["source"], reason) for row, reason, _ in failures if row < len(files)}
    found = []
    for row, reason, severity in failures:
        if severity == Severity.INFO or any((row, other) in of_rows for other in _TOLD_BY.get(reason, ())):
            continue
        values, entry = rows[row], entries[reason]
        if row >= len(files) and (values["source"], reason) in by_files:
            continue
        concerned = [files[row]] if row < len(files) else _delivered_of(values["source"], files)
        column = entry.kwargs["column"]
        counted = _COUNTED.get(column) or _Counted(column, entry.kwargs.get("of", column))
        found.append(
            Found(
                suite="delivery",
                reason=reason,
                severity=Severity(severity),
                description=without_full_stop(entry.says),
                source=values["source"],
                files=tuple((file.source_file, file.content_hash) for file in concerned),
                count=values[counted.count],
                of=max(values[counted.of], values[counted.count]),
                usual=values["usual_share"],
                because=_reasons(concerned),
                # All empty files have the same bytes, and each is a delivery of its own.
                key=concerned[0].source_file if values["empty"] and row < len(files) else "",
            )
        )
    return found


def _delivered_of(source: str, files: Sequence[DeliveredFile]) -> list[DeliveredFile]:
    return [file for file in files if file.source == source and file.status is not DeliveryStatus.SAME]


def _reasons(files: Sequence[DeliveredFile]) -> tuple[tuple[str, int], ...]:
    """The most frequent reasons of failing records."""
    counts: Counter[str] = Counter()
    for file in files:
        for entry in file.entries:
            counts.update(entry.reasons)
    return tuple(sorted(counts.items(), key=lambda reason: (-reason[1], reason[0]))[:_REASONS_NAMED])
