"""What is found in a window: spans of records, and records too long to be kept."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

KEPT_OF_OVERSIZED = 64 << 10
"""Bytes kept of a record beyond ``limits.record_bytes``; the raw file has all of them at the row's position."""


@dataclass
class Spans:
    """Records found in a window: positions in ``window.data``, valid until the next step of the iterator.

    ``broken`` has the reason of every row known to be unreadable. ``lines`` are 1-based line numbers, None for lists.
    """

    starts: Any
    ends: Any
    broken: dict[int, str] = field(default_factory=dict)
    lines: Any = None


@dataclass(frozen=True)
class Oversized:
    """One record beyond the limit: its beginning, its position in the stream and its full length in bytes.

    ``cut``: the text ends within it.
    """

    head: bytes
    offset: int
    length: int
    line: int | None = None
    cut: bool = False


class SpanBuilder:
    """Spans in order, most of them whole arrays from the scanner, a few added one by one."""

    def __init__(self) -> None:
        self._parts: list[tuple[Any, Any, Any]] = []
        self._broken: dict[int, str] = {}
        self.count = 0

    def extend(self, starts: Any, ends: Any, odd: Any) -> None:
        if len(starts):
            self._parts.append((starts.copy(), ends.copy(), odd.copy()))
            self.count += len(starts)

    def add(self, start: int, end: int, reason: str | None) -> None:
        if reason:
            self._broken[self.count] = reason
        self.extend(np.array([start]), np.array([end]), np.array([False]))

    def last(self) -> tuple[int, int] | None:
        return (int(self._parts[-1][0][-1]), int(self._parts[-1][1][-1])) if self._parts else None

    def arrays(self) -> tuple[Any, Any, Any, dict[int, str]]:
        if not self._parts:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.bool_), {}
        starts, ends, odd = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        return starts, ends, odd, self._broken
