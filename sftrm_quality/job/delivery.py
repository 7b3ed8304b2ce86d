"""The delivery checked, and the one list of findings of a run, from all that its checks found."""

from collections.abc import Sequence
from dataclasses import dataclass

from sftrm_quality import findings, releases
from sftrm_quality.checks import CheckResult, check_delivery
from sftrm_quality.findings import Found, Past
from sftrm_quality.job.opening import RunContext
from sftrm_quality.job.plan import Plan
from sftrm_quality.run_record import Figures, FileEntry, Finding


@dataclass(frozen=True)
class CheckedDelivery:
    """What was delivered, and what the delivery suite says of it.

    files: entries as the report has them: with what each is against the current release, and those that are gone.
    """

    files: tuple[FileEntry, ...]
    results: tuple[CheckResult, ...]
    found: tuple[Found, ...]


def checked_delivery(run: RunContext, plan: Plan, files: Sequence[FileEntry], past: Past) -> CheckedDelivery:
    """Run the delivery suite on every file and source.

    Args:
        run: Has the suites and the workers.
        plan: Has the raw files and the current release.
        files: Entries of the source files, with what became of their records.
        past: Earlier runs, for what is usual.

    Returns:
        The delivery. A check of other paths than those of the current release finds nothing gone.
    """
    current = plan.current.manifest if plan.current else None
    delivered = findings.delivered_files(
        files, _hashes(plan), current, run.config, looks_for_gone=takes_the_place(run, plan)
    )
    facts = findings.delivery_facts(delivered, past.delivered, run.config)
    suite = run.suites.delivery
    checked = run.workers.submit(check_delivery, suite, facts).result()
    return CheckedDelivery(
        tuple(entry.model_copy(update={"delivery": file.status}) for file in delivered for entry in file.entries),
        tuple(findings.delivery_results(suite, facts, checked)),
        tuple(findings.found_in_delivery(suite, delivered, facts, checked)),
    )


def takes_the_place(run: RunContext, plan: Plan) -> bool:
    """Whether what is missing tonight would be lost: not in a check of other paths than those of the current release.

    Args:
        run: Has the paths and the mode.
        plan: Has the current release.

    Returns:
        True for every run that publishes.
    """
    current = plan.current.manifest if plan.current else None
    return run.publishes or (current is not None and current.raw_hash == releases.raw_hash(run.config))


def all_findings(
    run: RunContext, plan: Plan, figures: Figures, delivery: CheckedDelivery, past: Past
) -> tuple[Finding, ...]:
    """What a person should look at, from the delivery, the checks, the settings, the suites, the reviews and what
    people decided.

    Args:
        run: Has the settings, the suites, the reviews, and what people said of findings.
        plan: Has the raw files and the current release.
        figures: Of the run, with how every check fared.
        delivery: Of the run.
        past: Says what earlier runs told of.

    Returns:
        The findings, new ones first.
    """
    current = plan.current.manifest if plan.current else None
    left = run.decisions.left.get(plan.release_id)
    found = [
        *delivery.found,
        *findings.found_by_checks(
            figures.checks, figures.files, _hashes(plan), figures.ledger, current.figures.ledger if current else None
        ),
        *findings.found_marks(figures.files, _hashes(plan)),
        *findings.found_in_settings(run.config, [file.source_file for file in figures.files]),
        *findings.found_in_directions(figures.profile, figures.files, _hashes(plan)),
        *findings.found_in_suites(run.suites, current),
        *(findings.found_in_reviews(run.reviews, figures.review_counts) if run.reviews else []),
        *([findings.found_rolled_back(left, run.config.timezone)] if left else []),
    ]
    return findings.listed(found, past.told, run.run_id, run.acts, run.day)


def _hashes(plan: Plan) -> dict[str, str]:
    return {file.source_file: file.content_hash for file in plan.files}
