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
from sftrm_quality.reading import json_cell
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind
from sftrm_quality.words import say

Record = Mapping[str, object]

DATA_ID = "data_id"
"""The field that a record's id is in, where its file has that field."""


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

    @property
    def needs(self) -> Sequence[Sequence[str]]:
        """The fields by which people know it: of each the names that it may have, with dots for fields in objects."""

    @property
    def ignores(self) -> Sequence[tuple[str, str]]:
        """Fields, on whatever level, that are read and left out on purpose, each with the reason."""

    def fits(self, record: Record) -> bool:
        """Whether this object looks like a record of the format, by its keys."""

    def wire_schema(self, sample: Sequence[object], id_field: str) -> pa.Schema:
        """The fields to read, with the types seen in the sample. ``id_field``: where ids are, "" for nowhere."""


class ColumnFormat(Format, Protocol):
    """A format whose records are read as columns; those of a `whole.WholeFormat` are read one by one."""

    def to_candidates(self, table: pa.Table, source: SourceSettings, id_field: str) -> Mapped:
        """Wire columns → candidate columns (`records.CANDIDATE_FIELDS`)."""


@dataclass(frozen=True)
class Unlabelled:
    """A known shape of records that hold no label. A file of nothing else is counted and skipped, which is no fault.

    fits: whether an object is such a record. holds: what such files hold, for reports.
    """

    name: str
    fits: Callable[[Record], bool]
    holds: str


def id_fields(sample: Sequence[object], id_field: str) -> list[tuple[str, pa.DataType]]:
    """The field of the ids, int64 where all of the sample are whole numbers, so that such files parse in batches too.

    None where the file has no ids.
    """
    if not id_field:
        return []
    ids = [record.get(id_field) for record in sample if isinstance(record, Mapping)]
    given = [i for i in ids if i is not None]
    whole = all(isinstance(i, int) and not isinstance(i, bool) and -(2**63) <= i < 2**63 for i in given)
    return [(id_field, pa.int64() if given and whole else pa.string())]


def id_column(table: pa.Table, id_field: str) -> dict[str, pa.Array]:
    """``data_id`` of a wire table: null where there is none, or a stand-in for none."""
    if not id_field:
        return {}
    ids = column(table, id_field).cast(pa.string())
    return {"data_id": pc.if_else(pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(ids)), _NO_IDS), None, ids)}


def list_in(value: object) -> list[object] | None:
    """A value that is a list, or the list that a cell holds; None where it is neither."""
    return value if isinstance(value, list) else json_cell(value, list)


def is_answer_object(answer: object) -> bool:
    """Whether an answer is an object as AI Hub has them; any other is a value of a wrong type."""
    return isinstance(answer, Mapping) and ("contents" in answer or "answer_count" in answer)


# What programs write for a missing value: pandas, JavaScript, Python, SQL.
NO_ID = ("nan", "null", "none", "undefined", "<na>", "n/a", "nat")
_NO_IDS = pa.array(NO_ID)
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
    return first_of([(name, column(table, name)) for name in names])


def first_of(given: Sequence[tuple[str, pa.Array]], one: str = "") -> tuple[pa.Array, dict[int, Misfit]]:
    """The first value that is given of some columns with names, and the rows in which two of them disagree.

    Args:
        given: The columns.
        one: What is expected once, for those; "" for a prompt.
    """
    if len(given) == 1:
        return given[0][1], {}
    names = [name for name, _ in given]
    # An empty one says nothing, and so disagrees with nothing.
    given_texts = [texts for _, texts in given]
    columns = [pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), None, texts) for texts in given_texts]
    chosen = pc.coalesce(*columns, *given_texts)
    misfits: dict[int, Misfit] = {}
    for values in columns:
        if values.null_count == len(values):
            continue
        for row in np.flatnonzero(as_mask(pc.not_equal(values, chosen))):
            said = [n for n, c in zip(names, columns, strict=True) if c[int(row)].is_valid]
            misfits[int(row)] = Misfit(
                "aliases_disagree",
                say("{given} differ, expected one {what}", given=say(" and ").join(said), what=one or say("prompt")),
            )
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
