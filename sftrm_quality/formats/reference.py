"""SFTlabel and RMlabel as described: flat fields, ``responses: [{text, rank}]``."""

from collections.abc import Sequence

import pyarrow as pa

from sftrm_quality.config import SourceSettings
from sftrm_quality.formats.base import (
    Mapped,
    Record,
    category_columns,
    category_type,
    column,
    first_given,
    id_column,
    id_fields,
    is_answer_object,
    list_in,
    mapped,
)
from sftrm_quality.formats.ranks import declared_ranks
from sftrm_quality.records import CANDIDATE_RESPONSE, MESSAGE, LabelKind

# The description's field table says ``input``, its example ``prompt``, the SFT form ``question``: all are accepted.
PROMPT_NAMES = ("prompt", "input", "question")


def _base_fields(sample: Sequence[object], id_field: str) -> list[tuple[str, pa.DataType]]:
    return [
        *id_fields(sample, id_field),
        ("data_category", category_type(sample)),
        ("data_subcategory", pa.string()),
        ("question_type", pa.string()),
        ("question_count", pa.int64()),
        *((name, pa.string()) for name in PROMPT_NAMES),
        ("system", pa.string()),
        ("history", pa.list_(MESSAGE)),
    ]


def _base_columns(table: pa.Table, id_field: str) -> dict[str, pa.Array]:
    names = ("data_subcategory", "question_type", "question_count", "system", "history")
    return {
        **id_column(table, id_field),
        **{name: column(table, name) for name in names},
        **category_columns(table),
    }


class ReferenceSft:
    """``{data_id, data_category, question_type, question_count, question, answer}``"""

    name = "reference_sft"
    label_kind = LabelKind.SFT
    label_fields = "answer"
    needs = (("question", "prompt", "input"), ("answer",))
    ignores: tuple[tuple[str, str], ...] = ()

    def fits(self, record: Record) -> bool:
        answer = record.get("answer")
        if answer is None and "answer" in record:
            return "responses" not in record
        return answer is not None and not is_answer_object(answer)

    def wire_schema(self, sample: Sequence[object], id_field: str) -> pa.Schema:
        return pa.schema([*_base_fields(sample, id_field), ("answer", pa.string())])

    def to_candidates(self, table: pa.Table, source: SourceSettings, id_field: str) -> Mapped:
        question, misfits = first_given(table, PROMPT_NAMES)
        columns = {**_base_columns(table, id_field), "question": question, "answer": column(table, "answer")}
        return mapped(LabelKind.SFT, columns, len(table), misfits)


class ReferenceRm:
    """``{data_id, prompt, responses: [{text, rank}]}``, with an optional ``score`` (higher is better)."""

    name = "reference_rm"
    label_kind = LabelKind.RM
    label_fields = "responses"
    needs = (PROMPT_NAMES, ("responses",))
    ignores: tuple[tuple[str, str], ...] = ()

    def fits(self, record: Record) -> bool:
        responses = list_in(record.get("responses"))
        # Texts are another format, or none: their ranks or scores are somewhere else.
        return responses is not None and not (responses and all(isinstance(one, str) for one in responses))

    def wire_schema(self, sample: Sequence[object], id_field: str) -> pa.Schema:
        return pa.schema([*_base_fields(sample, id_field), ("responses", pa.list_(CANDIDATE_RESPONSE))])

    def to_candidates(self, table: pa.Table, source: SourceSettings, id_field: str) -> Mapped:
        prompt, misfits = first_given(table, PROMPT_NAMES)
        responses = declared_ranks(column(table, "responses"), source)
        columns = {**_base_columns(table, id_field), "prompt": prompt, "responses": responses}
        return mapped(LabelKind.RM, columns, len(table), misfits)
