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
    Unlabelled,
    category_columns,
    category_type,
    column,
    id_type,
    mapped,
)
from sftrm_quality.formats.ranks import declared_ranks
from sftrm_quality.records import LabelKind

# answer_count is read and left out on purpose: it counts the words of the answer and carries nothing of its own.
_ANSWER = pa.struct([("contents", pa.string()), ("answer_count", pa.float64())])
_RANKED_ANSWER = pa.struct([("contents", pa.string()), ("answer_count", pa.float64()), ("ranking", pa.float64())])
_RANKED_NAME = re.compile(r"answer\d{2}")
# Real files have five answers per prompt; up to nine are read in batches, more of them record by record.
_RANKED_NAMES = tuple(f"answer{number:02d}" for number in range(1, 10))


def _base_fields(sample: Sequence[object]) -> list[tuple[str, pa.DataType]]:
    return [
        ("data_id", id_type(sample)),
        ("data_category", category_type(sample)),
        ("question_type", pa.string()),
        ("question_count", pa.int64()),
        ("question", pa.string()),
    ]


def _base_columns(table: pa.Table) -> dict[str, pa.Array]:
    return {
        "data_id": column(table, "data_id").cast(pa.string()),
        **category_columns(table),
        "question_type": column(table, "question_type"),
        "question_count": column(table, "question_count"),
    }


class AihubSft:
    """``answer: {contents, answer_count}``, ``data_category: {main, middle}``"""

    name = "aihub_sft"
    label_kind = LabelKind.SFT
    label_fields = "answer"

    def fits(self, record: Record) -> bool:
        return isinstance(record.get("answer"), Mapping)

    def wire_schema(self, sample: Sequence[object]) -> pa.Schema:
        return pa.schema([*_base_fields(sample), ("answer", _ANSWER)])

    def is_content(self, field: str) -> bool:
        return _RANKED_NAME.fullmatch(field) is not None

    def to_candidates(self, table: pa.Table, source: SourceSettings) -> Mapped:
        answer = pc.struct_field(column(table, "answer"), "contents")
        columns = {**_base_columns(table), "question": column(table, "question"), "answer": answer}
        return mapped(LabelKind.SFT, columns, len(table), {})


class AihubRm:
    """``answer01: {contents, ranking, answer_count}`` .. ; 1 is best, ``ranking`` may come as a float."""

    name = "aihub_rm"
    label_kind = LabelKind.RM
    label_fields = _RANKED_NAME.pattern

    def fits(self, record: Record) -> bool:
        return any(_RANKED_NAME.fullmatch(name) for name in record)

    def wire_schema(self, sample: Sequence[object]) -> pa.Schema:
        seen = {name for r in sample if isinstance(r, Mapping) for name in r if _RANKED_NAME.fullmatch(name)}
        names = sorted(seen.union(_RANKED_NAMES))
        return pa.schema([*_base_fields(sample), *((name, _RANKED_ANSWER) for name in names)])

    def is_content(self, field: str) -> bool:
        return field == "answer" or _RANKED_NAME.fullmatch(field) is not None

    def to_candidates(self, table: pa.Table, source: SourceSettings) -> Mapped:
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
        columns = {**_base_columns(table), "prompt": column(table, "question"), "responses": responses}
        return mapped(LabelKind.RM, columns, rows, {})


def _has_no_answers(record: Record) -> bool:
    """Whether this is a record of SFTdata, RMdata or PPOdata: a question with an id, and nothing that answers it."""
    return (
        "data_id" in record
        and "question" in record
        and not any(name.startswith("answer") or name == "responses" for name in record)
    )


PROMPTS_ONLY = Unlabelled(
    "prompts_only", _has_no_answers, "prompts without answers, as in AI Hub's SFTdata, RMdata and PPOdata"
)
