"""``sftrm serve``: all that the nightly job takes on one machine, until it is stopped.

A Prefect server on loopback if none is configured, the deployment, a runner that works on it, and the report site.
Nothing is kept here: schedules and runs are in Prefect's database, releases in the output folder.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from flows import service_settings
from flows.prefect_settings import set_defaults, set_server_defaults
from flows.site import ReportSite
from flows.telling import check_urls
from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError

# The first start makes the database; 15 s here, and several times that on a slow disk.
_SERVER_START_SECONDS = 180
_STORAGE_RETRIES = 3


@dataclass(frozen=True)
class Service:
    """What is served: the run of each night, and where people look at it."""

    config: RunConfig
    cron: str
    timezone: str
    on_hold: str
    notify: tuple[str, ...]
    timeout_hours: float
    prefect_port: int
    report_port: int


def _check(service: Service) -> None:
    """Raise ConfigError for what would only fail in the night."""
    from prefect.client.schemas.schedules import CronSchedule
    from pydantic import ValidationError

    try:
        CronSchedule(cron=service.cron, timezone=service.timezone)
    except ValidationError as error:
        raise ConfigError(
            f"--cron {service.cron!r}, --timezone {service.timezone!r}: {error.errors()[0]['msg']}; expected something "
            "like '0 2 * * *' and Asia/Seoul"
        ) from error
    check_urls(service.notify)


@contextmanager
def _prefect_server(port: int) -> Iterator[str]:
    """A Prefect server of our own on loopback; its address. It ends with us."""
    set_server_defaults(port)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    # A session of its own: Ctrl-C is ours to handle, and a run that ends with it still has a server to tell.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_until_it_answers(process, address)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/health", timeout=2).is_success
    except httpx.HTTPError:
        return False


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", address: str) -> None:
    end = time.monotonic() + _SERVER_START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ConfigError(f"{address}: the Prefect server did not start; is the port taken? Try --prefect-port")
        if _answers(address):
            return
        time.sleep(0.3)
    raise ConfigError(f"{address}: the Prefect server did not answer in {_SERVER_START_SECONDS} seconds")


def _warn_of_open_server(address: str) -> None:
    """A server that others can reach runs whatever they tell it to."""
    host = httpx.URL(address).host
    if host not in ("127.0.0.1", "localhost", "::1") and not os.environ.get("PREFECT_API_AUTH_STRING"):
        print(
            f"warning: {address} is on another machine and PREFECT_API_AUTH_STRING is not set: whoever reaches that "
            "server can start runs here. Set PREFECT_SERVER_API_AUTH_STRING on the server and "
            "PREFECT_API_AUTH_STRING here, see docs/nightly.md",
            file=sys.stderr,
        )


def _configured_server() -> str | None:
    from prefect.settings import get_current_settings

    address = get_current_settings().api.url
    return address.removesuffix("/api") if address else None


def _read_settings_again() -> None:
    """Prefect reads its settings when it is imported, which was before there was a server."""
    from prefect.context import refresh_global_settings_context

    refresh_global_settings_context()


def serve(service: Service) -> None:
    """Serve until a signal comes. Raises ConfigError when something does not fit, before anything is started."""
    set_defaults()
    _check(service)
    with ExitStack() as stack:
        site = stack.enter_context(ReportSite(service.config.out, service.report_port))
        address = _configured_server()
        if address is None:
            address = stack.enter_context(_prefect_server(service.prefect_port))
            os.environ["PREFECT_API_URL"] = f"{address}/api"
            _read_settings_again()
        else:
            _warn_of_open_server(address)
        # The runs are child processes and read these.
        os.environ[service_settings.NOTIFY] = " ".join(service.notify)
        os.environ[service_settings.REPORT_SITE] = site.address
        os.environ[service_settings.TIMEOUT_HOURS] = str(service.timeout_hours)
        os.environ[service_settings.TIMEZONE] = service.timezone
        _work(service, address, site.address)


def _work(service: Service, address: str, site: str) -> None:
    from flows.deployment import nightly, work_on

    deployment = nightly(service.config, service.cron, service.timezone, service.on_hold, _STORAGE_RETRIES)
    print(
        f"Prefect    {address}/v2/deployments   (runs: {address}/v2/runs, artifacts: {address}/v2/artifacts)\n"
        f"reports    {site}\n"
        f"schedule   {service.cron} {service.timezone}: {_raw_named(service.config)} → {service.config.out}\n"
        f"by hand    deployment 'nightly' → Run → Custom run\n"
        "stop with Ctrl-C; what is scheduled meanwhile runs at the next start",
        flush=True,
    )
    work_on(deployment)


def _raw_named(config: RunConfig) -> str:
    names = [str(path) for path in config.raw]
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def absolute(config: RunConfig) -> RunConfig:
    """The same with absolute paths: runs of a deployment begin in a folder of Prefect's choice."""
    paths = {"raw": [path.absolute() for path in config.raw], "out": config.out.absolute()}
    return config.model_copy(update={**paths, "expectations": Path(config.expectations).absolute()})
