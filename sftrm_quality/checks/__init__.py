"""Checks of every row: Great Expectations suites that people read and edit, with vectorised expectations of our own.

Importing this package is cheap. Great Expectations, which needs some seconds, is imported by the first call of
``compile_suites``, ``run_suite`` or ``check_release`` in a process: the imports that lead to it are in these functions.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from sftrm_quality.arrays import Mask
from sftrm_quality.checks.frames import DELIVERY_FACTS, FORM_FIELDS, FRAMES, LOSERS_TIE, RELEASE_FACTS, Scope
from sftrm_quality.checks.misreadings import undone
from sftrm_quality.checks.results import FAILURES, CheckCount, CheckedRows, CheckResult, sum_counts, verdict
from sftrm_quality.checks.suites import PARAMETERS, Entry, Suite, Suites, read_suites

__all__ = [
    "DELIVERY_FACTS",
    "FAILURES",
    "FORM_FIELDS",
    "FRAMES",
    "LOSERS_TIE",
    "PARAMETERS",
    "RELEASE_FACTS",
    "CheckCount",
    "CheckResult",
    "CheckedRows",
    "Entry",
    "Scope",
    "Suite",
    "Suites",
    "check_delivery",
    "check_release",
    "compile_suites",
    "failing_rows",
    "load_suites",
    "read_suites",
    "run_suite",
    "run_suite_on_each",
    "sum_counts",
    "undone",
    "verdict",
]


def compile_suites(suites: Suites) -> None:
    """Make sure that every entry is an expectation that fits its frame.

    Raises:
        SuiteError: One line that names the file and the entry that does not.
    """
    from sftrm_quality.checks.compiling import compile_suite

    for suite in suites.all:
        compile_suite(suite)


def load_suites(folder: Path) -> Suites:
    """`read_suites` and `compile_suites` in one.

    Args:
        folder: As of `read_suites`.

    Raises:
        SuiteError: As both of them.
    """
    suites = read_suites(folder)
    compile_suites(suites)
    return suites


def run_suite(suite: Suite, scope: Scope, table: pa.Table, parameters: Mapping[str, str]) -> CheckedRows:
    """Check every row of a frame against the suite's expectations of one scope.

    Args:
        suite: Of the label kind of the frame.
        scope: Says which frame it is.
        table: Has at least the columns of ``FRAMES[kind][scope]``; others are ignored.
        parameters: The source's policies by the names in ``PARAMETERS``; scopes without an entry that asks for one may
            pass none.

    Returns:
        Every failure of every row, and the counts of each expectation.

    Raises:
        ValueError: A frame or a parameter does not fit, a fault of the caller.
        SftrmError: An expectation could not be evaluated; that is never read as zero failures.
    """
    (checked,) = run_suite_on_each(suite, scope, [table], parameters)
    return checked


def run_suite_on_each(
    suite: Suite, scope: Scope, tables: Sequence[pa.Table], parameters: Mapping[str, str]
) -> list[CheckedRows]:
    """`run_suite` of several frames at once: Great Expectations takes 50 ms for a suite, however few rows there are.

    Args:
        suite: As of `run_suite`.
        scope: As of `run_suite`.
        tables: Frames, at least one.
        parameters: As of `run_suite`, the same for all of them.

    Returns:
        What `run_suite` gives of each.

    Raises:
        ValueError: As of `run_suite`.
        SftrmError: As of `run_suite`.
    """
    from sftrm_quality.checks.running import check_frames

    return check_frames(suite, scope, tables, parameters)


def failing_rows(
    suite: Suite, scope: Scope, table: pa.Table, parameters: Mapping[str, str]
) -> list[tuple[Entry, Mask]]:
    """What would fail, asked of our own expectations directly: a guess for advice, while verdicts are `run_suite`'s.

    Great Expectations takes 9 ms for an expectation however few rows there are.

    Args:
        suite: As of `run_suite`.
        scope: As of `run_suite`.
        table: As of `run_suite`.
        parameters: As of `run_suite`.

    Returns:
        For each entry that is an expectation of ours, True for the rows that fail it. The others look at no text.
    """
    from sftrm_quality.checks.running import rows_that_fail

    return rows_that_fail(suite, scope, table, parameters)


def check_release(suite: Suite, facts: pa.Table) -> list[CheckResult]:
    """Check a whole release by its figures.

    Args:
        suite: The release suite.
        facts: One row per label kind, with the columns of ``RELEASE_FACTS``.

    Returns:
        One result per expectation, in the order of the suite.

    Raises:
        ValueError: A figure is missing or null.
        SftrmError: An expectation could not be evaluated.
    """
    from sftrm_quality.checks.running import check_facts

    return check_facts(suite, facts)


def check_delivery(suite: Suite, facts: pa.Table) -> CheckedRows:
    """Check what was delivered, file by file and source by source.

    Args:
        suite: The delivery suite.
        facts: With the columns of ``DELIVERY_FACTS``.

    Returns:
        Every failure of every row, and the counts of each expectation.

    Raises:
        ValueError: A figure is missing.
        SftrmError: An expectation could not be evaluated.
    """
    from sftrm_quality.checks.running import check_deliveries

    return check_deliveries(suite, facts)
