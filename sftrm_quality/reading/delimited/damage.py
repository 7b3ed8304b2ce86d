"""Where a damaged row ends: the rule that loses the fewest good rows, and takes no piece of a row for a whole one.

A row whose quotes are wrong ends at the first line end behind which a good row begins: one with as many cells as there
are columns, where the next quote that tells opens a cell. Inside of a quoted cell, of whatever lines it has, that quote
closes one. Without any such quote nearby, more of the next lines must be good rows than not. If the first rows of the
table all begin with a digit, or with a quote, one of the next lines that does so goes first.
"""

from typing import Any

from sftrm_quality.reading.delimited.dialect import BEGINS, COLUMNS, LINE_END
from sftrm_quality.reading.delimited.scan import (
    CLOSES,
    ENDED,
    MORE,
    NOTHING,
    OPENS,
    ROW,
    STRAY,
    UNKNOWN,
    blank_end,
    quote_ahead,
    row_start,
    scan_row,
)  # fmt: skip
from sftrm_quality.reading.kernels import kernel

_NO, _YES, _NEEDS_MORE = 0, 1, 2
_MOST_LINES = 16
"""Lines that are looked at for pieces of a row, or for good rows where no quote tells: the longest answers of the real
files have some lines more, but then their quotes tell."""
_FEW_ROWS = 3
"""At the end of the text as many rows need no line end to be believed."""


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
    if quote != NOTHING:
        return _YES if quote == OPENS else _NO
    good, bad = 1, 0
    while at < end and good + bad < _MOST_LINES:
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
    if at >= end and not final and good + bad < _MOST_LINES:
        return _NEEDS_MORE
    believed = seen & ENDED or good + bad >= _FEW_ROWS
    return _YES if good > bad and believed else _NO


@kernel
def _begins_as_others(first: int, rules: Any) -> bool:
    if rules[BEGINS] == 0x30:
        return 0x30 <= first <= 0x39
    return rules[BEGINS] == 0 or first == rules[BEGINS]


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
        if begins == _YES and _begins_as_others(buf[row_start(buf, i, end, rules)], rules):
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
