"""Finding the ends of records in raw bytes, without parsing them.

Quotes, braces and separators are single bytes in UTF-8 and in CP949 alike (a trail byte of CP949 is a letter or above
0x80), so text is cut first and decoded later. A *mark* is the way in which records of this file begin, learned from it,
for instance ``{"data_id"``. Inside valid JSON a mark can only be the start of an object, never text, because the quote
in it would be escaped; so a mark within a record is either a nested object or the record after a damaged one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sftrm_quality.reading.kernels import kernel

# Outcomes of the scanners.
CLOSED, MARK, MORE, FULL, LIST_END, BLANK = 0, 1, 2, 3, 4, 5

_OUTSIDE = np.zeros(256, dtype=np.uint8)
_OUTSIDE[[0x22, 0x7B, 0x7D]] = 1
_INSIDE = np.zeros(256, dtype=np.uint8)
_INSIDE[[0x22, 0x5C]] = 1
_SEPARATOR = np.zeros(256, dtype=np.uint8)
_SEPARATOR[[0x20, 0x09, 0x0A, 0x0D, 0x2C]] = 1


@dataclass(frozen=True)
class Marks:
    """Beginnings of records, from the brace to the closing quote of the first key, laid out for the scanners."""

    texts: tuple[bytes, ...]
    longest: int
    layout: tuple[Any, Any, Any]  # bytes of all texts, their bounds (one more than texts), positions of their quotes

    @classmethod
    def of(cls, texts: tuple[bytes, ...]) -> "Marks":
        return cls(
            texts,
            max(map(len, texts), default=0),
            (
                np.frombuffer(b"".join(texts), np.uint8),
                np.cumsum([0, *map(len, texts)], dtype=np.int64),
                np.array([text.index(b'"') for text in texts], dtype=np.int64),
            ),
        )


@kernel
def _mark_around(buf: Any, quote: int, low: int, end: int, data: Any, bounds: Any, quotes: Any) -> int:
    """The start (> ``low``) of a mark whose first quote is at ``quote``, -1 for none, -2 if it needs bytes after
    ``end``."""
    for m in range(quotes.size):
        at = quote - quotes[m]
        size = bounds[m + 1] - bounds[m]
        if at <= low:
            continue
        same = True
        for j in range(size):
            if at + j >= end:
                return -2
            if buf[at + j] != data[bounds[m] + j]:
                same = False
                break
        if same:
            return int(at)
    return -1


@kernel
def scan_object(
    buf: Any, i: int, low: int, end: int, final: bool, state: Any, data: Any, bounds: Any, quotes: Any
) -> tuple[int, int]:
    """Go on from ``i`` to the end of an object that began at ``low`` or before the buffer (then -1).

    ``state`` holds depth and whether ``i`` is inside a string, and is updated. Returns CLOSED and the position after
    the object, MARK and the position of the first mark after ``low``, or MORE and the position to go on from once more
    bytes are there.
    """
    depth, inside = state[0], state[1]
    while i < end:
        if inside:
            while i < end and _INSIDE[buf[i]] == 0:
                i += 1
            if i < end and buf[i] == 0x5C:
                if i + 1 >= end:
                    break
                i += 2
                continue
        else:
            while i < end and _OUTSIDE[buf[i]] == 0:
                i += 1
        if i >= end:
            break
        c = buf[i]
        if c == 0x22:
            mark = _mark_around(buf, i, low, end, data, bounds, quotes)
            if mark >= 0:
                return MARK, mark
            if mark == -2 and not final:
                break
            inside = 1 - inside
        elif c == 0x7B:
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return CLOSED, i + 1
        i += 1
    state[0], state[1] = depth, inside
    return MORE, i


@kernel
def _scan_other(
    buf: Any, start: int, end: int, final: bool, closing: bool, data: Any, bounds: Any, quotes: Any
) -> tuple[int, int]:
    """The end of an element that is no object: a string, number, word or list, or bytes that are nothing."""
    i, depth, inside = start, 0, False
    while i < end:
        c = buf[i]
        if c == 0x22:
            mark = _mark_around(buf, i, start, end, data, bounds, quotes)
            if mark >= 0:
                while _SEPARATOR[buf[mark - 1]]:
                    mark -= 1
                return CLOSED, mark
            if mark == -2 and not final:
                return MORE, i
            inside = not inside
        elif inside:
            if c == 0x5C:
                i += 1
        elif c == 0x5B:
            depth += 1
        elif c == 0x5D and (depth > 0 or not closing):
            depth -= 1
            if depth == 0:
                return CLOSED, i + 1
        elif depth <= 0 and i > start and (_SEPARATOR[c] or c == 0x7B or c == 0x5D):
            return CLOSED, i
        i += 1
    return (CLOSED, end) if final and not inside and depth <= 0 else (MORE, end)


@kernel
def _behind_separators(buf: Any, i: int, end: int) -> int:
    """The position behind commas, white space and byte order marks, which are where files were put together.

    A mark that ``end`` cuts is left: it is an element that needs more bytes.
    """
    while i < end:
        if _SEPARATOR[buf[i]]:
            i += 1
        elif buf[i] == 0xEF and i + 3 <= end and buf[i + 1] == 0xBB and buf[i + 2] == 0xBF:
            i += 3
        else:
            break
    return i


@kernel
def scan_list(
    buf: Any, i: int, end: int, final: bool, closing: bool, data: Any, bounds: Any, quotes: Any, starts: Any, ends: Any,
    odd: Any,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Spans of the elements of a JSON list from ``i``, between elements, on; commas, white space and byte order marks
    separate them.

    ``closing``: a ``]`` ends the list; else it runs to the end of the text. ``odd`` tells the elements that do not
    begin with a brace. Returns outcome, number of spans written, position to go on from, and for MARK its position.
    FULL: no room in ``starts``. LIST_END: at ``]``. BLANK: nothing after the last element. MORE: an element begins
    that does not end before ``end``.
    """
    n = 0
    state = np.zeros(2, np.int64)
    while n < starts.size:
        i = _behind_separators(buf, i, end)
        if i >= end:
            return BLANK, n, i, i
        c = buf[i]
        if c == 0x5D and closing:
            return LIST_END, n, i, i
        if c == 0x7B:
            state[:] = 0
            outcome, stop = scan_object(buf, i, i, end, final, state, data, bounds, quotes)
        else:
            outcome, stop = _scan_other(buf, i, end, final, closing, data, bounds, quotes)
        if outcome != CLOSED:
            return outcome, n, i, stop
        starts[n], ends[n], odd[n] = i, stop, c != 0x7B
        n += 1
        i = stop
    return FULL, n, i, i


@kernel
def closing_braces(buf: Any, start: int, end: int) -> tuple[Any, Any]:
    """Positions of the braces that open an object from ``start``, one of them, on, and the positions after their
    closing ones, negative where there are none before ``end`` (both int32, half the memory: windows are below 2 GiB).
    """
    count = 0
    for _ in range(2):  # the first time counts
        opens, closes = np.empty(count, np.int32), np.empty(count, np.int32)
        count, innermost, i, inside = 0, -1, start, False
        while i < end:
            c = buf[i]
            if c == 0x22:
                inside = not inside
            elif inside:
                i += 1 if c == 0x5C else 0
            elif c == 0x7B:
                if opens.size:
                    opens[count] = i
                    closes[count] = -2 - innermost  # the one around it, until it is closed
                    innermost = count
                count += 1
            elif c == 0x7D and innermost >= 0:
                around = -2 - closes[innermost]
                closes[innermost] = i + 1
                innermost = around
            i += 1
    return opens, closes
