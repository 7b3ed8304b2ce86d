"""What `sftrm serve` says and does about servers, without starting one."""

from uuid import uuid4

import httpx
import pytest
from prefect.client.schemas.objects import FlowRun, StateType

from flows import artifacts, interrupted, prefect_server, serving
from sftrm_quality.errors import ConfigError


@pytest.fixture(autouse=True)
def no_password(monkeypatch):
    monkeypatch.delenv("PREFECT_API_AUTH_STRING", raising=False)


@pytest.mark.parametrize(
    "address", ["https://prefect.example.org", "http://192.0.2.7:4200", "http://[2001:db8::1]:4200"]
)
def test_a_server_elsewhere_without_a_password_is_warned_of(address, capsys, monkeypatch):
    serving._warn_of_open_server(address)
    said = capsys.readouterr().err
    assert said.startswith(f"warning: {address} is on another machine") and said.count("\n") == 1
    assert "PREFECT_API_AUTH_STRING" in said
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "user:password")
    serving._warn_of_open_server(address)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("address", ["http://127.0.0.1:4200", "http://localhost:4200", "http://[::1]:4200"])
def test_a_server_here_is_not(address, capsys):
    serving._warn_of_open_server(address)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(ConfigError, match=rf"port {port} .* a number up to 65535"):
        prefect_server._free(port)


def test_port_zero_is_any_free_one():
    assert prefect_server._free(0) > 0


def test_pages_are_told_once_to_connect_to_their_own_server_alone(tmp_path):
    page = tmp_path / "v2" / "index.html"
    page.parent.mkdir()
    page.write_text("<html>\n<head>\n<title>Prefect</title></head></html>", "utf-8")
    for _ in range(2):
        prefect_server._keep_to_this_server(tmp_path)
        text = page.read_text("utf-8")
        assert text.count("connect-src 'self'") == 1 and text.index("<meta") < text.index("<title>")
    assert [file.name for file in page.parent.iterdir()] == ["index.html"]


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
