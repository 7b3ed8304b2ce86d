"""A stream of text as shards of raw records: the unit of parallel work."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from sftrm_quality.config import Limits
from sftrm_quality.errors import storage_error_type
from sftrm_quality.reading.containers import HEAD_BYTES, Container, ContainerName, recognise
from sftrm_quality.reading.document import rest_of_document
from sftrm_quality.reading.elements import ElementReader
from sftrm_quality.reading.encodings import TextEncoding, detect, span_of, tell, what_it_could_be
from sftrm_quality.reading.learn import Parse
from sftrm_quality.reading.lines import line_spans
from sftrm_quality.reading.reasons import ENDS_EARLY, UnknownFile, describe, first_cells
from sftrm_quality.reading.spans import KEPT_OF_OVERSIZED, Oversized, Spans
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.reading.transcoded import TranscodedWindow
from sftrm_quality.reading.window import Window
from sftrm_quality.words import say

_BLANK_OR_MARKS = re.compile(rb"(?:\s|\xef\xbb\xbf)*")
_PASSED = 1 << 20  # bytes at a time of a text that is passed


@dataclass(frozen=True)
class RawShard:
    """Some neighbouring records of a source file, still as bytes.

    The bytes are ``path[file_offset : file_offset + length]``: the raw file itself (``spilled`` False) or a file of
    its own that the consumer deletes. ``encoding`` of these bytes is the source's. One entry per record, broken ones
    too, in

    - ``starts``, ``ends``: int64, bytes relative to ``file_offset``;
    - ``offsets``, ``lengths``: int64, bytes in the (decompressed) source, what reports show;
    - ``lines``: int64, 1-based, -1 where records are not lines.

    ``first_index`` is the source_index of the first record; ``broken`` maps the row of each record already known to be
    unreadable to its reason.
    """

    source_file: str
    path: Path
    spilled: bool
    file_offset: int
    length: int
    encoding: str
    first_index: int
    starts: Any
    ends: Any
    offsets: Any
    lengths: Any
    lines: Any
    broken: dict[int, str]

    def payloads(self) -> Iterator[bytes]:
        """Each record in UTF-8, broken ones too, whose bytes may be none. Raises OSError where they cannot be read."""
        with self.path.open("rb") as file:
            file.seek(self.file_offset)
            data = file.read(self.length)
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            piece = data[start:end]
            yield piece if self.encoding == "utf-8" else piece.decode(self.encoding, "replace").encode()


@dataclass(frozen=True)
class OpenDocument:
    """A stream whose container is recognised and whose records can be read.

    ``container`` is json_document, json_array, json_lines or json_sequence (objects one after another); ``header`` is
    a small ``dataset_info`` that comes before the records, else empty; ``encoding`` is the source's; ``sample`` has up
    to 200 parsed records from the beginning. ``shards`` can be iterated once and reads on demand; ``close`` ends it.
    ``ends_early`` tells after the last shard whether the text ended in the middle of a record or of its list, or broke
    off.
    """

    source_file: str
    container: ContainerName
    encoding: str
    header: dict[str, Any]
    sample: list[Any]
    shards: Iterator[RawShard] = field(repr=False, compare=False)
    close: Callable[[], None] = field(repr=False, compare=False)
    ends_early: Callable[[], bool] = field(repr=False, compare=False)


def open_document(stream: RawStream, limits: Limits, spill: Path, encoding: str = "auto") -> OpenDocument | UnknownFile:
    """Recognise encoding and container of a stream and open its records.

    ``spill`` is an existing folder for the text of compressed streams, one file per shard; ``encoding`` is auto or what
    is declared. Memory stays below a few ``record_bytes`` and ``shard_bytes``, whatever the stream's length. Raises
    StorageError where reading the file or writing a spill file fails.
    """
    window = Window(stream.open())
    window.fill(HEAD_BYTES)
    head = window.data
    text = detect(head, encoding)
    if isinstance(text, str):
        window.close()
        return _unknown(stream, text, window.damage)
    if text.keeps_ascii:
        window.drop(text.mark)
    else:
        assert text.name is not None
        window.close()
        window = TranscodedWindow(stream.open(), text.name)
    line = _skip_blank(window)
    if not window.data:
        window.close()
        return replace(_unknown(stream, describe(head, stream.size), window.damage), empty=window.damage is None)
    if text.name is None and (span := span_of(window)) is not None:
        text = TextEncoding(tell(*span), 0)
        if text.name is None:
            window.close()
            seen = describe(head, stream.size, what_it_could_be(span[0]))
            return _unknown(stream, seen, window.damage)
    if not text.keeps_ascii:
        head = window.data
    parse = Parse(text.name if text.name and text.keeps_ascii else "utf-8", limits)
    container = recognise(window, parse, line)
    if isinstance(container, str):
        window.close()
        seen = container or describe(head, stream.size, encoding=parse.encoding)
        header = () if container else first_cells(head, parse.encoding)
        return replace(_unknown(stream, seen, window.damage), header=header)
    cutter = _Cutter(stream, text, window, container, parse, limits, spill)
    return OpenDocument(
        stream.source_file, container.name, text.name or "utf-8", container.header, container.sample,
        cutter.shards(), window.close, lambda: cutter.ends_early,
    )  # fmt: skip


def _skip_blank(window: Window) -> int:
    """Drop white space and byte order marks before the text, however much there is, and fill the window; the line that
    it begins in then."""
    line = 1
    while True:
        window.fill(HEAD_BYTES)
        found = _BLANK_OR_MARKS.match(window.data)
        assert found is not None  # all of it is optional
        blank = found.end()
        line += window.data.count(b"\n", 0, blank)
        window.drop(blank)
        if (window.data and not blank) or window.at_end:
            return line


def _unknown(stream: RawStream, seen: str, damage: str | None) -> UnknownFile:
    return UnknownFile(stream.source_file, f"{seen}; {damage}" if damage else seen)


class _Cutter:
    """Cuts the records that the readers find into shards, and puts what is not in the raw file into spill files."""

    def __init__(
        self,
        stream: RawStream,
        text: TextEncoding,
        window: Window,
        container: Container,
        parse: Parse,
        limits: Limits,
        spill: Path,
    ) -> None:
        self._stream, self._window, self._container = stream, window, container
        self._parse, self._limits, self._spill = parse, limits, spill
        self._encoding, self._decided = text.name or "utf-8", text.name is not None
        self._index = 0
        self._cut_short = False

    @property
    def ends_early(self) -> bool:
        """Whether what was read so far did, or its stream."""
        return self._cut_short or self._window.broken_off

    def shards(self) -> Iterator[RawShard]:
        try:
            if self._container.name == "json_lines":
                yield from self._cut(line_spans(self._window, self._limits, self._container.line))
            else:
                closing = self._container.name != "json_sequence"
                reader = ElementReader(self._window, closing, self._container.marks, self._limits, self._parse.valid)
                yield from self._cut(reader.spans())
                if reader.closed:
                    for rest, reason in rest_of_document(self._window, self._container.name, self._parse.encoding):
                        yield self._single(rest, reason)
        finally:
            self._window.close()

    def _cut(self, found: Iterator[Spans | Oversized]) -> Iterator[RawShard]:
        for item in found:
            if isinstance(item, Oversized):
                yield self._single(item, "record_too_large")
                continue
            begin, count = 0, len(item.starts)
            too_large = np.flatnonzero(item.ends - item.starts > self._limits.record_bytes)
            while begin < count:
                full = int(np.searchsorted(item.ends, item.starts[begin] + self._limits.shard_bytes, side="right"))
                large = too_large[np.searchsorted(too_large, begin) :][:1]
                if len(large) and large[0] == begin:
                    yield self._single(self._oversized(item, begin), "record_too_large")
                    begin += 1
                    continue
                end = min(count, begin + self._limits.shard_records, max(full, begin + 1), *large)
                yield self._shard(item, begin, int(end))
                begin = int(end)

    def _oversized(self, spans: Spans, row: int) -> Oversized:
        start, end = int(spans.starts[row]), int(spans.ends[row])
        offset = self._window.source_offset(start)
        line = None if spans.lines is None else int(spans.lines[row])
        head = bytes(self._window.original(start, min(end, start + KEPT_OF_OVERSIZED)))
        cut = spans.broken.get(row) in ENDS_EARLY
        return Oversized(head, offset, self._window.source_offset(end) - offset, line, cut)

    def _shard(self, spans: Spans, begin: int, end: int) -> RawShard:
        starts, ends = spans.starts[begin:end], spans.ends[begin:end]
        offsets, stops = self._window.source_offsets(starts), self._window.source_offsets(ends)
        lines = np.full(end - begin, -1, np.int64) if spans.lines is None else spans.lines[begin:end]
        broken = {row - begin: reason for row, reason in spans.broken.items() if begin <= row < end}
        text, first = self._window.original(int(starts[0]), int(ends[-1])), offsets[0]
        return self._make(text, offsets, stops - offsets, offsets - first, stops - first, lines, broken)

    def _single(self, record: Oversized, reason: str) -> RawShard:
        self._cut_short |= record.cut
        one = np.array([0], np.int64)
        return self._make(
            memoryview(record.head), one + record.offset, one + record.length, one, one + len(record.head),
            one - 1 if record.line is None else one + record.line, {0: reason},
        )  # fmt: skip

    def _make(
        self, text: memoryview, offsets: Any, lengths: Any, starts: Any, ends: Any, lines: Any, broken: dict[int, str]
    ) -> RawShard:
        if not self._decided:
            self._decide(text, int(offsets[0]))
        path, file_offset = self._stream.path, int(offsets[0])
        if not self._stream.plain:
            name = f"{xxhash.xxh3_64_hexdigest(self._stream.source_file.encode())}-{self._index:010d}.text"
            path, file_offset = self._spill / name, 0
            try:
                path.write_bytes(text)
            except OSError as error:
                raise storage_error_type(error)(
                    say(
                        "{path}: cannot be written ({strerror}). Free space, run again.",
                        path=path,
                        strerror=error.strerror,
                    )
                ) from error
        self._cut_short |= not ENDS_EARLY.isdisjoint(broken.values())
        index, self._index = self._index, self._index + len(starts)
        return RawShard(
            self._stream.source_file, path, not self._stream.plain, file_offset, len(text), self._encoding, index,
            starts, ends, offsets, lengths, lines, broken,
        )  # fmt: skip

    def _decide(self, text: memoryview, offset: int) -> None:
        """Tell the encoding of a text that began as ASCII, by what follows the first byte that is not.

        It is read once more from there, so that the length of shards changes nothing. What is neither UTF-8 nor Korean
        is no reason to refuse the file any more, and not guessed: as UTF-8 its records are invalid_encoding.
        """
        if bytes(text).isascii():
            return
        window = Window(self._stream.open())
        try:
            while window.offset < offset and not window.at_end:
                window.fill(_PASSED)
                window.drop(min(len(window.data), offset - window.offset))
            window.fill(len(text))
            span = span_of(window)
        finally:
            window.close()
        encoding = tell(*span) if span else None
        self._parse.encoding = self._encoding = encoding or "utf-8"
        self._decided = True
