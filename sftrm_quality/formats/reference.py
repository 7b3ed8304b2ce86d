"""SFTlabel and RMlabel as described: flat fields, ``responses: [{text, rank}]``."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from sftrm_quality.config import SourceSettings
from sftrm_quality.formats.base import (
    Mapped,
    Record,
    category_columns,
    category_type,
    column,
    first_given,
    id_type,
    mapped,
)
from sftrm_quality.formats.ranks import declared_ranks
from sftrm_quality.records import CANDIDATE_RESPONSE, MESSAGE, LabelKind

# The description's field table says ``input``, its example ``prompt``, the SFT form ``question``: all are accepted.
PROMPT_NAMES = ("prompt", "input", "question")


def _base_fields(sample: Sequence[object]) -> list[tuple[str, pa.DataType]]:
    return [
        ("data_id", id_type(sample)),
        ("data_category", category_type(sample)),
        ("data_subcategory", pa.string()),
        ("question_type", pa.string()),
        ("question_count", pa.int64()),
        *((name, pa.string()) for name in PROMPT_NAMES),
        ("system", pa.string()),
        ("history", pa.list_(MESSAGE)),
    ]


def _base_columns(table: pa.Table) -> dict[str, pa.Array]:
    names = ("data_subcategory", "question_type", "question_count", "system", "history")
    return {
        "data_id": column(table, "data_id").cast(pa.string()),
        **{name: column(table, name) for name in names},
        **category_columns(table),
    }


class ReferenceSft:
    """``{data_id, data_category, question_type, question_count, question, answer}``"""

    name = "reference_sft"
    label_kind = LabelKind.SFT
    label_fields = "answer"

    def fits(self, record: Record) -> bool:
        return "answer" in record and not isinstance(record["answer"], Mapping)

    def wire_schema(self, sample: Sequence[object]) -> pa.Schema:
        return pa.schema([*_base_fields(sample), ("answer", pa.string())])

    def is_content(self, field: str) -> bool:
        return field == "responses"

    def to_candidates(self, table: pa.Table, source: SourceSettings) -> Mapped:
        question, misfits = first_given(table, PROMPT_NAMES)
        columns = {**_base_columns(table), "question": question, "answer": column(table, "answer")}
        return mapped(LabelKind.SFT, columns, len(table), misfits)


class ReferenceRm:
    """``{data_id, prompt, responses: [{text, rank}]}``, with an optional ``score`` (higher is better)."""

    name = "reference_rm"
    label_kind = LabelKind.RM
    label_fields = "responses"

    def fits(self, record: Record) -> bool:
        return isinstance(record.get("responses"), list)

    def wire_schema(self, sample: Sequence[object]) -> pa.Schema:
        return pa.schema([*_base_fields(sample), ("responses", pa.list_(CANDIDATE_RESPONSE))])

    def is_content(self, field: str) -> bool:
        return field == "answer"

    def to_candidates(self, table: pa.Table, source: SourceSettings) -> Mapped:
        prompt, misfits = first_given(table, PROMPT_NAMES)
        responses = declared_ranks(column(table, "responses"), source)
        columns = {**_base_columns(table), "prompt": prompt, "responses": responses}
        return mapped(LabelKind.RM, columns, len(table), misfits)
