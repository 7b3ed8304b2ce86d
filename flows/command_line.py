"""What the commands of ``sftrm`` share: the output folder, errors as one line, a console that a pipe may leave."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from sftrm_quality.errors import ConfigError, SftrmError

OutOption = Annotated[Path | None, typer.Option("--out", help="Output folder.", show_default="data/out")]
OUT = Path("data/out")


def fail(error: SftrmError) -> NoReturn:
    """One line on stderr, and the exit code of the error."""
    from flows.terminal import safe

    print(f"error: {safe(error)}", file=sys.stderr)
    raise typer.Exit(error.exit_code)


def must_exist(folder: Path) -> None:
    """Raise ConfigError where there is no such output folder."""
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such output folder; name one with --out")


class _Unbroken(Console):
    """A console whose reader may leave early (``sftrm run | head -1``): the exit code stays the run's."""

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def console() -> Console:
    """Elsewhere than on a terminal lines are not folded, so that they can be searched."""
    return _Unbroken(soft_wrap=not sys.stdout.isatty())
