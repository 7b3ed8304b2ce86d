"""Imported once in the parent of the worker processes: Great Expectations and our own expectations."""

from sftrm_quality.checks import judging

__all__ = ["judging"]
