"""What ``--help`` says, in another language: typer reads it from the commands, whose texts are English."""

from collections.abc import Iterator
from typing import Any

from sftrm_quality.words import phrase, say

# Typer's own words around ours, by their names in its module `rich_utils`.
_FRAME = {
    "DEFAULT_STRING": phrase("[default: {value}]"),
    "REQUIRED_LONG_STRING": phrase("[required]"),
    "ARGUMENTS_PANEL_TITLE": phrase("Arguments"),
    "OPTIONS_PANEL_TITLE": phrase("Options"),
    "COMMANDS_PANEL_TITLE": phrase("Commands"),
}
_HELP = phrase("Show this message and exit.")
# What typer says of wrong usage: `recognised` says it again.
_OF_TYPER = (
    phrase("No such option: {option}"),
    phrase("No such option: {option} (Possible options: {possible})"),
    phrase("No such command {name}."),
    phrase("No such command {name}. Did you mean {possible}?"),
    phrase("Missing command."),
    phrase("Missing argument '{name}'."),
    phrase("Missing option '{name}'."),
    phrase("Invalid value for '{name}': {why}"),
    phrase("Option '{name}' requires an argument."),
    phrase("Got unexpected extra argument ({arguments})"),
    phrase("Got unexpected extra arguments ({arguments})"),
    phrase("{value} is not one of {choices}."),
    phrase("{value} is not a valid integer."),
    phrase("{value} is not a valid float."),
)
_TEXTS = ("help", "short_help", "epilog")


def say_help(command: Any) -> None:
    """Let a command and all below it explain themselves in the language that is spoken.

    Args:
        command: As typer makes it of an app.
    """
    from typer import Context, rich_utils

    for name, text in _FRAME.items():
        setattr(rich_utils, name, say(text, value="{}") if "{" in text else say(text))
    for part in _parts(command):
        if hasattr(part, "get_help_option"):
            # Typer makes it when it is first asked for.
            part.get_help_option(Context(part)).help = say(_HELP)
        for name in _TEXTS:
            if english := getattr(part, name, None):
                setattr(part, name, say(english))
        if isinstance(default := getattr(part, "show_default", None), str):
            part.show_default = say(default)


def help_texts(command: Any) -> Iterator[str]:
    """All texts that explain a command and those below it, for the catalogue.

    Args:
        command: As typer makes it of an app.

    Yields:
        Each as it is in the code; the same more than once.
    """
    for part in _parts(command):
        yield from (text for name in _TEXTS if (text := getattr(part, name, None)))
        # Paths and numbers are no words.
        if isinstance(default := getattr(part, "show_default", None), str) and " " in default:
            yield default


def _parts(command: Any) -> Iterator[Any]:
    """The command, its options and arguments, and the same of those below it."""
    yield command
    yield from command.params
    for inner in getattr(command, "commands", {}).values():
        yield from _parts(inner)
