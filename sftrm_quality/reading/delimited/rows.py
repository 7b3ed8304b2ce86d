"""Rows of a table out of a window; damage costs the damaged row."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.reading.delimited.dialect import Dialect
from sftrm_quality.reading.delimited.scan import (
    AT_END,
    DELIMITER,
    LINE_END,
    LOOK_AHEAD,
    MORE,
    QUOTING,
    REASONS,
    scan_rows,
)
from sftrm_quality.reading.kernels import kernel
from sftrm_quality.reading.spans import KEPT_OF_OVERSIZED, Oversized, Spans
from sftrm_quality.reading.window import Window

_BLOCK = 1 << 20


@kernel
def _row_passed(buf: Any, i: int, rules: Any, state: Any) -> int:
    """The position of the line end after the row in which ``i`` is, -1 if it is not in ``buf``.

    ``state`` goes on from one block to the next: 0 at a cell's beginning, 1 in a cell, 2 in quotes, 3 after a quote in
    quotes; then the line ends that were passed, and whether a backslash came last.
    """
    while i < buf.size:
        c = buf[i]
        if state[2]:
            state[2] = 0
        elif c == 0x5C and rules[QUOTING] == 2:
            state[0], state[2] = max(state[0], 1), 1
        elif c == 0x22 and rules[QUOTING] and state[0] != 1:
            state[0] = 3 if state[0] == 2 else 2
        elif state[0] != 2:
            if c == rules[LINE_END]:
                return i
            state[0] = 0 if c == rules[DELIMITER] else 1
        if c == rules[LINE_END]:
            state[1] += 1
        i += 1
    return -1


class RowReader:
    """Iterate over ``spans()`` from the window's first byte on, which is in line ``line`` and where a row begins."""

    def __init__(self, window: Window, dialect: Dialect, limits: Limits, line: int) -> None:
        self._window, self._dialect, self._limits, self._line = window, dialect, limits, line
        self._room = tuple(np.empty(limits.shard_records, np.int64) for _ in range(4))
        # A row, and what is looked at behind it.
        self._most = limits.record_bytes + LOOK_AHEAD
        self._told_of_damage = False

    def spans(self) -> Iterator[Spans | Oversized]:
        """All rows, once."""
        window, at, outcome = self._window, 0, MORE
        while outcome != AT_END:
            # Dropping copies the rest: where a long row made the window large, many shards come out of it first.
            if not window.at_end and len(window.data) - at < self._limits.shard_bytes:
                window.drop(at)
                window.fill(self._limits.shard_bytes)
                at = 0
            outcome, found, stop = self._scan(at, window.at_end, self._room)
            if len(found.starts):
                yield found
            elif outcome == MORE:
                window.drop(stop)
                stop = 0
                if len(window.data) <= self._most:
                    window.grow(self._most + self._limits.shard_bytes)
                else:
                    yield from self._beyond()
            at = stop
        if window.damage and not self._told_of_damage:
            nothing = np.full(1, len(window.data), np.int64)
            yield Spans(nothing, nothing, {0: "stream_broken"}, np.array([self._line]))

    def _scan(self, at: int, final: bool, room: tuple[Any, ...]) -> tuple[int, Spans, int]:
        """Rows of this window from ``at`` on, as many as there is room for, and the position to go on from."""
        buf, memo = np.frombuffer(self._window.data, np.uint8), np.array([-1, -1, 0])
        rules, stops = self._dialect.rules, self._dialect.stops
        before = self._line
        outcome, n, stop, line = scan_rows(buf, at, buf.size, final, rules, stops, memo, before, *room)
        starts, ends, lines, reasons = (part[:n].copy() for part in room)
        broken = {int(row): REASONS[reasons[row]] for row in np.flatnonzero(reasons)}
        cut = self._window.broken_off or broken.get(n - 1) == "truncated_record"
        if final and self._window.damage and n and ends[-1] == buf.size and cut:  # its last row may be half of one
            broken[n - 1], self._told_of_damage = "stream_broken", True
        self._line = line
        return outcome, Spans(starts, ends, broken, lines), stop

    def _beyond(self) -> Iterator[Spans | Oversized]:
        """The row at the window's beginning, whose end is not to be had within the limits: if it is damaged, up to
        where a good row begins, else to its end without being kept."""
        line = self._line
        _, found, stop = self._scan(0, True, tuple(part[:1] for part in self._room))
        if stop < len(self._window.data):
            yield found
            self._window.drop(stop)
        else:
            self._line = line
            yield self._pass_oversized()

    def _pass_oversized(self) -> Oversized:
        """Read to the end of the row at the window's beginning without keeping it; its line end is left."""
        window, line = self._window, self._line
        head, offset = bytes(window.original(0, KEPT_OF_OVERSIZED)), window.source_offset(0)
        state = np.zeros(3, np.int64)
        while (stop := _row_passed(np.frombuffer(window.data, np.uint8), 0, self._dialect.rules, state)) < 0:
            window.drop(len(window.data))
            if window.at_end:
                break
            window.fill(_BLOCK)
        length = window.source_offset(max(stop, 0)) - offset
        window.drop(max(stop, 0))
        self._line = line + int(state[1])
        return Oversized(head, offset, length, line, cut=stop < 0)
