"""What the commands of ``sftrm`` share: the output folder, errors as one line, a console that a pipe may leave."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from rich.console import Console

from flows.terminal_text import safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.paths import refuse_address
from sftrm_quality.words import say

if TYPE_CHECKING:
    from sftrm_quality.output import OutputFolder
    from sftrm_quality.releases import Release
    from sftrm_quality.run_record import Report

T = TypeVar("T", Path | None, list[Path] | None)


def no_address(value: T) -> T:
    """A callback of options and arguments that are paths: an address is refused before any folder is made of it.

    Args:
        value: What was given.

    Returns:
        The same.

    Raises:
        BadParameter: One of them is an address.
    """
    for path in value if isinstance(value, list) else filter(None, [value]):
        try:
            refuse_address(path)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    return value


OutOption = Annotated[
    Path | None, typer.Option("--out", help="Output folder.", show_default="data/out", callback=no_address)
]
OUT = Path("data/out")
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Your name, for those who ask later.")]
WhyOption = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, in a few words.")]


def fail(error: SftrmError) -> NoReturn:
    """One line on stderr, and the exit code of the error."""
    print(say("error: {error}", error=safe(error)), file=sys.stderr)
    raise typer.Exit(error.exit_code)


def must_exist(folder: Path) -> None:
    """Raise ConfigError where there is no such output folder."""
    if not folder.is_dir():
        raise ConfigError(say("{folder}: no such output folder; name one with --out", folder=folder))


def release_named(output: "OutputFolder", release_id: str | None) -> "Release":
    """A release of an output folder.

    Args:
        output: The folder.
        release_id: Of the release; None: the current one.

    Returns:
        The release.

    Raises:
        ConfigError: There is none, or none of that id.
        StorageError: It cannot be read.
    """
    from sftrm_quality.releases import find_release

    if release_id is None and (release_id := output.current_release_id()) is None:
        raise ConfigError(say("{root}: there is no release yet; make one with sftrm run", root=output.root))
    return find_release(output, release_id)


def report_named(output: "OutputFolder", run: str | None) -> "Report":
    """The report of a run, with what people decided on it and said of its findings since.

    Args:
        output: The output folder.
        run: The run; None: the newest one.

    Returns:
        The report. What of people's acts cannot be read is told on stderr.

    Raises:
        ConfigError: There is no such run, or its report is damaged.
        StorageError: What people decided cannot be read.
    """
    from sftrm_quality.acts import read_acts
    from sftrm_quality.releases import decisions_of
    from sftrm_quality.reports import as_acted, as_decided
    from sftrm_quality.run_record import read_report_json

    runs = output.run_ids()
    if not runs:
        raise ConfigError(
            say("{root}: no run has a report yet; make one with sftrm run or sftrm check", root=output.root)
        )
    if run is not None and run not in runs:
        raise ConfigError(
            say(
                "{root}: no run '{run}'; the newest are {newest}",
                root=output.root,
                run=run,
                newest=", ".join(reversed(runs[-5:])),
            )
        )
    folder = output.report(run or runs[-1])
    try:
        found = read_report_json((folder / "report.json").read_bytes())
    except ValueError as error:
        raise ConfigError(
            say("{folder}: damaged ({error}); look at another run", folder=folder / "report.json", error=error)
        ) from error
    acts = read_acts(output)
    for told in acts.damaged:
        print(say("warning: {told}", told=safe(told)), file=sys.stderr)
    return as_acted(as_decided(found, decisions_of(output)), acts)


def mebibytes(size: int) -> str:
    """How many mebibytes some bytes are; what is not quite nothing never looks like it."""
    return "<0.1" if 0 < size < (1 << 20) / 10 else f"{size / (1 << 20):,.1f}"


class _Unbroken(Console):
    """A console whose reader may leave early (``sftrm run | head -1``): the exit code stays the run's."""

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def console(stderr: bool = False) -> Console:
    """Where people read. What is printed is text and no markup: names that others chose are in it.

    Elsewhere than on a terminal lines are not folded, so that they can be searched.
    """
    stream = sys.stderr if stderr else sys.stdout
    return _Unbroken(stderr=stderr, soft_wrap=not stream.isatty(), markup=False, emoji=False, highlight=False)
