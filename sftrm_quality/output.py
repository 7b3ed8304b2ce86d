"""The output folder: where everything is, who may write, and how a file appears whole or not at all."""

import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from sftrm_quality.errors import PermanentStorageError, TransientStorageError, storage_error, storage_error_type
from sftrm_quality.time_zones import moment
from sftrm_quality.words import say

# Of a run or a release: no folder above or beside, nothing hidden.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
_HOLDER = ".lock.json"
# What was being written when its process was killed.
_UNFINISHED = ".*.unfinished"
# The one command that writes without the lock, so that its file may be in the making right now.
_OF_DIFF = ".diff-"


@dataclass(frozen=True)
class OutputFolder:
    """Paths below one output folder. Names that start with a dot are ours and may be deleted between runs."""

    root: Path

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def latest(self) -> Path:
        """A one-line text file that names the current release."""
        return self.root / "LATEST"

    @property
    def decisions(self) -> Path:
        """What people decided at the shell, and that they rolled back."""
        return self.root / "decisions.json"

    @property
    def acts(self) -> Path:
        """What people said of findings, a line each."""
        return self.root / "acts.jsonl"

    @property
    def cache(self) -> Path:
        return self.root / ".cache"

    @property
    def part_cache(self) -> Path:
        """Among the folders of raw files in the cache."""
        return self.cache / "parts"

    @property
    def staging(self) -> Path:
        return self.root / ".staging"

    def release(self, release_id: str) -> Path:
        """Raises PermanentStorageError for what is no name, as the three below do for a run_id: files name ids."""
        return self.releases / self._name(release_id)

    def quarantine(self, run_id: str) -> Path:
        return self.root / "quarantine" / self._name(run_id)

    def duplicates(self, run_id: str) -> Path:
        return self.root / "duplicates" / self._name(run_id)

    def report(self, run_id: str) -> Path:
        return self.root / "reports" / self._name(run_id)

    def _name(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise PermanentStorageError(
                say(
                    "{root}: {name!r} is not a valid run or release id; somebody changed LATEST, a manifest "
                    "or a report by hand",
                    root=self.root,
                    name=name[:80],
                )
            )
        return name

    def current_release_id(self) -> str | None:
        """What LATEST says, the id of a release, or None before the first one. Whoever goes there looks at it first."""
        try:
            return self.latest.read_text("utf-8", errors="replace").strip() or None
        except FileNotFoundError:
            return None

    def make_writable(self) -> None:
        """Create the folder and write to it. Raises StorageError when that fails, before any work is done."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            # A file without a name, where the system has such a thing: nothing is left whenever this process dies.
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"?")
        except OSError as error:
            raise storage_error_type(error)(
                say(
                    "{root}: cannot write to the output folder: {strerror}. Check its permissions, or name another one",
                    root=self.root,
                    strerror=error.strerror or error,
                )
            ) from error

    def run_ids(self) -> list[str]:
        """All runs that have a report, oldest first."""
        folder = self.root / "reports"
        return (
            sorted(p.name for p in folder.iterdir() if _NAME.fullmatch(p.name) and (p / "report.json").is_file())
            if folder.is_dir()
            else []
        )

    def writer(self) -> int | None:
        """The process that says it writes here; it may have died since."""
        try:
            return int(json.loads((self.root / _HOLDER).read_text("utf-8"))["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @contextmanager
    def locked(self, seconds: float, waiting: Callable[[str], None], timezone: str = "UTC") -> Iterator[None]:
        """One writer an output folder. Waits up to `seconds`; the kernel frees the lock of a process that died.

        Raises StorageError when the folder cannot be written or another run still holds it.
        """
        self.make_writable()
        holder = self.root / _HOLDER
        try:
            lock = FileLock(self.root / ".lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                who = _holder(holder, timezone)
                waiting(
                    say(
                        "another run is writing to {root} ({who}): waiting up to {seconds:g} s",
                        root=self.root,
                        who=who,
                        seconds=seconds,
                    )
                )
                lock.acquire(timeout=seconds)
        except Timeout:
            raise TransientStorageError(
                say(
                    "{root}: another run is still writing here ({holder}) after {seconds:g} s; try again "
                    "later, or allow a longer wait with --set lock_seconds=…",
                    root=self.root,
                    holder=_holder(holder, timezone),
                    seconds=seconds,
                )
            ) from None
        except OSError as error:
            raise storage_error(error, self.root) from error
        try:
            # What a run left that died: nothing there belongs to a release, and we hold the lock.
            self.clear()
            started = datetime.now(UTC).isoformat(timespec="seconds")
            try:
                write_atomically(holder, json.dumps({"pid": os.getpid(), "started": started}))
            except OSError as error:
                raise storage_error(error, self.root) from error
            yield
        finally:
            self.clear()
            lock.release()

    def clear(self) -> None:
        """Delete what a run keeps only for itself; the note of who writes last, so that it is there while this goes on.

        For the process that holds the lock, or that is about to end.
        """
        shutil.rmtree(self.staging, ignore_errors=True)
        for folder in (self.root, self.root / "reports", *self.releases.glob("*")):
            for path in folder.glob(_UNFINISHED):
                if not path.name.startswith(_OF_DIFF):
                    path.unlink(missing_ok=True)
        (self.root / _HOLDER).unlink(missing_ok=True)


def _holder(path: Path, timezone: str) -> str:
    try:
        held = json.loads(path.read_text("utf-8"))
        return say("process {pid}, since {started}", pid=held["pid"], started=moment(held["started"], timezone))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return say("process unknown")


def new_run_id() -> str:
    """Sorts by time, also within a second: four digits of the tail are its fraction, two keep ids apart."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{now.microsecond * 0x10000 // 1_000_000:04x}{secrets.token_hex(1)}"


@contextmanager
def written(path: Path, *, durable: bool = False) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is whole, in place of what was there, or not at all.

    Args:
        path: its name.
        durable: whether that holds after a power cut too, which costs two waits for the disk.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        with beside.open("wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if durable:
        sync(path.parent)


def write_atomically(path: Path, text: str) -> None:
    """A reader sees the old text or the new one, also after a power cut."""
    with written(path, durable=True) as file:
        file.write(text.encode())


def append_array(file: BinaryIO, values: npt.NDArray[Any]) -> None:
    """The bytes of an array, to a file that was opened by Python.

    Not by ``ndarray.tofile`` (nor ``np.save``, which uses it): that writes by a stream of its own in C, and what the
    disk refuses when that stream is closed is lost without an error.
    """
    file.write(np.ascontiguousarray(values).data)


def sync(path: Path) -> None:
    """Make what was written to a file, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Make a finished folder durable with all that is in it: who names it afterwards names no empty files."""
    for here, _, names in os.walk(folder):
        for name in names:
            sync(Path(here) / name)
        sync(Path(here))


def link_or_copy(source: Path, target: Path) -> None:
    """A second name of a file; a copy where the file system has no such thing, or no more of them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def move_folder(source: Path, target: Path) -> None:
    """Rename a finished folder to its place, on the same file system, durably."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    sync(target.parent)
