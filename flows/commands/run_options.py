"""What run, check and serve are told of a run: one definition for the three of them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.command_line import OutOption, no_address

if TYPE_CHECKING:
    from sftrm_quality.config import RunConfig


ConfigOption = Annotated[Path | None, typer.Option("--config", help="YAML file with settings.", callback=no_address)]
SettingsOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting, for instance near.threshold=0.7. May be repeated."),
]


@dataclass(frozen=True)
class RunOptions:
    """Arguments and options of a command, as they were given; nothing for those that were not."""

    raw: Annotated[
        list[Path] | None,
        typer.Argument(metavar="RAW", help="Raw files or folders.", show_default="data/raw", callback=no_address),
    ] = None
    out: OutOption = None
    config: ConfigOption = None
    expectations: Annotated[
        Path | None,
        typer.Option("--expectations", help="Folder with sft.json, rm.json, release.json.", callback=no_address),
    ] = None
    workers: Annotated[int | None, typer.Option("--workers", help="Worker processes.", show_default="one per core")] = (
        None
    )
    settings: SettingsOption = None

    def load(self, begin: "Callable[[RunConfig], None] | None" = None) -> "RunConfig":
        """The configuration that they make, with the YAML file and the defaults.

        Args:
            begin: Called with the settings as soon as they are read, and before what they name is looked at, which
                takes a second of imports.

        Returns:
            The settings.

        Raises:
            ConfigError: A setting is not known or has a value that it cannot have, or what it names does not fit.
            SuiteError: A suite cannot be read.
        """
        from sftrm_quality.config_loading import load_config

        given = {"raw": self.raw, "out": self.out, "expectations": self.expectations, "workers": self.workers}
        # Typer gives an empty list where no argument was given.
        loaded = load_config(
            self.config, self.settings or [], {name: value for name, value in given.items() if value not in (None, [])}
        )
        if begin is not None:
            begin(loaded)
        from sftrm_quality.imports import imports_of_a_command

        with imports_of_a_command():
            from sftrm_quality.job import check_before_reading

        check_before_reading(loaded)
        return loaded


def with_run_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command that gets the options of a run as one value, and shows each of them on the command line.

    Args:
        command: Takes them first, as `RunOptions`, and then options of its own.

    Returns:
        The same as typer wants it: a function with a parameter for each option.
    """
    shared = inspect.signature(RunOptions).parameters.values()
    own = list(inspect.signature(command).parameters.values())[1:]

    @wraps(command)
    def called(**given: Any) -> None:
        options = RunOptions(**{option.name: given.pop(option.name) for option in shared})
        command(options, **given)

    # What typer reads.
    called.__signature__ = inspect.Signature([*shared, *own])  # type: ignore[attr-defined]
    return called
