"""Imported once in the parent of the worker processes, so that what every worker needs is in memory once.

Great Expectations takes seconds to import. Numba initialises its compiler when the first kernel is loaded: 50 MiB in
every process that does it by itself.
"""

import gc

import numpy as np

from sftrm_quality.imports import large_imports, load_when_used, without

# Great Expectations imports them for expectations that no suite of ours can have: 0.7 of 3.6 CPU seconds, and 68 MiB.
# Numba looks whether the last one is there, for kernels unlike ours.
load_when_used("scipy.stats", "altair", "scipy.linalg")
# For databases, which Great Expectations can look into where SQLAlchemy is installed (Prefect has it): 0.2 of 2.2 s.
with without("sqlalchemy"), large_imports():
    from sftrm_quality import dedup
    from sftrm_quality.checks import running
    from sftrm_quality.config import NearDuplicates
    from sftrm_quality.intake import shard
    from sftrm_quality.records import CANDIDATE_FIELDS, PUBLISHED, LabelKind
    from sftrm_quality.releases import stage
    from sftrm_quality.releases.profile import profile_of

__all__ = ["running", "shard", "stage"]


def _load_kernels() -> None:
    kind = LabelKind.SFT
    one_row = CANDIDATE_FIELDS[kind].empty_table().from_pylist([{}], schema=CANDIDATE_FIELDS[kind])
    dedup.fingerprint(kind, one_row, dedup.form_columns(kind, one_row), np.zeros(1, np.uint16), NearDuplicates())
    for kind in LabelKind:
        profile_of(kind, PUBLISHED[kind].empty_table())


_load_kernels()
# A million objects that stay for ever: no collection in a worker needs to look at them again, nor to copy their pages.
gc.collect()
gc.freeze()
