"""Declared formats of one answer in a field of its own: whole columns at a time, as fast as the reference format."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import as_mask
from sftrm_quality.config import SourceSettings
from sftrm_quality.formats.base import Mapped, Record, column, first_of, id_column, id_fields, mapped
from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.parts import AROUND
from sftrm_quality.formats.shapes.record import Misread, RawRecord, lookup
from sftrm_quality.formats.shapes.turns import history_of
from sftrm_quality.formats.wire import Misfit
from sftrm_quality.records import MESSAGE, LabelKind
from sftrm_quality.words import say

_PAIRS = pa.list_(pa.list_(pa.string()))
_PLACES = {"data_category": "category", "data_subcategory": "subcategory", "question_type": "question_type"}


class FieldsFormat:
    """A declaration with ``prompt`` and ``answer``."""

    label_kind = LabelKind.SFT

    def __init__(self, declaration: Declaration) -> None:
        assert declaration.prompt is not None and declaration.answer is not None
        self.declaration = declaration
        self._prompt, self._answer = declaration.prompt, declaration.answer

    @property
    def name(self) -> str:
        return self.declaration.name

    @property
    def label_fields(self) -> str:
        return "|".join(re.escape(path.split(".")[0]) for path in self._answer)

    @property
    def needs(self) -> Sequence[Sequence[str]]:
        # All parts but the first may be absent; for who looks at an unknown file they are what it is known by.
        return (*self._prompt.parts, self._answer)

    @property
    def ignores(self) -> Sequence[tuple[str, str]]:
        return tuple(self.declaration.ignore.items())

    def fits(self, record: Record) -> bool:
        if any(lookup(record, path) is not None for path in self.declaration.absent):
            return False
        return any(has(record, path) for path in self._answer) and any(
            has(record, path) for path in self._prompt.parts[0]
        )

    def wire_schema(self, sample: Sequence[object], id_field: str) -> pa.Schema:
        types: dict[str, Any] = {}
        declared = self.declaration
        others = [getattr(declared, name) for name in _PLACES.values()]
        texts = (*(path for part in self._prompt.parts for path in part), *self._answer, *(declared.system or ()))
        for path in (*texts, *(path for path in others if path)):
            _put(types, path, pa.string())
        if declared.history:
            _put(types, declared.history, _history_type(sample, declared.history))
        ids = [field for field in id_fields(sample, id_field) if field[0] not in types]
        return pa.schema([*ids, *((name, _type(type_)) for name, type_ in types.items())])

    def to_candidates(self, table: pa.Table, source: SourceSettings, id_field: str) -> Mapped:
        misfits: dict[int, Misfit] = {}
        question = self._question(table, misfits)
        answer, disagreeing = first_of([(path, by_path(table, path)) for path in self._answer], say("answer"))
        misfits |= disagreeing
        columns = {**id_column(table, id_field), "question": question, "answer": answer}
        for name, place in _PLACES.items():
            if path := getattr(self.declaration, place):
                columns[name] = by_path(table, path)
        if self.declaration.system:
            systems = [(path, by_path(table, path)) for path in self.declaration.system]
            columns["system"], disagreeing = first_of(systems, say("system message"))
            misfits |= disagreeing
        if self.declaration.history:
            columns["history"] = self._history(table, self.declaration.history, misfits)
        return mapped(LabelKind.SFT, columns, len(table), misfits)

    def _question(self, table: pa.Table, misfits: dict[int, Misfit]) -> pa.Array:
        parts = []
        for number, paths in enumerate(self._prompt.parts):
            part, disagreeing = first_of([(path, by_path(table, path)) for path in paths])
            misfits |= disagreeing
            if number:
                said = pc.utf8_lower(pc.utf8_trim_whitespace(part))
                bare = pc.utf8_trim(said, characters=AROUND)
                nothing = pc.or_(pc.equal(said, ""), pc.is_in(bare, pa.array(self._prompt.stand_ins, pa.string())))
                part = pc.if_else(nothing, None, part)
            parts.append(part)
        if len(parts) == 1:
            return parts[0]
        first, *more = parts
        said = np.zeros(len(table), bool)
        for part in more:
            said |= as_mask(pc.is_valid(part))
        # A blank first part is left out where another one says something.
        first_said = pc.if_else(pc.equal(pc.utf8_trim_whitespace(first), ""), None, first)
        joiner = self._prompt.joiner
        # Not by null_handling="skip", which gives no row where every part is null (pyarrow 26).
        pieces = [pc.binary_join_element_wise(joiner, part, "").fill_null("") for part in (first_said, *more)]
        joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*pieces, ""), start=len(joiner))
        return pc.if_else(pa.array(said), joined, first)

    def _history(self, table: pa.Table, path: str, misfits: dict[int, Misfit]) -> pa.Array:
        """Row by row, and only where there is one: few records have earlier turns."""
        turns = []
        for row, value in enumerate(by_path(table, path).to_pylist()):
            found = None
            if value:
                try:
                    found = history_of(RawRecord({"history": value}), "history")
                except Misread as error:
                    misfits[row] = Misfit(error.reason, error.detail)
            turns.append(found)
        return pa.array(turns, pa.list_(MESSAGE))


def has(record: object, path: str) -> bool:
    """Whether a record has a field, though it may be null."""
    *outer, last = path.split(".")
    inside = lookup(record, ".".join(outer)) if outer else record
    return isinstance(inside, Mapping) and last in inside


def by_path(table: pa.Table, path: str) -> pa.Array:
    """The column at a dotted path."""
    name, *below = path.split(".")
    values = column(table, name)
    for inner in below:
        values = pc.struct_field(values, inner)
    return values


def _put(types: dict[str, Any], path: str, type_: pa.DataType) -> None:
    *outer, last = path.split(".")
    for name in outer:
        types = types.setdefault(name, {})
    types[last] = type_


def _type(type_: Any) -> pa.DataType:
    return pa.struct([(name, _type(one)) for name, one in type_.items()]) if isinstance(type_, dict) else type_


def _history_type(sample: Sequence[object], path: str) -> pa.DataType:
    """Pairs or messages, as the first of the sample has them."""
    found = next((value for record in sample if (value := lookup(record, path))), None)
    if isinstance(found, list) and isinstance(found[0], Mapping):
        names = [name for name in ("role", "from", "content", "value") if name in found[0]]
        return pa.list_(pa.struct([(name, pa.string()) for name in names]))
    return _PAIRS
