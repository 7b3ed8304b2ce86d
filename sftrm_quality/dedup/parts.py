"""What of a record is compared: its prompt, history, system message and responses, each in all of its forms.

An SFT record is seen as a prompt with one response, so that everything after this treats both label kinds alike.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Ints, list_offsets, lists_of, one_array
from sftrm_quality.records import LabelKind
from sftrm_quality.text import Forms, forms, normalise

# Controls never survive a form, so nothing that a turn says can look like the end of it.
_AFTER_ROLE, _AFTER_TURN = "\x1f", "\x1e"


PROMPT_COLUMN = {LabelKind.SFT: "question", LabelKind.RM: "prompt"}
_TEXT_COLUMNS = {LabelKind.SFT: ("question", "answer"), LabelKind.RM: ("prompt",)}
_SUFFIXES = Forms("strict", "normalised", "folded")

FormColumns: TypeAlias = Mapping[str, pa.Array] | pa.Table


class Prompt(NamedTuple):
    """The compared texts of the prompts of some rows. None is null; a missing one is empty.

    ``history`` and ``system`` are None where no row has one.
    """

    text: Forms
    history: Forms | None
    system: Forms | None


class Responses(NamedTuple):
    """The compared responses of some rows: those of row i are ``texts[starts[i]:starts[i + 1]]``, as delivered."""

    texts: Forms
    starts: Ints


def form_columns(kind: LabelKind, table: pa.Table) -> dict[str, pa.Array]:
    """The forms of the texts of candidates as the checks and the fingerprints take them.

    Args:
        kind: Of the candidates.
        table: The candidates, in the columns of `records.CANDIDATE_FIELDS`.

    Returns:
        SFT: ``question_strict``, ``question_normalised``, ``question_folded``, the same of ``answer`` (string). RM: the
        same of ``prompt`` (string) and ``responses`` (list<string>). Nulls stay null.
    """
    columns = {}
    for name in _TEXT_COLUMNS[kind]:
        for suffix, form in zip(_SUFFIXES, forms(table[name]), strict=True):
            columns[f"{name}_{suffix}"] = form
    if kind is LabelKind.RM:
        responses = one_array(table["responses"])
        offsets = list_offsets(responses)
        for suffix, form in zip(_SUFFIXES, forms(pc.struct_field(responses.flatten(), "text")), strict=True):
            columns[f"responses_{suffix}"] = lists_of(offsets, form, nulls_of=responses)
    return columns


def prompt_part(kind: LabelKind, table: pa.Table, columns: FormColumns) -> Prompt:
    """The prompts of candidates.

    Args:
        kind: Of the candidates.
        table: Their columns ``history`` (list<struct<role, content>>) and ``system`` (string), as delivered.
        columns: Their ``form_columns``, at least those of the prompt.
    """
    return Prompt(
        text=_forms_of(columns, PROMPT_COLUMN[kind]),
        history=_history(one_array(table["history"])),
        system=_system(one_array(table["system"])),
    )


def prompt_of(kind: LabelKind, table: pa.Table) -> Prompt:
    """The prompts of records of which only prompt or question, ``history`` and ``system`` are at hand.

    Args:
        kind: Of the records.
        table: These columns, as delivered.
    """
    name = PROMPT_COLUMN[kind]
    made = zip(_SUFFIXES, forms(table[name]), strict=True)
    return prompt_part(kind, table, {f"{name}_{suffix}": form for suffix, form in made})


def response_part(kind: LabelKind, columns: FormColumns) -> Responses:
    """The responses of candidates; the answer is the one response of an SFT row.

    Args:
        kind: Of the candidates.
        columns: Their ``form_columns``.
    """
    if kind is LabelKind.SFT:
        answers = _forms_of(columns, "answer")
        return Responses(answers, np.arange(len(answers.strict) + 1, dtype=np.int64))
    lists = [one_array(columns[f"responses_{suffix}"]) for suffix in _SUFFIXES]
    return Responses(Forms(*(one.flatten().fill_null("") for one in lists)), list_offsets(lists[0]))


def _forms_of(columns: FormColumns, name: str) -> Forms:
    return Forms(*(one_array(columns[f"{name}_{suffix}"]).fill_null("") for suffix in _SUFFIXES))


def _system(system: pa.StringArray) -> Forms | None:
    return None if system.null_count == len(system) else Forms(*(form.fill_null("") for form in forms(system)))


def _history(history: pa.ListArray) -> Forms | None:
    """The earlier turns as one text: role and content of each, between separators that no text can contain."""
    if history.null_count == len(history):
        return None
    turns = history.flatten()
    offsets = list_offsets(history)
    roles = normalise(pc.struct_field(turns, "role")).fill_null("")
    contents = forms(pc.struct_field(turns, "content"))
    return Forms(*(_joined(offsets, roles, form.fill_null("")) for form in contents))


def _joined(offsets: Ints, roles: pa.StringArray, contents: pa.StringArray) -> pa.StringArray:
    return pc.binary_join(lists_of(offsets, pc.binary_join_element_wise(roles, contents, _AFTER_ROLE)), _AFTER_TURN)
