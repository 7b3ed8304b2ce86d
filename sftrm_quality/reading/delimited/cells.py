"""Rows as columns of cells: all texts, in UTF-8, an empty cell absent. Runs in worker processes."""

from typing import Any

import numpy as np
import pyarrow as pa

from sftrm_quality.reading.delimited.dialect import Dialect
from sftrm_quality.reading.delimited.scan import COLUMNS, DELIMITER, QUOTING
from sftrm_quality.reading.kernels import kernel


@kernel
def _is_escape(text: Any, i: int, stop: int, inside: bool, rules: Any) -> bool:
    """Whether the byte at ``i`` only says that the one behind it is a text."""
    if i + 1 >= stop:
        return False
    c, behind = text[i], text[i + 1]
    if c == 0x22:
        doubled: bool = inside and behind == 0x22
        return doubled
    if c != 0x5C or rules[QUOTING] != 2:
        return False
    escaped: bool = behind == 0x22 or behind == 0x5C or behind == rules[DELIMITER] or behind == 0x0A or behind == 0x0D
    return escaped


@kernel
def _measure(text: Any, starts: Any, ends: Any, rules: Any, begins: Any, stops: Any, sizes: Any, quoted: Any) -> None:
    """Where each cell of each good row is in ``text``, without its quotes, its size without what escapes, and whether
    it is quoted; all (columns, rows)."""
    delimiter, columns = rules[DELIMITER], rules[COLUMNS]
    for row in range(starts.size):
        i, end = starts[row], ends[row]
        for column in range(columns):
            inside = i < end and text[i] == 0x22 and rules[QUOTING] != 0
            i += inside
            begin, escapes = i, 0
            while i < end:
                c = text[i]
                if c != 0x22 and c != 0x5C:
                    if c == delimiter and not inside:
                        break
                    i += 1
                elif _is_escape(text, i, end, inside, rules):
                    escapes += 1
                    i += 2
                elif c == 0x22 and inside:
                    break
                else:
                    i += 1
            begins[column, row], stops[column, row] = begin, i
            sizes[column, row], quoted[column, row] = i - begin - escapes, inside
            i += 1 + inside


@kernel
def _copy(text: Any, begins: Any, stops: Any, quoted: Any, rules: Any, bounds: Any, copied: Any) -> None:
    """One column without what escapes, cell behind cell."""
    for row in range(begins.size):
        i, stop, to = begins[row], stops[row], bounds[row]
        if bounds[row + 1] - to == stop - i:
            copied[to : bounds[row + 1]] = text[i:stop]
            continue
        while i < stop:
            if _is_escape(text, i, stop, quoted[row], rules):
                i += 1
            copied[to] = text[i]
            to += 1
            i += 1


def cut_cells(text: Any, starts: Any, ends: Any, dialect: Dialect) -> pa.Table:
    """The cells of good rows.

    Args:
        text: UTF-8 (uint8), valid within the rows.
        starts: Of the rows in it, int64.
        ends: Of the rows in it.
        dialect: How they are written.

    Returns:
        A table of texts, null where a cell is empty.
    """
    shape = len(dialect.names), len(starts)
    begins, stops, sizes = (np.empty(shape, np.int32) for _ in range(3))
    quoted = np.empty(shape, np.bool_)
    _measure(text, starts, ends, dialect.rules, begins, stops, sizes, quoted)
    columns = []
    for column in range(len(dialect.names)):
        bounds = np.concatenate([[0], np.cumsum(sizes[column], dtype=np.int64)]).astype(np.int32)
        copied = np.empty(int(bounds[-1]), np.uint8)
        _copy(text, begins[column], stops[column], quoted[column], dialect.rules, bounds, copied)
        given = np.packbits(sizes[column] > 0, bitorder="little")
        columns.append(
            pa.StringArray.from_buffers(len(starts), pa.py_buffer(bounds), pa.py_buffer(copied), pa.py_buffer(given))
        )
    return pa.Table.from_arrays(columns, names=list(dialect.names))
