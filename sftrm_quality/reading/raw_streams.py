"""A raw file as streams: archives taken apart, and workbooks into their sheets."""

import io
from collections.abc import Iterator

from sftrm_quality.config import Limits
from sftrm_quality.reading.books import OLE_MAGIC, of_ole, sheets_of, too_large
from sftrm_quality.reading.discover import SourceFile
from sftrm_quality.reading.reasons import UnknownFile
from sftrm_quality.reading.streams import RawStream, packed_streams
from sftrm_quality.reading.window import StreamDamage
from sftrm_quality.reading.zips import ZIP_MAGICS
from sftrm_quality.words import say


def open_streams(file: SourceFile, limits: Limits | None = None) -> Iterator[RawStream | UnknownFile]:
    """The streams of a file, decided by content: members of archives, sheets of workbooks, else the file itself.

    Args:
        file: The raw file.
        limits: Up to which size a workbook is unpacked; the default without them.

    Yields:
        Each stream, or why there is none; see `streams.packed_streams`.

    Raises:
        StorageError: The file cannot be opened.
    """
    for stream in packed_streams(file):
        if isinstance(stream, UnknownFile):
            yield stream
        else:
            yield from _sheets(stream, limits or Limits())


def _sheets(stream: RawStream, limits: Limits) -> Iterator[RawStream | UnknownFile]:
    """The sheets of a workbook, any other stream as it is."""
    opened = stream.open()
    try:
        head = opened.read(len(OLE_MAGIC))
        while 0 < len(head) < len(OLE_MAGIC) and (more := opened.read(len(OLE_MAGIC) - len(head))):
            head += more
        if not head.startswith((*ZIP_MAGICS, OLE_MAGIC)):
            yield stream
            return
        parts = [head]
        while (length := sum(map(len, parts))) <= limits.workbook_bytes and (more := opened.read(1 << 20)):
            parts.append(more)
    except StreamDamage:
        yield stream
        return
    finally:
        opened.close()
    if head.startswith(OLE_MAGIC):
        seen = say("{kind}, {size:,} bytes", kind=of_ole(b"".join(parts)), size=stream.size or length)
        yield UnknownFile(stream.source_file, seen)
        return
    if length > limits.workbook_bytes:
        is_book = stream.plain  # other archives were told from workbooks before
        yield UnknownFile(stream.source_file, too_large(stream.size or length, limits)) if is_book else stream
        return
    found = sheets_of(io.BytesIO(b"".join(parts)), limits)
    if isinstance(found, str):
        yield UnknownFile(stream.source_file, found)
    elif found is None:
        yield stream
    else:
        for sheet in found:
            source_file = f"{stream.source_file}!/{sheet.name}"
            yield RawStream(source_file, stream.path, False, None, stream.open, sheet)
