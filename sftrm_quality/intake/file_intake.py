"""File intake: every stream of a raw file opened, its format recognised, its shards checked by the workers."""

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from sftrm_quality import progress
from sftrm_quality.errors import TransientStorageError, storage_error
from sftrm_quality.formats.base import Format
from sftrm_quality.intake import cache
from sftrm_quality.intake.recognition import NotRead, Recognised, recognise_stream
from sftrm_quality.intake.results import FileIntake, ShardSummary
from sftrm_quality.intake.reviewing import reviews_that_apply
from sftrm_quality.intake.shard import ShardTask, process_shard
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.output import OutputFolder
from sftrm_quality.reading import (
    RawStream,
    Shard,
    SourceFile,
    UnknownFile,
    hash_of,
    open_streams,
)
from sftrm_quality.records import LabelKind
from sftrm_quality.reviews import NO_REVIEWS, NOTHING_APPLIES, FileReviews, Reviews
from sftrm_quality.run_record import FileStatus
from sftrm_quality.words import say
from sftrm_quality.workers import Workers


@dataclass
class ReadProgress:
    """Bytes of raw files read so far, over all files and threads of a run."""

    total: int
    done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, count: int) -> None:
        with self._lock:
            self.done += count
            done = self.done
        progress.report("read", min(done, self.total), self.total, "bytes")

    def again(self, count: int) -> None:
        """So many bytes are read once more."""
        with self._lock:
            self.total += count


@dataclass(frozen=True)
class IntakeContext:
    """What the intake of a file needs besides the file."""

    settings: ShardSettings
    output: OutputFolder
    staging: Path
    workers: Workers
    progress: ReadProgress
    reviews: Reviews = NO_REVIEWS


def intake_file(file: SourceFile, context: IntakeContext) -> list[FileIntake]:
    """Read, map, check and fingerprint one raw file, or find in the cache what that gave before.

    Which reviews apply to a file is known by what it gives without any; where some do, it is read once more with these.

    Args:
        file: The raw file, hashed.
        context: What else it takes.

    Returns:
        One intake per stream, of the file itself or of each member of an archive, and label kind in it.

    Raises:
        StorageError: Reading or spilling fails, or the file changes meanwhile.
    """
    key = cache.cache_key(file, context.settings)
    without = _found_or_read(file, context, key, {})
    applying = reviews_that_apply(context.reviews, context.settings, without) if context.reviews else {}
    if not applying:
        return without
    context.progress.again(file.size)
    return _found_or_read(file, context, cache.reviewed_key(key, applying, file), applying)


def _found_or_read(
    file: SourceFile, context: IntakeContext, key: str, reviews: Mapping[str, FileReviews]
) -> list[FileIntake]:
    kept = cache.find(context.output, key, file)
    if kept is not None:
        context.progress.add(file.size)
        return kept
    # The intake of equal files may go on at the same time, each in a folder of its own.
    building = Path(tempfile.mkdtemp(prefix="intake-", dir=context.staging))
    try:
        return _Reader(file, context, building, reviews).read(key)
    except OSError as error:
        # Reading does not name the file, writing in worker and main process names what it writes.
        raise storage_error(error, file.path) from error
    finally:
        # A second try must not meet a disk that is full of the first one.
        shutil.rmtree(building, ignore_errors=True)


def _unless_gone(_: object, __: str, caught: tuple[type[BaseException], BaseException, object]) -> None:
    if not isinstance(caught[1], FileNotFoundError):
        raise caught[1]


class _Reader:
    """Reads one raw file into a folder that is being built."""

    def __init__(
        self, file: SourceFile, context: IntakeContext, building: Path, reviews: Mapping[str, FileReviews]
    ) -> None:
        self._file, self._context, self._building, self._reviews = file, context, building, reviews
        self._counted = _Counted(context.progress, file.size)

    def read(self, key: str) -> list[FileIntake]:
        intakes = [
            intake
            for number, stream in enumerate(open_streams(self._file, self._context.settings.limits))
            for intake in self._stream(number, stream)
        ]
        # The cache goes by the bytes that were hashed before: what others wrote meanwhile must not be kept under them.
        if hash_of(self._file) != self._file.content_hash:
            raise TransientStorageError(
                say("{path}: changed while it was read; run again when it is whole", path=self._file.path)
            )
        kept = cache.keep(self._context.output, key, self._building, intakes, self._file)
        self._context.progress.add(self._counted.rest())
        return kept

    def _stream(self, number: int, stream: RawStream | UnknownFile) -> list[FileIntake]:
        intake = FileIntake(stream.source_file, self._file, self._building, number, FileStatus.UNREADABLE)
        if isinstance(stream, UnknownFile):
            return [replace(intake, note=stream.seen)]
        spill = self._building / f"spill-{number}"
        spill.mkdir()
        try:
            return self._document(intake, stream, spill)
        finally:
            # The file of the last shard may be on its way out: it is deleted where its summary arrives.
            shutil.rmtree(spill, onerror=_unless_gone)

    def _document(self, intake: FileIntake, stream: RawStream, spill: Path) -> list[FileIntake]:
        settings = self._context.settings
        found = recognise_stream(stream, settings.limits, spill, settings.source(stream.source_file), settings.formats)
        if isinstance(found, NotRead):
            return [
                replace(
                    intake,
                    status=found.status,
                    format=found.format,
                    container=found.container,
                    note=found.note,
                    records=found.records,
                    incomplete=found.incomplete,
                )
            ]
        read = replace(
            intake,
            status=FileStatus.READ,
            container=found.document.container,
            note=found.note,
            layout=found.document.layout,
        )
        return self._shards(read, found, stream.plain)

    def _shards(self, intake: FileIntake, found: Recognised, is_plain: bool) -> list[FileIntake]:
        document, main, ids_in = found.document, found.format, found.id_field
        numbers = count()
        reviews = self._reviews.get(intake.source_file, NOTHING_APPLIES)

        def submit(shard: Shard) -> Future[dict[LabelKind, ShardSummary]]:
            number = next(numbers)
            paths = {kind: intake.shard_paths(number, kind) for kind in LabelKind}
            task = ShardTask(shard, number, main.name, ids_in, self._context.settings, paths, reviews)
            if is_plain:
                self._counted.add(shard.length)
            summaries = self._context.workers.submit(process_shard, task)
            if shard.spilled:
                # Here and not in the task, which is run again when its worker dies.
                summaries.add_done_callback(lambda _: shard.path.unlink(missing_ok=True))
            return summaries

        try:
            shards = list(self._context.workers.in_order(submit, document.shards))
        finally:
            document.close()
        of_kind = {
            kind: tuple(of_shard[kind] for of_shard in shards if kind in of_shard)
            for kind in sorted(LabelKind, key=lambda kind: kind is not main.label_kind)
        }
        intake = replace(intake, id_field=ids_in, incomplete=document.ends_early())
        return [
            replace(intake, format=_format(kind, main, summaries), label_kind=kind, shards=summaries)
            for kind, summaries in of_kind.items()
            if summaries or kind is main.label_kind
        ]


def _format(kind: LabelKind, main: Format, shards: Sequence[ShardSummary]) -> str:
    """The format of a file's records of a label kind: of those that are not of the file's kind, what most are of."""
    if kind is main.label_kind:
        return main.name
    counts = sum((Counter(shard.formats) for shard in shards), Counter[str]())
    return max(sorted(counts), key=lambda name: counts[name])


class _Counted:
    """How much of one file was reported as read, so that its end is its size whatever it was packed with."""

    def __init__(self, total: ReadProgress, size: int) -> None:
        self._total, self._size, self._done = total, size, 0

    def add(self, count: int) -> None:
        self._done += count
        self._total.add(count)

    def rest(self) -> int:
        return max(0, self._size - self._done)
