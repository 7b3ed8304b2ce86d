"""The rows of an Arrow stream, and of the stream that an Arrow file is, one record batch after another."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from sftrm_quality.config import Limits
from sftrm_quality.errors import storage_error
from sftrm_quality.reading.columnar.messages import (
    BATCH,
    DICTIONARY,
    SCHEMA,
    Message,
    NoMessage,
    message_at,
    places_of_batches,
    unpacked_bytes,
)
from sftrm_quality.reading.columnar.schemas import DAMAGE, in_words, obstacle, raise_if_of_the_machine, too_many_rows
from sftrm_quality.reading.tables.pieces import Piece, Pieces, lost
from sftrm_quality.words import say

FILE_MAGIC, STREAM_MAGIC = b"ARROW1", b"\xff\xff\xff\xff"
_FILE_BEGIN = 8
_IN_MEMORY_BYTES = 64 << 20
"""A larger batch is copied to a file and mapped. Writers make batches of some thousand rows, but Polars makes one."""
_MAPPED_BYTES = 32 << 20  # of a mapped batch at a time
_UNPACKED_BYTES = 512 << 20
"""A compressed batch is unpacked whole, by Arrow: what would need more is not, and no dictionaries of more are kept."""


class ArrowRows:
    """An open Arrow file or stream. ``ends_early``: it was seen to be cut off, or damaged so that the rest is lost."""

    def __init__(self, path: Path, size: int, spill: Path, first: Message, places: list[int] | None) -> None:
        self._path, self._size, self._spill, self._first, self._places = path, size, spill, first, places
        self._is_file = first.begin == _FILE_BEGIN
        self.ends_early = False

    def pieces(self, is_wanted: Callable[[int, int], bool]) -> Pieces:
        """Its rows; those of a batch that is not wanted (by its first row and their number) are not read.

        Raises:
            StorageError: The file cannot be read, or a copy of a batch not be written.
        """
        dictionaries: dict[int, list[Message]] = {}
        first = 0
        with self._path.open("rb") as file:
            for message in self._messages(file):
                if not isinstance(message, Message):
                    yield message
                    first += message.rows
                elif message.end > self._size:
                    is_counted = message.kind == BATCH and not too_many_rows(message.rows, self._size)
                    rows = max(1, message.rows) if is_counted else 1
                    yield lost(rows, "page_broken", say("the file ends in its record batch"))
                elif message.kind == DICTIONARY:
                    before = dictionaries.get(message.dictionary, []) if message.is_delta else []
                    dictionaries[message.dictionary] = [*before, message]
                elif not is_wanted(first, message.rows):
                    yield lost(message.rows, "", "")
                    first += message.rows
                else:
                    needed = [one for of_id in dictionaries.values() for one in of_id]
                    for piece in self._batch(file, message, needed):
                        yield piece
                        first += piece.rows

    def _messages(self, file: BinaryIO) -> Iterator[Message | Piece]:
        """All messages behind the schema, the one in which the file ends too; a lost row for what is none."""
        at = self._first.end
        while True:
            try:
                message = message_at(file, at)
                if message is not None and message.kind == SCHEMA:
                    raise NoMessage
            except NoMessage:
                message, broken = None, True
            else:
                broken = message is None and at in (self._places or [])
            if message is not None:
                yield message
                at = message.end
                if at <= self._size:
                    continue
                self.ends_early = True
                return
            later = next((place for place in self._places or [] if place > at), None)
            if message is None and not broken and not self._is_file and at + _FILE_BEGIN < self._size:
                yield lost(1, "trailing_data", say("{length:,} bytes follow", length=self._size - at - _FILE_BEGIN))
                return
            if broken:
                said = say("at byte {at:,} is no record batch; how many rows are lost there is not known", at=at)
                yield lost(1, "page_broken" if later else "stream_broken", said)
            if later is None:
                if self._is_file and self._places is None and not broken:
                    yield lost(1, "unclosed_document", say("the file has no footer"))
                self.ends_early = broken or (self._is_file and self._places is None)
                return
            at = later

    def _batch(self, file: BinaryIO, batch: Message, dictionaries: list[Message]) -> Pieces:
        taken = batch.end - batch.begin
        unpacked = sum(unpacked_bytes(file, message) for message in dictionaries)
        if any(one.longest < 0 or too_many_rows(one.longest, self._size) for one in (*dictionaries, batch)):
            said = say("an array of a record batch says that it has more values than its bytes can hold")
            rows = 1 if too_many_rows(batch.rows, self._size) else batch.rows
            yield lost(rows, "page_broken", said, taken)
            return
        if too_many_rows(batch.rows, self._size):
            said = say("a record batch says that it has {rows:,} rows, more than its bytes can hold", rows=batch.rows)
            yield lost(1, "page_broken", said, taken)
            return
        if unpacked > _UNPACKED_BYTES or (batch.is_packed and unpacked_bytes(file, batch) > _UNPACKED_BYTES):
            said = say("a record batch that unpacks to more than {length:,} bytes", length=_UNPACKED_BYTES)
            yield lost(batch.rows, "page_broken", said, taken)
            return
        done = 0
        try:
            step = max(1, batch.rows * _MAPPED_BYTES // taken) if taken > _IN_MEMORY_BYTES else max(1, batch.rows)
            with self._opened(file, [self._first, *dictionaries, batch]) as opened:
                while done < batch.rows:
                    with opened() as source, pa.ipc.open_stream(source) as reader:
                        whole = reader.read_next_batch()
                        whole.validate()  # before it is cut: a length that is none ends the process there
                        part = whole.slice(done, step)
                        if not part.num_rows:
                            break
                        yield Piece(part.num_rows, part, taken=taken * part.num_rows // batch.rows)
                        done += part.num_rows
            why = say("it has only {rows:,} rows", rows=done)
        except (*DAMAGE, StopIteration) as error:
            raise_if_of_the_machine(error, self._path)
            why = in_words(error)
        if done < batch.rows:
            said = say("the record batch at byte {at:,} cannot be read ({why})", at=batch.begin, why=why)
            yield lost(batch.rows - done, "page_broken", said, taken)

    @contextmanager
    def _opened(self, file: BinaryIO, messages: list[Message]) -> Iterator[Callable[[], pa.NativeFile]]:
        """Some messages as a stream of their own, which is in memory only where it is small."""
        if sum(message.end - message.begin for message in messages) <= _IN_MEMORY_BYTES:
            joined = pa.py_buffer(b"".join(_bytes_of(file, message) for message in messages))
            yield lambda: pa.BufferReader(joined)
            return
        # A copy, since a file of others that is mapped and cut off meanwhile ends the process.
        try:
            with tempfile.NamedTemporaryFile(dir=self._spill, suffix=".batch") as copy:
                for message in messages:
                    file.seek(message.begin)
                    _copy(file, copy, message.end - message.begin)
                copy.flush()
                yield lambda: pa.memory_map(copy.name)
        except OSError as error:
            if error.errno:
                raise storage_error(error, self._spill) from error
            raise


def _copy(source: BinaryIO, target: "tempfile._TemporaryFileWrapper[bytes]", length: int) -> None:
    while length > 0 and (block := source.read(min(length, 1 << 20))):
        target.write(block)
        length -= len(block)


def _bytes_of(file: BinaryIO, message: Message) -> bytes:
    file.seek(message.begin)
    return file.read(message.end - message.begin)


def open_arrow(path: Path, size: int, limits: Limits, spill: Path, is_file: bool) -> ArrowRows | str | None:
    """Open a file that begins like an Arrow file or like a stream.

    Args:
        path: Of the file.
        size: Its bytes.
        limits: Bounds of memory.
        spill: An existing folder for large batches.
        is_file: It begins like a file.

    Returns:
        Its rows; why they cannot be read; None where what begins like a stream is none.

    Raises:
        StorageError: The file cannot be read.
    """
    with path.open("rb") as file:
        try:
            first = message_at(file, _FILE_BEGIN if is_file else 0)
        except NoMessage:
            first = None
        if first is None or first.kind != SCHEMA or first.end > size:
            return say("its schema cannot be read; get the file again, or write it anew") if is_file else None
        places = places_of_batches(file, size) if is_file else None
        try:
            schema = pa.ipc.read_schema(pa.py_buffer(_bytes_of(file, first)))
            why = obstacle(schema, 0, size, limits)
        except DAMAGE as error:
            why = in_words(error)
            return say("its schema cannot be read; get the file again, or write it anew ({error})", error=why)
    return why or ArrowRows(path, size, spill, first, places)
