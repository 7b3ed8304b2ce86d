"""A stream as records: which reader takes it, decided by its content."""

from collections.abc import Sequence
from pathlib import Path

from sftrm_quality.config import Limits
from sftrm_quality.reading.columnar import open_columnar
from sftrm_quality.reading.delimited import open_delimited
from sftrm_quality.reading.json import open_json
from sftrm_quality.reading.reasons import UnknownFile, describe, first_cells
from sftrm_quality.reading.shards import OpenDocument
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.reading.texts import open_text
from sftrm_quality.reading.workbooks import open_sheet


def open_document(
    stream: RawStream, limits: Limits, spill: Path, encoding: str = "auto", columns: Sequence[str] = ()
) -> OpenDocument | UnknownFile:
    """Recognise what holds the records of a stream and open them.

    Memory stays below a few ``record_bytes`` and ``shard_bytes``, whatever the stream's length.

    Args:
        stream: The stream.
        limits: Bounds of memory.
        spill: An existing folder for what is not in the raw file as it is read, one file per shard.
        encoding: auto, or what is declared.
        columns: Names that are declared for a table without a header.

    Returns:
        Its document, or what the stream is instead.

    Raises:
        StorageError: Reading the file or writing a spill file fails.
    """
    if stream.sheet is not None:
        return open_sheet(stream, limits, spill)
    if (table := open_columnar(stream, limits, spill)) is not None:
        return table
    text = open_text(stream, encoding)
    if isinstance(text, UnknownFile):
        return text
    document = open_json(text, limits, spill) or open_delimited(text, limits, spill, columns)
    if isinstance(document, OpenDocument):
        return document
    if document:
        return text.unknown(document)
    return text.unknown(describe(text.head, stream.size, encoding=text.codec), first_cells(text.head, text.codec))
