"""The command ``sftrm``. Nothing heavy is imported before it is needed: ``--help`` answers at once."""

import sys
import traceback
from concurrent.futures import BrokenExecutor
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from flows.commands import COMMANDS, GROUPS
from flows.help_texts import say_help
from flows.leaving import Leaving
from flows.terminal_text import safe
from sftrm_quality import __version__
from sftrm_quality.words import language_around, language_spoken, recognised, say, speaking_in

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="The gate in front of training: check, deduplicate, split and account for SFT and RM label files.",
    epilog="Exit codes: 0 published or unchanged, 1 held by the gate, 2 wrong usage, configuration or suite, "
    "3 a failure of ours or the machine's.",
)
for command in COMMANDS:
    app.command()(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


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


def main() -> None:
    """Entry point of the command. Wrong usage is one line and exit code 2; an unexpected error is 3 and a traceback.

    It speaks the language of the environment; a run with settings of its own, theirs.
    """
    leaving = Leaving()
    with speaking_in(language_around()):
        code = _called() or 0
    leaving.with_code(code)
    sys.exit(code)


def commands() -> Any:
    """All commands, as typer shows and calls them, in the language that is spoken."""
    made = typer.main.get_command(app)
    if language_spoken() != "en" and (len(sys.argv) == 1 or "--help" in sys.argv):
        say_help(made)
    return made


def _called() -> int | None:
    """The exit code of the command that was called."""
    code: int | None
    try:
        code = commands()(standalone_mode=False)
    except TyperException as error:
        told = error.format_message() if len(sys.argv) == 1 else recognised(error.format_message())
        # Without any argument the message is the help itself.
        _complain(
            told
            if len(sys.argv) == 1
            else say("error: {told} (see {command} --help)", told=told, command=" ".join(_command_named()))
        )
        code = 2
    except OSError as error:
        _complain(say("error: {file}: {strerror}", file=error.filename or "", strerror=error.strerror or error))
        code = 3
    except BrokenExecutor as error:
        _complain(say("error: a worker died, possibly out of memory: try fewer --workers ({error})", error=error))
        code = 3
    except Exception:
        _complain(traceback.format_exc().rstrip())
        code = 3
    return code


def _complain(text: str) -> None:
    print(*map(safe, text.split("\n")), sep="\n", file=sys.stderr)


def _command_named() -> list[str]:
    known = {*(command.__name__ for command in COMMANDS), *GROUPS}
    return ["sftrm", *(name for name in sys.argv[1:2] if name in known)]


if __name__ == "__main__":
    main()
