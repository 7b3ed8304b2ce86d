"""After a night that published: what the setting ``prune`` says is deleted."""

from sftrm_quality import progress
from sftrm_quality.errors import StorageError
from sftrm_quality.housekeeping import Coming, Going, delete, what_goes
from sftrm_quality.job.opening import RunContext
from sftrm_quality.run_record import Pruned
from sftrm_quality.words import say


def going_with(run: RunContext, release_id: str) -> Going | None:
    """What goes once a release is current.

    Args:
        run: The run that is about to publish it.
        release_id: Its id.

    Returns:
        What goes; None where nothing does.

    Raises:
        StorageError: What people decided cannot be read.
    """
    settings = run.config.prune
    if settings.keep_releases is None and settings.keep_days is None:
        return None
    frozen = [run.frozen.release_id] if run.frozen else []
    return what_goes(run.output, settings, frozen, Coming(run.run_id, release_id)) or None


def as_reported(going: Going | None) -> Pruned | None:
    """The same as the report has it, which is written before."""
    return Pruned(releases=going.releases, runs=going.runs) if going else None


def prune(run: RunContext, going: Going) -> None:
    """Delete it. A failure is told and is no error: the release is there, and the next night deletes what is left.

    Args:
        run: The run, whose release is current by now.
        going: What `going_with` found.
    """
    try:
        delete(run.output, going)
    except StorageError as error:
        progress.tell(
            say("not all was deleted that the setting prune names, the next night does it: {error}", error=error)
        )
