"""The declared repairs of some records, text by text, and which records they changed."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Mask, Rows, as_mask, list_offsets, lists_of, one_array
from sftrm_quality.checks import closer_look, texts, undone
from sftrm_quality.checks.closer_look import deserve_a_look
from sftrm_quality.checks.signs import MISREAD, has_sign, signs_of
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind, Repair
from sftrm_quality.repairs.end_tokens import END_TOKEN, without_end_tokens
from sftrm_quality.repairs.escapes import ENTITY, EXCEL_ESCAPE, without_entities, without_excel_escapes
from sftrm_quality.repairs.losers import without_blank_losers

# The texts of a record; each is looked at beside the first, which is what the others answer.
_TEXTS = {
    LabelKind.SFT: ("question", "system", "history", "answer"),
    LabelKind.RM: ("prompt", "system", "history", "responses"),
}
_ANSWERS = ("answer", "responses")


@dataclass(frozen=True)
class Repaired:
    """Records after the repairs.

    table: as it was given, with the texts and responses as they are now. repairs: list<string>, of each record the
    names of what changed it, in the order in which it was done.
    """

    table: pa.Table
    repairs: pa.ListArray

    @property
    def rows(self) -> Rows:
        """Of the records that were changed."""
        return np.flatnonzero(np.diff(list_offsets(self.repairs)))

    def counts(self) -> dict[str, int]:
        """How many records each repair changed; those that changed none are not named."""
        return dict(sorted(Counter(self.repairs.flatten().to_pylist()).items()))


def repair(kind: LabelKind, table: pa.Table, declared: Collection[Repair], losers_tie: Mask, ties: str) -> Repaired:
    """Mend records.

    Args:
        kind: Of the records.
        table: With the columns of `records.CANDIDATE_FIELDS`, each in one chunk; others stay as they are.
        declared: What may be done. It is done in the order of `records.Repair`.
        losers_tie: Of each record, whether its format says that its losers tie.
        ties: The source's policy for equal ranks.

    Returns:
        All records, in their order.
    """
    done: dict[int, set[Repair]] = {}
    of_texts = [one for one in Repair if one in declared and one in _POSSIBLE]
    if of_texts:
        prompts = _TEXTS[kind][0]
        for name in _TEXTS[kind]:
            column = _mended(one_array(table[name]), name, one_array(table[prompts]), of_texts, done)
            table = _with(kind, table, name, column)
    if kind is LabelKind.RM and Repair.DROP_BLANK_LOSERS in declared:
        responses = one_array(table["responses"])
        left = without_blank_losers(one_array(table["prompt"]), responses, losers_tie, ties)
        if left:
            for row in left:
                done.setdefault(row, set()).add(Repair.DROP_BLANK_LOSERS)
            table = _with(kind, table, "responses", _replaced(responses, left))
    return Repaired(table, _names(done, len(table)))


def _with(kind: LabelKind, table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), CANDIDATE_FIELDS[kind].field(name), column)


def _mended(
    column: pa.Array, name: str, prompts: pa.StringArray, repairs: list[Repair], done: dict[int, set[Repair]]
) -> pa.Array:
    """A column of texts, responses or turns with its texts mended; ``done`` learns by row what was done."""
    row_of, flat = texts.text_of_each(column)
    possible = np.zeros(len(flat), bool)
    for one in repairs:
        possible |= _POSSIBLE[one](flat)
    mended: dict[int, str] = {}
    turns = column.flatten().to_pylist() if column.type.equals(texts.TURNS) and possible.any() else []
    for at in np.flatnonzero(possible).tolist():
        row, text = int(row_of[at]), flat[at].as_py()
        if name == "history":
            is_prompt = (turns[at] or {}).get("role") != "assistant"
            first = at == 0 or row_of[at - 1] != row
            asked = None if is_prompt or first else mended.get(at - 1, (turns[at - 1] or {}).get("content"))
        else:
            is_prompt = name not in _ANSWERS
            asked = None if is_prompt else prompts[row].as_py()
        now = text
        for one in repairs:
            before, now = now, _MEND[one](now, asked, is_prompt)
            if now != before:
                done.setdefault(row, set()).add(one)
        if now != text:
            mended[at] = now
    if not mended:
        return column
    mask = np.zeros(len(flat), bool)
    mask[list(mended)] = True
    texts_now = pc.replace_with_mask(flat, pa.array(mask), pa.array(list(mended.values()), pa.string()))
    return texts_now if column.type == pa.string() else _lists_with(column, texts_now)


def _lists_with(lists: pa.ListArray, texts_now: pa.StringArray) -> pa.ListArray:
    """Responses or turns with other texts."""
    structs = lists.flatten()
    name = "content" if lists.type.equals(texts.TURNS) else "text"
    children = [texts_now if field.name == name else pc.struct_field(structs, field.name) for field in structs.type]
    missing = structs.is_null() if structs.null_count else None
    values = pa.StructArray.from_arrays(children, fields=list(structs.type), mask=missing)
    return lists_of(list_offsets(lists), values, nulls_of=lists)


def _replaced(lists: pa.ListArray, by_row: Mapping[int, list[dict[str, object]]]) -> pa.ListArray:
    """Lists with some of them replaced, without taking the others apart."""
    rows = sorted(by_row)
    replaced = pa.array([by_row[row] for row in rows], lists.type)
    order = np.arange(len(lists))
    order[rows] = len(lists) + np.arange(len(rows))
    return pa.concat_arrays([lists, replaced]).take(pa.array(order))


def _names(done: Mapping[int, set[Repair]], rows: int) -> pa.ListArray:
    lengths = np.zeros(rows + 1, np.int32)
    lengths[np.array(sorted(done), np.int64) + 1] = [len(done[row]) for row in sorted(done)]
    names = [str(one) for row in sorted(done) for one in Repair if one in done[row]]
    return pa.ListArray.from_arrays(pa.array(np.cumsum(lengths, dtype=np.int32)), pa.array(names, pa.string()))


def _decomposed(column: pa.StringArray) -> Mask:
    return as_mask(pc.not_equal(pc.utf8_normalize(column, "NFC"), column))


def _may_end_with_a_token(column: pa.StringArray) -> Mask:
    """RE2 takes half a millisecond to compile the pattern, and most columns of small files have no bracket at all."""
    brackets = as_mask(pc.match_substring(column, ">")) | as_mask(pc.match_substring(column, "]"))
    return texts.matches(column, END_TOKEN) if brackets.any() else brackets


_POSSIBLE: Mapping[Repair, Callable[[pa.StringArray], Mask]] = {
    Repair.UNDO_MOJIBAKE: lambda column: (
        has_sign(signs_of(column), MISREAD) | deserve_a_look(column, closer_look.MISREAD)
    ),
    Repair.DECODE_HTML_ENTITIES: partial(texts.matches, pattern=ENTITY),
    Repair.DECODE_EXCEL_ESCAPES: partial(texts.matches, pattern=EXCEL_ESCAPE),
    Repair.COMPOSE_NFC: _decomposed,
    Repair.STRIP_END_TOKENS: _may_end_with_a_token,
}
"""Which texts each repair may change: some too many, none too few."""

_MEND: Mapping[Repair, Callable[[str, str | None, bool], str]] = {
    Repair.UNDO_MOJIBAKE: lambda text, asked, is_prompt: undone(text) or text,
    Repair.DECODE_HTML_ENTITIES: lambda text, asked, is_prompt: without_entities(text, text if is_prompt else asked),
    Repair.DECODE_EXCEL_ESCAPES: lambda text, asked, is_prompt: without_excel_escapes(
        text, text if is_prompt else asked
    ),
    Repair.COMPOSE_NFC: lambda text, asked, is_prompt: unicodedata.normalize("NFC", text),
    Repair.STRIP_END_TOKENS: lambda text, asked, is_prompt: without_end_tokens(text, asked, is_prompt=is_prompt),
}
