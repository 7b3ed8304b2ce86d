"""What repairs could do that a source does not declare: how many of its faulty records they would mend."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality import dedup
from sftrm_quality.arrays import Mask, Rows, offsets_of
from sftrm_quality.checks import LOSERS_TIE, CheckedRows, Scope, Suite, failing_rows
from sftrm_quality.intake.shard_task import MappedRecords
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
    suite: Suite, group: Sequence[MappedRecords], checked: Sequence[CheckedRows], policies: Mapping[str, str]
) -> list[dict[str, tuple[int, int]]]:
    """Try the repairs that are not declared on the records that fail a check.

    Args:
        suite: That they fail.
        group: Records of some shards, as they were checked, with the declared repairs.
        checked: What came of it, for each of them.
        policies: As they were checked by.

    Returns:
        For each of them, by the name of a repair how many records would fail fewer checks, with it and the others that
        change them, and how many of these would no longer be quarantined.
    """
    found: list[dict[str, tuple[int, int]]] = [{} for _ in group]
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, one in enumerate(group):
        alike.setdefault(tuple(one.source.repairs), []).append(number)
    for declared, numbers in alike.items():
        # Together: to try them takes 20 ms however few records there are.
        faulty = [_Faulty.of(group[number], checked[number]) for number in numbers]
        undeclared = [one for one in Repair if one not in declared]
        for number, of_one in zip(numbers, _tried(suite, faulty, undeclared, policies), strict=True):
            found[number] = of_one
    return found


@dataclass(frozen=True)
class _Faulty:
    """Of the records of a shard those that fail a check. rows: where they are there. faults: why they fail."""

    records: MappedRecords
    checked_rows: CheckedRows
    rows: Rows
    faults: pa.Table

    @classmethod
    def of(cls, records: MappedRecords, checked_rows: CheckedRows) -> Self:
        failures = checked_rows.failures
        faults = failures.filter(pc.is_in(failures["severity"], _FAULTS))
        return cls(records, checked_rows, np.unique(faults["row"].to_numpy()), faults)

    @property
    def table(self) -> pa.Table:
        return self.records.frame.select(self.records.candidates.table.column_names).take(pa.array(self.rows))

    @property
    def losers_tie(self) -> Mask:
        return self.records.candidates.losers_tie[self.rows]


def _tried(
    suite: Suite, faulty: Sequence[_Faulty], undeclared: Sequence[Repair], policies: Mapping[str, str]
) -> list[dict[str, tuple[int, int]]]:
    kind, bounds = LabelKind(suite.name), offsets_of([len(one.rows) for one in faulty])
    nothing: list[dict[str, tuple[int, int]]] = [{} for _ in faulty]
    if not bounds[-1] or not undeclared:
        return nothing
    losers_tie = np.concatenate([one.losers_tie for one in faulty])
    table = pa.concat_tables([one.table for one in faulty]).combine_chunks()
    repaired = repair(kind, table, undeclared, losers_tie, policies["ties"])
    changed = repaired.rows
    if not len(changed):
        return nothing
    again = with_forms(kind, repaired.table.take(pa.array(changed)).combine_chunks(), losers_tie[changed])
    left = failing_rows(suite, Scope.RECORD, again, policies)
    faults_left, critical_left = (np.zeros(len(changed), np.int64) for _ in range(2))
    for entry, failed in left:
        faults_left += failed & (entry.severity is not Severity.INFO)
        critical_left += failed & (entry.severity is Severity.CRITICAL)
    looked_at = pa.array([entry.reason for entry, _ in left])
    names = repaired.repairs.take(pa.array(changed)).to_pylist()
    found = []
    for one, first, end in zip(faulty, bounds[:-1], bounds[1:], strict=True):
        own = slice(*np.searchsorted(changed, [first, end]).tolist())
        rows = one.rows[changed[own] - first]
        had = one.faults.filter(pc.is_in(one.faults["reason"], looked_at))["row"].to_numpy()
        fewer = faults_left[own] < np.bincount(had, minlength=len(one.checked_rows.critical))[rows]
        free = (critical_left[own] == 0) & ~_else_critical(one.faults, looked_at, rows)
        found.append(_counted(names[own], fewer, fewer & one.checked_rows.critical[rows] & free))
    return found


def _counted(names: Sequence[Sequence[str]], fewer: Mask, passing: Mask) -> dict[str, tuple[int, int]]:
    records, would_pass = Counter[str](), Counter[str]()
    for row in np.flatnonzero(fewer).tolist():
        records.update(names[row])
        would_pass.update(names[row] if passing[row] else [])
    return {str(one): (records[one], would_pass[one]) for one in Repair if records[one]}


def _else_critical(faults: pa.Table, looked_at: pa.Array, rows: Rows) -> Mask:
    """Whether rows fail a critical check that was not looked at again, since no text of theirs decides it."""
    others = faults.filter(
        pc.and_(pc.invert(pc.is_in(faults["reason"], looked_at)), pc.equal(faults["severity"], Severity.CRITICAL))
    )
    return np.isin(rows, others["row"].to_numpy())
