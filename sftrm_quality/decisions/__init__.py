"""What people decide: to publish or reject what the gate holds, and to roll back; and where that is kept."""

from sftrm_quality.decisions.decision import Decision, Signed, SignedName, SignedReason, signed
from sftrm_quality.decisions.stored import (
    HeldDecision,
    Rollback,
    StoredDecisions,
    read_decisions,
    write_decisions,
)

__all__ = [
    "Decision",
    "HeldDecision",
    "Rollback",
    "Signed",
    "SignedName",
    "SignedReason",
    "StoredDecisions",
    "read_decisions",
    "signed",
    "write_decisions",
]
