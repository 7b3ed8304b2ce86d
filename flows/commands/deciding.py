"""The command by which a person decides on a held run: publish it anyway, or reject it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from flows.commands.command_line import OUT, ByOption, OutOption, WhyOption, fail, must_exist
from flows.commands.running import JsonOption, make_run
from flows.terminal_text import json_text, safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.words import say

if TYPE_CHECKING:
    from sftrm_quality.config import RunConfig
    from sftrm_quality.decisions import HeldDecision


def decide(
    by: ByOption,
    why: WhyOption,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="The run that was held.", show_default="the newest")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish what the gate held.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Hold just this release for good.")] = False,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publish or reject what the gate held. It counts for just that release and just what failed."""
    folder = out or OUT
    try:
        if publish == reject:
            raise ConfigError(say("say either --publish or --reject"))
        must_exist(folder)
        from flows.prefect_settings import set_defaults

        set_defaults(quiet=True)
        made = _kept_decision(folder, run, by, why, publish)
        if made.waiting:
            said = say("{waiting} waits for this decision and was answered; it goes on there", waiting=made.waiting)
        elif made.config:
            config = made.config
            make_run(lambda: config, "run", as_json, made.decision.release_id)
        else:
            _tell_channels(made.decision)
            said = say("it stays held, also when a run makes it again")
    except SftrmError as error:
        fail(error)
    _print(made.decision, said, as_json)


class _Kept(NamedTuple):
    """A decision that is kept now. waiting: the run in Prefect that was answered with it. config: to publish with."""

    decision: "HeldDecision"
    waiting: str | None
    config: "RunConfig | None"


def _kept_decision(out: Path, run: str | None, by: str, why: str, publish: bool) -> _Kept:
    from flows.ui import answer_waiting_run
    from sftrm_quality import job, reports
    from sftrm_quality.decisions import signed
    from sftrm_quality.output import OutputFolder
    from sftrm_quality.reading import discover

    who, output, config = signed(by, why), OutputFolder(out), None
    # Before anything is written there, and again when nobody else can.
    job.held_run(output, run)
    # No waiting: a run that is under way may be about to make this one an older one.
    with output.locked(0, lambda _: None):
        reports.take_back(output)
        report = job.held_run(output, run)
        decision = job.decision_on(report, "publish_anyway" if publish else "reject", who)
        waiting = answer_waiting_run(decision, out)
        if publish and not waiting:
            # Nothing is kept that cannot be carried out now.
            config = job.same_settings(report, out)
            job.check_before_reading(config)
            discover(config.raw)
        job.store_decision(output, report, decision)
    return _Kept(decision, waiting, config)


def _tell_channels(decision: "HeldDecision") -> None:
    """Once, here: the runs that meet this decision later say it in their reports and tell nobody."""
    from flows.notification.telling import tell
    from flows.service_settings import channels, report_url

    if urls := channels():
        said = say("Rejected by {name}: {reason}", name=decision.name, reason=decision.reason)
        tell(urls, "held", decision.run_id, [said, *decision.failed], report_url(decision.run_id))


def _print(decision: "HeldDecision", said: str, as_json: bool) -> None:
    if as_json:
        print(json_text(decision.model_dump(mode="json")))
        return
    word = say("REJECTED") if decision.action == "reject" else say("DECIDED")
    print(
        say(
            "{word}  release {release_id} of run {run_id}, held for {failed}",
            word=word,
            release_id=decision.release_id,
            run_id=decision.run_id,
            failed=safe(", ".join(decision.failed)),
        )
    )
    print(f"  {safe(said)}")
