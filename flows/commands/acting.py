"""The commands on findings: to list them, and to say what one knows of one. Nothing of it changes any data."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.command_line import OUT, ByOption, OutOption, console, fail, must_exist, report_named
from flows.terminal_text import json_text, safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.imports import imports_of_a_command
from sftrm_quality.words import say

if TYPE_CHECKING:
    from sftrm_quality.acts import Act
    from sftrm_quality.output import OutputFolder
    from sftrm_quality.run_record import ActKind, Finding

_JsonOption = Annotated[bool, typer.Option("--json", help="Print the same as JSON and nothing else.")]


def findings(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="A run id.", show_default="the newest")] = None,
    out: OutOption = None,
    as_json: _JsonOption = False,
) -> None:
    """List the findings of a run, each with a handle by which `sftrm act` knows it, and what people said of it."""
    with imports_of_a_command():
        from flows.commands.terminal import print_findings
        from sftrm_quality.job import handles
        from sftrm_quality.output import OutputFolder

    output = OutputFolder(out or OUT)
    try:
        must_exist(output.root)
        report = report_named(output, run)
    except SftrmError as error:
        fail(error)
    named = handles(report.findings)
    if as_json:
        found = zip(named, report.findings, strict=True)
        print(json_text([{"handle": handle, **finding.to_json()} for handle, finding in found]))
    else:
        print_findings(console(), report, named)


def act(
    handle: Annotated[str, typer.Argument(metavar="HANDLE", help="A finding of `sftrm findings`.")],
    by: ByOption,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What there is to know, in a few words.")],
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="A run id.", show_default="the newest")] = None,
    known: Annotated[bool, typer.Option("--known", help="Known, and nobody is to be told again.")] = False,
    accepted_until: Annotated[
        datetime | None,
        typer.Option("--accepted-until", formats=["%Y-%m-%d"], metavar="DATE", help="Accepted to the end of that day."),
    ] = None,
    sent: Annotated[bool, typer.Option("--sent", help="Sent to the vendor.")] = False,
    out: OutOption = None,
    as_json: _JsonOption = False,
) -> None:
    """Say of a finding that it is known, accepted until a day, or sent to the vendor.

    It counts for the same finding on later nights too: the same reason, source, bytes and count.
    """
    from sftrm_quality.output import OutputFolder

    try:
        kind = _kind(known, accepted_until is not None, sent)
        output = OutputFolder(out or OUT)
        must_exist(output.root)
        until = accepted_until.date() if accepted_until else None
        made, about = _stored_act(output, handle, run, kind, until, by, note)
    except SftrmError as error:
        fail(error)
    if as_json:
        print(json_text(made.model_dump(mode="json")))
    else:
        print(safe(say("{text}: {said}", text=about.said_text, said=made.recorded(date.min).text)))


def _kind(known: bool, accepted: bool, sent: bool) -> "ActKind":
    said: dict[ActKind, bool] = {"known": known, "accepted": accepted, "sent": sent}
    given = [kind for kind, is_said in said.items() if is_said]
    if len(given) != 1:
        raise ConfigError(say("say one of --known, --accepted-until DATE and --sent"))
    return given[0]


def _stored_act(
    output: "OutputFolder", handle: str, run: str | None, kind: "ActKind", until: date | None, by: str, note: str
) -> tuple["Act", "Finding"]:
    """The act, and the finding that it is on."""
    with imports_of_a_command():
        from sftrm_quality import findings, job, reports
        from sftrm_quality.decisions import signed

    who = signed(by, note, "--note")
    with output.locked(0, lambda waiting: print(safe(waiting)), findings.timezone_of(output)):
        reports.take_back(output)
        report = report_named(output, run)
        about = job.finding_named(report, handle)
        made = job.act_on(report, about, kind, until, who)
        job.store_acts(output, report, [made])
    return made, about
