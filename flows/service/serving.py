"""``sftrm serve``: all that the nightly job takes on one machine, until it is stopped.

A Prefect server on loopback if none is configured, the deployment, a runner that works on it, and the report site.
Nothing is kept here: schedules and runs are in Prefect's database, releases in the output folder.
"""

import os
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

import psutil

from flows import service_settings
from flows.notification.telling import check_urls
from flows.prefect_settings import set_defaults
from flows.server import Server, check_server, configured_server, for_the_service
from flows.service.site import ReportSite
from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.output import OutputFolder

_STORAGE_RETRIES = 3


@dataclass(frozen=True)
class Service:
    """What is served: the run of each night, and where people look at it."""

    config: RunConfig
    cron: str
    timezone: str
    on_hold: str
    notify: tuple[str, ...]
    notify_findings: bool
    timeout_hours: float
    prefect_port: int
    report_port: int
    open_server: bool


def _check(service: Service) -> None:
    """Raise ConfigError for what would only fail in the night."""
    from prefect.client.schemas.schedules import CronSchedule
    from pydantic import ValidationError

    try:
        CronSchedule(cron=service.cron)
    except ValidationError as error:
        raise ConfigError(
            f"--cron {service.cron!r}: not a schedule; expected minute, hour, day, month and weekday, for instance "
            "'0 2 * * *' for two o'clock each night"
        ) from error
    if service.timezone not in available_timezones():
        raise ConfigError(f"--timezone {service.timezone!r}: no such time zone; expected a name like Asia/Seoul or UTC")
    check_urls(service.notify)


def serve(service: Service) -> None:
    """Serve until a signal comes. Raises ConfigError when something does not fit, before anything is started."""
    set_defaults()
    _check(service)
    OutputFolder(service.config.out).make_writable()
    with ExitStack() as stack:
        site = stack.enter_context(ReportSite(service.config.out, service.report_port))
        server: Server | str
        if configured := configured_server():
            check_server(configured, service.open_server)
            server = configured
        else:
            server = stack.enter_context(for_the_service(service.prefect_port, _stop_without_server))
            _say_of_interrupted_runs()
        # The runs are child processes and read these.
        os.environ[service_settings.NOTIFY] = " ".join(service.notify)
        os.environ[service_settings.NOTIFY_FINDINGS] = "1" if service.notify_findings else "0"
        os.environ[service_settings.REPORT_SITE] = site.address
        os.environ[service_settings.TIMEOUT_HOURS] = str(service.timeout_hours)
        os.environ[service_settings.TIMEZONE] = service.timezone
        _work(service, server, site.address)


def _say_of_interrupted_runs() -> None:
    from flows.service.deployment import NAME
    from flows.service.interrupted import begin_again

    if again := begin_again(NAME):
        print(
            f"interrupted when the service ended: {len(again)} of the runs; see their state in Prefect",
            flush=True,
        )


def _stop_without_server() -> None:
    """Whatever watches over the service starts it again; the run that is under way then begins again."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # gone by itself since
            child.kill()
    print("error: the Prefect server ended, so the service does too; start it again", file=sys.stderr, flush=True)
    os._exit(3)


def _work(service: Service, server: Server | str, site: str) -> None:
    from flows.service.deployment import nightly, work_on

    if isinstance(server, Server):
        address, later = server.address, f"works once; the password for later: {server.password_file}"
        sign_in = f"sign in    {server.sign_in}   ({later})\n"
    else:
        address, sign_in = server, ""

    deployment = nightly(service.config, service.cron, service.timezone, service.on_hold, _STORAGE_RETRIES)
    print(
        f"Prefect    {address}/v2/deployments   (runs: {address}/v2/runs, artifacts: {address}/v2/artifacts)\n"
        f"{sign_in}"
        f"reports    {site}\n"
        f"schedule   {service.cron} {service.timezone}: {_raw_named(service.config)} → {service.config.out}\n"
        "by hand    deployment 'nightly' → Run → Custom run\n"
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
