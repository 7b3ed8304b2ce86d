"""``sftrm serve``: all that the nightly job takes on one machine, until it is stopped.

A Prefect server if none is configured, the deployment, a runner that works on it, and the report site.
Nothing is kept here: schedules and runs are in Prefect's database, releases in the output folder.
"""

import os
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import psutil

from flows import service_settings
from flows.notification.telling import check_urls
from flows.prefect_settings import set_defaults
from flows.server import Server, check_server, configured_server, for_the_service
from flows.service.reach import Reach
from flows.service.site import ReportSite
from sftrm_quality.config import RunConfig, absolute_paths
from sftrm_quality.errors import ConfigError
from sftrm_quality.output import OutputFolder
from sftrm_quality.words import say

_STORAGE_RETRIES = 3


@dataclass(frozen=True)
class Service:
    """What is served: the run of each night, and where people look at it."""

    config: RunConfig
    reach: Reach
    cron: str
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
            say(
                "--cron {cron!r}: not a schedule; expected minute, hour, day, month and weekday, for "
                "instance '0 2 * * *' for two o'clock each night",
                cron=service.cron,
            )
        ) from error
    check_urls(service.notify)


def serve(service: Service) -> None:
    """Serve until a signal comes. Raises ConfigError when something does not fit, before anything is started."""
    set_defaults()
    _say(say("loading Prefect"))
    _check(service)
    OutputFolder(service.config.out).make_writable()
    with ExitStack() as stack:
        site = stack.enter_context(ReportSite(service.config.out, service.report_port, service.reach))
        server: Server | str
        if configured := configured_server():
            check_server(configured, service.open_server)
            server = configured
        else:
            _say(say("starting Prefect's server"))
            declared = service.reach.declared
            starting = for_the_service(service.prefect_port, _stop_without_server, service.reach.host, declared, _say)
            server = stack.enter_context(starting)
            _say(say("looking for runs that were interrupted when the service ended"))
            _say_of_interrupted_runs()
        # The runs are child processes and read these.
        os.environ[service_settings.NOTIFY] = " ".join(service.notify)
        os.environ[service_settings.NOTIFY_FINDINGS] = "1" if service.notify_findings else "0"
        os.environ[service_settings.REPORT_SITE] = site.address
        os.environ[service_settings.TIMEOUT_HOURS] = str(service.timeout_hours)
        _work(service, server, site.address)


def _say(step: str) -> None:
    """What is done now: until the first run can be started it takes half a minute."""
    print(f"{step} …", flush=True)


def _say_of_interrupted_runs() -> None:
    from flows.service.deployment import NAME
    from flows.service.interrupted import begin_again

    if again := begin_again(NAME):
        print(
            say(
                "interrupted when the service ended: {count} of the runs; see their state in Prefect", count=len(again)
            ),
            flush=True,
        )


def _stop_without_server() -> None:
    """Whatever watches over the service starts it again; the run that is under way then begins again."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # gone by itself since
            child.kill()
    print(say("error: the Prefect server ended, so the service does too; start it again"), file=sys.stderr, flush=True)
    os._exit(3)


def _work(service: Service, server: Server | str, site: str) -> None:
    from flows.service.deployment import nightly, registered, work

    if isinstance(server, Server):
        address, later = (
            server.address,
            say("works once; the password for later: {password_file}", password_file=server.password_file),
        )
        sign_in = say("sign in    {sign_in}   ({later})\n", sign_in=server.sign_in, later=later)
        if others := service.reach.other_addresses(server.address):
            sign_in += say("or there   {others}   (the same pages)\n", others=", ".join(others))
    else:
        address, sign_in = server, ""

    _say(say("registering the deployment ingest/nightly"))
    runner = registered(nightly(service.config, service.cron, service.on_hold, _STORAGE_RETRIES, site))
    print(
        say(
            "Prefect    {address}/v2/deployments   (runs: {address}/v2/runs, artifacts: "
            "{address}/v2/artifacts)\n{sign_in}reports    {site}\nschedule   {cron} {timezone}: "
            "{raw} → {out}\nby hand    deployment 'nightly' → Run → Quick run, or Custom run to "
            "change something\nstop with Ctrl-C; what is scheduled meanwhile runs at the next start",
            address=address,
            sign_in=sign_in,
            site=site,
            cron=service.cron,
            timezone=service.config.timezone,
            raw=_raw_named(service.config),
            out=service.config.out,
        ),
        flush=True,
    )
    work(runner)


def _raw_named(config: RunConfig) -> str:
    names = [str(path) for path in config.raw]
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def absolute(config: RunConfig) -> RunConfig:
    """The same with absolute paths: runs of a deployment begin in a folder of Prefect's choice."""
    return config.model_copy(update=absolute_paths(config))
