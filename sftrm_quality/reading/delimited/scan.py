"""Finding where rows end in raw bytes, without making cells of them.

Delimiters, quotes and line ends are single bytes in UTF-8 and in CP949 alike (a trail byte of CP949 is a letter or
above 0x80), so text is cut first and decoded later. A cell is quoted if it begins with a quote; a quote further on in
another cell is a text. ``rules`` and ``stops`` are those of a `Dialect`.

Where a damaged row ends, the rule is the one that loses the fewest good rows, and takes no piece of a row for a whole
one. A row whose quotes are wrong ends at the first line end behind which a good row begins: one with as many cells as
there are columns, where the next quote that tells opens a cell. Inside of a quoted cell, of whatever lines it has, that
quote closes one, unless all lines before it are good rows, and many. Without any such quote nearby, more of the next
lines must be good rows than not. If most of the first rows begin with a digit, or with a quote, one of the next lines
that does so goes first.

All of it is in one file, because a compiled kernel is cached by the time of its own file: if a function that it calls
changed in another file, the old machine code would go on.
"""

from typing import Any

from sftrm_quality.reading.kernels import kernel

DELIMITER, QUOTING, LINE_END, STRICT, COLUMNS, MARKS, BEGINS = range(7)
"""Places in ``rules``."""
GOOD, TOO_FEW, TOO_MANY, QUOTE, UNENDED_QUOTE, TRUNCATED = range(6)
REASONS = ("", "cells_too_few", "cells_too_many", "quote_misplaced", "unclosed_quote", "truncated_record")
"""What a row is, and why."""

# Outcomes of the scanners.
ROW, MORE, MISPLACED, UNCLOSED, FULL, AT_END = range(6)
# What was seen of a row, as bits: a quote that closes what none opened (only if the dialect is strict); the last cell
# is not quoted; the row has its line end.
STRAY, OPEN_END, ENDED = 1, 2, 4
# A quote tells by itself where it is: it begins a cell or ends one.
NOTHING, OPENS, CLOSES, UNKNOWN = 0, 1, 2, 3

_NO, _YES, _NEEDS_MORE = 0, 1, 2

LOOK_AHEAD = 64 << 10
"""Bytes in which the next quote that tells is looked for: a hundred usual records."""
_MOST_LINES = 16
"""Lines that are looked at for pieces of a row, or for good rows where no quote tells: the longest answers of the real
files have some lines more, but then their quotes tell."""
_FEW_ROWS = 3
"""At the end of the text as many rows need no line end to be believed."""


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
        begins = at == 0 or buf[at - 1] == line_end
        opens = begins or buf[at - 1] == delimiter
        closes = after >= end or buf[after] == delimiter or buf[after] == line_end or buf[after] == 0x0D
        escaped = rules[QUOTING] == 2 and at > 0 and buf[at - 1] == 0x5C
        if (after - at) & 1 and not escaped and (opens != closes or begins):
            # A text may end with a line end; hardly any begins with a delimiter.
            memo[2] = CLOSES if closes else OPENS
        else:
            memo[1] = after
    return memo[2] if memo[1] < limit else NOTHING


@kernel
def _begins_as_others(first: int, rules: Any) -> bool:
    """Whether a row that begins so begins like most."""
    if rules[BEGINS] == 0x30:
        return 0x30 <= first <= 0x39
    same: bool = first == rules[BEGINS]
    return same


@kernel
def _begins(buf: Any, i: int, end: int, final: bool, rules: Any, stops: Any, memo: Any) -> int:
    """Whether a good row begins at the line ``i``, and no piece of a damaged one."""
    i = row_start(buf, i, end, rules)
    outcome, stop, at, cells, _, seen = scan_row(buf, i, end, final, rules, stops)
    if outcome == MORE:
        return _NEEDS_MORE
    if outcome != ROW or cells != rules[COLUMNS] or seen & STRAY or stop == i:
        return _NO
    quote = quote_ahead(buf, i, end, final, rules, memo)
    if quote == UNKNOWN:
        return _NEEDS_MORE
    if quote == OPENS:
        return _YES
    closing = memo[1] if quote == CLOSES else end
    good, bad = 1, 0
    while at < end and at <= closing and good + bad < _MOST_LINES:
        behind = blank_end(buf, at, end, rules)
        if behind > at:
            at = behind
            continue
        outcome, stop, at, cells, _, seen = scan_row(buf, at, end, final, rules, stops)
        if outcome == MORE:
            return _NEEDS_MORE
        if outcome == ROW and cells == rules[COLUMNS]:
            good += 1
        else:
            bad += 1
        if outcome != ROW:
            break
    if outcome == ROW and at >= end and not final and good + bad < _MOST_LINES:
        return _NEEDS_MORE
    if quote == CLOSES:
        return _YES if good == _MOST_LINES and at <= closing else _NO
    believed = seen & ENDED or good + bad >= _FEW_ROWS or _begins_as_others(buf[i], rules)
    return _YES if good > bad and believed else _NO


@kernel
def damaged_end(
    buf: Any, start: int, natural: int, end: int, final: bool, rules: Any, stops: Any, memo: Any
) -> int:  # fmt: skip
    """Where the row goes on that follows the damaged one at ``start``; -1 if that needs bytes after ``end``.

    ``natural``: where it would by its quotes, -1 for nowhere.
    """
    i, other, lines = start, -1, 0
    while True:
        while i < end and buf[i] != rules[LINE_END]:
            i += 1
        i += 1
        if natural >= 0 and i >= natural:
            return natural
        if i >= end:
            if not final:
                return -1
            return other if other >= 0 else end
        begins = _begins(buf, i, end, final, rules, stops, memo)
        if begins == _NEEDS_MORE:
            return -1
        as_others = rules[BEGINS] == 0 or _begins_as_others(buf[row_start(buf, i, end, rules)], rules)
        if begins == _YES and as_others:
            return i
        if begins == _YES and other < 0:
            other = i
        lines += other >= 0
        if lines > _MOST_LINES:
            return other


@kernel
def pieces_end(
    buf: Any, i: int, cells: int, end: int, final: bool, rules: Any, stops: Any, memo: Any
) -> int:  # fmt: skip
    """Where the pieces end that belong to the row of so many cells before ``i``; ``i`` if there are none, -1 as above.

    The lines up to a quote that closes what none opened are pieces of one row, whose opening quote is lost. They belong
    to the row before them if they are too few cells to be a row, or if with it they are not too many.
    """
    quote = quote_ahead(buf, i, end, final, rules, memo)
    if quote == UNKNOWN:
        return -1
    if quote != CLOSES:
        return i
    closing, at, total, lines = memo[1], i, 0, 0
    while at <= closing:
        outcome, _, behind, more, _, seen = scan_row(buf, at, end, final, rules, stops)
        if outcome == MORE:
            return -1
        whole = more == rules[COLUMNS] and not seen & STRAY
        if outcome != ROW or whole or lines == _MOST_LINES:
            return i
        total += more - (1 if lines else 0)
        lines += 1
        at = behind
    columns = rules[COLUMNS]
    belong = total < columns if cells == columns else cells + total - 1 <= columns
    return at if belong else i


@kernel
def _line_ends(buf: Any, start: int, stop: int, rules: Any) -> int:
    count = 0
    for i in range(start, stop):
        count += buf[i] == rules[LINE_END]
    return count


@kernel
def scan_rows(
    buf: Any, i: int, end: int, final: bool, rules: Any, stops: Any, memo: Any, line: int,
    starts: Any, ends: Any, lines: Any, reasons: Any,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Spans of the rows from ``i``, where one begins, on; lines of white space are passed over.

    ``line`` is that of ``i``. Returns the outcome, the number of spans written, and position and line to go on from.
    What is decided needs no byte after ``end`` unless ``final``, so that windows change nothing.
    """
    n, columns = 0, rules[COLUMNS]
    while n < starts.size:
        i = row_start(buf, i, end, rules)
        behind = blank_end(buf, i, end, rules)
        if behind < 0:
            return (AT_END, n, end, line) if final else (MORE, n, i, line)
        if behind > i:
            i = behind
            line += 1
            continue
        outcome, stop, at, cells, breaks, seen = scan_row(buf, i, end, final, rules, stops)
        if outcome == MORE:
            return MORE, n, i, line
        reason = GOOD
        if outcome != ROW or (cells != columns and breaks):
            natural = at if outcome == ROW else -1
            found = damaged_end(buf, i, natural, end, final, rules, stops, memo)
            if found < 0:
                return MORE, n, i, line
            if outcome == ROW and found == natural:
                reason = TOO_FEW if cells < columns else TOO_MANY
            elif outcome == UNCLOSED and found == end:
                reason = TRUNCATED
            else:
                reason = QUOTE if outcome != UNCLOSED and outcome != ROW and stop < found else UNENDED_QUOTE
            at = found
        elif seen & STRAY:
            reason = QUOTE
        elif cells != columns:
            reason = TOO_FEW if cells < columns else TOO_MANY
            if reason == TOO_FEW and not seen & ENDED:
                reason = TRUNCATED
        whole = seen & ENDED and seen & OPEN_END and not seen & STRAY
        if outcome == ROW and rules[STRICT] and whole and cells <= columns and not breaks:
            found = pieces_end(buf, at, cells, end, final, rules, stops, memo)
            if found < 0:
                return MORE, n, i, line
            if found > at:
                reason, at = QUOTE, found
        if reason != GOOD:
            stop = at
            while stop > i and (buf[stop - 1] == 0x0A or buf[stop - 1] == 0x0D):
                stop -= 1
        starts[n], ends[n], lines[n], reasons[n] = i, stop, line, reason
        n += 1
        line += _line_ends(buf, i, at, rules) if reason != GOOD else breaks + 1
        i = at
    return FULL, n, i, line
