"""The first rows of a text, read in a way that it may be written in."""

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sftrm_quality.reading.delimited.cells import cut_cells
from sftrm_quality.reading.delimited.dialect import Dialect, Quoting
from sftrm_quality.reading.delimited.scan import GOOD, ROW, scan_row, scan_rows
from sftrm_quality.reading.tables import row_value

SAMPLE_ROWS = 200
# That two rows begin with a digit says little; and a line in a damaged cell may have been taken for a row.
_ENOUGH_ROWS, _MOST_ROWS = 3, 0.75
_MOST_COLUMNS = 16_384  # as a worksheet has; a line of nothing but delimiters is no header
_FIRST_LINE_END = re.compile(rb"\r\n?|\n")
_QUOTED = re.compile(rb'"(?:[^"]|"")*"')


@dataclass(frozen=True)
class Sample:
    """The first rows behind the header.

    good: spans of those that are. bad: how many others there are. quoted: how many of the good ones have a quoted cell.
    unended: not even the first of them ends in the text that is at hand.
    """

    good: tuple[tuple[int, int], ...]
    bad: int
    quoted: int
    unended: bool = False


def line_end_of(data: bytes) -> str:
    """What ends the first line; a lone carriage return does where a line feed does not."""
    begin = quoted.end() if (quoted := _QUOTED.match(data)) else 0
    found = _FIRST_LINE_END.search(data, begin)
    return "\r" if found and found.group() == b"\r" else "\n"


def first_row(data: bytes, final: bool, dialect: Dialect) -> tuple[tuple[bytes, ...], int] | None:
    """The cells of the first row and where the next one begins, None where it is damaged or not at hand."""
    buf = np.frombuffer(data, np.uint8)
    outcome, stop, behind, cells, _, _ = scan_row(buf, 0, buf.size, final, dialect.rules, dialect.stops)
    if outcome != ROW or cells > _MOST_COLUMNS:
        return None
    numbered = dialect.of(tuple(map(str, range(cells))))
    row = cut_cells(buf, np.zeros(1, np.int64), np.array([stop]), numbered)
    return tuple(column.cast("binary")[0].as_py() or b"" for column in row.columns), behind


def sample_rows(data: bytes, begin: int, final: bool, dialect: Dialect) -> Sample:
    """Read up to ``SAMPLE_ROWS`` rows from ``begin`` on.

    Args:
        data: The beginning of a text.
        begin: Where the first row begins.
        final: It is all of the text.
        dialect: How it may be written.
    """
    buf, memo = np.frombuffer(data, np.uint8), np.array([-1, -1, 0])
    room = tuple(np.empty(SAMPLE_ROWS, np.int64) for _ in range(4))
    _, n, stop, _ = scan_rows(buf, begin, buf.size, final, dialect.rules, dialect.stops, memo, 1, *room)
    starts, ends, reasons = room[0][:n], room[1][:n], room[3][:n]
    good = tuple(zip(starts[reasons == GOOD].tolist(), ends[reasons == GOOD].tolist(), strict=True))
    cell = dialect.delimiter.encode() + b'"'
    quoted = sum(
        data.startswith(b'"', start) or bool(dialect.delimiter and data.find(cell, start, end) >= 0)
        for start, end in good
    )
    return Sample(good, n - len(good), quoted, unended=not n and not final and stop < buf.size)


def best_quoting(data: bytes, begin: int, final: bool, dialect: Dialect) -> tuple[Dialect, Sample]:
    """As which quoting the first rows make the most sense: doubled quotes, unless they certainly are something else.

    Backslashes escape quotes if that leaves fewer damaged rows. Quotes are mere text if then no row is damaged, and
    more were than had a quoted cell: three at least, or any in tabs, which mostly are written without quotes.

    Args:
        data: The beginning of a text.
        begin: Where the first row behind the header begins.
        final: It is all of the text.
        dialect: How it may be written otherwise.

    Returns:
        The dialect, and the rows as read by it.
    """
    best, found = dialect, sample_rows(data, begin, final, dialect)
    if found.bad and b'\\"' in data:
        escaped = _quoted(dialect, "escaped")
        as_escaped = sample_rows(data, begin, final, escaped)
        if as_escaped.bad < found.bad:
            best, found = escaped, as_escaped
    if found.bad > found.quoted and (found.bad >= _ENOUGH_ROWS or dialect.delimiter == "\t"):
        unquoted = _quoted(dialect, "none")
        as_unquoted = sample_rows(data, begin, final, unquoted)
        if not as_unquoted.bad:
            return unquoted, replace(as_unquoted, quoted=0)
    best = replace(best, strict=found.quoted > 0, begins=_begin_with(data, found))
    return best, sample_rows(data, begin, final, best)


def _begin_with(data: bytes, found: Sample) -> str:
    """What the good rows begin with, if that tells a row from a line in a cell."""
    first = [data[start : start + 1] for start, _ in found.good]
    for sign, share in (('"', sum(one == b'"' for one in first)), ("0", sum(map(bytes.isdigit, first)))):
        if len(first) >= _ENOUGH_ROWS and share >= _MOST_ROWS * len(first):
            return sign
    return ""


def _quoted(dialect: Dialect, quoting: Quoting) -> Dialect:
    return replace(dialect, quoting=quoting)


def values_of(data: bytes, sample: Sample, codec: str, dialect: Dialect) -> list[Any]:
    """The good rows of a sample as records, those that can be decoded."""
    texts = []
    for start, end in sample.good:
        try:
            texts.append(data[start:end].decode(codec).encode("utf-8"))
        except UnicodeDecodeError:
            continue
    bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    table = cut_cells(np.frombuffer(b"".join(texts), np.uint8), bounds[:-1], bounds[1:], dialect)
    return [row_value(row) for row in table.to_pylist()]
