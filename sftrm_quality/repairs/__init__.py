"""Repairs that a source declares: what is mended in its texts and rankings before the checks, and by which name.

Nothing is repaired without a declaration, and a declared repair touches only what the check of that fault would find:
a token that a text speaks of stays, as does markup in answers about markup. What was delivered is kept beside it.
"""

from sftrm_quality.repairs.repairing import Repaired, repair

__all__ = ["Repaired", "repair"]
