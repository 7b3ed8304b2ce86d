"""The command that makes an older release current again."""

from typing import Annotated

import typer

from flows.commands.command_line import OUT, OutOption, fail
from flows.terminal_text import safe
from sftrm_quality.errors import SftrmError


def rollback(
    release_id: Annotated[str, typer.Argument(metavar="RELEASE_ID", help="A release of `sftrm releases`.")],
    out: OutOption = None,
) -> None:
    """Make an older release current again, once its files are verified."""
    from sftrm_quality import findings, releases, reports
    from sftrm_quality.output import OutputFolder

    output = OutputFolder(out or OUT)
    try:
        releases.find_release(output, release_id)
        with output.locked(0, lambda waiting: print(safe(waiting)), findings.timezone_of(output)):
            reports.take_back(output)
            releases.rollback(output, release_id)
    except SftrmError as error:
        fail(error)
    print(f"{release_id} is the current release")
