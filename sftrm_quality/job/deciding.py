"""A decision on a held run, made after it has ended: which run that can be, and what it is made for."""

from pathlib import Path

from pydantic import ValidationError

from sftrm_quality import releases, reports
from sftrm_quality.config import RunConfig
from sftrm_quality.config_loading import said_of_mistake
from sftrm_quality.decisions import HeldDecision, Signed, write_decisions
from sftrm_quality.errors import ConfigError, storage_error
from sftrm_quality.output import OutputFolder
from sftrm_quality.run_record import Action, Mode, Report, Verdict, read_past_run, read_report_json
from sftrm_quality.time_zones import moment
from sftrm_quality.words import say


def held_run(output: OutputFolder, run_id: str | None = None) -> Report:
    """The newest run that meant to publish, where the gate held it and nobody has decided yet.

    Args:
        output: The output folder; the caller holds its lock.
        run_id: The run that is meant; the newest one without it.

    Returns:
        Its report.

    Raises:
        ConfigError: There is no such run, or nothing is to be decided on it; the message says why and what to do.
        StorageError: What people decided so far cannot be read.
    """
    newest = _newest_run(output)
    if run_id not in (None, newest.run_id):
        raise ConfigError(_not_that_one(output, str(run_id), newest.run_id))
    if newest.verdict is not Verdict.HELD:
        raise ConfigError(
            say(
                "{run_id}: this run, the newest, ended {verdict}: there is nothing to decide",
                run_id=newest.run_id,
                verdict=newest.verdict,
            )
        )
    if newest.planned_release_id is None or newest.config is None:
        raise ConfigError(
            say(
                "{run_id}: this run was made by an older version, and its report does not say which "
                "release it would have published; run again, and decide on that",
                run_id=newest.run_id,
            )
        )
    _must_be_undecided(newest, output)
    return newest


def decision_on(report: Report, action: Action, who: Signed) -> HeldDecision:
    """A decision on just the release that a run would have published, and on just what failed.

    Args:
        report: Of a run that `held_run` gave.
        action: What is decided.
        who: By whom, and why.

    Returns:
        The decision.
    """
    return HeldDecision(
        action=action,
        **dict(who),
        release_id=report.planned_release_id,
        failed=report.gate.failed,
        run_id=report.run_id,
    )


def store_decision(output: OutputFolder, report: Report, decision: HeldDecision) -> None:
    """Keep a decision for the runs that come, and let the pages that exist say so.

    Args:
        output: The output folder; the caller holds its lock.
        report: Of the run that it is made on.
        decision: The decision.

    Raises:
        StorageError: The disk takes no more.
    """
    stored = releases.settled_decisions(output).with_decision(decision)
    write_decisions(output, stored)
    try:
        reports.write_decision(report, stored, output)
    except OSError as error:
        raise storage_error(error, output.root) from error


def same_settings(report: Report, out: Path) -> RunConfig:
    """The settings of a run, to make it again.

    Args:
        report: Of a run that `held_run` gave.
        out: The output folder, which may have been moved since.

    Returns:
        The settings, with the day of its reviews: what ended since was effective when it was held.

    Raises:
        ConfigError: This version does not take them any more.
    """
    as_of = {"as_of": report.reviews.as_of} if report.reviews else {}
    try:
        return RunConfig.model_validate({**(report.config or {}), "out": out, **as_of})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigError(
            say(
                "{run_id}: its settings do not suit this version ({where}: {said}); run again, and decide on that",
                run_id=report.run_id,
                where=where,
                said=said_of_mistake(first),
            )
        ) from error


def _newest_run(output: OutputFolder) -> Report:
    """The newest one that was no check."""
    for run_id in reversed(output.run_ids()):
        path = output.report(run_id) / "report.json"
        try:
            text = path.read_bytes()
            past = read_past_run(text)
            if past is None or past.mode is Mode.CHECK:
                continue
            return read_report_json(text)
        except (OSError, ValueError) as error:
            raise ConfigError(
                say("{path}: damaged ({error}); run again, and decide on that", path=path, error=error)
            ) from error
    raise ConfigError(say("{root}: no run has meant to publish here yet; make one with sftrm run", root=output.root))


def _not_that_one(output: OutputFolder, run_id: str, newest: str) -> str:
    runs = output.run_ids()
    if run_id not in runs:
        return say(
            "{root}: no run '{run_id}'; the newest are {newest}",
            root=output.root,
            run_id=run_id,
            newest=", ".join(reversed(runs[-5:])),
        )
    past = read_past_run((output.report(run_id) / "report.json").read_bytes())
    if past is not None and past.mode is Mode.CHECK:
        return say(
            "{run_id}: this run was a check and was to publish nothing: there is nothing to decide", run_id=run_id
        )
    return say(
        "{run_id}: this run is not the newest, {newest} is: a decision is made on that", run_id=run_id, newest=newest
    )


def _must_be_undecided(report: Report, output: OutputFolder) -> None:
    """A rejection stays. A decision to publish of which nothing has come yet may be made again, or otherwise."""
    stored = releases.decisions_of(output).on(report.planned_release_id or "", report.gate.failed)
    kept = stored.recorded(applied=True) if stored and stored.action == "reject" else None
    made = report.decision if report.decision and report.decision.applied else kept
    if made is not None:
        when = moment(made.decided_at, report.timezone, "minutes")
        entry = say("delete its entry in {decisions} and", decisions=output.decisions) + " " if kept else ""
        raise ConfigError(
            say(
                "{run_id}: decided already: {name} rejected it at {when}. To decide otherwise, "
                "{entry}run again, and decide on that",
                run_id=report.run_id,
                name=made.name,
                when=when,
                entry=entry,
            )
        )
