"""When people are told: a run was held or failed, or all is well again after such a run."""

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

from flows.notification.telling import tell
from flows.service_settings import channels, report_url
from flows.ui import sentence
from sftrm_quality.reports import why_held
from sftrm_quality.run_record import Report

_BAD = (StateType.FAILED, StateType.CRASHED)


def tell_of_hold(report: Report) -> None:
    reasons = [
        f"{check.suite}: {check.reason}: {why_held(check, report)}" for check in report.checks if not check.success
    ]
    tell(channels(), "held", this_run.name, [sentence(report), *reasons], report_url(report.run_id))


def tell_of_failure(flow: Any, flow_run: Any, state: Any) -> None:
    """Prefect calls this for failed and crashed runs; a held one has told already."""
    if state.name != "Held":
        # Only the first line: what follows can be anything, a traceback or a text.
        message = (state.message or "").partition("\n")[0]
        tell(channels(), "failed", flow_run.name, [f"{state.name}: {message[:300]}"], None)


def tell_of_recovery(report: Report) -> None:
    """Only where the run before this one of the same deployment was held or failed."""
    if channels() and deployment.id and _bad_before():
        tell(channels(), "recovered", this_run.name, [sentence(report)], report_url(report.run_id))


def _bad_before() -> bool:
    chosen = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(TERMINAL_STATES))),
        id=FlowRunFilterId(not_any_=[this_run.id]),
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=chosen, sort=FlowRunSort.END_TIME_DESC, limit=1)
    return bool(runs) and runs[0].state_type in _BAD
