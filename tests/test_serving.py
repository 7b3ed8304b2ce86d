"""What `sftrm serve` says and does about servers, without starting one."""

import asyncio
import os
import re
import signal
from datetime import date
from functools import partial
from uuid import uuid4

import httpx
import pytest
from prefect._internal.pydantic.v2_schema import create_v2_schema
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.settings import PREFECT_API_AUTH_STRING, temporary_settings
from typer.testing import CliRunner

from flows import service
from flows.cli import app
from flows.server import elsewhere, names
from flows.service import deployment, interrupted
from flows.service.deployment import DESCRIPTION, nightly
from flows.service.reach import Reach
from flows.ui import artifacts, hold
from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.words import speaking_in


@pytest.fixture
def server_elsewhere(monkeypatch):
    """In place of a host that is not here: what it answers to somebody who sends no password."""

    def answering(status):
        def get(address, **_):
            if status is None:
                raise httpx.ConnectError("nobody there")
            return httpx.Response(status, request=httpx.Request("GET", address))

        monkeypatch.setattr(elsewhere.httpx, "get", get)

    return answering


@pytest.mark.parametrize(
    "address", ["https://prefect.example.org", "http://192.0.2.7:4200", "http://[2001:db8::1]:4200"]
)
def test_a_server_elsewhere_that_lets_everybody_in_is_refused(address, server_elsewhere, capsys):
    server_elsewhere(200)
    with pytest.raises(ConfigError, match="has no password: whoever reaches it") as refused:
        elsewhere.check_server(address, open_is_fine=False)
    assert "--open-server" in str(refused.value) and "PREFECT_SERVER_API_AUTH_STRING" in str(refused.value)
    elsewhere.check_server(address, open_is_fine=True)
    server_elsewhere(401)
    elsewhere.check_server(address, open_is_fine=False)
    assert capsys.readouterr().err == ""


def test_a_server_that_does_not_answer_is_taken_at_what_we_send_it(server_elsewhere, monkeypatch):
    server_elsewhere(None)
    with pytest.raises(ConfigError, match="has no password"):
        elsewhere.check_server("https://prefect.example.org", open_is_fine=False)
    with temporary_settings({PREFECT_API_AUTH_STRING: "user:password"}):
        elsewhere.check_server("https://prefect.example.org", open_is_fine=False)
    with pytest.raises(ConfigError, match="does not answer"):
        elsewhere.must_answer("https://prefect.example.org")


@pytest.mark.parametrize("address", ["http://127.0.0.1:4200", "http://localhost:4200", "http://[::1]:4200"])
def test_an_open_server_on_this_machine_is_warned_of(address, server_elsewhere, capsys):
    server_elsewhere(200)
    elsewhere.check_server(address, open_is_fine=False)
    said = capsys.readouterr().err
    assert said.startswith(f"warning: {address} has no password") and said.count("\n") == 1


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(ConfigError, match=rf"port {port} .* a number up to 65535"):
        names.bound(port, "Prefect server", "--prefect-port")


def test_port_zero_is_any_free_one():
    with names.bound(0, "Prefect server", "--prefect-port") as listening:
        assert listening.getsockname()[1] > 0


@pytest.mark.parametrize(
    ("was", "begun", "becomes"),
    [
        (StateType.RUNNING, 1, StateType.SCHEDULED),
        (StateType.PENDING, 0, StateType.SCHEDULED),
        (StateType.RUNNING, 2, StateType.SCHEDULED),
        (StateType.RUNNING, 3, StateType.CRASHED),
        (StateType.CANCELLING, 1, StateType.CANCELLED),
    ],
)
def test_what_becomes_of_a_run_that_the_end_of_the_service_interrupted(was, begun, becomes):
    run = FlowRun(flow_id=uuid4(), state_type=was, run_count=begun)
    assert interrupted._next_state(run).type is becomes


def test_progress_that_the_server_did_not_take_is_sent_again(monkeypatch):
    """Ctrl-C reaches Prefect's server too, which may be gone first."""
    sent, answers = [], [httpx.ConnectError("gone"), None]

    def update(_artifact, share):
        sent.append(share)
        if error := answers.pop(0):
            raise error

    monkeypatch.setattr(artifacts, "create_progress_artifact", lambda *_: uuid4())
    monkeypatch.setattr(artifacts, "update_progress_artifact", update)
    pace = artifacts._Pace()
    for _ in range(3):
        pace._send(40.0)
    assert sent == [40.0, 40.0]


@pytest.mark.parametrize("field", ["decision", "action"])
def test_a_decision_is_read_from_the_form_of_today_and_from_that_of_a_run_suspended_before(monkeypatch, field):
    given = {field: "reject", "name": "Kim", "reason": "send it back"}
    asked = []
    monkeypatch.setattr(hold, "read_flow_run_input", lambda key: asked.append(key) or given)
    decision = hold.decision_on("r-1", ["sft: answer_blank"])
    assert (decision.action, decision.name, decision.release_id) == ("reject", "Kim", "r-1")
    assert "r-1" in asked[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, None),
        ({"findings": "nothing", "accepted_until": ""}, None),
        ({"findings": "known"}, ("known", None)),
        ({"findings": "sent", "accepted_until": ""}, ("sent", None)),
        ({"findings": "nothing", "accepted_until": "2026-12-31"}, ("accepted", date(2026, 12, 31))),
    ],
)
def test_the_form_also_takes_what_a_person_knows_of_what_holds_it(monkeypatch, given, said):
    answered = {"decision": "reject", "name": "Kim", "reason": "send it back", **given}
    monkeypatch.setattr(hold, "read_flow_run_input", lambda key: answered)
    found = hold.said_of_findings("r-1")
    assert found == said or (*found[:2], found[2].name, found[2].reason) == (*said, "Kim", "send it back")
    monkeypatch.setattr(hold, "read_flow_run_input", lambda key: None)
    assert hold.said_of_findings("r-1") is None


def test_the_form_calls_a_field_by_its_title_as_its_errors_do():
    fields = hold.Answer.model_json_schema()["properties"]
    assert [fields[name]["title"].lower() for name in ("decision", "name", "reason")] == ["decision", "name", "reason"]


def test_the_form_is_said_in_the_language_of_the_run():
    def shown():
        # As Prefect makes what it keeps of the form.
        made = hold.Answer.with_initial_data(description="r-1")
        fields = create_v2_schema(made.__name__, model_base=made)["properties"].values()
        return [field[name] for field in fields for name in ("title", "description")]

    with speaking_in("ko"):
        assert [text for text in shown() if not re.search("[가-힣]", text)] == []
    assert [text for text in shown() if re.search("[가-힣]", text)] == []


@pytest.mark.parametrize("how", ["option", "environment"])
def test_what_serve_is_told_reaches_the_service(monkeypatch, tmp_path, how):
    served = []
    monkeypatch.setattr(service, "serve", served.append)
    (tmp_path / "raw").mkdir()
    arguments = ["serve", str(tmp_path / "raw"), "--out", str(tmp_path / "out"), "--set", "timezone=UTC"]
    url = "https://tools.example.com/sftrm/"
    given = ["--site-url", url, "--timezone", "Europe/Berlin", "--allowed-host", "a", "--allowed-host", "b"]
    if how == "option":
        done = CliRunner().invoke(app, [*arguments, *given, "--host", "0.0.0.0", "--behind-login-proxy"])
        reach = Reach("0.0.0.0", url.rstrip("/"), ("https://tools.example.com", "https://a", "https://b"))
    else:
        done = CliRunner().invoke(app, arguments, env={"SFTRM_REPORT_SITE": url})
        reach = Reach("127.0.0.1", url.rstrip("/"), ("https://tools.example.com",))
    assert done.exit_code == 0, done.output
    assert served[0].reach == reach
    assert served[0].config.timezone == ("Europe/Berlin" if how == "option" else "UTC")


def test_the_deployment_has_the_zone_and_leads_to_the_reports():
    url = "https://tools.example.com/sftrm"
    deployment = nightly(RunConfig(timezone="Europe/Berlin"), "0 2 * * *", "stop", 3, url)
    assert [found.schedule.timezone for found in deployment.schedules] == ["Europe/Berlin"]
    assert deployment.parameters["config"]["timezone"] == "Europe/Berlin"
    assert deployment.description.startswith(DESCRIPTION) and f"[{url}]({url}/)" in deployment.description


def test_the_end_that_was_asked_for_does_not_come_out_of_something_as_an_error():
    class InTheMiddle:
        async def start(self):
            before = signal.signal(signal.SIGTERM, partial(deployment._Runner.handle_sigterm, self))
            try:
                try:
                    os.kill(os.getpid(), signal.SIGTERM)
                    sum(range(1000))
                except BaseException as error:
                    raise ConnectionError from error
                await asyncio.sleep(60)
            finally:
                signal.signal(signal.SIGTERM, before)

    with pytest.raises(SystemExit) as ended:
        deployment.work(InTheMiddle())
    assert ended.value.code == 0


def test_a_second_signal_changes_nothing():
    assert deployment._Runner.handle_sigterm(None) is None
