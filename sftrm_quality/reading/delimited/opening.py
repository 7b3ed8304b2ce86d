"""Tables as delimited text: a header, and below it rows of as many cells."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from sftrm_quality.config import Limits
from sftrm_quality.reading.cutting import Cutter
from sftrm_quality.reading.delimited.dialect import Dialect
from sftrm_quality.reading.delimited.recognition import Recognised, declared, recognise
from sftrm_quality.reading.delimited.rows import RowReader
from sftrm_quality.reading.delimited.sampling import values_of
from sftrm_quality.reading.delimited.shards import DelimitedShard
from sftrm_quality.reading.shards import OpenDocument
from sftrm_quality.reading.texts import HEAD_BYTES, OpenText


def open_delimited(text: OpenText, limits: Limits, spill: Path, columns: Sequence[str]) -> OpenDocument | str:
    """Open the rows of a table.

    Args:
        text: Any text that is no JSON.
        limits: Bounds of memory.
        spill: An existing folder for the text of compressed streams, one file per shard.
        columns: Names that are declared for a table without a header.

    Returns:
        The document. What the text is instead where it is a table that cannot be read; "" where it certainly is none.

    Raises:
        StorageError: Reading the file or writing a spill file fails.
    """
    found = _recognise(text, limits, columns)
    if not isinstance(found, Recognised):
        return found or ""
    window, dialect = text.window, found.dialect
    sample = values_of(window.data, found.sample, text.codec, dialect)
    line = text.line + _lines(window.data[: found.begin], dialect)
    window.drop(found.begin)
    cutter = Cutter(text, limits, spill, partial(DelimitedShard, dialect=dialect), lines=True)

    def shards() -> Iterator[DelimitedShard]:
        try:
            yield from cutter.cut(RowReader(window, dialect, limits, line).spans())
        finally:
            window.close()

    return OpenDocument(
        text.stream.source_file, dialect.container, text.encoding.name or "utf-8", {}, sample,
        shards(), window.close, lambda: cutter.ends_early, dialect.layout(),
    )  # fmt: skip


def _recognise(text: OpenText, limits: Limits, columns: Sequence[str]) -> Recognised | str | None:
    window = text.window
    marks = text.codec == "utf-8"  # what looks like a byte order mark is a letter elsewhere
    while True:
        final = window.at_end or len(window.data) > limits.record_bytes
        found = (
            declared(window.data, final, columns, text.codec, marks)
            if columns
            else recognise(window.data, final, text.codec, marks)
        )
        if not isinstance(found, Recognised) or not found.sample.unended:
            return found
        window.grow(limits.record_bytes + HEAD_BYTES)


def _lines(header: bytes, dialect: Dialect) -> int:
    return header.count(dialect.line_end.encode())
