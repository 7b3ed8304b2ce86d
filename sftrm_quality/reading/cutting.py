"""The records of a text cut into shards, and what is not in the raw file put into spill files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import xxhash

from sftrm_quality.config import Limits
from sftrm_quality.errors import storage_error_type
from sftrm_quality.reading.encodings import span_of, tell
from sftrm_quality.reading.reasons import ENDS_EARLY
from sftrm_quality.reading.spans import KEPT_OF_OVERSIZED, Oversized, Spans
from sftrm_quality.reading.text_shards import TextShard
from sftrm_quality.reading.texts import OpenText
from sftrm_quality.reading.window import Window
from sftrm_quality.words import say

_PASSED = 1 << 20  # bytes at a time of a text that is passed


_Shard = TypeVar("_Shard", bound=TextShard)


class Cutter(Generic[_Shard]):
    """Cuts the records that a reader finds into shards, and puts what is not in the raw file into spill files.

    Args:
        text: Whose records they are.
        limits: Bounds of memory.
        spill: An existing folder for what is not in the raw file as it is read.
        make: A shard of the reader's, from the values of `TextShard` in their order.
        lines: Lines are what tells how damaged the text is, see `encodings.tell`.
        decided: Is told the encoding of a text that began as ASCII.
    """

    def __init__(
        self,
        text: OpenText,
        limits: Limits,
        spill: Path,
        make: Callable[..., _Shard],
        lines: bool,
        decided: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._stream, self._window, self._limits, self._spill = text.stream, text.window, limits, spill
        self._make_shard, self._lines, self._tell_encoding = make, lines, decided
        self._encoding, self._decided = text.encoding.name or "utf-8", text.encoding.name is not None
        self._index = 0
        self._cut_short = False

    @property
    def ends_early(self) -> bool:
        """Whether what was read so far did, or its stream."""
        return self._cut_short or self._window.broken_off

    def cut(self, found: Iterator[Spans | Oversized]) -> Iterator[_Shard]:
        """Shards of some records, within the limits.

        Args:
            found: The records.
        """
        for item in found:
            if isinstance(item, Oversized):
                yield self.single(item, "record_too_large")
                continue
            begin, count = 0, len(item.starts)
            too_large = np.flatnonzero(item.ends - item.starts > self._limits.record_bytes)
            while begin < count:
                full = int(np.searchsorted(item.ends, item.starts[begin] + self._limits.shard_bytes, side="right"))
                large = too_large[np.searchsorted(too_large, begin) :][:1]
                if len(large) and large[0] == begin:
                    yield self.single(self._oversized(item, begin), "record_too_large")
                    begin += 1
                    continue
                end = min(count, begin + self._limits.shard_records, max(full, begin + 1), *large)
                yield self._shard(item, begin, int(end))
                begin = int(end)

    def single(self, record: Oversized, reason: str) -> _Shard:
        """A shard of one record that cannot be read.

        Args:
            record: What is kept of it.
            reason: Why.
        """
        self._cut_short |= record.cut
        one = np.array([0], np.int64)
        return self._make(
            memoryview(record.head), one + record.offset, one + record.length, one, one + len(record.head),
            one - 1 if record.line is None else one + record.line, {0: reason},
        )  # fmt: skip

    def _oversized(self, spans: Spans, row: int) -> Oversized:
        start, end = int(spans.starts[row]), int(spans.ends[row])
        offset = self._window.source_offset(start)
        line = None if spans.lines is None else int(spans.lines[row])
        head = bytes(self._window.original(start, min(end, start + KEPT_OF_OVERSIZED)))
        cut = spans.broken.get(row) in ENDS_EARLY
        return Oversized(head, offset, self._window.source_offset(end) - offset, line, cut)

    def _shard(self, spans: Spans, begin: int, end: int) -> _Shard:
        starts, ends = spans.starts[begin:end], spans.ends[begin:end]
        offsets, stops = self._window.source_offsets(starts), self._window.source_offsets(ends)
        lines = np.full(end - begin, -1, np.int64) if spans.lines is None else spans.lines[begin:end]
        broken = {row - begin: reason for row, reason in spans.broken.items() if begin <= row < end}
        text, first = self._window.original(int(starts[0]), int(ends[-1])), offsets[0]
        return self._make(text, offsets, stops - offsets, offsets - first, stops - first, lines, broken)

    def _make(
        self, text: memoryview, offsets: Any, lengths: Any, starts: Any, ends: Any, lines: Any, broken: dict[int, str]
    ) -> _Shard:
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
        return self._make_shard(
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
            span = span_of(window, self._lines)
        finally:
            window.close()
        self._encoding = (tell(*span, self._lines) if span else None) or "utf-8"
        self._decided = True
        self._tell_encoding(self._encoding)
