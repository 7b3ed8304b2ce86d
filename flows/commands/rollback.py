"""The command that makes an older release current again."""

from typing import Annotated

import typer

from flows.commands.command_line import OUT, ByOption, OutOption, WhyOption, fail
from flows.terminal_text import safe
from sftrm_quality.errors import SftrmError
from sftrm_quality.words import say


def rollback(
    release_id: Annotated[str, typer.Argument(metavar="RELEASE_ID", help="A release of `sftrm releases`.")],
    by: ByOption,
    why: WhyOption,
    out: OutOption = None,
) -> None:
    """Make an older release current again, once its files are verified. The one that is left stays left."""
    from sftrm_quality import findings, releases, reports
    from sftrm_quality.decisions import signed
    from sftrm_quality.output import OutputFolder

    output = OutputFolder(out or OUT)
    try:
        who = signed(by, why)
        releases.find_release(output, release_id)
        with output.locked(0, lambda waiting: print(safe(waiting)), findings.timezone_of(output)):
            reports.take_back(output)
            left = output.current_release_id()
            releases.rollback(output, release_id, who)
            reports.renew_index(output)
    except SftrmError as error:
        fail(error)
    print(say("{release_id} is the current release", release_id=release_id))
    if left not in (None, release_id):
        print(
            say(
                "{left} was left: a run does not publish it again from the same inputs, until somebody "
                "decides so or goes back to it",
                left=safe(left),
            )
        )
