"""What repairs could do that a source does not declare: how many of its faulty records they would mend."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality import dedup
from sftrm_quality.arrays import Mask
from sftrm_quality.checks import LOSERS_TIE, CheckedRows, Scope, Suite, failing_rows
from sftrm_quality.config import SourceSettings
from sftrm_quality.intake.mapping import Candidates
from sftrm_quality.records import LabelKind, Repair, Severity
from sftrm_quality.repairs import repair

_FAULTS = pa.array([str(Severity.CRITICAL), str(Severity.WARNING)])


def with_forms(kind: LabelKind, table: pa.Table, losers_tie: Mask) -> pa.Table:
    """The frame of a suite: candidates with the forms of their texts, and what their format says of ties.

    Args:
        kind: Of the candidates.
        table: They, as they are checked.
        losers_tie: Of each, whether its format says that its losers tie.

    Returns:
        The columns of `checks.FRAMES` for a shard.
    """
    for name, column in dedup.form_columns(kind, table).items():
        table = table.append_column(name, column)
    return table.append_column(LOSERS_TIE, pa.array(losers_tie)) if kind is LabelKind.RM else table


def repairable(
    suite: Suite,
    source: SourceSettings,
    candidates: Candidates,
    frame: pa.Table,
    checked_rows: CheckedRows,
    policies: Mapping[str, str],
) -> dict[str, tuple[int, int]]:
    """Try the repairs that are not declared on the records that fail a check.

    Args:
        suite: That they fail.
        source: What is declared.
        candidates: As they were mapped.
        frame: As they were checked, with the declared repairs.
        checked_rows: What came of it.
        policies: As they were checked by.

    Returns:
        By the name of a repair how many records would fail fewer checks, with it and the others that change them, and
        how many of these would no longer be quarantined.
    """
    kind = LabelKind(suite.name)
    faults = checked_rows.failures.filter(pc.is_in(checked_rows.failures["severity"], _FAULTS))
    failing = np.unique(faults["row"].to_numpy())
    undeclared = [one for one in Repair if one not in source.repairs]
    if not len(failing) or not undeclared:
        return {}
    faulty = frame.select(candidates.table.column_names).take(pa.array(failing)).combine_chunks()
    repaired = repair(kind, faulty, undeclared, candidates.losers_tie[failing], policies["ties"])
    changed = repaired.rows
    if not len(changed):
        return {}
    table = repaired.table.take(pa.array(changed)).combine_chunks()
    before = failing[changed]
    again = failing_rows(suite, Scope.RECORD, with_forms(kind, table, candidates.losers_tie[before]), policies)
    faults_left, critical_left = (np.zeros(len(changed), np.int64) for _ in range(2))
    for entry, failed in again:
        faults_left += failed & (entry.severity is not Severity.INFO)
        critical_left += failed & (entry.severity is Severity.CRITICAL)
    looked_at = pa.array([entry.reason for entry, _ in again])
    rows = faults.filter(pc.is_in(faults["reason"], looked_at))["row"].to_numpy()
    fewer = faults_left < np.bincount(rows, minlength=len(frame))[before]
    passing = fewer & checked_rows.critical[before] & (critical_left == 0) & ~_else_critical(faults, looked_at, before)
    names = repaired.repairs.take(pa.array(changed)).to_pylist()
    records, would_pass = Counter[str](), Counter[str]()
    for row in np.flatnonzero(fewer).tolist():
        records.update(names[row])
        would_pass.update(names[row] if passing[row] else [])
    return {str(one): (records[one], would_pass[one]) for one in Repair if records[one]}


def _else_critical(faults: pa.Table, looked_at: pa.Array, rows: np.ndarray) -> Mask:
    """Whether rows fail a critical check that was not looked at again, since no text of theirs decides it."""
    others = faults.filter(
        pc.and_(pc.invert(pc.is_in(faults["reason"], looked_at)), pc.equal(faults["severity"], Severity.CRITICAL))
    )
    return np.isin(rows, others["row"].to_numpy())
