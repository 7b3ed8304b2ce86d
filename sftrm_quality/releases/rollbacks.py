"""The way back: an older release is made current by a person, and what was left is not published again by itself."""

from sftrm_quality.decisions import Rollback, Signed, StoredDecisions, read_decisions, write_decisions
from sftrm_quality.errors import PermanentStorageError
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases.manifest import Release, damaged_files
from sftrm_quality.releases.publish import find_release, switch_to
from sftrm_quality.words import say


def decisions_of(output: OutputFolder) -> StoredDecisions:
    """What people decided, as it counts with the release that is current now.

    Args:
        output: The output folder.

    Returns:
        The stored decisions. Whether a rollback has ended is told by LATEST: no run has two files to write for it.

    Raises:
        StorageError: The file cannot be read.
    """
    return read_decisions(output).settled(output.current_release_id())


def settled_decisions(output: OutputFolder) -> StoredDecisions:
    """The same, and kept: a release that is published later than the next one must not revive a rollback.

    Args:
        output: The output folder; the caller holds its lock and is about to change what is current.

    Returns:
        The stored decisions.

    Raises:
        StorageError: The file cannot be read or written.
    """
    stored, settled = read_decisions(output), decisions_of(output)
    if settled != stored:
        write_decisions(output, settled)
    return settled


def rollback(output: OutputFolder, release_id: str, who: Signed) -> Release:
    """Let LATEST name an older release, after its files were found whole, and keep who said so.

    It is kept before it takes effect: killed between the two, it is as if nobody had said anything. The other way
    round the next run would publish what was left.

    Args:
        output: The output folder; the caller holds its lock.
        release_id: The release that becomes the current one. Where it is that already, nothing changes.
        who: Who says so, and why.

    Returns:
        That release.

    Raises:
        ConfigError: There is no such release.
        StorageError: It is damaged, or the decisions cannot be read; LATEST stays as it is.
    """
    release = find_release(output, release_id)
    if damaged := damaged_files(release.folder, release.manifest):
        raise PermanentStorageError(
            say("{folder}: damaged, not made current: {damaged}", folder=release.folder, damaged=", ".join(damaged[:5]))
        )
    stored, left = settled_decisions(output), output.current_release_id()
    if left is not None and left != release_id:
        write_decisions(output, stored.with_rollback(Rollback(**dict(who), left=left, target=release_id)))
    switch_to(output, release_id)
    return release
