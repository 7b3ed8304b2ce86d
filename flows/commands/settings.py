"""The command that prints every setting."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.command_line import fail, no_address
from sftrm_quality.errors import SftrmError


def config(
    file: Annotated[
        Path | None,
        typer.Option("--config", help="YAML file with settings, to see what it sets.", callback=no_address),
    ] = None,
) -> None:
    """Print every setting with its default and its reason, as a YAML file to begin with."""
    from sftrm_quality.config_description import as_yaml
    from sftrm_quality.config_loading import load_config

    try:
        print(as_yaml(load_config(file)), end="")
    except SftrmError as error:
        fail(error)
