"""Reviews on the records of a shard: corrections before the checks, waivers on what the checks found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Mask, Rows, as_mask, one_array
from sftrm_quality.checks import CheckedRows
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind, Severity
from sftrm_quality.reviews.entries import key_of
from sftrm_quality.reviews.fields import Value, field_of


@dataclass(frozen=True)
class Change:
    """What is set in a record, by the field, and who says so: all names, in their order."""

    values: Mapping[str, Value]
    by: str


@dataclass(frozen=True)
class FileReviews:
    """What applies to the records of one source file.

    waived: reasons that all of them may fail for. waived_of: by the content part of a record_id, those that it may fail
    for. changes: by the same, what is set.
    """

    waived: frozenset[str] = frozenset()
    waived_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.waived or self.waived_of or self.changes)

    @cached_property
    def key(self) -> str:
        """A hash of all that they do."""
        of_records = {record: sorted(reasons) for record, reasons in self.waived_of.items()}
        changes = {record: [dict(change.values), change.by] for record, change in self.changes.items()}
        return key_of([sorted(self.waived), of_records, changes])


NOTHING_APPLIES = FileReviews()


@dataclass(frozen=True)
class Corrected:
    """Records after their corrections.

    table: as it was given, with the new values. by: who corrected each, null where nobody did.
    """

    table: pa.Table
    by: pa.StringArray

    @property
    def rows(self) -> Rows:
        """Of the records that were corrected."""
        return np.flatnonzero(as_mask(self.by.is_valid()))


def correct(
    kind: LabelKind, table: pa.Table, delivered: pa.FixedSizeBinaryArray, changes: Mapping[str, Change]
) -> Corrected:
    """Correct records.

    Args:
        kind: Of the records.
        table: With the columns of `records.CANDIDATE_FIELDS`; others stay as they are.
        delivered: The hashes of their contents, by which corrections name them.
        changes: By the content part of a record_id. One that names a response or a turn that the record does not have
            is left undone as a whole.

    Returns:
        All records, in their order.
    """
    if not changes:
        return Corrected(table, pa.nulls(len(table), pa.string()))
    by: list[str | None] = [None] * len(table)
    rows, records = [], []
    for row in _rows_of(kind, delivered, changes):
        record = table.select(CANDIDATE_FIELDS[kind].names).slice(row, 1).to_pylist()[0]
        change = changes[_record(kind, delivered, row)]
        if all(_set(record, kind, written, value) for written, value in change.values.items()):
            by[row] = change.by
            rows.append(row)
            records.append(record)
    if rows:
        table = _replaced(kind, table, rows, records)
    return Corrected(table, pa.array(by, pa.string()))


def allowed(
    checked: CheckedRows,
    kind: LabelKind,
    delivered: pa.FixedSizeBinaryArray,
    reviews: FileReviews,
    waivable: Collection[str],
) -> Mask:
    """Which failures are waived.

    Args:
        checked: What the checks found.
        kind: Of the records.
        delivered: The hashes of their contents, by which waivers name them.
        reviews: Those of the file.
        waivable: The reasons of the suite that may be waived.

    Returns:
        Of each failure, whether it is.
    """
    failures = checked.failures
    critical = as_mask(pc.equal(one_array(failures["severity"]), Severity.CRITICAL))
    of_all = pa.array(sorted(reviews.waived.intersection(waivable)), pa.string())
    found: Mask = critical & as_mask(pc.is_in(one_array(failures["reason"]), of_all))
    named = np.zeros(checked.rows, bool)
    named[_rows_of(kind, delivered, reviews.waived_of)] = True
    failing = failures["row"].to_numpy()
    for place in np.flatnonzero(critical & named[failing]).tolist():
        reasons = reviews.waived_of[_record(kind, delivered, int(failing[place]))]
        found[place] |= failures["reason"][place].as_py() in reasons.intersection(waivable)
    return found


def _rows_of(kind: LabelKind, delivered: pa.FixedSizeBinaryArray, records: Collection[str]) -> list[int]:
    prefix = f"{kind}-"
    hashes = [bytes.fromhex(record[len(prefix) :]) for record in sorted(records) if record.startswith(prefix)]
    if not hashes:
        return []
    found: list[int] = np.flatnonzero(as_mask(pc.is_in(delivered, pa.array(hashes, pa.binary(16))))).tolist()
    return found


def _record(kind: LabelKind, delivered: pa.FixedSizeBinaryArray, row: int) -> str:
    return f"{kind}-{delivered[row].as_py().hex()}"


def _set(record: dict[str, Any], kind: LabelKind, written: str, value: Value) -> bool:
    """Set a field of a record; False where there is no such response or turn."""
    column, place, member = field_of(kind, written)
    if place is None:
        record[column] = value
        return True
    entries = record[column] or []
    if place >= len(entries) or entries[place] is None:
        return False
    entries[place][member] = value
    return True


def _replaced(kind: LabelKind, table: pa.Table, rows: list[int], records: list[dict[str, Any]]) -> pa.Table:
    """The table with other values in some rows, in those columns that differ."""
    order = np.arange(len(table))
    order[rows] = len(table) + np.arange(len(rows))
    for name in CANDIDATE_FIELDS[kind].names:
        column = one_array(table[name])
        values = pa.array([record[name] for record in records], column.type)
        if not values.equals(column.take(pa.array(rows))):
            replaced = pa.concat_arrays([column, values]).take(pa.array(order))
            table = table.set_column(table.schema.get_field_index(name), CANDIDATE_FIELDS[kind].field(name), replaced)
    return table
