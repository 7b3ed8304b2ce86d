"""What is said about one run: its report and the manifest of the release that it makes."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sftrm_quality.checks import Suites
from sftrm_quality.config import RunConfig, absolute_paths
from sftrm_quality.findings import Past, entries_of
from sftrm_quality.reading import SourceFile
from sftrm_quality.records import Severity
from sftrm_quality.releases import effective_settings, hash_of, raw_hash
from sftrm_quality.reports.comparison import changes_since, history_with
from sftrm_quality.reports.reviews import shown_reviews
from sftrm_quality.reviews import DatedReviews
from sftrm_quality.run_record import (
    REPORT_VERSION,
    Browse,
    ExportFigures,
    Figures,
    FileEntry,
    Finding,
    Making,
    Mode,
    Paths,
    Preflight,
    RawFile,
    RecordedDecision,
    Report,
    RunSummary,
    Samples,
    SizedRawFile,
    SplitMove,
    SplitMoves,
    Verdict,
    count_findings,
)
from sftrm_quality.versions import versions

# More than this many moved records are a change of settings and not news; all of them are in split_moves.parquet.
_MOVES_LISTED = 1000


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run before it has read anything."""

    run_id: str
    mode: Mode
    started: datetime
    config: RunConfig
    suites: Suites
    files: tuple[SourceFile, ...]
    release_id: str
    damaged_files: tuple[str, ...]
    reviews: DatedReviews | None


@dataclass(frozen=True)
class Found:
    """What a run found: figures of the data, samples of excluded rows, records whose split changed.

    files: entries as the report has them. findings: what to look at. past: the runs that it is compared with.

    data_run_id: the run whose quarantine and duplicates files hold these rows.
    browse: how many rows there are, and how many of them the page ``page`` lists; None without such a page.
    decision: a person's on what the gate held, with whether it was applied. In a report that says published or
    unchanged it is the one by which the release was published.
    """

    figures: Figures
    files: tuple[FileEntry, ...]
    findings: tuple[Finding, ...]
    past: Past
    samples: Samples
    moves: pa.Table
    previous_release_id: str | None
    data_run_id: str
    browse: Browse | None
    decision: RecordedDecision | None


@dataclass(frozen=True)
class Ending:
    """How a run ended, how long it took, the most memory that it had, and what of its release is for trainers."""

    verdict: Verdict
    seconds: float
    peak_mib: int
    exports: Mapping[str, ExportFigures]
    preflights: tuple[Preflight, ...]


def manifest_of(run: RunFacts, figures: Figures, decision: RecordedDecision | None) -> Making:
    """What a release was made from and what resulted, without what only its files tell.

    Args:
        run: The run.
        figures: What it found.
        decision: The one by which it publishes what the gate held.

    Returns:
        The part of the manifest that is known before the release is in its place.
    """
    return Making(
        run_id=run.run_id,
        inputs=tuple(
            SizedRawFile(source_file=f.source_file, bytes=f.size, content_hash=f.content_hash) for f in run.files
        ),
        config=effective_settings(run.config),
        suites_hash=run.suites.hash,
        suite_files_hash=run.suites.file_hash,
        suites=entries_of(run.suites),
        raw_hash=raw_hash(run.config),
        reviews_hash=run.reviews.effective_hash if run.reviews else None,
        as_of=run.reviews.as_of.isoformat() if run.reviews else None,
        versions=versions(),
        decision=decision,
        figures=figures,
    )


def _path_as_text(path: Path) -> str:
    """A path as text; bytes that are not UTF-8 as \\xNN, since JSON cannot hold them."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def report_of(run: RunFacts, found: Found, before: Figures | None, ending: Ending) -> Report:
    """``report.json``, from which the page is made and nothing else.

    Args:
        run: The run.
        found: What it found.
        before: The figures of the current release, if any.
        ending: How it ended.

    Returns:
        The report.
    """
    verdict, figures = ending.verdict, found.figures
    summary = RunSummary(
        run_id=run.run_id,
        release_id=run.release_id if verdict.has_release else None,
        verdict=verdict,
        started=run.started.isoformat(timespec="seconds"),
        seconds=round(ending.seconds, 1),
        peak_mib=ending.peak_mib,
        ledger=figures.ledger,
        with_warnings=_with_warnings(verdict, figures, found.findings),
        finding_counts=count_findings(found.findings),
        decision=found.decision,
    )
    moved = found.moves.slice(0, _MOVES_LISTED).to_pylist()
    out = _path_as_text(run.config.out)
    return Report(
        report_version=REPORT_VERSION,
        previous_release_id=found.previous_release_id,
        planned_release_id=run.release_id,
        mode=run.mode,
        timezone=run.config.timezone,
        **(dict(figures) | dict(summary) | {"files": found.files}),
        findings=found.findings,
        reviews=shown_reviews(run.reviews, figures.review_counts) if run.reviews else None,
        split_moves=SplitMoves(count=len(found.moves), records=tuple(SplitMove.model_validate(row) for row in moved)),
        samples=found.samples,
        browse=found.browse,
        exports=dict(ending.exports),
        preflights=ending.preflights,
        paths=Paths(
            release=f"releases/{run.release_id}" if verdict.has_release else None,
            quarantine=f"quarantine/{found.data_run_id}/quarantine.parquet",
            duplicates=f"duplicates/{found.data_run_id}/duplicates.parquet",
        ),
        inputs=tuple(RawFile(source_file=f.source_file, content_hash=f.content_hash) for f in run.files),
        damaged_files=run.damaged_files,
        config=_settings(run.config),
        command=shlex.join(["sftrm", run.mode, *map(_path_as_text, run.config.raw), "--out", out]),
        why=shlex.join(["sftrm", "why", "--out", out]),
        suites_hash=run.suites.hash,
        config_hash=hash_of(effective_settings(run.config)),
        versions=versions(),
        changes=changes_since(verdict, figures, found.files, before),
        history=history_with(summary, figures, found.past, run.config),
    )


def _settings(config: RunConfig) -> dict[str, Any]:
    """All of them; paths as they are from everywhere."""
    return config.model_copy(update=absolute_paths(config)).model_dump(mode="json")


def _with_warnings(verdict: Verdict, figures: Figures, findings: Sequence[Finding]) -> bool:
    """Whether it is to be said with the verdict. What an unchanged run repeats was said when it was published."""
    new = any(not finding.known for finding in findings)
    if verdict is Verdict.UNCHANGED:
        return new
    failed = any(check.severity is Severity.WARNING and not check.success for check in figures.checks)
    return verdict is not Verdict.HELD and (new or failed)
