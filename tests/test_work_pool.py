"""prefect.yaml, as docs/nightly.md has it: a server, a work pool and a worker of one's own."""

import os
import subprocess
import sys
import time

import httpx
import pytest

from flows.service.deployment import DESCRIPTION
from tests.conftest import ROOT
from tests.service import PATIENCE, PrefectApi, free_port
from tests.test_determinism import make_records, write

PREFECT = [sys.executable, "-m", "prefect"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory, prefect_home):
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    port = free_port()
    mine |= {
        "PREFECT_HOME": str(prefect_home(tmp_path_factory.mktemp("work_pool") / "home")),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "SFTRM_HOME": str(ROOT),
    }
    command = [*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, env=mine, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + PATIENCE
    while not answers(f"{mine['PREFECT_API_URL']}/health"):
        assert time.monotonic() < end and server.poll() is None
        time.sleep(0.3)
    yield mine
    server.terminate()
    server.wait(timeout=60)


def answers(address):
    try:
        return httpx.get(address, timeout=2).is_success
    except httpx.HTTPError:
        return False


def test_a_worker_publishes_what_prefect_yaml_deploys(environment, tmp_path):
    def prefect(*arguments):
        done = subprocess.run([*PREFECT, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    prefect("work-pool", "create", "local", "--type", "process")
    prefect("--no-prompt", "deploy", "--all")
    api = PrefectApi(environment["PREFECT_API_URL"].removesuffix("/api"))
    deployed = api.deployment()
    assert deployed["description"] == DESCRIPTION
    assert [s["schedule"]["cron"] for s in deployed["schedules"]] == ["0 2 * * *"]

    raw, out = write(tmp_path / "raw", *make_records(20)), tmp_path / "out"
    asked = api.trigger(config={"raw": [str(raw)], "out": str(out), "workers": 2}).raise_for_status().json()["id"]
    prefect("worker", "start", "--pool", "local", "--run-once")
    run = api.ended(asked)
    assert run["state_name"].startswith("Published"), run["state"]["message"]
    assert (out / "LATEST").is_file()
