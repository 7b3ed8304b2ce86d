"""Records of a JSON list, or of JSON values one after another, out of a window; damage costs the damaged record.

Two rules carry this. A record that closes without a mark inside (see ``scan``) is taken as it is; whether it is valid
is for the worker to say. A record with a mark inside is cut in front of the mark unless the text before the mark may be
continued with a nested object *and* the whole turns out to be valid JSON.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.reading.learn import CLOSERS, LIST_END_TEXT
from sftrm_quality.reading.scan import BLANK, CLOSED, LIST_END, MARK, MORE, Marks, scan_list, scan_object
from sftrm_quality.reading.spans import KEPT_OF_OVERSIZED, Oversized, SpanBuilder, Spans
from sftrm_quality.reading.validate import may_continue_with_object
from sftrm_quality.reading.window import Window

_BLOCK = 1 << 20
_LOOK_AHEAD = 4096
_TAIL = re.compile(rb"\]\s*\}?\s*\Z")


class ElementReader:
    """Iterate over ``spans()`` from the window's first byte on, which stands behind the ``[`` or at the first record.

    ``valid`` tells whether some bytes are one strict JSON value in the encoding of the text. After the last step
    the window begins behind the list's ``]``, and ``closed`` says whether there was one.
    """

    def __init__(
        self, window: Window, closing: bool, marks: Marks, limits: Limits, valid: Callable[[bytes], bool]
    ) -> None:
        self._window, self._closing, self._marks, self._limits, self._valid = window, closing, marks, limits, valid
        self._room = tuple(np.empty(limits.shard_records, kind) for kind in (np.int64, np.int64, np.bool_))
        self._whole_before = True
        self.closed = False

    def spans(self) -> Iterator[Spans | Oversized]:
        done = False
        while not done:
            self._window.fill(self._limits.shard_bytes)
            batch, position, done = self._scan_window()
            if len(batch.starts):
                yield batch
            self._window.drop(position)
            if not done and not len(batch.starts) and position == 0 and self._window.data:
                if len(self._window.data) > self._limits.record_bytes:
                    yield self._pass_oversized()
                else:
                    self._window.grow()

    def _scan_window(self) -> tuple[Spans, int, bool]:
        """Spans of this window, the position to drop up to, and whether the list has ended."""
        data, final = self._window.data, self._window.at_end
        buf = np.frombuffer(data, np.uint8)
        batch = SpanBuilder()
        at = 0
        while batch.count < self._limits.shard_records:
            outcome, n, at, stop = scan_list(buf, at, buf.size, final, self._closing, *self._marks.layout, *self._room)
            batch.extend(*(part[:n] for part in self._room))
            if outcome == MARK:
                settled = self._settle(buf, at, stop)
                if settled is None:
                    break
                end, reason = settled
                batch.add(at, len(data[:end].rstrip(b" \t\r\n,")) if reason else end, reason)
                at = end
            elif outcome == LIST_END:
                stray = self._stray_end(at, self._is_whole(batch.last()))
                if stray is None:
                    break
                if stray == 0:
                    self.closed = True
                    return self._merged(batch), at + 1, True
                batch.add(at, len(data[:stray].rstrip(b" \t\r\n,")), "invalid_json")
                at = stray
            elif outcome == MORE and final:
                end = len(data.rstrip())
                batch.add(at, end, self._last_reason(data[at:end]))
                return self._merged(batch), len(data), True
            elif outcome == BLANK and final:
                self._missing_end(batch, at)
                return self._merged(batch), len(data), True
            elif outcome in (MORE, BLANK):
                break
        self._whole_before = self._is_whole(batch.last())
        return self._merged(batch), at, False

    def _settle(self, buf: Any, start: int, mark: int) -> tuple[int, str | None] | None:
        """Where the record at ``start`` with a mark inside ends, and its reason if broken. None: more bytes needed."""
        final = self._window.at_end
        cut = (mark, "invalid_json")
        if not may_continue_with_object(buf, start, mark):
            return cut
        state = np.zeros(2, np.int64)
        outcome, stop = scan_object(buf, start, start, buf.size, final, state, *Marks.of(()).layout)
        beyond = final or buf.size - start > self._limits.record_bytes
        if outcome != CLOSED:
            return cut if beyond else None
        at_text_end = not self._window.data[stop:].strip()
        if at_text_end and not beyond:
            return None
        # A record that lost its own closing brackets takes those of the list and of the document, and is then valid.
        if (at_text_end and self._closing) or not self._valid(self._window.data[start:stop]):
            return cut
        return stop, None

    def _stray_end(self, at: int, clean: bool) -> int | None:
        """0 if the ``]`` at ``at`` ends the list; where to go on if it is damage; None: more bytes needed.

        A record right behind it, whatever brackets are between, makes it damage. Else it is the end if a whole record
        stands before it (``clean``) and what may follow a list follows, or if no mark is to be seen any more.
        """
        data, marks, final = self._window.data, self._marks, self._window.at_end
        after = CLOSERS.match(data, at)
        assert after is not None
        position = after.end()
        final = final or len(data) - at > self._limits.record_bytes
        if position + marks.longest + _LOOK_AHEAD > len(data) and not final:
            return None
        if marks.texts and data.startswith(marks.texts, position):
            return position
        if clean and LIST_END_TEXT.match(data, at):
            return 0
        return at + 1 if any(data.find(text, position) >= 0 for text in marks.texts) else 0

    def _is_whole(self, span: tuple[int, int] | None) -> bool:
        """Whether a span is a whole object; None stands for what came before the window."""
        if span is None:
            return self._whole_before
        record = self._window.data[span[0] : span[1]]
        return record.startswith(b"{") and self._valid(record)

    def _last_reason(self, record: bytes) -> str:
        if self._window.damage:
            return "stream_broken"
        return "invalid_json" if self._closing and _TAIL.search(record) else "truncated_record"

    def _missing_end(self, batch: SpanBuilder, at: int) -> None:
        """The text ends between records: damage of the stream, or a list that is not closed, is a row of its own."""
        if self._window.damage:
            batch.add(at, at, "stream_broken")
        elif self._closing:
            last = batch.last()
            # The last record may itself have lost a bracket and taken the list's instead.
            if last is None or self._valid(self._window.data[last[0] : last[1]]):
                batch.add(at, at, "unclosed_document")

    def _merged(self, batch: SpanBuilder) -> Spans:
        """Neighbours without a mark, at least one of which is no JSON, are pieces of one damaged record: one row.

        Without marks only neighbours that are no JSON are.
        """
        starts, ends, odd, broken = batch.arrays()
        data = self._window.data
        bad = {row for row in broken if ends[row] > starts[row]}
        bad.update(int(row) for row in np.flatnonzero(odd) if not self._valid(data[starts[row] : ends[row]]))
        if not bad:
            return Spans(starts, ends, broken)
        marked = np.array([data.startswith(self._marks.texts, start) for start in starts.tolist()], dtype=np.bool_)
        joins = ~marked & (ends > starts) if self._marks.texts else np.isin(np.arange(len(starts)), list(bad))
        keep = np.ones(len(starts), dtype=np.bool_)
        for row in sorted(bad):
            first, last = row, row
            while joins[first] and first > 0 and joins[first - 1]:
                first -= 1
            while last + 1 < len(starts) and joins[last + 1]:
                last += 1
            keep[first + 1 : last + 1] = False
            ends[first] = ends[last]
            broken[first] = broken.get(last, "invalid_json")
        kept = np.cumsum(keep) - 1
        broken = {int(kept[row]): reason for row, reason in broken.items() if keep[row]}
        return Spans(starts[keep], ends[keep], broken)

    def _pass_oversized(self) -> Oversized:
        """Read to the end of the record at the window's beginning without keeping it."""
        window = self._window
        head, offset = window.data[:KEPT_OF_OVERSIZED], window.source_offset(0)
        state, position, low = np.zeros(2, np.int64), 0, 0
        while True:
            buf = np.frombuffer(window.data, np.uint8)
            outcome, stop = scan_object(buf, position, low, buf.size, window.at_end, state, *self._marks.layout)
            if outcome != MORE or window.at_end:
                break
            done = max(0, stop - self._marks.longest)
            window.drop(done)
            position, low = stop - done, -1
            window.fill(len(window.data) + _BLOCK)
        stop = len(window.data[:stop].rstrip(b" \t\r\n,")) if outcome == MARK else stop
        length = window.source_offset(stop) - offset
        window.drop(stop)
        return Oversized(head, offset, length)
