"""File intake: raw files found in the cache, or read one after the other, their shards checked by the workers."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

from sftrm_quality.intake import cache
from sftrm_quality.intake.context import IntakeContext
from sftrm_quality.intake.file_reader import FileReader, PendingShard, Summaries
from sftrm_quality.intake.results import FileIntake
from sftrm_quality.intake.reviewing import reviews_that_apply
from sftrm_quality.intake.shard import process_shards
from sftrm_quality.reading import SourceFile
from sftrm_quality.reviews import FileReviews

# What a worker gets at once. To run the suites takes 50 ms however few records there are, as much as a megabyte of
# them: with two, small files and members of archives cost a third more than if they were one file.
_BYTES_TOGETHER = 2 << 20

_Wanted = tuple[SourceFile, str, Mapping[str, FileReviews]]


def intake_files(files: Sequence[SourceFile], context: IntakeContext) -> list[list[FileIntake]]:
    """Read, map, check and fingerprint raw files, or find in the cache what that gave before.

    Which reviews apply to a file is known by what it gives without any; where some do, it is read once more with these.

    Args:
        files: Raw files, hashed.
        context: What else it takes.

    Returns:
        Of each file one intake per stream, of the file itself or of each member of an archive, and label kind in it.

    Raises:
        StorageError: Reading or spilling fails, or a file changes meanwhile. What was read before stays in the cache.
    """
    keys = [cache.cache_key(file, context.settings) for file in files]
    intakes = _found_or_read([(file, key, {}) for file, key in zip(files, keys, strict=True)], context)
    if not context.reviews:
        return intakes
    reviewed: dict[int, _Wanted] = {}
    for number, (file, key, without) in enumerate(zip(files, keys, intakes, strict=True)):
        if applying := reviews_that_apply(context.reviews, context.settings, without):
            context.progress.again(file.size)
            reviewed[number] = file, cache.reviewed_key(key, applying, file), applying
    for number, again in zip(reviewed, _found_or_read(list(reviewed.values()), context), strict=True):
        intakes[number] = again
    return intakes


def _found_or_read(wanted: Sequence[_Wanted], context: IntakeContext) -> list[list[FileIntake]]:
    intakes: list[list[FileIntake]] = [[] for _ in wanted]
    readers: dict[int, FileReader] = {}
    for number, (file, key, reviews) in enumerate(wanted):
        kept = cache.find(context.output, key, file)
        if kept is None:
            readers[number] = FileReader(file, context, key, reviews)
        else:
            context.progress.add(file.size)
            intakes[number] = kept
    try:
        for number, of_file in _read(readers, context):
            intakes[number] = of_file
    finally:
        for reader in readers.values():
            reader.clear()
    return intakes


def _read(readers: Mapping[int, FileReader], context: IntakeContext) -> Iterator[tuple[int, list[FileIntake]]]:
    """The intakes of each file as soon as all of it is done."""
    submitted: deque[list[PendingShard]] = deque()
    unfinished = deque(readers.items())

    def submit(shards: list[PendingShard]) -> Future[list[Summaries]]:
        submitted.append(shards)
        future = context.workers.submit(process_shards, [one.task for one in shards])
        for one in shards:
            if one.task.shard.spilled:
                # Here and not in the task, which is run again when its worker dies.
                future.add_done_callback(_deleting(one.task.shard.path))
        return future

    with closing(_shards_of(readers.values())) as shards:
        for summaries in context.workers.in_order(submit, _together(shards)):
            for one, of_shard in zip(submitted.popleft(), summaries, strict=True):
                one.done(of_shard)
            while unfinished and unfinished[0][1].complete:
                number, reader = unfinished.popleft()
                yield number, reader.finish()
                reader.clear()
    # Those at the end of which no record is read.
    for number, reader in unfinished:
        yield number, reader.finish()


def _deleting(path: Path) -> Callable[[object], None]:
    return lambda _: path.unlink(missing_ok=True)


def _shards_of(readers: Iterable[FileReader]) -> Generator[PendingShard, None, None]:
    for reader in readers:
        yield from reader.shards()


def _together(shards: Iterator[PendingShard]) -> Iterator[list[PendingShard]]:
    """Neighbouring shards, as many as a worker gets at once."""
    few: list[PendingShard] = []
    size = 0
    for one in shards:
        few.append(one)
        size += one.task.shard.length
        if size >= _BYTES_TOGETHER:
            yield few
            few, size = [], 0
    if few:
        yield few
