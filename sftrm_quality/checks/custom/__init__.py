"""Our own expectations. Importing this package imports Great Expectations and registers them all."""

from sftrm_quality.checks.custom import (
    contents,
    damaged,
    deliveries,
    echoed,
    evidence,
    leftovers,
    phrasing,
    responses,
    script_kept,
    stand_ins,
    texts,
    turns,
    visible,
)
from sftrm_quality.checks.custom.base import RowExpectation

__all__ = [
    "RowExpectation",
    "contents",
    "damaged",
    "deliveries",
    "echoed",
    "evidence",
    "leftovers",
    "phrasing",
    "responses",
    "script_kept",
    "stand_ins",
    "texts",
    "turns",
    "visible",
]
