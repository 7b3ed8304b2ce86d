"""Streams of columns: recognised by their first bytes, never by their name."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sftrm_quality.config import Limits
from sftrm_quality.errors import storage_error
from sftrm_quality.reading.columnar.arrow import FILE_MAGIC, STREAM_MAGIC, ArrowRows, open_arrow
from sftrm_quality.reading.columnar.parquet import ParquetRows, open_parquet
from sftrm_quality.reading.discover import raw_file_error
from sftrm_quality.reading.reasons import UnknownFile
from sftrm_quality.reading.shards import OpenDocument
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.reading.tables.cutting import TableCutter
from sftrm_quality.reading.tables.pieces import Pieces, lost
from sftrm_quality.reading.window import Window
from sftrm_quality.reading.zips import is_bomb
from sftrm_quality.words import phrase, say

_PARQUET_MAGIC, _ENCRYPTED_MAGIC = b"PAR1", b"PARE"
_HEAD_BYTES, _FIRST_OF_TEXT = 64, 0x09
_BLOCK = 1 << 20
COLUMNAR = {
    "parquet": phrase("Parquet file"),
    "arrow_file": phrase("Arrow file"),
    "arrow_stream": phrase("Arrow stream"),
}
"""What the containers are called, and what they are."""


@dataclass(frozen=True)
class Columns:
    """A file of columns that is open. damage: of the stream that it came from; ``close`` deletes what was copied."""

    container: str
    rows: ParquetRows | ArrowRows
    damage: str | None
    is_broken_off: bool
    close: Callable[[], None]

    def pieces(self, is_wanted: Callable[[int, int], bool] = lambda first, rows: True) -> Pieces:
        """Its rows, and one more where the stream is damaged; see `ParquetRows.pieces`."""
        yield from self.rows.pieces(is_wanted)
        if self.damage is not None:
            yield lost(1, "stream_broken", self.damage)

    def ends_early(self) -> bool:
        """Whether it does, as far as it was read."""
        return self.is_broken_off or (isinstance(self.rows, ArrowRows) and self.rows.ends_early)


def open_columnar(stream: RawStream, limits: Limits, spill: Path) -> OpenDocument | UnknownFile | None:
    """Open a stream of columns.

    Args:
        stream: Any stream. One that is no file is copied to the spill folder first: columns are read from their end.
        limits: Bounds of memory.
        spill: An existing folder.

    Returns:
        Its document, or why it cannot be read; None where it is something else.

    Raises:
        StorageError: Reading or spilling fails.
    """
    columns = open_columns(stream, limits, spill)
    if not isinstance(columns, Columns):
        return columns
    cutter = TableCutter(stream.source_file, columns.pieces(), limits, spill, cells=False)
    return OpenDocument(
        stream.source_file, columns.container, "utf-8", {}, cutter.sample, cutter.shards(), columns.close,
        columns.ends_early,
    )  # fmt: skip


def open_columns(stream: RawStream, limits: Limits, spill: Path) -> Columns | UnknownFile | None:
    """The same without cutting it into shards."""
    window = Window(stream.open())
    try:
        window.fill(_HEAD_BYTES)
        head = window.data[:_HEAD_BYTES]
        container = _container(head)
        if container is None:
            return None
        if head.startswith(_ENCRYPTED_MAGIC):
            seen = say("encrypted Parquet file; write it without encryption, or decrypt it first")
            return UnknownFile(stream.source_file, seen)
        copied = None if stream.plain else _copied(window, stream, spill)
    finally:
        window.close()

    def close() -> None:
        if copied is not None:
            with suppress(OSError):
                copied.unlink()

    path = stream.path if copied is None else copied
    size = path.stat().st_size
    if size == 0:
        close()
        seen = say(
            "{kind} that unpacks to far more than its bytes can hold, refused as a bomb", kind=say(COLUMNAR[container])
        )
        return UnknownFile(stream.source_file, seen)

    try:
        rows = (
            open_parquet(path, size, limits)
            if container == "parquet"
            else open_arrow(path, size, limits, spill, is_file=container == "arrow_file")
        )
    except OSError as error:
        raise raw_file_error(error, path, phrase("read")) from error
    if isinstance(rows, ParquetRows | ArrowRows):
        return Columns(container, rows, window.damage, window.broken_off, close)
    close()
    if rows is None:
        return None
    seen = say("{kind}, {size:,} bytes: {why}", kind=say(COLUMNAR[container]), size=size, why=rows)
    return UnknownFile(stream.source_file, f"{seen}; {window.damage}" if window.damage else seen)


def _container(head: bytes) -> str | None:
    # A table whose first column is called PAR1 or PARENT is text.
    if head.startswith((_PARQUET_MAGIC, _ENCRYPTED_MAGIC)) and min(head[4:], default=0) < _FIRST_OF_TEXT:
        return "parquet"
    if head.startswith(FILE_MAGIC + b"\0"):
        return "arrow_file"
    return "arrow_stream" if head.startswith(STREAM_MAGIC) else None


def _copied(window: Window, stream: RawStream, spill: Path) -> Path:
    """All of a stream in a file of its own, which is empty where it is a bomb."""
    packed = stream.path.stat().st_size
    try:
        handle, name = tempfile.mkstemp(dir=spill, suffix=".columns")
        with os.fdopen(handle, "wb") as copy:
            while window.data:
                copy.write(window.data)
                window.drop(len(window.data))
                if is_bomb(copy.tell(), packed):
                    copy.truncate(0)
                    break
                window.fill(_BLOCK)
    except OSError as error:
        raise storage_error(error, spill) from error
    return Path(name)
