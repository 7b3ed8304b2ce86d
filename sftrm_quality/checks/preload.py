"""Imported once in the parent of the worker processes: Great Expectations and our own expectations."""

import gc

from sftrm_quality.checks import judging

__all__ = ["judging"]

# A million objects that stay for ever: no collection in a worker needs to look at them again, nor to copy their pages.
gc.collect()
gc.freeze()
