"""What readers of tables give: neighbouring rows, and what is wrong with some of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Broken:
    """Why a row cannot be read: one of ``READ_REASONS``, in words, and what there is of its own text."""

    reason: str
    detail: str
    payload: bytes = b""


@dataclass(frozen=True)
class Piece:
    """Neighbouring rows.

    table: all of them, as they were read; None where none can be, of which ``lost`` says why. broken: by row, those
    that cannot be used. lines: of each row in its sheet, counted from 1. taken: bytes of the file, for progress.
    """

    rows: int
    table: pa.Table | None
    broken: Mapping[int, Broken] = field(default_factory=dict)
    lost: Broken | None = None
    lines: Any = None
    taken: int = 0


Pieces = Iterator[Piece]


def lost(rows: int, reason: str, detail: str, taken: int = 0) -> Piece:
    """Rows of which nothing can be read."""
    return Piece(rows, None, lost=Broken(reason, detail), taken=taken)
