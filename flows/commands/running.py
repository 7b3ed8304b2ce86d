"""The commands that make a run: run and check. What the user can have got wrong comes to light first."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from flows.commands.command_line import console, fail
from flows.commands.run_options import RunOptions, with_run_options
from flows.terminal_text import json_text
from sftrm_quality.errors import SftrmError
from sftrm_quality.words import speak_from_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from sftrm_quality.config import RunConfig
    from sftrm_quality.run_record import Report

JsonOption = Annotated[bool, typer.Option("--json", help="Print report.json and nothing else.")]


@with_run_options
def run(options: RunOptions, as_json: JsonOption = False) -> None:
    """Read raw label files, check, deduplicate, split, and publish a release with a report."""
    make_run(lambda: options.load(_begin_imports), "run", as_json)


@with_run_options
def check(options: RunOptions, as_json: JsonOption = False) -> None:
    """The same as run, without publishing: report, quarantine and duplicates only."""
    make_run(lambda: options.load(_begin_imports), "check", as_json)


def make_run(
    load: "Callable[[], RunConfig]", mode: str, as_json: bool, decided_release_id: str | None = None
) -> NoReturn:
    """Make a run, print how it ended, and exit with the code that says the same.

    Args:
        load: Gives the settings, or raises what the user can have got wrong.
        mode: run or check.
        as_json: Whether to print the report and nothing else.
        decided_release_id: The only release that may be published, since a person decided on that.
    """
    from flows.stopping import end_imports, stop_before_the_start

    stop_before_the_start()
    try:
        from sftrm_quality.workers.tasks import set_environment

        set_environment()
        # Everything that the user can have got wrong comes to light before a run begins and a worker works.
        config = load()
        speak_from_here(config.language)
        from sftrm_quality.output import OutputFolder
        from sftrm_quality.reading import discover

        discover(config.raw)
        OutputFolder(config.out).make_writable()
        ended = _ingest(config, mode, as_json, decided_release_id)
    except SftrmError as error:
        end_imports()
        fail(error)
    raise typer.Exit(_tell(ended, config.out, as_json))


def _begin_imports(config: "RunConfig") -> None:
    """Great Expectations is imported in the fork server of the workers while the rest is here; once in a process."""
    if config.engine == "processes":
        from sftrm_quality.workers.processes import start_fork_server

        start_fork_server()


def _ingest(config: "RunConfig", mode: str, as_json: bool, decided_release_id: str | None) -> "Report":
    """The run as a flow of the Prefect server that is configured; without one in this process, which needs none."""
    from flows.server import configured_server
    from flows.stopping import stop_on_signals
    from sftrm_quality.output import OutputFolder

    stop_on_signals(OutputFolder(config.out))
    _begin_imports(config)
    server = configured_server()
    from flows.commands.progress_bars import showing_progress
    from sftrm_quality.run_record import Mode

    with nullcontext() if as_json else showing_progress(console(stderr=True)):
        if server is None:
            from flows.without_prefect import run_here

            return run_here(config, Mode(mode), decided_release_id).report
        from flows.prefect_settings import set_defaults

        set_defaults(quiet=True)
        from flows.ingest import ingest_with
        from flows.server import must_answer

        must_answer(server)
        return ingest_with(config, Mode(mode), decided_release_id).report


def _tell(report: "Report", out: Path, as_json: bool) -> int:
    """Print how a run ended, and return the exit code that says the same."""
    from flows.commands.terminal import print_result

    if as_json:
        print(json_text(report.to_json()))
    else:
        print_result(console(), report, out)
    return 1 if report.verdict == "held" else 0
