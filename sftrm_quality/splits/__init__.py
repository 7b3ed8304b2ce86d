"""Splits by prompt group: no prompt in two splits, and what is held out stays held out."""

from sftrm_quality.splits.assignment import NO_SPLIT, SPLITS, Assignment, Codes, Groups, assign_splits, declared_split
from sftrm_quality.splits.frozen import FrozenSplits, read_frozen, write_frozen

__all__ = [
    "NO_SPLIT",
    "SPLITS",
    "Assignment",
    "Codes",
    "FrozenSplits",
    "Groups",
    "assign_splits",
    "declared_split",
    "read_frozen",
    "write_frozen",
]
