"""The judge of every row: Great Expectations suites that people read and edit, with vectorised expectations of our own.

Importing this package is cheap. Great Expectations, which needs some seconds, is imported by the first call of
``compile_suites``, ``judge`` or ``judge_release`` in a process.
"""

from collections.abc import Mapping

import pyarrow as pa

from sftrm_quality.checks.frames import FRAMES, NORMALISED_FIELDS, RELEASE_FACTS, Scope
from sftrm_quality.checks.results import FAILURES, CheckCount, CheckResult, Judgement, sum_counts, verdict
from sftrm_quality.checks.suites import PARAMETERS, Entry, Suite, Suites, compile_suites, load_suites, read_suites

__all__ = [
    "FAILURES",
    "FRAMES",
    "NORMALISED_FIELDS",
    "PARAMETERS",
    "RELEASE_FACTS",
    "CheckCount",
    "CheckResult",
    "Entry",
    "Judgement",
    "Scope",
    "Suite",
    "Suites",
    "compile_suites",
    "judge",
    "judge_release",
    "load_suites",
    "read_suites",
    "sum_counts",
    "verdict",
]


def judge(suite: Suite, scope: Scope, table: pa.Table, parameters: Mapping[str, str]) -> Judgement:
    """Judge every row of a frame by the suite's expectations of one scope.

    ``table`` has at least the columns of ``FRAMES[kind][scope]``; others are left alone. ``parameters`` are the
    source's policies by the names in ``PARAMETERS``; scopes without an entry that asks for one may pass none.
    Raises ValueError for a frame or a parameter that does not fit (a fault of the caller), SftrmError when an
    expectation could not be evaluated: that is never read as zero failures.
    """
    from sftrm_quality.checks.judging import judge_rows

    return judge_rows(suite, scope, table, parameters)


def judge_release(suite: Suite, facts: pa.Table) -> list[CheckResult]:
    """Judge a whole release by its figures: one row a label kind, with the columns of ``RELEASE_FACTS``.

    Raises ValueError for a missing or null figure, SftrmError when an expectation could not be evaluated.
    """
    from sftrm_quality.checks.judging import judge_facts

    return judge_facts(suite, facts)
