"""One raw file on its way: its streams are opened one after the other, and give the tasks of their shards.

What becomes of the tasks is given back, in any order; the intakes of the file are made when all of them are there.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sftrm_quality.errors import TransientStorageError, storage_error
from sftrm_quality.formats.base import Format
from sftrm_quality.intake import cache
from sftrm_quality.intake.context import IntakeContext
from sftrm_quality.intake.recognition import NotRead, Recognised, recognise_stream
from sftrm_quality.intake.results import FileIntake, ShardSummary
from sftrm_quality.intake.shard_task import ShardTask
from sftrm_quality.reading import RawStream, SourceFile, UnknownFile, hash_of, open_streams
from sftrm_quality.records import LabelKind
from sftrm_quality.reviews import NOTHING_APPLIES, FileReviews
from sftrm_quality.run_record import FileStatus
from sftrm_quality.words import say

Summaries = dict[LabelKind, ShardSummary]


def _unless_gone(_: object, __: str, caught: tuple[type[BaseException], BaseException, object]) -> None:
    if not isinstance(caught[1], FileNotFoundError):
        raise caught[1]


@dataclass
class _Stream:
    """A stream that is read. summaries: of its shards, by their numbers; waiting: how many are still to come."""

    intake: FileIntake
    found: Recognised
    spill: Path
    summaries: dict[int, Summaries] = field(default_factory=dict)
    waiting: int = 0
    is_read: bool = False

    def tidy(self) -> None:
        """Delete what was spilled, once no task needs it."""
        if self.is_read and not self.waiting:
            # The file of the last shard may be on its way out: it is deleted where its summary arrives.
            shutil.rmtree(self.spill, onerror=_unless_gone)

    def intakes(self) -> list[FileIntake]:
        """One for each label kind that is in it, that of its format first."""
        main = self.found.format
        shards = [self.summaries[number] for number in sorted(self.summaries)]
        of_kind = {
            kind: tuple(of_shard[kind] for of_shard in shards if kind in of_shard)
            for kind in sorted(LabelKind, key=lambda kind: kind is not main.label_kind)
        }
        intake = replace(self.intake, id_field=self.found.id_field, incomplete=self.found.document.ends_early())
        return [
            replace(intake, format=_format(kind, main, summaries), label_kind=kind, shards=summaries)
            for kind, summaries in of_kind.items()
            if summaries or kind is main.label_kind
        ]


@dataclass(frozen=True)
class PendingShard:
    """A shard that is to be taken to a worker, and where its summaries go."""

    reader: "FileReader"
    stream: _Stream
    task: ShardTask

    def done(self, summaries: Summaries) -> None:
        """Hand over what the worker made of it."""
        self.stream.summaries[self.task.number] = summaries
        self.stream.waiting -= 1
        self.stream.tidy()


class FileReader:
    """Reads one raw file into a folder that is being built."""

    def __init__(self, file: SourceFile, context: IntakeContext, key: str, reviews: Mapping[str, FileReviews]) -> None:
        """A reader that has not begun.

        Args:
            file: The raw file, hashed.
            context: What else it takes.
            key: By which its intakes are kept in the cache.
            reviews: Those that apply, by the source files in it.
        """
        self._file, self._context, self._key, self._reviews = file, context, key, reviews
        self._streams: list[_Stream | FileIntake] = []
        self._building: Path | None = None
        self._told = 0
        self._is_read = False

    @property
    def complete(self) -> bool:
        """Whether everything of it was read, and all tasks are done."""
        return self._is_read and not any(isinstance(one, _Stream) and one.waiting for one in self._streams)

    def shards(self) -> Iterator[PendingShard]:
        """Its shards, as they are found.

        Raises:
            StorageError: Reading or spilling fails.
        """
        # The intake of equal files may go on at the same time, each in a folder of its own.
        self._building = Path(tempfile.mkdtemp(prefix="intake-", dir=self._context.staging))
        try:
            for number, stream in enumerate(open_streams(self._file, self._context.settings.limits)):
                yield from self._shards_of(number, stream, self._building)
        except OSError as error:
            # Reading does not name the file.
            raise storage_error(error, self._file.path) from error
        self._is_read = True

    def finish(self) -> list[FileIntake]:
        """Keep in the cache what came of it, when it is `complete`.

        Returns:
            One intake per stream, of the file itself or of each member of an archive, and label kind in it.

        Raises:
            StorageError: It changed meanwhile, or the cache takes no more.
        """
        intakes: list[FileIntake] = []
        for one in self._streams:
            intakes += [one] if isinstance(one, FileIntake) else one.intakes()
        # The cache goes by the bytes that were hashed before: what others wrote meanwhile must not be kept under them.
        if hash_of(self._file) != self._file.content_hash:
            raise TransientStorageError(
                say("{path}: changed while it was read; run again when it is whole", path=self._file.path)
            )
        assert self._building is not None
        try:
            kept = cache.keep(self._context.output, self._key, self._building, intakes, self._file)
        except OSError as error:
            raise storage_error(error, self._file.path) from error
        # Its end is its size, whatever it was packed with.
        self._context.progress.add(max(0, self._file.size - self._told))
        return kept

    def clear(self) -> None:
        """Delete what was built: a second try must not meet a disk that is full of the first one."""
        if self._building is not None:
            shutil.rmtree(self._building, ignore_errors=True)

    def _shards_of(self, number: int, opened: RawStream | UnknownFile, building: Path) -> Iterator[PendingShard]:
        settings = self._context.settings
        intake = FileIntake(opened.source_file, self._file, building, number, FileStatus.UNREADABLE)
        if isinstance(opened, UnknownFile):
            self._streams.append(replace(intake, note=opened.seen))
            return
        spill = building / f"spill-{number}"
        spill.mkdir()
        found = recognise_stream(opened, settings.limits, spill, settings.source(opened.source_file), settings.formats)
        if isinstance(found, NotRead):
            self._streams.append(_not_read(intake, found))
            shutil.rmtree(spill)
            return
        stream = _Stream(_read(intake, found), found, spill)
        self._streams.append(stream)
        reviews = self._reviews.get(opened.source_file, NOTHING_APPLIES)
        try:
            for place, shard in enumerate(found.document.shards):
                paths = {kind: stream.intake.shard_paths(place, kind) for kind in LabelKind}
                if opened.plain:
                    self._told += shard.length
                    self._context.progress.add(shard.length)
                stream.waiting += 1
                task = ShardTask(shard, place, found.format.name, found.id_field, settings, paths, reviews)
                yield PendingShard(self, stream, task)
        finally:
            found.document.close()
        stream.is_read = True
        stream.tidy()


def _not_read(intake: FileIntake, found: NotRead) -> FileIntake:
    return replace(
        intake,
        status=found.status,
        format=found.format,
        container=found.container,
        note=found.note,
        records=found.records,
        incomplete=found.incomplete,
    )


def _read(intake: FileIntake, found: Recognised) -> FileIntake:
    return replace(
        intake,
        status=FileStatus.READ,
        container=found.document.container,
        note=found.note,
        layout=found.document.layout,
    )


def _format(kind: LabelKind, main: Format, shards: Sequence[ShardSummary]) -> str:
    """The format of a file's records of a label kind: of those that are not of the file's kind, what most are of."""
    if kind is main.label_kind:
        return main.name
    counts = sum((Counter(shard.formats) for shard in shards), Counter[str]())
    return max(sorted(counts), key=lambda name: counts[name])
