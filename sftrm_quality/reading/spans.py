"""What is found in a window: spans of records, and records too long to be kept."""

from dataclasses import dataclass, field
from typing import Any

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
