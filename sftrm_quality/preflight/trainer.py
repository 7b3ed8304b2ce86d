"""What every trainer of a preflight is: its version, its window, what it reads, and what it makes of a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sftrm_quality.preflight.tokenizing import Tokenizer
from sftrm_quality.records import LabelKind

Rows = Sequence[Mapping[str, Any]]
"""Rows of an export, by column."""


class RowOutcome(StrEnum):
    """What becomes of a row; see `sftrm_quality.run_record.RowCounts`."""

    WHOLE = "whole"
    TRUNCATED = "truncated"
    DROPPED = "dropped"
    EQUAL = "equal"
    TEMPLATE_ERROR = "template_error"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True)
class Measured:
    """A row as a trainer takes it.

    length: tokens of the row before any is cut, of a pair those of its longer side; None where it has none.
    tokens: of all its sides. kept: of these, what the trainer takes. why: the trainer's rule for what it drops, or what
    the template says. fills_window: the prompt leaves no room for an answer. changes: the prompt is tokenized
    otherwise before an answer than by itself.
    """

    outcome: RowOutcome
    length: int | None = None
    tokens: int = 0
    kept: int = 0
    why: str = ""
    fills_window: bool = False
    changes: bool = False


Measure = Callable[[Rows, Tokenizer, int], list[Measured]]
"""From some rows, the tokenizer and the window in tokens."""


@dataclass(frozen=True)
class Trainer:
    """A trainer.

    max_length: its own default. exports: what it can read, by label kind, the first where none is named.
    """

    name: str
    version: str
    max_length: int
    exports: Mapping[LabelKind, tuple[str, ...]]
    measure: Measure


def outcome_of(kept: int, tokens: int) -> RowOutcome:
    """Of a row that is trained on."""
    return RowOutcome.WHOLE if kept == tokens else RowOutcome.TRUNCATED


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """With how many tokens both begin."""
    if one == other[: len(one)]:
        return len(one)
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
