"""Spans of JSON records, collected one after another."""

from typing import Any

import numpy as np


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
