"""What a format is, and the two things that every format does with columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Rows, as_mask, one_array
from sftrm_quality.config import SourceSettings
from sftrm_quality.formats.wire import Misfit
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind

Record = Mapping[str, object]


@dataclass(frozen=True)
class Mapped:
    """Rows of a wire table in canonical columns, and those that could not be mapped.

    ``len(candidates) + len(misfits)`` is the length of the wire table; ``rows`` are the positions in it that
    ``candidates`` come from, the keys of ``misfits`` the others.
    """

    candidates: pa.Table
    rows: Rows
    misfits: Mapping[int, Misfit]


class Format(Protocol):
    """One raw format: which objects are of it, which fields it reads, how they become a candidate."""

    @property
    def name(self) -> str: ...

    @property
    def label_kind(self) -> LabelKind: ...

    @property
    def label_fields(self) -> str:
        """A pattern of the names of the fields that hold its labels: a record that has none of them does not fit."""

    def fits(self, record: Record) -> bool:
        """Whether this object looks like a record of the format, by its keys."""

    def wire_schema(self, sample: Sequence[object]) -> pa.Schema:
        """The fields to read, with the types seen in the sample."""

    def is_content(self, field: str) -> bool:
        """Whether a field that is not in the wire schema could carry label content and must not be passed over."""

    def to_candidates(self, table: pa.Table, source: SourceSettings) -> Mapped:
        """Wire columns → candidate columns (`records.CANDIDATE_FIELDS`)."""


@dataclass(frozen=True)
class Unlabelled:
    """A known shape of records that hold no label. A file of nothing else is counted and skipped, which is no fault.

    fits: whether an object is such a record. holds: what such files hold, for reports.
    """

    name: str
    fits: Callable[[Record], bool]
    holds: str


def unread_content(record: object, wire: pa.Schema, fmt: Format) -> Misfit | None:
    """A field with label content that the format would pass over: the record must not go on without it.

    Args:
        record: A parsed record.
        wire: The fields that are read.
        fmt: The format of the file.

    Returns:
        A misfit with the reason ``field_unexpected``, or None where there is no such field.
    """
    names = record if isinstance(record, dict) else ()
    unread = [name for name in names if name not in wire.names and fmt.is_content(name)]
    return Misfit("field_unexpected", f"the format {fmt.name} does not read {unread[0][:40]}") if unread else None


def id_type(sample: Sequence[object]) -> pa.DataType:
    """int64 where every ``data_id`` of the sample is a whole number, so that such files parse in batches too."""
    ids = [record.get("data_id") for record in sample if isinstance(record, Mapping)]
    given = [i for i in ids if i is not None]
    whole = all(isinstance(i, int) and not isinstance(i, bool) and -(2**63) <= i < 2**63 for i in given)
    return pa.int64() if given and whole else pa.string()


_CATEGORY = pa.struct([("main", pa.string()), ("middle", pa.string())])


def category_type(sample: Sequence[object]) -> pa.DataType:
    """struct<main, middle> where the sample's categories are objects, else string."""
    given = [r["data_category"] for r in sample if isinstance(r, Mapping) and r.get("data_category") is not None]
    return _CATEGORY if any(isinstance(category, Mapping) for category in given) else pa.string()


def category_columns(table: pa.Table) -> dict[str, pa.Array]:
    """``data_category`` (main) of a wire table, and ``data_subcategory`` where the category is an object."""
    category = column(table, "data_category")
    if not pa.types.is_struct(category.type):
        return {"data_category": category}
    return {
        "data_category": pc.struct_field(category, "main"),
        "data_subcategory": pc.struct_field(category, "middle"),
    }


def column(table: pa.Table, name: str) -> pa.Array:
    """One column in one piece."""
    return one_array(table[name])


def first_given(table: pa.Table, names: Sequence[str]) -> tuple[pa.Array, dict[int, Misfit]]:
    """The value of a field that goes by several names, and the rows in which two of the names disagree."""
    columns = [column(table, name) for name in names]
    chosen = pc.coalesce(*columns)
    misfits: dict[int, Misfit] = {}
    for values in columns:
        if values.null_count == len(values):
            continue
        for row in np.flatnonzero(as_mask(pc.not_equal(values, chosen))):
            given = [n for n, c in zip(names, columns, strict=True) if c[int(row)].is_valid]
            misfits[int(row)] = Misfit("aliases_disagree", f"{' and '.join(given)} differ, expected one prompt")
    return chosen, misfits


def mapped(kind: LabelKind, columns: Mapping[str, pa.Array], rows: int, misfits: Mapping[int, Misfit]) -> Mapped:
    """Candidate columns in schema order, absent ones null, without the misfits."""
    fields = CANDIDATE_FIELDS[kind]
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in fields
    ]
    kept = np.setdiff1d(np.arange(rows), np.fromiter(misfits, np.int64, len(misfits)))
    candidates = pa.table(arrays, schema=fields)
    return Mapped(candidates.take(kept) if misfits else candidates, kept, misfits)
