"""Runs that were under way when the service ended: Prefect goes on to call them Running, and nobody works on them."""

from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Crashed, Scheduled

from flows.ingest import ingest
from sftrm_quality.words import say

_UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
# A run that takes the machine down with it must not do so for ever: it is begun once, and twice again.
_BEGUN_AT_MOST = 3


def begin_again(deployment: str) -> list[UUID]:
    """Schedule runs of a deployment that nobody works on any more, and return their ids; those begun often crash.

    For a server of our own, just started, with nobody beside us who could be at work. What a run had done is in the
    cache of the output folder, and nothing that it left half done is current.
    """
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[ingest.name])),
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[deployment])),
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY))),
        )
        for run in runs:
            # Forced: Prefect's rules would keep it in the state that it is no longer in.
            client.set_flow_run_state(run.id, _next_state(run), force=True)
    return [run.id for run in runs]


def _next_state(run: FlowRun) -> State[Any]:
    if run.state_type is StateType.CANCELLING:
        return Cancelled(message=say("The service was stopped while the run was being cancelled."))
    if run.run_count >= _BEGUN_AT_MOST:
        return Crashed(
            message=say(
                "The service was stopped in the middle of it {count} times; not begun again.",
                count=run.run_count,
            )
        )
    return Scheduled(message=say("The service was stopped in the middle of it; it begins again."))
