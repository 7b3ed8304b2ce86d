"""Deleting: each release and each part of a run goes out of sight by one rename, so that nobody meets half of it."""

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from sftrm_quality import reports
from sftrm_quality.errors import PermanentStorageError, storage_error
from sftrm_quality.housekeeping.keeping import Going
from sftrm_quality.housekeeping.rows_of_runs import rows_of
from sftrm_quality.housekeeping.sizes import Size, size_of
from sftrm_quality.output import OutputFolder, move_folder, sync
from sftrm_quality.releases import nothing_moving
from sftrm_quality.words import say


@dataclass(frozen=True)
class Deleted:
    """How many releases are gone, of how many runs the rows, and what that frees."""

    releases: int
    runs: int
    size: Size


def paths_of(output: OutputFolder, going: Going) -> list[Path]:
    """All that goes.

    Args:
        output: The output folder.
        going: What goes.

    Returns:
        Files and folders.
    """
    rows = [path for run_id in going.runs for path in rows_of(output, run_id)]
    return [output.release(release_id) for release_id in going.releases] + rows


def delete(output: OutputFolder, going: Going) -> Deleted:
    """Delete what goes, and let the index say so.

    Killed at any moment, a release is whole or gone, and what is left of a run's rows goes the next time: by its page
    first, which says so before the rows that it would show are gone.

    Args:
        output: The output folder; the caller holds its lock.
        going: What `what_goes` found, since the lock is held.

    Returns:
        What is gone.

    Raises:
        StorageError: A release of it is the current one by now, or the system refuses.
    """
    if output.current_release_id() in going.releases:
        raise PermanentStorageError(
            say("{latest}: names a release that was to be deleted; nothing was", latest=output.latest)
        )
    try:
        size = size_of(paths_of(output, going))
        for release_id in going.releases:
            _away(output, [output.release(release_id)])
        for run_id in going.runs:
            reports.say_rows_are_deleted(output, run_id)
            _away(output, rows_of(output, run_id))
        if going:
            reports.renew_index(output)
    except OSError as error:
        raise storage_error(error, output.root) from error
    return Deleted(len(going.releases), len(going.runs), size)


def _away(output: OutputFolder, paths: list[Path]) -> None:
    hidden = output.staging / f"pruned-{secrets.token_hex(4)}"
    hidden.mkdir(parents=True)
    with nothing_moving():
        for number, path in enumerate(paths):
            move_folder(path, hidden / f"{number}")
            sync(path.parent)
    # What cannot be deleted now is deleted by whoever has the lock next.
    shutil.rmtree(hidden, ignore_errors=True)
