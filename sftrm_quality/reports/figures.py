"""The figures of a run: ``report.json``, from which the page is made and nothing else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from sftrm_quality.checks import Suites
from sftrm_quality.checks.results import CheckCount, CheckResult, sum_counts
from sftrm_quality.collection import Collection, Reviewed, hash_column
from sftrm_quality.config import RunConfig
from sftrm_quality.findings import recurring_marks
from sftrm_quality.intake import FileIntake
from sftrm_quality.records import LabelKind, NoKind
from sftrm_quality.releases import count_repeated
from sftrm_quality.run_record import (
    NO_RECORDS,
    Check,
    Figures,
    FileEntry,
    Gate,
    PersonalFigures,
    Profile,
    PromptGroups,
    ReasonsTogether,
    Repairable,
    ReviewCounts,
    told_of,
)
from sftrm_quality.sources import source_of
from sftrm_quality.splits import SPLITS


def file_entries(
    intakes: Sequence[FileIntake], collection: Collection, reviewed: Reviewed, config: RunConfig
) -> tuple[FileEntry, ...]:
    """An entry for each source file and label kind in it, by name.

    Args:
        intakes: What reading the source files gave.
        collection: The outcome of every row.
        reviewed: What reviews did.
        config: Says whose a file is.

    Returns:
        The entries as the manifest has them: not compared with the current release.
    """
    accounts = {(f.source_file, f.label_kind): f.account for f in collection.ledger.files}
    reasons = _reasons_by_file(intakes, collection)
    return tuple(
        FileEntry(
            source_file=intake.source_file,
            source=source_of(intake.source_file, config),
            delivery=None,
            status=intake.status,
            format=intake.format,
            label_kind=intake.label_kind,
            container=intake.container,
            encoding=intake.encoding,
            note=intake.note,
            incomplete=intake.incomplete,
            fields_unread=dict(sorted(intake.fields_unread.items())),
            **dict(accounts.get((intake.source_file, intake.label_kind or NoKind.UNKNOWN), NO_RECORDS)),
            reasons=dict(sorted(reasons[_key(intake)].items())),
            warnings=dict(sorted(_warnings(intake).items())),
            repairs=dict(sorted(intake.repairs.items())),
            repairable={
                name: Repairable(records=records, passing=passing)
                for name, (records, passing) in sorted(intake.repairable.items())
            },
            marks=recurring_marks(intake.marks, intake.read),
            waived=_of(reviewed.waived, intake),
            corrected=_of(reviewed.corrected, intake),
            replaced=_of(collection.replaced.records, intake),
            replaced_reasons=dict(sorted(_replaced_reasons(collection, intake).items())),
        )
        for intake in sorted(intakes, key=lambda i: (i.source_file, i.label_kind or ""))
    )


def _of(counts: Mapping[tuple[str, LabelKind], int], intake: FileIntake) -> int:
    return counts.get((intake.source_file, intake.label_kind), 0) if intake.label_kind else 0


def _replaced_reasons(collection: Collection, intake: FileIntake) -> Mapping[str, int]:
    if intake.label_kind is None:
        return {}
    return collection.replaced.reasons.get((intake.source_file, intake.label_kind), {})


Key = tuple[str, LabelKind | None]


def _key(intake: FileIntake) -> Key:
    return intake.source_file, intake.label_kind


def _reasons_by_file(intakes: Sequence[FileIntake], collection: Collection) -> dict[Key, Counter[str]]:
    """Of every source file and label kind, how many records failed for each reason. They sum to those of all files."""
    found: dict[Key, Counter[str]] = {_key(intake): Counter() for intake in intakes}
    for intake in intakes:
        for shard in intake.shards:
            found[_key(intake)].update(shard.unmapped_reasons)
            critical = {c.reason: c.failed for c in shard.counts if c.severity == "critical" and c.failed}
            found[_key(intake)].update(critical)
    for intake in collection.unknown:
        found[_key(intake)]["unknown_format"] = intake.unknown_records
    rows = np.fromiter(collection.failures, np.int64, len(collection.failures))
    starts = np.array([shard.start for shard in collection.shards], np.int64)
    shards = np.searchsorted(starts, rows, side="right") - 1
    for shard_number, failure in zip(shards.tolist(), collection.failures.values(), strict=True):
        found[_key(collection.shards[shard_number].intake)].update(failure.reasons)
    return found


def _warnings(intake: FileIntake) -> Counter[str]:
    """How many of its records failed each check that only warns."""
    found: Counter[str] = Counter()
    for shard in intake.shards:
        found.update({c.reason: c.failed for c in shard.counts if c.severity == "warning" and c.failed})
    return found


def all_counts(intakes: Sequence[FileIntake], collection: Collection) -> list[CheckCount]:
    """How every row expectation fared, summed over the shards and the whole collection."""
    return sum_counts(
        [count for intake in intakes for shard in intake.shards for count in shard.counts] + list(collection.counts)
    )


def _by_severity(
    results: Sequence[CheckResult], read_and_format: Mapping[LabelKind, Counter[str]], critical: bool
) -> dict[LabelKind, dict[str, int]]:
    found: dict[LabelKind, dict[str, int]] = {}
    for kind in LabelKind:
        of_suite = {
            r.reason: r.failed + r.replaced
            for r in results
            if r.suite == kind and (r.severity == "critical") is critical
        }
        found[kind] = {**of_suite, **(dict(sorted(read_and_format[kind].items())) if critical else {})}
    return found


def _read_and_format_reasons(intakes: Sequence[FileIntake]) -> dict[LabelKind, Counter[str]]:
    reasons: dict[LabelKind, Counter[str]] = {kind: Counter() for kind in LabelKind}
    for intake in intakes:
        for shard in intake.shards:
            if intake.label_kind is not None:
                reasons[intake.label_kind].update(shard.unmapped_reasons)
    return reasons


def conflicts(collection: Collection, kind: LabelKind) -> int:
    """Prompts that occur in several published records of a kind, each with a different answer or other responses."""
    return count_repeated(
        [
            hash_column(s.keys_path, "prompt_key")[collection.outcome[s.start : s.start + s.rows] < len(SPLITS)]
            for s in collection.shards
            if s.label_kind == kind
        ]
    )


def _groups(collection: Collection) -> PromptGroups:
    published = collection.group[(collection.outcome < len(SPLITS)) & (collection.group >= 0)]
    sizes = np.unique(published, return_counts=True)[1]
    return PromptGroups(count=len(sizes), largest=int(sizes.max()) if len(sizes) else 0)


def of_collection(
    files: Sequence[FileEntry],
    intakes: Sequence[FileIntake],
    collection: Collection,
    reviewed: Reviewed | None,
    suites: Suites,
    row_results: Sequence[CheckResult],
    other_results: Sequence[CheckResult],
    *,
    reasons_together: dict[LabelKind, tuple[ReasonsTogether, ...]],
    personal_data: tuple[PersonalFigures, ...],
    profile: Profile,
) -> Figures:
    """Everything that is counted, as a pure function of the data: no times, no run id.

    Args:
        files: As `file_entries` makes them.
        intakes: What reading the source files gave.
        collection: The outcome of every row.
        reviewed: What reviews did; None in a run without any.
        suites: By which they were checked.
        row_results: How every row check fared on the sums.
        other_results: How every check of the release and the delivery fared.
        reasons_together: As `together` counts them in the quarantine.
        personal_data: As `personal` counts it.
        profile: As `profiles` makes it.

    Returns:
        The figures of report and manifest.
    """
    read_and_format = _read_and_format_reasons(intakes)
    results = [*row_results, *other_results]
    checks = described_checks(results, suites)
    return Figures(
        ledger={kind: collection.ledger.of(kind) for kind in (*LabelKind, NoKind.UNKNOWN)},
        files=tuple(files),
        reasons=_by_severity(row_results, read_and_format, critical=True),
        warnings=_by_severity(row_results, read_and_format, critical=False),
        duplicates={kind: collection.duplicate_counts(kind) for kind in LabelKind},
        conflicts={kind: conflicts(collection, kind) for kind in LabelKind},
        splits={kind: collection.split_sizes(kind) for kind in LabelKind},
        prompt_groups=_groups(collection),
        checks=checks,
        gate=gate_of(checks),
        reasons_together=reasons_together,
        personal_data=personal_data,
        profile=profile,
        review_counts=ReviewCounts(waivers=dict(sorted(reviewed.allowed.items())), unused_corrections=reviewed.unused)
        if reviewed
        else None,
    )


def described_checks(results: Sequence[CheckResult], suites: Suites) -> tuple[Check, ...]:
    """Results with what their suites say of each check.

    Args:
        results: How checks fared.
        suites: Have an entry for each.

    Returns:
        The checks as reports have them.
    """
    described: dict[tuple[str, str], dict[str, Any]] = {
        (suite.name, e.reason): {
            "check": e.type,
            "description": e.description,
            "descriptions": dict(e.descriptions),
            "scope": e.scope or suite.name,
        }
        for suite in suites.all
        for e in suite.entries
    }
    return tuple(
        Check(**asdict(result), detail_said=told_of(result.detail), **described[result.suite, result.reason])
        for result in results
    )


def with_check(figures: Figures, check: Check) -> Figures:
    """Figures with one more check, which the gate counts."""
    checks = (*figures.checks, check)
    return figures.model_copy(update={"checks": checks, "gate": gate_of(checks)})


def gate_of(checks: Sequence[Check]) -> Gate:
    """Whether the gate is open for a release with these checks."""
    failed = tuple(check.reason for check in checks if check.holds_the_release)
    return Gate(success=not failed, failed=failed)
