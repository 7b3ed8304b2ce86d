"""AI Hub 71748: nested category and answer; ``answer01`` .. for ranked responses; files without answers."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import as_mask, lists_of, offsets_of
from sftrm_quality.config import SourceSettings
from sftrm_quality.formats.base import (
    Mapped,
    Record,
    category_columns,
    category_type,
    column,
    id_column,
    id_fields,
    is_answer_object,
    mapped,
)
from sftrm_quality.formats.ranks import declared_ranks
from sftrm_quality.records import LabelKind
from sftrm_quality.words import phrase

_IGNORES = (("answer_count", phrase("it counts the words of the answer, and says nothing of its own")),)
_ANSWER = pa.struct([("contents", pa.string()), ("answer_count", pa.float64())])
_RANKED_ANSWER = pa.struct([("contents", pa.string()), ("answer_count", pa.float64()), ("ranking", pa.float64())])
_RANKED_NAME = re.compile(r"answer\d{2}")
# Real files have five answers per prompt; up to nine are read in batches, more of them record by record.
_RANKED_NAMES = tuple(f"answer{number:02d}" for number in range(1, 10))


def _base_fields(sample: Sequence[object], id_field: str) -> list[tuple[str, pa.DataType]]:
    return [
        *id_fields(sample, id_field),
        ("data_category", category_type(sample)),
        ("question_type", pa.string()),
        ("question_count", pa.int64()),
        ("question", pa.string()),
    ]


def _base_columns(table: pa.Table, id_field: str) -> dict[str, pa.Array]:
    return {
        **id_column(table, id_field),
        **category_columns(table),
        "question_type": column(table, "question_type"),
        "question_count": column(table, "question_count"),
    }


class AihubSft:
    """``answer: {contents, answer_count}``, ``data_category: {main, middle}``"""

    name = "aihub_sft"
    label_kind = LabelKind.SFT
    label_fields = "answer"
    needs = (("data_category.main",), ("question",), ("answer.contents",))
    ignores = _IGNORES

    def fits(self, record: Record) -> bool:
        return is_answer_object(record.get("answer"))

    def wire_schema(self, sample: Sequence[object], id_field: str) -> pa.Schema:
        return pa.schema([*_base_fields(sample, id_field), ("answer", _ANSWER)])

    def to_candidates(self, table: pa.Table, source: SourceSettings, id_field: str) -> Mapped:
        answer = pc.struct_field(column(table, "answer"), "contents")
        columns = {**_base_columns(table, id_field), "question": column(table, "question"), "answer": answer}
        return mapped(LabelKind.SFT, columns, len(table), {})


class AihubRm:
    """``answer01: {contents, ranking, answer_count}`` .. ; 1 is best, ``ranking`` may come as a float."""

    name = "aihub_rm"
    label_kind = LabelKind.RM
    label_fields = _RANKED_NAME.pattern
    needs = (("data_category.main",), ("question",), ("answer01.contents",))
    ignores = _IGNORES

    def fits(self, record: Record) -> bool:
        return any(_RANKED_NAME.fullmatch(name) for name in record)

    def wire_schema(self, sample: Sequence[object], id_field: str) -> pa.Schema:
        seen = {name for r in sample if isinstance(r, Mapping) for name in r if _RANKED_NAME.fullmatch(name)}
        names = sorted(seen.union(_RANKED_NAMES))
        return pa.schema([*_base_fields(sample, id_field), *((name, _RANKED_ANSWER) for name in names)])

    def to_candidates(self, table: pa.Table, source: SourceSettings, id_field: str) -> Mapped:
        rows = len(table)
        answers = [column(table, name) for name in table.column_names if _RANKED_NAME.fullmatch(name)]
        given = np.stack([as_mask(pc.is_valid(a)) for a in answers], axis=1)
        # Row after row, each row's answers in the order of their numbers.
        row, number = np.nonzero(given)
        flat = pa.concat_arrays(answers).take(pa.array(number * rows + row))
        values = pa.StructArray.from_arrays(
            [pc.struct_field(flat, "contents"), pc.struct_field(flat, "ranking"), pa.nulls(len(flat), pa.float64())],
            names=["text", "rank", "score"],
        )
        responses = declared_ranks(lists_of(offsets_of(given.sum(axis=1)), values), source)
        columns = {**_base_columns(table, id_field), "prompt": column(table, "question"), "responses": responses}
        return mapped(LabelKind.RM, columns, rows, {})
