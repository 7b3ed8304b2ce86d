"""The figures of a run: ``report.json``, from which the page is made and nothing else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from sftrm_quality.checks import Suites
from sftrm_quality.checks.results import CheckCount, CheckResult, sum_counts
from sftrm_quality.collection import Collection, hash_column
from sftrm_quality.intake import FileIntake
from sftrm_quality.ledger import Account
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import count_repeated
from sftrm_quality.splits import SPLITS

Figures = dict[str, Any]


def _files(intakes: Sequence[FileIntake], collection: Collection) -> list[dict[str, Any]]:
    accounts = {f.source_file: f.account for f in collection.ledger.files}
    reasons = _reasons_by_file(intakes, collection)
    return [
        {
            "source_file": intake.source_file,
            "status": intake.status,
            "format": intake.format,
            "label_kind": intake.label_kind,
            "container": intake.container,
            "encoding": intake.encoding,
            "note": intake.note,
            "fields_ignored": dict(sorted(intake.fields_ignored.items())),
            **accounts.get(intake.source_file, Account()).to_json(),
            "reasons": dict(sorted(reasons[intake.source_file].items())),
        }
        for intake in sorted(intakes, key=lambda i: i.source_file)
    ]


def _reasons_by_file(intakes: Sequence[FileIntake], collection: Collection) -> dict[str, Counter[str]]:
    """Of every source file, how many records were set aside for each reason. They sum to the reasons of all files."""
    found: dict[str, Counter[str]] = {intake.source_file: Counter() for intake in intakes}
    for intake in intakes:
        for shard in intake.shards:
            found[intake.source_file].update(shard.unmapped_reasons)
            critical = {c.reason: c.failed for c in shard.counts if c.severity == "critical" and c.failed}
            found[intake.source_file].update(critical)
    rows = np.fromiter(collection.findings, np.int64, len(collection.findings))
    starts = np.array([shard.start for shard in collection.shards], np.int64)
    shards = np.searchsorted(starts, rows, side="right") - 1
    for shard_number, finding in zip(shards.tolist(), collection.findings.values(), strict=True):
        found[collection.shards[shard_number].intake.source_file].update(finding.reasons)
    return found


def all_counts(intakes: Sequence[FileIntake], collection: Collection) -> list[CheckCount]:
    """How every row expectation fared, summed over the shards and the whole collection."""
    return sum_counts(
        [count for intake in intakes for shard in intake.shards for count in shard.counts] + list(collection.counts)
    )


def _by_severity(
    results: Sequence[CheckResult], read_and_format: Mapping[LabelKind, Counter[str]], critical: bool
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for kind in LabelKind:
        of_suite = {r.reason: r.failed for r in results if r.suite == kind and (r.severity == "critical") is critical}
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
    """Prompts that stand in several published records of a kind, each with another answer or other responses."""
    return count_repeated(
        [
            hash_column(s.keys_path, "prompt_key")[collection.fate[s.start : s.start + s.rows] < len(SPLITS)]
            for s in collection.shards
            if s.label_kind == kind
        ]
    )


def _groups(collection: Collection) -> dict[str, int]:
    published = collection.group[(collection.fate < len(SPLITS)) & (collection.group >= 0)]
    sizes = np.unique(published, return_counts=True)[1]
    return {"count": len(sizes), "largest": int(sizes.max()) if len(sizes) else 0}


def of_collection(
    intakes: Sequence[FileIntake],
    collection: Collection,
    suites: Suites,
    row_results: Sequence[CheckResult],
    release_results: Sequence[CheckResult],
) -> Figures:
    """Everything that is counted, as a pure function of the data: no times, no run id."""
    read_and_format = _read_and_format_reasons(intakes)
    results = [*row_results, *release_results]
    described = {
        (suite.name, e.reason): {"check": e.type, "description": e.description, "scope": e.scope or "release"}
        for suite in (suites.sft, suites.rm, suites.release)
        for e in suite.entries
    }
    return {
        "ledger": {kind: collection.ledger.of(kind).to_json() for kind in LabelKind},
        "files": _files(intakes, collection),
        "reasons": _by_severity(row_results, read_and_format, critical=True),
        "warnings": _by_severity(row_results, read_and_format, critical=False),
        "duplicates": {kind: collection.duplicate_counts(kind) for kind in LabelKind},
        "conflicts": {kind: conflicts(collection, kind) for kind in LabelKind},
        "splits": {kind: {str(k): v for k, v in collection.split_sizes(kind).items()} for kind in LabelKind},
        "prompt_groups": _groups(collection),
        "checks": [{**asdict(result), **described[result.suite, result.reason]} for result in results],
        "gate": {
            "success": not any(r.holds_the_release for r in results),
            "failed": [r.reason for r in results if r.holds_the_release],
        },
    }
