"""What of a record is compared: its prompt, history, system message and responses, each normalised.

An SFT record is seen as a prompt with one response, so that everything after this treats both label kinds alike.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Ints, list_offsets, lists_of, one_array
from sftrm_quality.records import LabelKind
from sftrm_quality.text import normalise

# Controls never survive the normalisation, so nothing that a turn says can look like the end of it.
_AFTER_ROLE, _AFTER_TURN = "\x1f", "\x1e"


PROMPT_COLUMN = {LabelKind.SFT: "question", LabelKind.RM: "prompt"}


class Prompt(NamedTuple):
    """The compared texts of the prompts of some rows. None is null; a missing one is empty.

    ``history`` and ``system`` are None where no row has one.
    """

    text: pa.StringArray
    history: pa.StringArray | None
    system: pa.StringArray | None


class Responses(NamedTuple):
    """The compared responses of some rows: those of row i are ``texts[starts[i]:starts[i + 1]]``, as delivered."""

    texts: pa.StringArray
    starts: Ints


def normalised_columns(kind: LabelKind, table: pa.Table) -> dict[str, pa.Array]:
    """The normalised texts of candidates as the checks and the fingerprints take them.

    Args:
        kind: Of the candidates.
        table: The candidates, in the columns of `records.CANDIDATE_FIELDS`.

    Returns:
        SFT: ``question_normalised``, ``answer_normalised`` (string). RM: ``prompt_normalised`` (string),
        ``responses_normalised`` (list<string>). Nulls stay null.
    """
    if kind is LabelKind.SFT:
        return {f"{name}_normalised": normalise(table[name]) for name in ("question", "answer")}
    responses = one_array(table["responses"])
    texts = normalise(pc.struct_field(responses.flatten(), "text"))
    lists = lists_of(list_offsets(responses), texts, nulls_of=responses)
    return {"prompt_normalised": normalise(table["prompt"]), "responses_normalised": lists}


def prompt_part(table: pa.Table, prompt_normalised: pa.Array | pa.ChunkedArray) -> Prompt:
    """The prompts of candidates.

    Args:
        table: Their columns ``history`` (list<struct<role, content>>) and ``system`` (string), not normalised.
        prompt_normalised: Their prompt or question, normalised.
    """
    return Prompt(
        text=one_array(prompt_normalised).fill_null(""),
        history=_history(one_array(table["history"])),
        system=_system(one_array(table["system"])),
    )


def response_part(kind: LabelKind, normalised: Mapping[str, pa.Array] | pa.Table) -> Responses:
    """The responses of candidates; the answer is the one response of an SFT row.

    Args:
        kind: Of the candidates.
        normalised: Their ``normalised_columns``.
    """
    if kind is LabelKind.SFT:
        answers = one_array(normalised["answer_normalised"])
        return Responses(answers.fill_null(""), np.arange(len(answers) + 1, dtype=np.int64))
    lists = one_array(normalised["responses_normalised"])
    return Responses(lists.flatten().fill_null(""), list_offsets(lists))


def _system(system: pa.StringArray) -> pa.StringArray | None:
    return None if system.null_count == len(system) else normalise(system).fill_null("")


def _history(history: pa.ListArray) -> pa.StringArray | None:
    """The earlier turns as one text: role and content of each, between separators that no text can contain."""
    if history.null_count == len(history):
        return None
    turns = history.flatten()
    roles, contents = (normalise(pc.struct_field(turns, name)).fill_null("") for name in ("role", "content"))
    lines = pc.binary_join_element_wise(roles, contents, _AFTER_ROLE)
    return pc.binary_join(lists_of(list_offsets(history), lines), _AFTER_TURN)
