"""Single records once more, for instance duplicates that are found long after reading."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sftrm_quality.config import MOST_WORKBOOK_BYTES, Limits
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading.columnar import COLUMNAR, columns_again
from sftrm_quality.reading.delimited import row_again
from sftrm_quality.reading.discover import SourceFile
from sftrm_quality.reading.joined import is_joined, joined_again
from sftrm_quality.reading.raw_streams import open_streams
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.reading.window import Window
from sftrm_quality.reading.workbooks import WORKBOOK, sheet_again
from sftrm_quality.words import say

_STEP = 1 << 20
_DELIMITED = ("csv", "tsv")
CELLS_AS_TEXTS = (*_DELIMITED, WORKBOOK)
"""Containers in whose payloads every value is the text of a cell."""
_AGAIN = Limits(workbook_bytes=MOST_WORKBOOK_BYTES)  # what was read once is within its limits
_OWN_TEXT = "json_"
"""How the containers are called whose records are kept in their own text; a row of any other is kept as JSON."""


@dataclass(frozen=True)
class Places:
    """Where records are in their source file, as their lineage says it: ascending, int64, -1 where there is none.

    container, layout: of their document, see `shards.OpenDocument`. encoding: of the source file.
    """

    container: str
    layout: str
    indexes: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    encoding: str = "utf-8"


def payload_encoding(container: str | None, encoding: str) -> str:
    """In which encoding a payload is that was read again.

    Args:
        container: What holds the records of the source file.
        encoding: That of the source file.

    Returns:
        The name of the codec.
    """
    return encoding if container is None or container.startswith(_OWN_TEXT) else "utf-8"


def read_again(file: SourceFile, source_file: str, places: Places, spill: Path | None = None) -> Iterator[bytes]:
    """The payloads of some records, one after another. A plain file is read at the places, a compressed one once from
    the beginning. JSON in UTF-16 and CP949 comes as it is, rows of tables as JSON in UTF-8.

    Args:
        file: The raw file.
        source_file: Which stream of it: the file itself or a member.
        places: Of the records.
        spill: An existing folder for what is no file and cannot be read from its beginning; None for the system's.

    Raises:
        TransientStorageError: The stream or the records are no longer there.
    """
    stream = next(
        (s for s in open_streams(file, _AGAIN) if isinstance(s, RawStream) and s.source_file == source_file), None
    )
    if stream is None:
        raise TransientStorageError(
            say(
                "{path}: no '{source_file}' in it any more. The raw file changed; run again.",
                path=file.path,
                source_file=source_file,
            )
        )
    if is_joined(places.container):
        with tempfile.TemporaryDirectory(dir=spill) as folder:
            yield from joined_again(stream, places.layout, places.indexes, Path(folder))
        return
    if places.container in COLUMNAR:
        with tempfile.TemporaryDirectory(dir=spill) as folder:
            yield from columns_again(stream, places.indexes, Path(folder))
        return
    if places.container == WORKBOOK:
        yield from sheet_again(stream, places.indexes)
        return
    spans = _spans(file, stream, places)
    if places.container in _DELIMITED:
        yield from (row_again(raw, places.layout, places.encoding) for raw in spans)
    else:
        yield from spans


def _spans(file: SourceFile, stream: RawStream, places: Places) -> Iterator[bytes]:
    """Bytes ``offset`` to ``offset + length`` of a stream."""
    spans = zip(places.offsets.tolist(), places.lengths.tolist(), strict=True)
    for offset, length, record in _at_places(file, spans) if stream.plain else _passing_by(stream, spans):
        if len(record) != length:
            raise TransientStorageError(
                say(
                    "{source_file}: {count} bytes at {offset}, expected {length}. The raw file changed after "
                    "it was read; run again.",
                    source_file=stream.source_file,
                    count=len(record),
                    offset=offset,
                    length=length,
                )
            )
        yield record


def _at_places(file: SourceFile, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, bytes]]:
    with file.path.open("rb") as raw:
        for offset, length in spans:
            raw.seek(offset)
            yield offset, length, raw.read(length)


def _passing_by(stream: RawStream, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, bytes]]:
    window = Window(stream.open())
    try:
        for offset, length in spans:
            while window.offset + len(window.data) < offset and not window.at_end:
                window.drop(len(window.data))
                window.fill(_STEP)
            window.drop(min(offset - window.offset, len(window.data)))
            window.fill(length)
            yield offset, length, window.data[:length]
    finally:
        window.close()
