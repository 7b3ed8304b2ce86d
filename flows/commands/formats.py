"""The command that lists the formats that are read, and prints the declaration of each."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.command_line import console, fail
from flows.commands.run_options import ConfigOption, SettingsOption
from flows.terminal_text import json_text, safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.words import say

if TYPE_CHECKING:
    from sftrm_quality.formats.listing import FormatShown


def formats(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A format, to see its declaration.")] = None,
    config: ConfigOption = None,
    settings: SettingsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the same as JSON and nothing else.")] = False,
) -> None:
    """List the formats of records that are read; of one, print the declaration with an example, as YAML."""
    try:
        from sftrm_quality.config_loading import load_config
        from sftrm_quality.formats import formats_of, read_declarations
        from sftrm_quality.formats.listing import formats_shown

        found = formats_shown(formats_of(read_declarations(load_config(config, settings or []).formats)))
        if name is not None and name not in (known := [one.name for one in found]):
            raise ConfigError(say("no format is called '{name}'; known are {known}", name=name, known=", ".join(known)))
    except SftrmError as error:
        fail(error)
    shown = [one for one in found if name in (None, one.name)]
    if as_json:
        print(json_text([_as_json(one) for one in shown]))
    elif name is None:
        _print_table(shown)
    else:
        _print_declaration(shown[0])


def _as_json(one: "FormatShown") -> dict[str, object]:
    declared = one.declaration.model_dump(mode="json", exclude_defaults=True) if one.declaration else None
    return {
        "name": one.name,
        "label_kind": one.label_kind,
        "about": one.about,
        "built_in": not one.declared,
        "example": one.example,
        "declaration": declared,
    }


def _print_table(shown: list["FormatShown"]) -> None:
    from rich.table import Table

    table = Table(say("format"), say("kind"), say("records"), box=None, pad_edge=False, header_style="dim")
    for one in shown:
        about = safe(one.about) + (" (" + say("declared") + ")" if one.declared else "")
        table.add_row(one.name, one.label_kind.upper(), about)
    printed = console()
    printed.print(table)
    printed.print(say("sftrm formats NAME prints one, to copy and to change."), style="dim", soft_wrap=True)


def _print_declaration(one: "FormatShown") -> None:
    """As a file that can be saved: what is no YAML is a comment."""
    from sftrm_quality.formats.listing import as_yaml, example_as_yaml

    if one.declaration is not None:
        print(*map(safe, as_yaml(one.declaration).splitlines()), sep="\n")
        return
    print(f"# {one.name} ({one.label_kind.upper()}): {one.about}")
    print("# " + say("It is code of its own and has no declaration. An example:"))
    print(example_as_yaml(one.example), end="")
