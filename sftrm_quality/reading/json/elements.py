"""Records of a JSON list, or of JSON values one after another, out of a window; damage costs the damaged record.

Two rules carry this. A record that closes without a mark inside (see ``scan``) is taken as it is; whether it is valid
is for the worker to say. A record with a mark inside is cut in front of the mark unless its brackets and commas make
one whole object, the mark and what follows included.

Time stays in proportion to the text however it is damaged: nothing that was walked in vain is walked again for the
next beginning, but for ``limits.nesting_depth`` levels and a few walks over a window (``_MOST_WALKS``).
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.reading.json.learn import BLANK_END, CLOSERS, LIST_END_TEXT
from sftrm_quality.reading.json.scan import BLANK, LIST_END, MARK, MORE, Marks, closing_braces, scan_list, scan_object
from sftrm_quality.reading.json.spans import SpanBuilder
from sftrm_quality.reading.json.syntax import NO_JSON, TOO_DEEP, UNENDED, object_end
from sftrm_quality.reading.spans import KEPT_OF_OVERSIZED, Oversized, Spans
from sftrm_quality.reading.window import Window

_BLOCK = 1 << 20
_LOOK_AHEAD = 4096
_MOST_WALKS = 8
"""Times that all braces of a window are walked. One is enough but where damaged strings turn inside out in turns."""


class ElementReader:
    """Iterate over ``spans()`` from the window's first byte on, which follows the ``[`` or begins the first record.

    ``valid`` tells whether some bytes are one strict JSON value in the encoding of the text. After the last step
    the window begins behind the list's ``]``, and ``closed`` says whether there was one.
    """

    def __init__(
        self, window: Window, closing: bool, marks: Marks, limits: Limits, valid: Callable[[bytes], bool]
    ) -> None:
        self._window, self._closing, self._marks, self._limits, self._valid = window, closing, marks, limits, valid
        self._room = tuple(np.empty(limits.shard_records, kind) for kind in (np.int64, np.int64, np.bool_))
        self._whole_before = self._brackets_before = True
        self.closed = False
        self._look()

    def spans(self) -> Iterator[Spans | Oversized]:
        window, at, done = self._window, 0, False
        while not done:
            # Dropping copies the rest: where a long record made the window large, many shards come out of it first.
            if not window.at_end and len(window.data) - at < self._limits.shard_bytes:
                window.drop(at)
                window.fill(self._limits.shard_bytes)
                at = 0
                self._look()
            batch, stop, done = self._scan_window(at)
            if len(batch.starts):
                yield batch
            elif not done and stop == at and at < len(window.data):
                window.drop(at)
                at = stop = 0
                if len(window.data) > self._limits.record_bytes:
                    yield self._pass_oversized()
                else:
                    window.grow(self._limits.record_bytes + self._limits.shard_bytes)
                self._look()
            at = stop
        window.drop(at)

    def _look(self) -> None:
        """The window is another one: forget what was seen further on in it."""
        self._braces, self._walks = (np.empty(0, np.int32), np.empty(0, np.int32)), 0  # see _closing_brace
        self._mark_ahead = -1

    def _scan_window(self, at: int) -> tuple[Spans, int, bool]:
        """Spans of this window from ``at`` on, the position to go on from, and whether the list has ended."""
        data, final = self._window.data, self._window.at_end
        buf = np.frombuffer(data, np.uint8)
        batch = SpanBuilder()
        while batch.count < self._limits.shard_records:
            outcome, n, at, stop = scan_list(buf, at, buf.size, final, self._closing, *self._marks.layout, *self._room)
            batch.extend(*(part[:n] for part in self._room))
            if outcome == MARK:
                settled = self._settle(buf, at, stop)
                if settled is None:
                    break
                end, reason = settled
                batch.add(at, at + len(data[at:end].rstrip(b" \t\r\n,")) if reason else end, reason)
                at = end
            elif outcome == LIST_END:
                stray = self._stray_end(at, self._is_whole(batch.last()))
                if stray is None:
                    break
                if stray == 0:
                    self.closed = True
                    return self._merged(batch), at + 1, True
                batch.add(at, at + len(data[at:stray].rstrip(b" \t\r\n,")), "invalid_json")
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
        self._whole_before, self._brackets_before = self._is_whole(batch.last()), self._has_its_brackets(batch.last())
        return self._merged(batch), at, False

    def _settle(self, buf: Any, start: int, mark: int) -> tuple[int, str | None] | None:
        """Where the record at ``start`` with a mark inside ends, and its reason if broken. None: more bytes needed."""
        cut = (mark, "invalid_json")
        beyond = self._window.at_end or buf.size - start > self._limits.record_bytes
        if beyond and self._known_brace(start) == UNENDED:
            return cut
        stop = object_end(buf, start, buf.size, self._limits.nesting_depth)
        if stop == TOO_DEEP:
            stop = self._closing_brace(buf, start)
        if stop == NO_JSON:
            return cut
        if stop == UNENDED:
            return cut if beyond else None
        at_text_end = BLANK_END.match(self._window.data, stop) is not None
        if at_text_end and not beyond:
            return None
        # A record that lost its own closing brackets takes those of the list and of the document.
        return cut if at_text_end and self._closing else (stop, None)

    def _closing_brace(self, buf: Any, start: int) -> int:
        """The position after the object at ``start``, or UNENDED: looked up among all braces of the window."""
        if (known := self._known_brace(start)) is not None:
            return known
        if self._walks == _MOST_WALKS:
            return UNENDED
        self._braces, self._walks = closing_braces(buf, start, buf.size), self._walks + 1
        found = self._known_brace(start)
        assert found is not None  # a record begins with a brace outside of strings
        return found

    def _known_brace(self, start: int) -> int | None:
        """As ``_closing_brace``; None if the brace at ``start`` was never looked at, or is in a string then."""
        opens, closes = self._braces
        row = int(np.searchsorted(opens, np.int32(start)))  # another type would copy all of them
        if row == len(opens) or opens[row] != start:
            return None
        return int(closes[row]) if closes[row] >= 0 else UNENDED

    def _stray_end(self, at: int, clean: bool) -> int | None:
        """0 if the ``]`` at ``at`` ends the list; where to go on if it is damage; None: more bytes needed.

        A record right behind it, whatever brackets are between, makes it damage. Else it is the end if a whole record
        comes before it (``clean``) and what may follow a list follows, or if no mark is to be seen any more.
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
        if self._mark_ahead < position:
            self._mark_ahead = max((data.find(text, position) for text in marks.texts), default=-1)
        if self._mark_ahead >= 0:
            return position
        return 0 if final else None

    def _is_whole(self, span: tuple[int, int] | None) -> bool:
        """Whether a span is a whole object; None stands for what came before the window."""
        if span is None:
            return self._whole_before
        record = self._window.data[span[0] : span[1]]
        return record.startswith(b"{") and self._valid(record)

    def _has_its_brackets(self, span: tuple[int, int] | None) -> bool:
        """Whether a span ends where its brackets do, whatever is in its strings; None as above."""
        if span is None:
            return self._brackets_before
        record = self._window.data[span[0] : span[1]]
        if not record.startswith(b"{"):
            return self._valid(record)
        return object_end(np.frombuffer(record, np.uint8), 0, len(record), self._limits.nesting_depth) == len(record)

    def _last_reason(self, record: bytes) -> str:
        if self._window.damage:
            return "stream_broken"
        ends_with_list = record.rstrip().removesuffix(b"}").rstrip().endswith(b"]")
        if not self._closing or not ends_with_list:
            return "truncated_record"
        # The list's end is in the record: in a string that is not closed, or where a bracket is missing. Or the bracket
        # is one of the record's own, and the text was cut behind it.
        buf, state = np.frombuffer(record, np.uint8), np.zeros(2, np.int64)
        scan_object(buf, 0, 0, buf.size, True, state, *Marks.of(()).layout)
        unended = object_end(buf, 0, buf.size, self._limits.nesting_depth) == UNENDED
        return "truncated_record" if unended and not state[1] else "invalid_json"

    def _missing_end(self, batch: SpanBuilder, at: int) -> None:
        """The text ends between records: damage of the stream, or a list that is not closed, is a row of its own."""
        if self._window.damage:
            batch.add(at, at, "stream_broken")
        elif self._closing and self._has_its_brackets(batch.last()):
            # Else the last record may itself have lost a bracket and taken the list's instead.
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
        broken |= {row: broken.get(row, "invalid_json") for row in bad}
        edges = np.flatnonzero(np.diff(joins.astype(np.int8), prepend=0, append=0))
        bad_rows = np.array(sorted(bad))
        for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            nearest = np.searchsorted(bad_rows, first)
            if nearest < len(bad_rows) and bad_rows[nearest] < stop:
                keep[first + 1 : stop] = False
                ends[first] = ends[stop - 1]
                broken[first] = broken.get(stop - 1, "invalid_json")
        kept = np.cumsum(keep) - 1
        broken = {int(kept[row]): reason for row, reason in broken.items() if keep[row]}
        return Spans(starts[keep], ends[keep], broken)

    def _pass_oversized(self) -> Oversized:
        """Read to the end of the record at the window's beginning without keeping it."""
        window = self._window
        head, offset = bytes(window.original(0, KEPT_OF_OVERSIZED)), window.source_offset(0)
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
        return Oversized(head, offset, length, cut=outcome == MORE)
