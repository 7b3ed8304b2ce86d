"""What the checks found: failures of a shard's rows, counts that can be summed, and the verdict on the sums."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sftrm_quality.arrays import Mask, Rows, lists_of, offsets_of, one_array
from sftrm_quality.checks.suites import Suite
from sftrm_quality.records import Severity

FAILURES = pa.schema([("row", pa.int64()), ("reason", pa.string()), ("severity", pa.string()), ("detail", pa.string())])
"""One row per failure: the row's position in the frame, the reason, its severity, and what was found."""


@dataclass(frozen=True)
class CheckCount:
    """How one expectation fared on one frame. Counts of the same expectation may be summed.

    evaluated: rows that were looked at. failed: rows of these that failed; waived: that would have, but a person allows
    it. replaced: rows that failed and are no longer counted, not even as evaluated, since a later file brought others.
    """

    suite: str
    reason: str
    severity: Severity
    scope: str
    evaluated: int
    failed: int
    waived: int = 0
    replaced: int = 0

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "CheckCount":
        """The count whose fields were written as JSON.

        Raises:
            KeyError, TypeError: A field is missing, or there is another one.
            ValueError: The severity is none.
        """
        return cls(**{**values, "severity": Severity(values["severity"])})


@dataclass(frozen=True)
class CheckResult:
    """How one expectation fared on everything: ``success`` when at least ``mostly`` of the evaluated rows passed.

    waived: rows that failed and are not counted as failed, since a person allows it. replaced: rows that failed and are
    not counted at all, since a later file brought others in their place.
    """

    suite: str
    reason: str
    severity: Severity
    evaluated: int
    failed: int
    mostly: float
    success: bool
    detail: str = ""
    waived: int = 0
    replaced: int = 0

    @property
    def holds_the_release(self) -> bool:
        """Whether this result by itself keeps the release from being published."""
        return self.severity is Severity.CRITICAL and not self.success


@dataclass(frozen=True)
class CheckedRows:
    """The outcome of one suite on one frame.

    rows: of the frame. failures: the columns of ``FAILURES``, ordered by row and within a row as in the suite: every
    reason of every row, not the first one only. counts: one entry an expectation, in the order of the suite. waived: as
    failures, those that a person allows, which are none any more.
    """

    rows: int
    failures: pa.Table
    counts: tuple[CheckCount, ...]
    waived: pa.Table = field(default_factory=FAILURES.empty_table)

    def waiving(self, allowed: Mask) -> "CheckedRows":
        """The same with some failures waived.

        Args:
            allowed: Of each failure, whether it is.

        Returns:
            They are counted apart, and no longer as failures.
        """
        waived = self.failures.filter(pa.array(allowed))
        of_reasons = Counter(waived["reason"].to_pylist())
        counts = tuple(
            replace(count, failed=count.failed - of_reasons[count.reason], waived=of_reasons[count.reason])
            for count in self.counts
        )
        return CheckedRows(self.rows, self.failures.filter(pa.array(~allowed)), counts, waived)

    def waived_reasons(self) -> pa.ListArray:
        """Of every row the reasons that are waived (list<string>), in the order of the suite."""
        return _by_row(self.waived, self.rows)

    @cached_property
    def critical(self) -> Mask:
        """Boolean mask over the rows: True where at least one critical expectation failed."""
        mask = np.zeros(self.rows, dtype=bool)
        mask[self._of(Severity.CRITICAL)["row"].to_numpy()] = True
        return mask

    def warnings(self) -> npt.NDArray[np.uint16]:
        """How many checks of severity warning each row fails."""
        return np.bincount(self._of(Severity.WARNING)["row"].to_numpy(), minlength=self.rows).astype(np.uint16)

    def reasons(self, severity: Severity) -> pa.ListArray:
        """Of every row the reasons of one severity that it fails for (list<string>), in the order of the suite."""
        return _by_row(self._of(severity), self.rows)

    def grouped(self, severity: Severity) -> tuple[Rows, pa.ListArray, pa.ListArray]:
        """What failed with one severity, row by row.

        Returns:
            The rows with such failures (ascending), and for each its reasons and its details (list<string>).
        """
        chosen = self._of(severity)
        rows, starts = np.unique(chosen["row"].to_numpy(), return_index=True)
        offsets = np.append(starts, chosen.num_rows)
        reasons, details = (lists_of(offsets, one_array(chosen[name])) for name in ("reason", "detail"))
        return rows, reasons, details

    def _of(self, severity: Severity) -> pa.Table:
        return self.failures.filter(pa.compute.equal(self.failures["severity"], severity))


def _by_row(failures: pa.Table, rows: int) -> pa.ListArray:
    """Of every row the reasons of its failures."""
    lengths = np.bincount(failures["row"].to_numpy(), minlength=rows)
    return lists_of(offsets_of(lengths), one_array(failures["reason"]))


def sum_counts(counts: Iterable[CheckCount]) -> list[CheckCount]:
    """The counts of all frames and shards, one entry an expectation, in the order of first appearance."""
    sums: dict[tuple[str, str], CheckCount] = {}
    for count in counts:
        so_far = sums.get((count.suite, count.reason))
        sums[count.suite, count.reason] = replace(
            count,
            evaluated=count.evaluated + (so_far.evaluated if so_far else 0),
            failed=count.failed + (so_far.failed if so_far else 0),
            waived=count.waived + (so_far.waived if so_far else 0),
            replaced=count.replaced + (so_far.replaced if so_far else 0),
        )
    return list(sums.values())


def verdict(counts: Iterable[CheckCount], suites: Iterable[Suite]) -> list[CheckResult]:
    """Check ``mostly`` of every expectation on the sums.

    A shard's result is never the verdict: a shard may hold all the bad rows of a good data set.

    Args:
        counts: Of all frames and shards, in any order.
        suites: Whose expectations are asked about.

    Returns:
        A result an expectation, in the order of the suites. One that evaluated nothing succeeds.
    """
    sums = {(count.suite, count.reason): count for count in sum_counts(counts)}
    results = []
    for suite in suites:
        for entry in suite.entries:
            count = sums.get((suite.name, entry.reason))
            evaluated, failed = (count.evaluated, count.failed) if count else (0, 0)
            results.append(
                CheckResult(
                    suite.name,
                    entry.reason,
                    entry.severity,
                    evaluated,
                    failed,
                    entry.mostly,
                    enough_passed(evaluated, failed, entry.mostly),
                    waived=count.waived if count else 0,
                    replaced=count.replaced if count else 0,
                )
            )
    return results


def enough_passed(evaluated: int, failed: int, mostly: float) -> bool:
    """Whether at least ``mostly`` of the rows passed; of 10 rows with mostly 0.9, one may fail.

    Args:
        evaluated: Rows that were looked at.
        failed: Rows of these that failed.
        mostly: 0 to 1.
    """
    # The number as it is written in the suite: as a float 0.9 is a little more than that, and a row would decide.
    return evaluated - failed >= Fraction(repr(mostly)) * evaluated
