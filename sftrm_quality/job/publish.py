"""Publish or hold, and report in any case. LATEST is switched last of all."""

from dataclasses import dataclass

from sftrm_quality import releases, reports
from sftrm_quality.decisions import Decision
from sftrm_quality.intake import forget_others, unless_changed
from sftrm_quality.job.gate import CheckedRelease
from sftrm_quality.job.opening import RunContext
from sftrm_quality.job.plan import Plan
from sftrm_quality.job.pruning import as_reported, going_with, prune
from sftrm_quality.job.report import ForTrainers, RunResult, facts_of, found_with_samples, written_report
from sftrm_quality.job.trainers import preflights_of
from sftrm_quality.output import move_folder, sync_tree
from sftrm_quality.releases import StagedRelease
from sftrm_quality.run_record import Export, RecordedDecision, Verdict


@dataclass(frozen=True)
class _Conclusion:
    """What a run comes to: its verdict, and the decision that was made about it as it is recorded."""

    verdict: Verdict
    decided: RecordedDecision | None

    @property
    def publishes(self) -> bool:
        return self.verdict is Verdict.PUBLISHED


def published_or_held(run: RunContext, plan: Plan, checked: CheckedRelease, decision: Decision | None) -> RunResult:
    """The last step of a run that made something.

    Args:
        run: The run.
        plan: What was to be done.
        checked: What came of it.
        decision: A person's, on a release that the gate holds; without one, the one that is stored for just this
            release and just these failed reasons. It counts only for what it was made for; one for others is
            reported as not applied. Behind an open gate, and in a check, there is nothing to decide and it is ignored.

    Returns:
        How it ended.

    Raises:
        StorageError: A raw file changed meanwhile, or the disk takes no more. Nothing is published then.
    """
    ending = _conclusion(run, plan, checked, decision)
    exports = _exports(run, plan, checked.staged) if ending.publishes else {}
    if ending.publishes:
        manifest = reports.manifest_of(facts_of(run, plan), checked.figures, ending.decided)
        releases.finish_staged(checked.staged, plan.release_id, manifest, exports, run.config.card)
    found = found_with_samples(run, checked, ending.decided)
    preflights = preflights_of(run, _data(checked.staged), checked.figures.files)
    going = going_with(run, plan.release_id) if ending.publishes else None
    report = written_report(
        run, plan, ending.verdict, found, ForTrainers(exports, preflights), pruned=as_reported(going)
    )
    _write_beside_report(run, checked.staged, ending)
    unless_changed(plan.files)
    _sync(run, checked.staged, ending)
    _put_in_place(run, plan, checked.staged, ending)
    if ending.publishes:
        _keep_for_next_run(run, plan, checked)
    if going:
        prune(run, going)
    return RunResult(ending.verdict, report, run.output.report(run.run_id))


def _conclusion(run: RunContext, plan: Plan, checked: CheckedRelease, decision: Decision | None) -> _Conclusion:
    gate = checked.figures.gate
    if gate.success:
        return _Conclusion(Verdict.PUBLISHED if run.publishes else Verdict.CHECKED, None)
    decision = decision or run.decisions.on(plan.release_id, gate.failed)
    if decision is None or not run.publishes:
        return _Conclusion(Verdict.HELD, None)
    decided = decision.recorded(applied=decision.holds_for(plan.release_id, gate.failed))
    anyway = decided.applied and decided.action == "publish_anyway"
    return _Conclusion(Verdict.PUBLISHED if anyway else Verdict.HELD, decided)


def _exports(run: RunContext, plan: Plan, staged: StagedRelease) -> dict[str, Export]:
    """Those that the settings name, in the staged release."""
    return releases.make_exports(
        _data(staged),
        run.config.exports,
        staged.release / releases.EXPORTS,
        releases.Earlier(plan.current.folder, plan.current.manifest.exports) if plan.current else None,
        run.workers,
    )


def _data(staged: StagedRelease) -> releases.DataFiles:
    return releases.DataFiles(staged.release, staged.data_files())


def _write_beside_report(run: RunContext, staged: StagedRelease, ending: _Conclusion) -> None:
    releases.write_moves(staged.moves, run.report_folder)
    for path in staged.beside_report.iterdir():
        path.rename(run.report_folder / path.name)
    if not ending.publishes:
        releases.write_passed(staged, run.report_folder)


def _sync(run: RunContext, staged: StagedRelease, ending: _Conclusion) -> None:
    """Everything on the disk, and not only in its cache, before any of it counts."""
    published = [staged.release] if ending.publishes else []
    for folder in (*published, staged.quarantine, staged.duplicates, run.report_folder):
        sync_tree(folder)


def _put_in_place(run: RunContext, plan: Plan, staged: StagedRelease, ending: _Conclusion) -> None:
    output, run_id = run.output, run.run_id
    with releases.all_or_nothing(output, run_id, plan.release_id if ending.publishes else None):
        move_folder(staged.quarantine, output.quarantine(run_id))
        move_folder(staged.duplicates, output.duplicates(run_id))
        reports.put_in_place(run.report_folder, output, run_id)
        if ending.publishes:
            releases.put_release_in_place(staged, output, plan.release_id)
            releases.switch_to(output, plan.release_id)


def _keep_for_next_run(run: RunContext, plan: Plan, checked: CheckedRelease) -> None:
    forget_others(run.output, {intake.folder.name for intake in checked.intakes})
    with releases.nothing_moving():
        releases.keep_parts(run.output, plan.release_id, checked.staged.parts, checked.staged.kept)
