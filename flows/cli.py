"""The command ``sftrm``. Nothing heavy is imported before it is needed: ``--help`` answers at once."""

import os
import sys
import traceback
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.exceptions import TyperException

from flows.command_line import OUT, OutOption, console, fail
from flows.looking import diff, releases, report, why
from sftrm_quality import __version__
from sftrm_quality.errors import ConfigError, SftrmError

if TYPE_CHECKING:
    from sftrm_quality.config import RunConfig
    from sftrm_quality.run_record import Report

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="The gate in front of training: judge, deduplicate, split and account for SFT and RM label files.",
    epilog="Exit codes: 0 published or unchanged, 1 held by the gate, 2 wrong usage, configuration or suite, "
    "3 a failure of ours or the machine's.",
)

RawArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="RAW", help="Raw files or folders.", show_default="data/raw")
]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="YAML file with settings.")]
SuitesOption = Annotated[
    Path | None, typer.Option("--expectations", help="Folder with sft.json, rm.json, release.json.")
]
WorkersOption = Annotated[int | None, typer.Option("--workers", help="Worker processes.", show_default="one a core")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting, for instance near.threshold=0.7. May be repeated."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print report.json and nothing else.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"sftrm-quality {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def _execute(
    mode: str,
    raw: list[Path] | None,
    out: Path | None,
    config: Path | None,
    expectations: Path | None,
    workers: int | None,
    settings: list[str] | None,
    as_json: bool,
) -> NoReturn:
    from flows.stopping import stop_before_the_start

    stop_before_the_start()
    given: dict[str, Any] = {"raw": raw, "out": out, "expectations": expectations, "workers": workers}
    given = {name: value for name, value in given.items() if value is not None and value != []}
    try:
        from sftrm_quality.workers.tasks import set_environment

        set_environment()
        from sftrm_quality.config_loading import load_config
        from sftrm_quality.job import check_before_reading
        from sftrm_quality.output import OutputFolder
        from sftrm_quality.reading import discover

        # Everything that the user can have got wrong comes to light before a server or a worker is started.
        loaded = load_config(config, settings or [], given)
        check_before_reading(loaded)
        discover(loaded.raw)
        OutputFolder(loaded.out).make_writable()
        ended = _ingest(loaded, mode, as_json)
    except SftrmError as error:
        fail(error)
    raise typer.Exit(_tell(ended, loaded.out, as_json))


def _ingest(config: "RunConfig", mode: str, as_json: bool) -> "Report":
    from flows.stopping import stop_on_signals
    from sftrm_quality.output import OutputFolder

    stop_on_signals(OutputFolder(config.out))
    if config.engine == "processes":
        from sftrm_quality.workers.processes import start_fork_server

        # Great Expectations is imported there while Prefect starts here.
        start_fork_server()
    from flows.prefect_settings import set_defaults

    set_defaults(quiet=True)
    from flows.server import beside_a_run, configured_server, must_answer

    with ExitStack() as stack:
        answers = None
        if server := configured_server():
            must_answer(server)
        else:
            output = OutputFolder(config.out)
            before = output.release_in_force()
            answers = stack.enter_context(beside_a_run(lambda: _stop_without_server(output, before, as_json)))
        # It starts while these are imported.
        from flows.ingest import ingest_with
        from flows.terminal import showing_progress
        from sftrm_quality.run_record import Mode

        if not as_json:
            stack.enter_context(showing_progress(console(stderr=True)))
        if answers:
            answers()
        return ingest_with(config, Mode(mode)).report


def _stop_without_server(output: Any, before: str | None, as_json: bool) -> None:
    from flows.ingest import results
    from flows.stopping import stop_without_server

    def tell() -> int:
        return _tell(results[-1].report, output.root, as_json)

    stop_without_server(output, before, lambda: bool(results), tell)


def _tell(report: "Report", out: Path, as_json: bool) -> int:
    """Print how a run ended, and return the exit code that says the same."""
    from flows import terminal

    if as_json:
        print(terminal.json_text(report.to_json()))
    else:
        terminal.print_result(console(), report, out)
    return 1 if report.verdict == "held" else 0


@app.command()
def run(
    raw: RawArgument = None,
    out: OutOption = None,
    config: ConfigOption = None,
    expectations: SuitesOption = None,
    workers: WorkersOption = None,
    settings: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read raw label files, check, deduplicate, split, and publish a release with a report."""
    _execute("run", raw, out, config, expectations, workers, settings, as_json)


@app.command()
def check(
    raw: RawArgument = None,
    out: OutOption = None,
    config: ConfigOption = None,
    expectations: SuitesOption = None,
    workers: WorkersOption = None,
    settings: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """The same as run, without publishing: report, quarantine and duplicates only."""
    _execute("check", raw, out, config, expectations, workers, settings, as_json)


@app.command()
def serve(
    raw: RawArgument = None,
    out: OutOption = None,
    config: ConfigOption = None,
    expectations: SuitesOption = None,
    workers: WorkersOption = None,
    settings: SetOption = None,
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
            help="Apprise URL told of held, failed, recovered runs. Repeatable. Or set SFTRM_NOTIFY.",
        ),
    ] = None,
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
    given = {"raw": raw, "out": out, "expectations": expectations, "workers": workers}
    try:
        from sftrm_quality.config_loading import load_config
        from sftrm_quality.job import check_before_reading

        loaded = load_config(config, settings or [], {name: value for name, value in given.items() if value})
        check_before_reading(loaded)
        if on_hold not in ("stop", "ask"):
            raise ConfigError(f"--on-hold: {on_hold!r}, expected stop or ask")
        from flows.serving import Service, absolute
        from flows.serving import serve as serve_until_stopped

        channels = tuple(os.environ.get(NOTIFY, "").split())
        service = Service(
            absolute(loaded), cron, timezone, on_hold, channels, timeout_hours, prefect_port, report_port, open_server
        )
        serve_until_stopped(service)
    except SftrmError as error:
        fail(error)


for command in (why, releases, report, diff):
    app.command()(command)


@app.command()
def rollback(
    release_id: Annotated[str, typer.Argument(metavar="RELEASE_ID", help="A release of `sftrm releases`.")],
    out: OutOption = None,
) -> None:
    """Put an older release in force again, after its files were found whole."""
    from flows.terminal import safe
    from sftrm_quality.output import OutputFolder
    from sftrm_quality.releases.publish import find_release
    from sftrm_quality.releases.publish import rollback as roll_back
    from sftrm_quality.reports.write import take_back

    output = OutputFolder(out or OUT)
    try:
        find_release(output, release_id)
        with output.locked(0, lambda waiting: print(safe(waiting))):
            take_back(output)
            roll_back(output, release_id)
    except SftrmError as error:
        fail(error)
    print(f"{release_id} is in force")


def main() -> None:
    """Entry point of the command. Wrong usage is one line and exit code 2; what nobody foresaw is 3 and a traceback."""
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        told = error.format_message()
        # Without any argument the message is the help itself.
        _complain(told if len(sys.argv) == 1 else f"error: {told} (see {' '.join(_command_named())} --help)")
        code = 2
    except OSError as error:
        _complain(f"error: {error.filename or ''}: {error.strerror or error}")
        code = 3
    except BrokenExecutor as error:
        _complain(f"error: a worker died, perhaps for want of memory: try fewer --workers ({error})")
        code = 3
    except Exception:
        _complain(traceback.format_exc().rstrip())
        code = 3
    sys.exit(code)


def _complain(text: str) -> None:
    from flows.terminal import safe

    print(*map(safe, text.split("\n")), sep="\n", file=sys.stderr)


def _command_named() -> list[str]:
    known = {command.callback.__name__ for command in app.registered_commands if command.callback}
    return ["sftrm", *(name for name in sys.argv[1:2] if name in known)]


if __name__ == "__main__":
    main()
