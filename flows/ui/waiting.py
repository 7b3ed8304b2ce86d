"""A held run that waits in Prefect for a person, answered from elsewhere than the form."""

from pathlib import Path

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import SetStateStatus

from flows.server import configured_server, must_answer, servers_of_services
from flows.terminal_text import safe
from sftrm_quality.decisions import Decision
from sftrm_quality.errors import SftrmError
from sftrm_quality.words import say

_PAUSED = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED])))


class AnswerError(SftrmError):
    """Prefect does not take an answer."""


def answer_waiting_run(decision: Decision, out: Path) -> str | None:
    """Answer the run that waits for a decision on a release, as its form would.

    It is looked for on the server that is configured, and on those of the services that this account runs here.

    Args:
        decision: The decision.
        out: The output folder of the run.

    Returns:
        The run's name and where it is; None where no run waits for it.

    Raises:
        ConfigError: A server is configured and does not answer.
        AnswerError: The run waits no more, or the server refuses.
    """
    configured = configured_server()
    if configured:
        must_answer(configured)
        if answered := _answered(get_client(sync_client=True), configured, decision, out, must_tell=True):
            return answered
    for server in servers_of_services():
        address = server.api_url.removesuffix("/api")
        client = SyncPrefectClient(server.api_url, auth_string=server.auth_string)
        # One that is about to start or to end has no say here.
        if address != configured and (answered := _answered(client, address, decision, out, must_tell=False)):
            return answered
    return None


def _answered(client: SyncPrefectClient, address: str, decision: Decision, out: Path, must_tell: bool) -> str | None:
    # As `Answer` has it, the form.
    given = {"decision": decision.action, "name": decision.name, "reason": decision.reason}
    found: list[FlowRun] = []
    try:
        with client:
            found = [run for run in client.read_flow_runs(flow_run_filter=_PAUSED) if _waits(run, decision, out)]
            for run in found:
                answer = client.resume_flow_run(run.id, run_input=given)
                if answer.status is not SetStateStatus.ACCEPT:
                    raise AnswerError(
                        say(
                            "{address}: {run} does not take the answer; answer on its page",
                            address=address,
                            run=safe(run.name),
                        )
                    )
    except httpx.HTTPError as error:
        if not found and not must_tell:
            return None
        status = (
            say("HTTP status {status_code}", status_code=error.response.status_code)
            if isinstance(error, httpx.HTTPStatusError)
            else error
        )
        raise AnswerError(
            say(
                "{address}: the Prefect server does not say whether a run waits there ({status}); answer "
                "on the page of the run, or try again",
                address=address,
                status=status or type(error).__name__,
            )
        ) from error
    return say("{run} on {address}", run=safe(found[0].name), address=address) if found else None


def _waits(run: FlowRun, decision: Decision, out: Path) -> bool:
    if run.state is None or run.state.state_details.pause_key != decision.release_id:
        return False
    config = run.parameters.get("config")
    written = config.get("out") if isinstance(config, dict) else None
    return isinstance(written, str) and Path(written).resolve() == out.resolve()
