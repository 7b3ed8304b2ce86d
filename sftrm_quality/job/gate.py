"""The gate: the checks of a release that was written and read back, and what of it is worth a look."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sftrm_quality import findings, releases, reports
from sftrm_quality.checks import CheckResult, check_release, verdict
from sftrm_quality.collection import Collection, reviewed
from sftrm_quality.findings import Past
from sftrm_quality.intake import FileIntake
from sftrm_quality.job.delivery import CheckedDelivery, all_findings, checked_delivery, takes_the_place
from sftrm_quality.job.opening import RunContext
from sftrm_quality.job.plan import Plan
from sftrm_quality.job.rows import Staged, finish_rows
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import StagedRelease
from sftrm_quality.run_record import ApartPair, BorderlinePair, Browse, Figures, Finding, PersonalSample
from sftrm_quality.workers import give_memory_back

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CheckedRelease:
    """A staged release with the verdict of every check, and what of the collection is worth a look.

    past: the runs that it is compared with. borderline: near duplicates that only just were. apart: records that
    stay although another one is nearly the same. personal: published records with personal data.
    rows: waits for the rows that people can leaf through.
    """

    staged: StagedRelease
    figures: Figures
    delivery: CheckedDelivery
    findings: tuple[Finding, ...]
    past: Past
    intakes: tuple[FileIntake, ...]
    borderline: tuple[BorderlinePair, ...]
    apart: tuple[ApartPair, ...]
    personal: tuple[PersonalSample, ...]
    rows: Callable[[], Browse]


def checked_release(
    run: RunContext, plan: Plan, intakes: Sequence[FileIntake], collection: Collection, staged: Staged
) -> CheckedRelease:
    """``mostly`` of every row check on the sums, the release suite on what was read back, the delivery suite on files.

    Args:
        run: Has the suites and the workers.
        plan: Has the raw files and the current release.
        intakes: Of every raw file, with the sums.
        collection: All records, with their splits.
        staged: What was read back.

    Returns:
        The release with all figures of the run; its ``gate`` says whether it may be published.
    """
    release = staged.release
    before = release.previously_published if takes_the_place(run, plan) else {}
    no_longer = release.no_longer_held_out if before else dict.fromkeys(LabelKind, 0)
    facts = releases.release_facts(intakes, collection, release.parts, run.config, before, no_longer)
    row_results = verdict(reports.all_counts(intakes, collection), [run.suites.sft, run.suites.rm])
    release_results: list[CheckResult] = run.workers.submit(check_release, run.suites.release, facts).result()
    reviews = reviewed(collection, run.effective, run.config)
    files = reports.file_entries(intakes, collection, reviews, run.config)
    rows = finish_rows(run, staged, files)
    past = findings.read_past(run.output, run.decisions.no_baseline, run.acts.ended(run.day))
    delivery = checked_delivery(run, plan, files, past)
    figures = reports.of_collection(
        files,
        intakes,
        collection,
        reviews if run.reviews else None,
        run.suites,
        row_results,
        [*release_results, *delivery.results],
        reasons_together=reports.reasons_together(release.quarantine_file),
        personal_data=reports.personal_figures(intakes, run.suites),
        profile=reports.release_profile(
            release.parts, intakes, run.formats, collection, facts, run.config.near.threshold
        ),
    )
    if left := run.decisions.left.get(plan.release_id):
        figures = reports.with_check(figures, findings.rolled_back_check(left, run.config.timezone))
    _log.info("%d checks, the gate is closed by %s", len(figures.checks), list(figures.gate.failed) or "none")
    give_memory_back()
    borderline = reports.borderline_pairs(collection)
    apart = reports.apart_pairs(collection)
    personal = reports.personal_samples(collection, run.suites)
    found = all_findings(run, plan, figures, delivery, past)
    return CheckedRelease(release, figures, delivery, found, past, tuple(intakes), borderline, apart, personal, rows)
