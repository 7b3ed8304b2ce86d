"""When people are told: a run was held or failed, has new findings, or all is well again."""

from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import TERMINAL_STATES, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.runtime import deployment
from prefect.runtime import flow_run as this_run

from flows.notification.telling import Event, tell
from flows.service_settings import channels, report_url, tells_of_findings
from flows.ui import sentence
from sftrm_quality.records import Severity
from sftrm_quality.run_record import Report, Verdict
from sftrm_quality.words import DEFAULT_LANGUAGE, LANGUAGES, Language, say, speaking_in

_BAD = (StateType.FAILED, StateType.CRASHED)


def tell_of_hold(report: Report) -> None:
    tell(channels(), "held", this_run.name, [sentence(report), *_to_look_at(report)], report_url(report.run_id))


def tell_of_failure(flow: Any, flow_run: Any, state: Any) -> None:
    """Prefect calls this for failed and crashed runs; a held one has told already."""
    if state.name != "Held":
        # Only the first line: what follows can be anything, a traceback or a text.
        message = (state.message or "").partition("\n")[0]
        with speaking_in(_language_of(flow_run)):
            tell(channels(), "failed", flow_run.name, [f"{state.name}: {message[:300]}"], None)


def _language_of(flow_run: Any) -> Language:
    """That of its settings: the hook of a failed run is called outside of the flow."""
    config = flow_run.parameters.get("config")
    named = config.get("language") if isinstance(config, dict) else getattr(config, "language", None)
    return next((code for code in LANGUAGES if code == named), DEFAULT_LANGUAGE)


def tell_of_recovery_or_findings(report: Report) -> None:
    """Where the run before this one of the same deployment was held or failed, or where there is something new to see.

    One message: what recovered says what is new, too.
    """
    if not channels():
        return
    recovered = deployment.id and _bad_before()
    if recovered or (report.finding_counts.new and tells_of_findings()):
        event: Event = "recovered" if recovered else "findings"
        tell(channels(), event, this_run.name, [sentence(report), *_to_look_at(report)], report_url(report.run_id))


def calls(report: Report) -> bool:
    """Whether anybody is to be called for a held run: not where people know of all that holds it, or accept it."""
    holding = [found for found in report.findings if found.severity is Severity.CRITICAL]
    quiet = {found.reason for found in holding if found.act and found.act.quiet}
    loud = {found.reason for found in holding if not (found.act and found.act.quiet)}
    return bool(report.finding_counts.new) or not set(report.gate.failed) <= quiet - loud


def _to_look_at(report: Report) -> list[str]:
    """Findings that are new, and those that hold the release whether they are or not, with what people said of them."""
    holding = report.verdict is Verdict.HELD
    shown = [found for found in report.findings if not found.known or (holding and found.severity is Severity.CRITICAL)]
    return [
        say("{finding}; {said}", finding=found.said_text, said=found.act.text) if found.act else found.said_text
        for found in shown
    ]


def _bad_before() -> bool:
    chosen = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(TERMINAL_STATES))),
        id=FlowRunFilterId(not_any_=[this_run.id]),
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=chosen, sort=FlowRunSort.END_TIME_DESC, limit=1)
    return bool(runs) and runs[0].state_type in _BAD
