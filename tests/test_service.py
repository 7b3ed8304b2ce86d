"""`sftrm serve` as it runs each night: a real Prefect server, runs by API, a hold, a decision, a restart."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import psutil
import pytest
import websockets
from websockets.sync.client import connect

from tests.outputs import Output, report_of
from tests.service import Service
from tests.test_determinism import make_records, write

# Where people open the reports: below a path of a proxy.
SITE = "https://tools.example.com/sftrm"
STEPS = ["loading Prefect", "starting Prefect's server", "waiting until it answers", "registering the deployment"]


@pytest.fixture(scope="module")
def service(tmp_path_factory, prefect_home):
    base = tmp_path_factory.mktemp("service")
    raw = write(base / "raw", *make_records(40))
    reached = ("--site-url", SITE, "--allowed-host", "prefect.example.com")
    service = Service(prefect_home(base / "home"), raw, base / "out", "--on-hold", "ask", *reached)
    service.start()
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="module")
def published(service):
    """The first night."""
    return service.run()


def newest(service):
    runs = sorted((service.out / "reports").glob("*/report.json"))
    return Output(service.out, report_of(service.out, runs[-1].parent.name))


def test_it_says_where_everything_is(service):
    said = "".join(service.lines)
    assert service.prefect in said and f"reports    {SITE}\n" in said and "0 2 * * * Asia/Seoul" in said
    assert "or there   https://prefect.example.com   " in said
    assert f"[{SITE}]({SITE}/)" in service.deployment()["description"]


def test_it_says_what_it_does_while_it_starts(service):
    steps = [line.strip() for line in service.lines[: service.lines.index(f"reports    {SITE}\n")] if "…" in line]
    assert [step for step in STEPS if not any(line.startswith(step) for line in steps)] == []
    assert [step for line in steps for step in STEPS if line.startswith(step)] == STEPS


def test_it_answers_under_the_names_that_are_declared(service):
    for host, status in (("prefect.example.com", 200), ("evil.example", 421)):
        assert service.api.get("/admin/version", headers={"Host": host}).status_code == status
    for host, status in (("tools.example.com", 200), ("evil.example", 421)):
        for path in ("/", "/sftrm/"):
            assert httpx.get(f"{service.site}{path}", headers={"Host": host}).status_code == status


def test_nobody_is_answered_without_the_password(service):
    for method, path in [
        ("GET", "/admin/version"),
        ("POST", "/flows/filter"),
        ("POST", "/deployments/filter"),
        ("DELETE", f"/deployments/{service.deployment()['id']}"),
    ]:
        for headers in ({}, {"Authorization": "Basic c2Z0cm06cGFzc3dvcmQ="}, {"Authorization": "nonsense"}):
            asked = httpx.request(method, f"{service.prefect}/api{path}", json={}, headers=headers)
            assert asked.status_code == 401, (method, path)
    assert service.deployment()["name"] == "nightly"


@pytest.mark.parametrize("path", ["events/out", "events/in", "logs/out"])
def test_no_socket_is_open_to_somebody_without_the_password(service, path):
    address = f"{service.prefect.replace('http', 'ws')}/api/{path}"
    with pytest.raises(websockets.exceptions.WebSocketException), connect(address):
        pass
    with connect(address, subprotocols=["prefect"]) as socket:
        socket.send(json.dumps({"type": "auth", "token": "sftrm:guessed"}))
        with pytest.raises(websockets.exceptions.ConnectionClosed):
            socket.recv(timeout=30)


def test_the_schedule_makes_runs_at_two_in_seoul(service):
    """With Prefect 3.8 and SQLAlchemy 2.1 a schedule was active and no run was ever created."""
    wanted = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    runs = service.wait(lambda: service.api.post("/flow_runs/filter", json=wanted).json())
    times = {datetime.fromisoformat(r["expected_start_time"]).astimezone(ZoneInfo("Asia/Seoul")) for r in runs}
    assert {(time.hour, time.minute) for time in times} == {(2, 0)} and len(times) == len(runs)
    assert all(run["parameters"] == service.deployment()["parameters"] for run in runs)


def test_a_night_publishes(service, published):
    assert published["state_name"].startswith("Published"), published["state"]["message"]
    assert re.match(r"20\d\d-\d\d-\d\d \d\d:\d\d KST published", published["name"])
    page = (service.out / "reports" / newest(service).report["run_id"] / "index.html").read_text("utf-8")
    assert " KST</time>" in page
    report = newest(service).report
    ledger = report["ledger"]["sft"]
    assert f"{ledger['published']:,} SFT and" in published["state"]["message"]
    assert newest(service).release.is_dir()


def test_what_the_ui_shows_of_it(service, published):
    artifacts = service.artifacts(published["id"])
    assert set(artifacts) == {"sftrm-summary", "sftrm-checks", "sftrm-report", "sftrm-progress"}
    report = newest(service).report
    assert artifacts["sftrm-progress"]["data"] == 100.0
    summary = artifacts["sftrm-summary"]["data"]
    assert summary.startswith("# PUBLISHED") and "There was no release before" in summary
    account = report["ledger"]["rm"]
    assert f"| RM | {account['received']} | {account['unreadable']} | {account['quarantined']} |" in summary
    checks = json.loads(artifacts["sftrm-checks"]["data"])
    assert len(checks) == len(report["checks"])
    failing = [bool(check["failed"]) for check in checks]
    assert failing == sorted(failing, reverse=True) and any(failing)
    for key in ("sftrm-report", "sftrm-summary"):
        assert f"({SITE}/{report['run_id']}/index.html)" in artifacts[key]["data"]
    assert httpx.get(f"{service.site}/{report['run_id']}/index.html").is_success


def test_the_logs_count_and_quote_nothing(service, published):
    # They are sent in batches, some seconds later.
    told = service.wait(lambda: "the gate is closed by" in (all := "\n".join(service.logs(published["id"]))) and all)
    assert "closed by none" in told and "passed their own checks" in told
    assert "The answer to case" not in told and "How is case" not in told


def test_no_secret_is_in_an_argument_a_line_the_database_or_the_output(service, published):
    secrets = [service.auth_string.partition(":")[2].encode(), service.told.secret.encode()]
    family = [psutil.Process(service.process.pid), *psutil.Process(service.process.pid).children(recursive=True)]
    places = {}
    for process in family:
        # That of the night ends about now.
        with suppress(psutil.NoSuchProcess):
            places[f"arguments of {process.pid}"] = " ".join(process.cmdline()).encode()
    assert any(b"flows.server" in arguments for arguments in places.values())
    places["printed"] = "".join(service.lines).encode()
    for folder in (service.home, service.out):
        places |= {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert any(b"sftrm-summary" in content for content in places.values())
    for secret in secrets:
        found = [place for place, content in places.items() if secret in content]
        assert found == ([str(service.home / "sftrm-password")] if secret == secrets[0] else [])


@pytest.fixture(scope="module")
def two_at_once(service, published):
    """A night with nothing new, by a quick run, and a check, asked for at the same time."""
    asked = [service.quick_run(), service.trigger(mode="check").raise_for_status().json()]
    return [service.ended(run["id"]) for run in asked]


def test_a_quick_run_does_what_the_nightly_run_does(service, two_at_once):
    deployment = service.deployment()
    assert two_at_once[0]["parameters"] == deployment["parameters"]
    # With a parameter that is required Prefect's pages open a form instead of starting it.
    assert deployment["parameter_openapi_schema"].get("required", []) == []


def test_a_night_with_nothing_new_is_unchanged(two_at_once):
    again = two_at_once[0]
    assert again["state_type"] == "COMPLETED" and again["state_name"].startswith("Unchanged"), again["state"]["message"]
    assert " unchanged" in again["name"]


def test_two_runs_at_once_come_one_after_the_other(two_at_once):
    assert [run["state_name"].split()[0] for run in two_at_once] == ["Unchanged", "Checked"]
    first, second = sorted(two_at_once, key=lambda run: run["start_time"])
    assert first["end_time"] <= second["start_time"]


def test_wrong_values_are_refused(service):
    config = service.deployment()["parameters"]["config"]
    refused = service.trigger(config={**config, "near": {"threshold": 7}})
    assert refused.status_code == 409 and "7 is greater than the maximum of 1" in refused.text
    run = service.run(config={**config, "splits": {**config["splits"], "train": 0.5}}, mode="check")
    assert run["state_type"] == "FAILED"
    assert "train + validation + test is 0.6, expected 1: change one of them" in run["state"]["message"]


def tracebacks(lines):
    """Those of our runs; what Prefect's server says of its busy database is its own, and its clients ask again."""
    _, *found = "".join(lines).split("Traceback (most recent call last)")
    return [one for one in found if "sqlalchemy" not in one]


def latest(service):
    return (service.out / "LATEST").read_text()


def hold(service, bad_records):
    """A night that the gate holds: the id of its run, which waits for a person."""
    before = latest(service)
    bad = [{"data_id": f"x{i}", "question": f"And number {i}?", "answer": " "} for i in range(bad_records)]
    (service.raw / "c_sft.jsonl").write_text("".join(json.dumps(record) + "\n" for record in bad), "utf-8")
    service.told.messages.clear()
    run_id = service.trigger().raise_for_status().json()["id"]
    held = service.ended(run_id, {"PAUSED"})
    assert held["state_name"] == "Suspended" and " held" in held["name"]
    assert latest(service) == before
    (told,) = [message for message in service.told.messages if "held" in message["title"].lower()]
    assert " KST " in told["title"] and f"Report: {SITE}/" in told["message"]
    return run_id


def decide(service, run_id, action, name, reason):
    """A person's decision, and how the run ends with it."""
    given = {"run_input": {"decision": action, "name": name, "reason": reason}}
    resumed = service.api.post(f"/flow_runs/{run_id}/resume", json=given).raise_for_status().json()
    assert resumed["status"] == "ACCEPT", resumed
    return service.ended(run_id)


def decide_at_the_shell(service, run_id, action, name, reason):
    """The same by `sftrm decide`, which finds the service among the processes of this account."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    call = [sys.executable, "-m", "flows.cli", "decide", action, "--by", name, "--why", reason, "--out", service.out]
    environment |= {"PREFECT_HOME": str(service.home.parent / "of somebody")}
    done = subprocess.run(list(map(str, call)), env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert f"on {service.prefect} waits for this decision and was answered; it goes on there" in done.stdout
    return service.ended(run_id)


def interrupted(service, raw, end):
    """A run whose service ends in the middle of it, and how it ends when the service is there again."""
    name = f"d_{end}_sft.jsonl"
    (raw / name).write_text(f'{{"data_id": "{end}", "question": "How to {end}?", "answer": "So."}}\n', "utf-8")
    before, said = latest(service), len(service.lines)
    config = service.deployment()["parameters"]["config"]
    run_id = service.trigger(config={**config, "raw": [str(raw)]}).raise_for_status().json()["id"]
    service.wait(lambda: service.flow_run(run_id)["state_type"] == "RUNNING")
    assert getattr(service, end)() in (0, None), service.lines[said:]
    service.start()
    ended = service.ended(run_id)
    assert (ended["state_name"].split()[0], ended["run_count"]) == ("Published", 2), ended["state"]["message"]
    assert latest(service) != before
    assert name in [file["source_file"] for file in newest(service).report["files"]]
    assert tracebacks(service.lines[said:]) == []


def test_a_held_night_waits_for_a_person_while_a_run_begins_again_after_a_restart(service, published, tmp_path):
    """The service is stopped with both: the one that waits goes on to wait, and the one that worked begins again."""
    others = shutil.copytree(service.raw, tmp_path / "raw")
    run_id = hold(service, 100)
    assert service.artifacts(run_id)["sftrm-summary"]["data"].startswith("# HELD")
    interrupted(service, others, "stop")

    before = latest(service)
    assert service.flow_run(run_id)["state_name"] == "Suspended"
    refused = service.api.post(f"/flow_runs/{run_id}/resume", json={"run_input": {"name": "Kim", "reason": "we know"}})
    assert "'decision' is a required property" in refused.text
    ended = decide(service, run_id, "publish_anyway", "Kim", "the vendor sent an empty batch, we know")
    assert ended["state_type"] == "COMPLETED" and ended["state_name"].startswith("Published"), ended["state"]["message"]
    decision = newest(service).report["decision"]
    assert (decision["name"], decision["reason"]) == ("Kim", "the vendor sent an empty batch, we know")
    assert latest(service) != before
    (service.raw / "c_sft.jsonl").unlink()


def test_a_rejected_night_is_held_and_the_next_good_one_recovers_although_it_is_killed(service, published):
    before, said = latest(service), len(service.lines)
    ended = decide_at_the_shell(service, hold(service, 101), "--reject", "Lee", "send it back")
    assert (ended["state_type"], ended["state_name"]) == ("FAILED", "Held")
    assert "Rejected by Lee: send it back" in ended["state"]["message"]
    assert latest(service) == before
    told = [message["message"] for message in service.told.messages if "held" in message["title"].lower()]
    assert ["Rejected by Lee: send it back" in text for text in told] == [False, True]
    # The same data the next night: nobody is asked, or told, a second time.
    service.told.messages.clear()
    again = service.run()
    assert (again["state_name"], service.told.messages) == ("Held", [])
    assert "Rejected by Lee: send it back" in again["state"]["message"]
    service.told.messages.clear()
    (service.raw / "c_sft.jsonl").unlink()
    interrupted(service, service.raw, "kill")
    assert [message["title"] for message in service.told.messages if "recovered" in message["title"].lower()]
    # Nor of the run that was held: a failed run whose state has no exception makes Prefect log all of its result.
    assert tracebacks(service.lines[said:]) == []
