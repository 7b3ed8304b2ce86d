"""For records of no known format: the declaration that somebody would write, as far as their fields tell."""

from sftrm_quality.formats.proposing.proposal import Proposal, propose

__all__ = ["Proposal", "propose"]
