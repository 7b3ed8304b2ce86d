"""What a run puts in place is all there or taken back, also when the run is killed between two moves.

A note in the output folder says what is about to be put in place, from before the first move until after the last one.
Whoever holds the lock and finds a note looks whether that run came to its end, and takes back what it put there if not.
"""

import json
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sftrm_quality.errors import StorageError
from sftrm_quality.output import OutputFolder, write_atomically
from sftrm_quality.releases.manifest import read_manifest

_NOTE = ".publishing.json"
_PATIENCE_SECONDS = 60
# Held by the thread that moves things, and by the one that ends this process. The same thread may do both: then the
# move was interrupted for good.
_moving = threading.RLock()


@dataclass(frozen=True)
class _Note:
    """release_id: None where the run publishes nothing. current: the release that LATEST named before.

    was_there: a folder of that release was there before this run.
    """

    run_id: str
    release_id: str | None
    current: str | None
    was_there: bool


@contextmanager
def all_or_nothing(output: OutputFolder, run_id: str, release_id: str | None) -> Iterator[None]:
    """A context that puts in place what a run made.

    The report must be moved after quarantine and duplicates, the release after the report, and LATEST be switched last:
    from that `take_back_unfinished` sees how far a run came. After an exception it is to be called at once.

    Args:
        output: The output folder; the caller holds its lock.
        run_id: The run.
        release_id: The release that it publishes; None for a run that publishes nothing.
    """
    was_there = release_id is not None and (output.releases / release_id).exists()
    with _moving:
        note = _Note(run_id, release_id, output.current_release_id(), was_there)
        write_atomically(output.root / _NOTE, json.dumps(asdict(note)))
        yield
        (output.root / _NOTE).unlink()


@contextmanager
def nothing_moving() -> Iterator[None]:
    """Wait until no other thread of this process puts anything in place, and let none begin."""
    got = _moving.acquire(timeout=_PATIENCE_SECONDS)
    try:
        yield
    finally:
        if got:
            _moving.release()


def take_back_unfinished(output: OutputFolder) -> bool:
    """Take back what a run had put in place when it died.

    Args:
        output: The output folder; the caller holds its lock.

    Returns:
        Whether there was such a run.
    """
    path = output.root / _NOTE
    try:
        note = _read(output)
    except FileNotFoundError:
        return False
    except (ValueError, TypeError, StorageError):
        path.unlink()
        return True
    if not _finished(output, note):
        for folder in (output.report, output.quarantine, output.duplicates):
            _take_away(folder(note.run_id), output)
        if note.release_id and not note.was_there and note.release_id != output.current_release_id():
            _take_away(output.releases / note.release_id, output)
    path.unlink()
    return True


def named_by_unfinished(output: OutputFolder) -> frozenset[str]:
    """The releases that the note of a run names: the one that it puts in place, and the one that was current before.

    Args:
        output: The output folder.

    Returns:
        Their ids; none without such a note, or with one that says nothing.
    """
    try:
        note = _read(output)
    except (OSError, ValueError, TypeError, StorageError):
        return frozenset()
    return frozenset(filter(None, (note.release_id, note.current)))


def _read(output: OutputFolder) -> _Note:
    values = json.loads((output.root / _NOTE).read_text("utf-8"))
    if "in_force" in values:
        # As 0.1.0 wrote it, whose run was killed.
        values["current"] = values.pop("in_force")
    note = _Note(**values)
    # What it names is about to be deleted: nothing beside or above what a run puts in place.
    output.report(note.run_id)
    output.release(note.release_id or note.run_id)
    return note


def _finished(output: OutputFolder, note: _Note) -> bool:
    if note.release_id is None:
        return (output.report(note.run_id) / "report.json").is_file()
    if note.release_id != note.current:
        return output.current_release_id() == note.release_id
    # A damaged release was to be replaced by one of the same id: LATEST says nothing.
    try:
        return read_manifest(output.releases / note.release_id).run_id == note.run_id
    except StorageError:
        return False


def _take_away(folder: Path, output: OutputFolder) -> None:
    """Out of sight by one rename, so that nobody meets half of it, and then deleted."""
    hidden = output.staging / f"taken-back-{secrets.token_hex(4)}"
    with suppress(OSError):
        output.staging.mkdir(exist_ok=True)
        folder.rename(hidden)
    for path in (hidden, folder):
        shutil.rmtree(path, ignore_errors=True)
