"""Finding where rows end in raw bytes, without making cells of them.

Delimiters, quotes and line ends are single bytes in UTF-8 and in CP949 alike (a trail byte of CP949 is a letter or
above 0x80), so text is cut first and decoded later. A cell is quoted if it begins with a quote; a quote further on in
another cell is a text. ``rules`` and ``stops`` are those of a `Dialect`.
"""

from typing import Any

from sftrm_quality.reading.delimited.dialect import DELIMITER, LINE_END, MARKS, QUOTING, STRICT
from sftrm_quality.reading.kernels import kernel

# Outcomes of the scanners.
ROW, MORE, MISPLACED, UNCLOSED = 0, 1, 2, 3
# What was seen of a row, as bits: a quote that closes what none opened (only if the dialect is strict); the last cell
# is not quoted; the row has its line end.
STRAY, OPEN_END, ENDED = 1, 2, 4
# A quote tells by itself where it is: it begins a cell or ends one.
NOTHING, OPENS, CLOSES, UNKNOWN = 0, 1, 2, 3

LOOK_AHEAD = 64 << 10
"""Bytes in which the next quote that tells is looked for: a hundred usual records."""


@kernel
def scan_row(buf: Any, i: int, end: int, final: bool, rules: Any, stops: Any) -> tuple[int, int, int, int, int, int]:
    """Go from ``i``, where a row begins, to its end.

    Returns the outcome and five numbers, for a ROW: where its text ends, where the next one begins, the number of its
    cells, the line ends in it, and what was seen. For MISPLACED the first of them is the position of the quote. MORE:
    it does not end before ``end``. UNCLOSED: the text ends in a quoted cell.
    """
    delimiter, line_end = rules[DELIMITER], rules[LINE_END]
    cells, breaks, stray = 1, 0, 0
    while True:
        begin, open_end = i, 0
        if i < end and buf[i] == 0x22 and rules[QUOTING] != 0:
            closed = False
            i += 1
            while i < end:
                c = buf[i]
                if stops[c] < 2:
                    i += 1
                elif c == line_end:
                    breaks += 1
                    i += 1
                elif c == 0x5C:
                    if i + 1 < end and buf[i + 1] == line_end:
                        breaks += 1
                    i += 2
                elif i + 1 < end and buf[i + 1] == 0x22:
                    i += 2
                else:
                    closed = i + 1 < end or final
                    break
            if not closed:
                return UNCLOSED if final else MORE, end, end, cells, breaks, 0
            stop = i + 1
            i = stop
            while i < end and buf[i] == 0x0D and line_end == 0x0A:
                i += 1
            if i >= end and not final:
                return MORE, end, end, cells, breaks, 0
            if i < end and buf[i] != line_end and (i > stop or buf[i] != delimiter):
                return MISPLACED, stop - 1, end, cells, breaks, 0
        else:
            open_end, quotes = OPEN_END, 0
            while i < end:
                c = buf[i]
                if stops[c] & 1 == 0:
                    i += 1
                elif c == 0x22:
                    quotes += 1
                    i += 1
                elif c == 0x5C:
                    if i + 1 < end and buf[i + 1] == line_end:
                        breaks += 1
                    i += 2
                else:
                    break
            if i >= end:
                i = end
                if not final:
                    return MORE, end, end, cells, breaks, 0
            stop = i
            if line_end == 0x0A and (i >= end or buf[i] == line_end):
                while stop > begin and buf[stop - 1] == 0x0D:
                    stop -= 1
            if rules[STRICT] and quotes & 1 and buf[stop - 1] == 0x22:
                stray = STRAY
        if i >= end or buf[i] != delimiter:
            return ROW, stop, min(i + 1, end), cells, breaks, stray | open_end | (ENDED if i < end else 0)
        cells += 1
        i += 1


@kernel
def row_start(buf: Any, i: int, end: int, rules: Any) -> int:
    """The position behind a byte order mark, where files were put together."""
    if rules[MARKS] and i + 3 <= end and buf[i] == 0xEF and buf[i + 1] == 0xBB and buf[i + 2] == 0xBF:
        return i + 3
    return i


@kernel
def blank_end(buf: Any, i: int, end: int, rules: Any) -> int:
    """The position behind the line at ``i`` if there is only white space in it, and else ``i``; -1 where its end is not
    before ``end``."""
    j = i
    while j < end and buf[j] != rules[LINE_END]:
        if buf[j] == rules[DELIMITER] or not (buf[j] == 0x20 or 0x09 <= buf[j] <= 0x0D):
            return i
        j += 1
    return j + 1 if j < end else -1


@kernel
def quote_ahead(buf: Any, i: int, end: int, final: bool, rules: Any, memo: Any) -> int:
    """Whether the first quote from ``i`` on that tells OPENS or CLOSES a cell, NOTHING where none does within
    ``LOOK_AHEAD``, UNKNOWN if that needs bytes after ``end``. It is at ``memo[1]``.

    In a whole row they come in turns. A quote tells by its neighbours only, so that what was seen from one position on
    holds for later ones: ``memo`` has that position, how far was looked, and what is there.
    """
    if not memo[0] <= i <= memo[1]:
        memo[0], memo[1], memo[2] = i, i, NOTHING
    delimiter, line_end, limit = rules[DELIMITER], rules[LINE_END], i + LOOK_AHEAD
    while memo[2] == NOTHING:
        at = memo[1]
        while at < end and at < limit and buf[at] != 0x22:
            at += 1
        memo[1] = at
        if at >= limit or (at >= end and final):
            return NOTHING
        after = at
        while after < end and buf[after] == 0x22:
            after += 1
        if after >= end and not final:
            return UNKNOWN
        opens = at == 0 or buf[at - 1] == delimiter or buf[at - 1] == line_end
        closes = after >= end or buf[after] == delimiter or buf[after] == line_end or buf[after] == 0x0D
        escaped = rules[QUOTING] == 2 and at > 0 and buf[at - 1] == 0x5C
        if (after - at) & 1 and opens != closes and not escaped:
            memo[2] = OPENS if opens else CLOSES
        else:
            memo[1] = after
    return memo[2] if memo[1] < limit else NOTHING
