"""The command that serves: every night a run, until it is stopped."""

import os
from typing import Annotated

import typer

from flows.commands.command_line import fail
from flows.commands.run_options import RunOptions, with_run_options
from sftrm_quality.errors import ConfigError, SftrmError


@with_run_options
def serve(
    options: RunOptions,
    cron: Annotated[str, typer.Option("--cron", help="When: minute, hour, day, month, weekday.")] = "0 2 * * *",
    timezone: Annotated[str, typer.Option("--timezone", help="Time zone of the schedule.")] = "Asia/Seoul",
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
) -> None:
    """Run it every night: Prefect server (if none is configured), deployment, worker and report site, until Ctrl-C."""
    from flows.service_settings import NOTIFY, out_of_the_process_list

    if notify:
        out_of_the_process_list("--notify", notify)
    try:
        config = options.load()
        if on_hold not in ("stop", "ask"):
            raise ConfigError(f"--on-hold: {on_hold!r}, expected stop or ask")
        from flows import service

        channels = tuple(os.environ.get(NOTIFY, "").split())
        service.serve(
            service.Service(
                service.absolute(config),
                cron,
                timezone,
                on_hold,
                channels,
                notify_findings,
                timeout_hours,
                prefect_port,
                report_port,
                open_server,
            )
        )
    except SftrmError as error:
        fail(error)
