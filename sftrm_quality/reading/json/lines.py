"""Records of JSON lines out of a window: every line that is not blank is one record."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.reading.json.syntax import UNENDED, object_end
from sftrm_quality.reading.kernels import kernel
from sftrm_quality.reading.spans import KEPT_OF_OVERSIZED, Oversized, Spans
from sftrm_quality.reading.window import Window

_BLOCK = 1 << 20


@kernel
def _trim(buf: Any, stops: Any, starts: Any, ends: Any, lines: Any) -> int:
    """Spans of the lines that end at ``stops``, without white space around them and byte order marks before them;
    blank lines are left out."""
    n, begin = 0, 0
    for k in range(stops.size):
        a, b = begin, stops[k]
        while a < b and (buf[a] == 0x20 or 0x09 <= buf[a] <= 0x0D or buf[a] == 0xEF):
            if buf[a] == 0xEF:
                # A byte order mark: this line was the first of a file that others were put in front of.
                if a + 3 > b or buf[a + 1] != 0xBB or buf[a + 2] != 0xBF:
                    break
                a += 2
            a += 1
        while b > a and (buf[b - 1] == 0x20 or 0x09 <= buf[b - 1] <= 0x0D):
            b -= 1
        if b > a:
            starts[n], ends[n], lines[n] = a, b, k
            n += 1
        begin = stops[k] + 1
    return n


def line_spans(window: Window, limits: Limits, line: int) -> Iterator[Spans | Oversized]:
    """Iterate over the lines from the window's first byte on, which is in line ``line`` (1-based)."""
    ended = False
    while window.data or not window.at_end:
        window.fill(limits.shard_bytes)
        data, final = window.data, window.at_end
        buf = np.frombuffer(data, np.uint8)
        stops = np.flatnonzero(buf == 0x0A)
        consumed = int(stops[-1]) + 1 if len(stops) else 0
        unended = final and consumed < len(data)
        if unended:
            stops, consumed = np.append(stops, len(data)), len(data)
        starts, ends, lines = (np.empty(len(stops), np.int64) for _ in range(3))
        count = _trim(buf, stops, starts, ends, lines)
        spans = Spans(starts[:count], ends[:count], {}, lines[:count] + line)
        if final:
            _check_end(spans, window, unended, line + len(stops), limits.nesting_depth)
            ended = True
        if len(spans.starts):
            yield spans
        line += len(stops)
        # White space in front of a record is no part of it: a line of nothing else needs no room, however long it is.
        consumed += len(data) - consumed - len(data[consumed:].lstrip())
        window.drop(consumed)
        if not consumed and not final:
            if len(data) > limits.record_bytes:
                yield _pass_oversized(window, line)
            else:
                window.grow(limits.record_bytes + limits.shard_bytes)
    if window.damage and not ended:
        nothing = np.zeros(1, np.int64)
        yield Spans(nothing, nothing, {0: "stream_broken"}, nothing + line)


def _check_end(spans: Spans, window: Window, unended: bool, next_line: int, depth: int) -> None:
    """A last line without its end may be half a record; a broken stream is a row in any case."""
    last = window.data[spans.starts[-1] : spans.ends[-1]] if unended and len(spans.starts) else b""
    if last.startswith(b"{") and object_end(np.frombuffer(last, np.uint8), 0, len(last), depth) == UNENDED:
        spans.broken[len(spans.starts) - 1] = "stream_broken" if window.damage else "truncated_record"
    elif window.damage:
        end = len(window.data)
        spans.broken[len(spans.starts)] = "stream_broken"
        spans.starts, spans.ends = np.append(spans.starts, end), np.append(spans.ends, end)
        spans.lines = np.append(spans.lines, next_line)


def _pass_oversized(window: Window, line: int) -> Oversized:
    """Read to the end of the line at the window's beginning without keeping it; its newline is left."""
    head, offset = bytes(window.original(0, KEPT_OF_OVERSIZED)), window.source_offset(0)
    last = b""
    while (stop := window.data.find(b"\n")) < 0 and not window.at_end:
        last = window.data.rstrip()[-1:] or last
        window.drop(len(window.data))
        window.fill(_BLOCK)
    cut = stop < 0 and (window.data.rstrip()[-1:] or last) != b"}"
    stop = stop if stop >= 0 else len(window.data)
    length = window.source_offset(stop) - offset
    window.drop(stop)
    return Oversized(head, offset, length, line, cut)
