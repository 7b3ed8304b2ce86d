"""The command that serves: every night a run, until it is stopped."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.command_line import fail
from flows.commands.run_options import RunOptions, with_run_options
from flows.service_settings import NOTIFY, REPORT_SITE, out_of_the_process_list
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.words import say, speak_from_here

if TYPE_CHECKING:
    from sftrm_quality.config import RunConfig


@with_run_options
def serve(
    options: RunOptions,
    cron: Annotated[str, typer.Option("--cron", help="When: minute, hour, day, month, weekday.")] = "0 2 * * *",
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            help="Time zone of the schedule and of the times people read; the setting timezone.",
            show_default="Asia/Seoul",
        ),
    ] = None,
    on_hold: Annotated[
        str, typer.Option("--on-hold", help="stop: a held run ends. ask: it waits for a decision in the UI.")
    ] = "stop",
    notify: Annotated[
        list[str] | None,
        typer.Option(
            "--notify",
            metavar="URL",
            help="Apprise URL told of held, failed, recovered runs and new findings. Repeatable. Or set SFTRM_NOTIFY.",
        ),
    ] = None,
    notify_findings: Annotated[
        bool,
        typer.Option("--notify-findings/--no-notify-findings", help="Tell of new findings of runs that published."),
    ] = True,
    timeout_hours: Annotated[float, typer.Option("--timeout-hours", min=0.1, help="Stop a run after that.")] = 12,
    prefect_port: Annotated[int, typer.Option("--prefect-port", help="Of a Prefect server started here.")] = 4200,
    report_port: Annotated[int, typer.Option("--report-port", help="Of the report site.")] = 4280,
    open_server: Annotated[
        bool, typer.Option("--open-server", help="Work for a Prefect server on another host that has no password.")
    ] = False,
    host: Annotated[
        str, typer.Option("--host", help="IP address for report site and Prefect server; 0.0.0.0: every network.")
    ] = "127.0.0.1",
    site_url: Annotated[
        str | None,
        typer.Option(
            "--site-url", metavar="URL", envvar=REPORT_SITE, help="Where people open the reports; links lead there."
        ),
    ] = None,
    allowed_hosts: Annotated[
        list[str] | None,
        typer.Option("--allowed-host", metavar="NAME", help="Another name under which it is reached. Repeatable."),
    ] = None,
    behind_login_proxy: Annotated[
        bool, typer.Option("--behind-login-proxy", help="A proxy in front of --host asks people to log in.")
    ] = False,
    reports_without_password: Annotated[
        bool,
        typer.Option("--reports-without-password", help="Whoever reaches --host may read the reports."),
    ] = False,
) -> None:
    """Run it every night: Prefect server (if none is configured), deployment, worker and report site, until Ctrl-C."""
    if notify:
        out_of_the_process_list("--notify", notify)
    try:
        config = options.load()
        speak_from_here(config.language)
        if on_hold not in ("stop", "ask"):
            raise ConfigError(say("--on-hold: {on_hold!r}, expected stop or ask", on_hold=on_hold))
        from flows import service

        reach = service.declared_reach(
            host, site_url, allowed_hosts or (), behind_login_proxy, reports_without_password
        )
        service.serve(
            service.Service(
                service.absolute(_in_zone(config, timezone)),
                reach,
                cron,
                on_hold,
                tuple(os.environ.get(NOTIFY, "").split()),
                notify_findings,
                timeout_hours,
                prefect_port,
                report_port,
                open_server,
            )
        )
    except SftrmError as error:
        fail(error)


def _in_zone(config: "RunConfig", timezone: str | None) -> "RunConfig":
    from sftrm_quality.time_zones import known_time_zone

    if timezone is None:
        return config
    try:
        return config.model_copy(update={"timezone": known_time_zone(timezone)})
    except ValueError as error:
        raise ConfigError(say("--timezone {timezone!r}: {error}", timezone=timezone, error=error)) from error
