"""One raw file → its intakes: every stream in it opened, its format recognised, its shards judged by the workers."""

import re
import shutil
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from sftrm_quality import progress
from sftrm_quality.checks import Suites
from sftrm_quality.config import RunConfig, SourceSettings
from sftrm_quality.errors import TransientStorageError, storage_error
from sftrm_quality.formats import NoAnswers, NoFormat, recognise
from sftrm_quality.formats.base import Format
from sftrm_quality.intake import cache
from sftrm_quality.intake.files import Intake, ShardSummary
from sftrm_quality.intake.shard import ShardTask, process_shard
from sftrm_quality.output import OutputFolder
from sftrm_quality.reading import (
    OpenDocument,
    RawShard,
    RawStream,
    SourceFile,
    UnknownFile,
    content_hash,
    open_document,
    open_streams,
)
from sftrm_quality.workers import Workers

# Without one of these fields a record fits no format.
_LABEL_FIELD = re.compile(rb'"(answer\d{0,2}|responses)"\s*:')


@dataclass
class ReadProgress:
    """Bytes of raw files taken in so far, over all files and threads of a run."""

    total: int
    done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, count: int) -> None:
        with self._lock:
            self.done += count
            done = self.done
        progress.report("read", min(done, self.total), self.total, "bytes")


@dataclass(frozen=True)
class Intaker:
    """What taking in a file needs besides the file."""

    config: RunConfig
    suites: Suites
    output: OutputFolder
    staging: Path
    workers: Workers
    progress: ReadProgress

    def take_in(self, file: SourceFile) -> list[Intake]:
        """The intakes of one raw file, one a stream: the file itself, or each member of an archive.

        Raises StorageError where reading or spilling fails.
        """
        key = cache.cache_key(file, self.config, self.suites)
        kept = cache.find(self.output, key, file)
        if kept is None:
            # Equal files may be taken in at the same time, each in a folder of its own.
            building = Path(tempfile.mkdtemp(prefix="intake-", dir=self.staging))
            try:
                kept = self._read(file, key, building)
            except OSError as error:
                # Reading does not name the file, writing in worker and main process names what it writes.
                raise storage_error(error, file.path) from error
            finally:
                # A second try must not meet a disk that is full of the first one.
                shutil.rmtree(building, ignore_errors=True)
        else:
            self.progress.add(file.size)
        return kept

    def _read(self, file: SourceFile, key: str, building: Path) -> list[Intake]:
        counted = _Counted(self.progress, file.size)
        intakes = [
            self._stream(number, stream, file, building, counted) for number, stream in enumerate(open_streams(file))
        ]
        # The cache goes by the bytes that were hashed before: what others wrote meanwhile must not stand under them.
        if content_hash(file.path) != file.content_hash:
            raise TransientStorageError(f"{file.path}: changed while it was read; run again when it is whole")
        kept = cache.keep(self.output, key, building, intakes, file)
        self.progress.add(counted.rest())
        return kept

    def _stream(
        self, number: int, stream: RawStream | UnknownFile, file: SourceFile, building: Path, counted: "_Counted"
    ) -> Intake:
        if isinstance(stream, UnknownFile):
            return Intake(stream.source_file, file, building, number, "unreadable", note=stream.seen)
        spill = building / f"spill-{number}"
        spill.mkdir()
        try:
            return self._document(number, stream, file, building, spill, counted)
        finally:
            shutil.rmtree(spill)

    def _open(self, stream: RawStream, spill: Path) -> OpenDocument | UnknownFile:
        source = self.config.source_settings(stream.source_file)
        return open_document(stream, self.config.limits, spill, source.encoding)

    def _document(
        self, number: int, stream: RawStream, file: SourceFile, building: Path, spill: Path, counted: "_Counted"
    ) -> Intake:
        document = self._open(stream, spill)
        if isinstance(document, UnknownFile):
            return Intake(stream.source_file, file, building, number, "unreadable", note=document.seen)
        intake = Intake(
            stream.source_file,
            file,
            building,
            number,
            status="read",
            container=document.container,
        )
        source = self.config.source_settings(stream.source_file)
        found = recognise(document.sample, source)
        if isinstance(found, NoAnswers | NoFormat):
            # The sample is the beginning of the file; what comes later may be records all the same.
            records, fitting = _look_through(document, source)
            if fitting is None:
                return _without_records(intake, document, found, records)
            document = self._open(stream, spill)
            if isinstance(document, UnknownFile):
                raise TransientStorageError(f"{file.path}: changed while it was read; run again when it is whole")
            found, document = fitting.format, replace(document, sample=[*document.sample, fitting.record])
        shards = self._shards(intake, document, found, counted)
        return replace(intake, format=found.name, label_kind=found.label_kind, shards=shards)

    def _shards(
        self, intake: Intake, document: OpenDocument, fmt: Format, counted: "_Counted"
    ) -> tuple[ShardSummary, ...]:
        wire = fmt.wire_schema(document.sample)
        source = self.config.source_settings(intake.source_file)
        numbers = iter(range(1_000_000))

        def submit(shard: RawShard) -> Future[ShardSummary]:
            paths = intake.shard_paths(next(numbers))
            task = ShardTask(
                shard,
                fmt.name,
                wire,
                source,
                self.config.limits,
                self.suites.of(fmt.label_kind),
                self.config.near,
                *paths,
            )
            if not shard.spilled:
                counted.add(shard.length)
            summary = self.workers.submit(process_shard, task)
            if shard.spilled:
                # Here and not in the task, which is run again when its worker dies.
                summary.add_done_callback(lambda _: shard.path.unlink(missing_ok=True))
            return summary

        try:
            return tuple(self.workers.in_order(submit, document.shards))
        finally:
            document.close()


@dataclass(frozen=True)
class _Fitting:
    """A record that fits a format, further down in a file whose beginning does not."""

    format: Format
    record: object


def _look_through(document: OpenDocument, source: SourceSettings) -> tuple[int, _Fitting | None]:
    """Count the records of a file whose sample has no format, and find the first one that has."""
    records = 0
    for shard in document.shards:
        with shard.path.open("rb") as file:
            file.seek(shard.file_offset)
            data = file.read(shard.length)
        if shard.spilled:
            shard.path.unlink()
        for start, end in zip(shard.starts.tolist(), shard.ends.tolist(), strict=True):
            # Parsing is dear and most files of this kind are long: only what names a field of some format is tried.
            if not _LABEL_FIELD.search(data, start, end):
                continue
            try:
                record = orjson.loads(data[start:end].decode(shard.encoding))
            except ValueError:
                continue
            found = recognise([record], source)
            if not isinstance(found, NoAnswers | NoFormat):
                document.close()
                return records, _Fitting(found, record)
        records += len(shard.starts)
    return records, None


def _without_records(intake: Intake, document: OpenDocument, found: NoAnswers | NoFormat, records: int) -> Intake:
    """A file without records of a kind: empty or prompts only, which is no fault, or unreadable as a whole."""
    if not records:
        return replace(intake, note="no records")
    if isinstance(found, NoAnswers):
        note = f"{records:,} prompts without answers, as in AI Hub's SFTdata, RMdata and PPOdata"
        return replace(intake, status="skipped", format="prompts_only", note=note)
    seen = found.seen if document.sample else "none of them can be parsed"
    note = f"no known format: {document.container}, {records:,} records, {seen}"
    return replace(intake, status="unreadable", note=note)


class _Counted:
    """How much of one file was reported as read, so that its end is its size whatever it was packed with."""

    def __init__(self, total: ReadProgress, size: int) -> None:
        self._total, self._size, self._done = total, size, 0

    def add(self, count: int) -> None:
        self._done += count
        self._total.add(count)

    def rest(self) -> int:
        return max(0, self._size - self._done)
