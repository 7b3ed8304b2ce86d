"""A real `sftrm serve` in a process of its own, and Prefect's API as a client without Prefect sees it."""

import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import psutil

# Of a busy machine with two cores: the first start makes a database.
PATIENCE = 240
TERMINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Told:
    """A local HTTP endpoint that keeps what is posted to it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # What is in the path of such an address is a secret.
        self.secret = secrets.token_urlsafe()
        self.address = f"json://127.0.0.1:{self.server.server_port}/{self.secret}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Patient(httpx.HTTPTransport):
    """Asks again after a 503, as Prefect's own clients do: its database is busy, and nothing was done."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        end = time.monotonic() + PATIENCE
        while (answer := super().handle_request(request)).status_code == 503 and time.monotonic() < end:
            answer.close()
            time.sleep(0.2)
        return answer


class PrefectApi:
    """What the tests ask of a Prefect server that has the deployment ingest/nightly."""

    def __init__(self, address: str, auth_string: str | None = None) -> None:
        self.prefect = address
        self.auth_string = auth_string
        self.api = httpx.Client(base_url=f"{address}/api", timeout=30, transport=Patient())
        if auth_string:
            self.sign_in(auth_string)
        self.lines: list[str] = []  # what was printed by whatever runs there
        self.seen: Any = None  # the state of the run that was looked at last

    def sign_in(self, auth_string: str) -> None:
        self.auth_string = auth_string
        self.api.headers["Authorization"] = f"Basic {base64.b64encode(auth_string.encode()).decode()}"

    def deployment(self) -> dict[str, Any]:
        return self.wait(
            lambda: (found := self.api.get("/deployments/name/ingest/nightly")).is_success and found.json()
        )

    def trigger(self, **parameters: Any) -> httpx.Response:
        """A run of the deployment by API, with some of its parameters replaced."""
        path = f"/deployments/{self.deployment()['id']}/create_flow_run"
        asked = {"parameters": {**self.deployment()["parameters"], **parameters}, "state": {"type": "SCHEDULED"}}
        return self.api.post(path, json=asked)

    def quick_run(self) -> dict[str, Any]:
        """What Prefect's pages send for Run → Quick run: no parameter."""
        path = f"/deployments/{self.deployment()['id']}/create_flow_run"
        asked = {"state": {"type": "SCHEDULED", "message": "Run from the Prefect UI with defaults"}}
        found: dict[str, Any] = self.api.post(path, json=asked).raise_for_status().json()
        return found

    def run(self, **parameters: Any) -> dict[str, Any]:
        return self.ended(self.trigger(**parameters).raise_for_status().json()["id"])

    def ended(self, run_id: str, states: set[str] = TERMINAL) -> dict[str, Any]:
        """The run when it is in one of these states; at once an error when it has ended in another one."""
        run = self.wait(lambda: (run := self.flow_run(run_id))["state_type"] in states | TERMINAL and run)
        assert run["state_type"] in states, (run["state_name"], run["state"]["message"])
        return run

    def flow_run(self, run_id: str) -> dict[str, Any]:
        run = self.api.get(f"/flow_runs/{run_id}").raise_for_status().json()
        self.seen = (run["state_name"], (run["state"] or {}).get("message"))
        return run

    def wait(self, look: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(0.5)
        raise AssertionError(f"waited {PATIENCE} seconds in vain; run: {self.seen}; {''.join(self.lines[-40:])}")

    def artifacts(self, run_id: str) -> dict[str, dict[str, Any]]:
        chosen = {"artifacts": {"flow_run_id": {"any_": [run_id]}}}
        return {found["key"]: found for found in self.api.post("/artifacts/filter", json=chosen).json()}

    def logs(self, run_id: str) -> list[str]:
        chosen = {"logs": {"flow_run_id": {"any_": [run_id]}}, "limit": 200}
        return [line["message"] for line in self.api.post("/logs/filter", json=chosen).json()]


class Service(PrefectApi):
    """`sftrm serve` on free ports, with a Prefect home of its own. Start, stop and start again."""

    def __init__(self, home, raw, out, *options: str) -> None:
        self.home, self.raw, self.out, self.options = home, raw, out, options
        self.told = Told()
        self.ports = free_port(), free_port()
        self.site = f"http://127.0.0.1:{self.ports[1]}"
        super().__init__(f"http://127.0.0.1:{self.ports[0]}")

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        command = [sys.executable, "-m", "flows.cli", "serve", str(self.raw), "--out", str(self.out), "--workers", "2"]
        command += ["--prefect-port", str(self.ports[0]), "--report-port", str(self.ports[1])]
        self.process = subprocess.Popen(
            [*command, "--notify", self.told.address, *self.options],
            env={**environment, "PREFECT_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if "Ctrl-C" in line:
                self.sign_in((self.home / "sftrm-password").read_text().strip())
                threading.Thread(target=self.lines.extend, args=[self.process.stdout], daemon=True).start()
                return
        raise AssertionError("".join(self.lines))

    def kill(self) -> None:
        """All of it at once, as when the machine goes down."""
        everything = [self.process, *psutil.Process(self.process.pid).children(recursive=True)]
        for process in everything:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    def sign_in_link(self) -> str:
        """The link that it has printed last."""
        return next(line for line in reversed(self.lines) if line.startswith("sign in ")).split()[2]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)
