"""The report of a run: of one that made something, and of one that found nothing new."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sftrm_quality import findings, releases, reports
from sftrm_quality.intake import ShardSettings, cache_key, forget_others
from sftrm_quality.job.delivery import CheckedDelivery, all_findings, checked_delivery
from sftrm_quality.job.gate import CheckedRelease
from sftrm_quality.job.opening import RunContext
from sftrm_quality.job.plan import Plan
from sftrm_quality.job.trainers import preflights_of
from sftrm_quality.reports import Found, RunFacts
from sftrm_quality.run_record import (
    NO_SAMPLES,
    Export,
    Figures,
    Preflight,
    Pruned,
    RecordedDecision,
    Report,
    Samples,
    Verdict,
)
from sftrm_quality.sources import source_of
from sftrm_quality.words import say


@dataclass(frozen=True)
class RunResult:
    """How a run ended and where its report is."""

    verdict: Verdict
    report: Report
    report_folder: Path


@dataclass(frozen=True)
class ForTrainers:
    """Exports of a release by name, and what trainers would make of it."""

    exports: Mapping[str, Export]
    preflights: tuple[Preflight, ...]


def found_with_samples(run: RunContext, checked: CheckedRelease, decided: RecordedDecision | None) -> Found:
    """All that the report shows. Waits for the rows that people can leaf through.

    Args:
        run: Has the suites and the settings.
        checked: The release with its figures.
        decided: The decision about it, if any.

    Returns:
        What `written_report` takes.
    """
    staged, files = checked.staged, checked.figures.files
    samples = Samples(
        quarantined=reports.quarantine_samples(staged.quarantine_file, files, run.suites, run.config, run.formats),
        duplicates=reports.duplicate_samples(staged.duplicates_file, files, run.config, run.formats),
        borderline=checked.borderline,
        apart=checked.apart,
        personal=checked.personal,
    )
    return Found(
        checked.figures,
        checked.delivery.files,
        checked.findings,
        checked.past,
        samples,
        staged.moves,
        staged.previous_id,
        run.run_id,
        checked.rows(),
        decided,
    )


def report_unchanged(run: RunContext, plan: Plan) -> RunResult:
    """The current release is what these files make: say so, with the figures that it was published with.

    Exports that it is to have and does not have yet are written into it.

    Args:
        run: The run.
        plan: One that is ``unchanged``.

    Returns:
        How it ended.

    Raises:
        ValueError: There is no current release.
        StorageError: The disk takes no more.
    """
    if plan.current is None:
        raise ValueError(say("there is no current release: nothing could be unchanged"))
    manifest, release_id = plan.current.manifest, plan.current.release_id
    past = findings.read_past(run.output, run.decisions.no_baseline, run.acts.ended(run.day))
    delivery = checked_delivery(run, plan, manifest.figures.files, past)
    figures = _as_delivered(run, manifest.figures, delivery)
    browse = reports.browse_of(run.output, manifest.run_id, delivery.files)
    no_moves = releases.MOVES.empty_table()
    found = Found(
        figures,
        delivery.files,
        all_findings(run, plan, figures, delivery, past),
        past,
        NO_SAMPLES,
        no_moves,
        release_id,
        manifest.run_id,
        browse,
        manifest.decision,
    )
    exports = releases.add_exports(run.output, plan.current, run.config.exports, run.staging, run.workers)
    data = releases.DataFiles(plan.current.folder, manifest.data_files)
    for_trainers = ForTrainers(exports, preflights_of(run, data, figures.files))
    report = written_report(run, plan, Verdict.UNCHANGED, found, for_trainers)
    reports.put_in_place(run.report_folder, run.output, run.run_id)
    # A run that was killed after its switch has left what the release before it needed.
    settings = ShardSettings.of(run.config, run.suites, run.formats)
    forget_others(run.output, {cache_key(file, settings) for file in plan.files}, any_reviews=bool(run.effective))
    return RunResult(Verdict.UNCHANGED, report, run.output.report(run.run_id))


def _as_delivered(run: RunContext, figures: Figures, delivery: CheckedDelivery) -> Figures:
    """The figures that a release was published with, and what is the matter with its files tonight."""
    published = [check for check in figures.checks if check.suite != run.suites.delivery.name]
    # Of a manifest of an older version, or of other bounds, it is what counts tonight.
    files = tuple(file.model_copy(update={"source": source_of(file.source_file, run.config)}) for file in figures.files)
    checks = (*published, *reports.described_checks(delivery.results, run.suites))
    return figures.model_copy(update={"files": files, "checks": checks})


def written_report(
    run: RunContext,
    plan: Plan,
    ended: Verdict,
    found: Found,
    for_trainers: ForTrainers,
    pruned: Pruned | None = None,
) -> Report:
    """Write the report to where it waits for its place.

    Args:
        run: The run.
        plan: Names the current release, with whose figures it is compared.
        ended: How it ends.
        found: What it shows.
        for_trainers: Of the release that it publishes, or that stays.
        pruned: What is deleted once its release is current.

    Returns:
        The report.
    """
    current = plan.current.manifest.figures if plan.current else None
    exports = {name: export.figures for name, export in for_trainers.exports.items()}
    ending = reports.Ending(ended, run.seconds, run.memory.peak_mib, exports, for_trainers.preflights, pruned)
    report = reports.report_of(facts_of(run, plan), found, current, ending)
    reports.write_report(report, run.report_folder)
    return report


def facts_of(run: RunContext, plan: Plan) -> RunFacts:
    """What is known of a run before it has read anything, as reports and manifests tell it."""
    return RunFacts(
        run.run_id,
        run.mode,
        run.started,
        run.config,
        run.suites,
        plan.files,
        plan.release_id,
        plan.damaged_files,
        run.reviews,
    )
