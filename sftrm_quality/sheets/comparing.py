"""What of a sheet is a correction: each filled cell against the record as it was delivered."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sftrm_quality.reviews import Value, field_of, refuse_value
from sftrm_quality.rows import LONGEST_CELL, fits, from_inert, units, visible
from sftrm_quality.sheets.failing import FailingRecord
from sftrm_quality.sheets.fields import NEW, is_text
from sftrm_quality.sheets.filled import FilledRow
from sftrm_quality.sheets.tables import RECORD
from sftrm_quality.words import say

# Of a text that is longer than a cell, in characters: what is compared. The note behind it is some hundred long.
_COMPARED = 30_000
_ID = re.compile("(sft|rm)-[0-9a-f]{32}")
_WHOLE = re.compile(r"[+-]?\d{1,30}")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_CONTROL = re.compile(r"⟨U\+[0-9A-F]{4}⟩")
# What Excel shows of formulas that it cannot calculate, and what somebody gets who types a text that looks like one.
_ERRORS = {"#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}


@dataclass(frozen=True)
class Told:
    """A row that is no correction, and why."""

    where: str
    why: str


@dataclass(frozen=True)
class NewValues:
    """A row that is one. changes: by the field, what was delivered and what it is to be."""

    where: str
    failing: FailingRecord
    changes: Mapping[str, tuple[Value, Value]]


@dataclass(frozen=True)
class Compared:
    """The rows of a sheet. same: cells that are filled with what is there already. empty: rows with nothing to do."""

    new: list[NewValues]
    refused: list[Told]
    same: list[Told]
    empty: int


def compare(rows: Iterable[FilledRow], failing: Mapping[str, FailingRecord], run_id: str) -> Compared:
    """Compare the rows of a sheet with the records that they are of.

    Args:
        rows: Of the sheet.
        failing: The records of the run by the content parts of their ids, those that can be mended.
        run_id: Of the run.

    Returns:
        What is new, and what is refused.
    """
    of_record: dict[str, list[FilledRow]] = defaultdict(list)
    for row in rows:
        of_record[row.record].append(row)
    new: list[NewValues] = []
    refused: list[Told] = []
    same: list[Told] = []
    empty = 0
    for record, own in of_record.items():
        one, twice = failing.get(record), sum(map(_is_filled, own)) > 1
        for row in own:
            if (why := _refusal(row, record, one, run_id, twice)) is not None:
                refused.append(Told(row.where, why))
                continue
            changes, alike = _changes(row, one) if one is not None else ({}, [])
            if one is not None and changes:
                new.append(NewValues(row.where, one, changes))
            elif alike:
                same.append(Told(row.where, say("{fields}: as it was, nothing to do", fields=", ".join(alike))))
            else:
                empty += 1
    return Compared(new, refused, same, empty)


def _is_filled(row: FilledRow) -> bool:
    return any(name.startswith(NEW) for name in (*row.cells, *row.faults))


def _refusal(row: FilledRow, record: str, one: FailingRecord | None, run_id: str, twice: bool) -> str | None:
    """Why a row is refused as a whole, so that nobody has to ask which of its cells counted."""
    if one is None or one.values is None:
        if not _is_filled(row):
            return None  # it asks for nothing
        if not _ID.fullmatch(record):  # it may be any text, which is not shown
            return say("no id of a record in the column {column}", column=RECORD)
        return say("no failing record of run {run_id} has the id {record}", run_id=run_id, record=record)
    if twice and _is_filled(row):
        return say("another row has the same id: leave out one of them")
    for name, why in row.faults.items():
        if name.startswith(NEW) or name in one.values:
            return say("{column}: {why}", column=name, why=why)
    for name, cell in row.cells.items():
        refused = _cell_refusal(row, one, name.removeprefix(NEW), cell) if name.startswith(NEW) else None
        if refused is not None:
            return say("{column}: {why}", column=name, why=refused)
    for name, value in one.values.items():
        if name in row.columns and not _is_same(row, row.cells.get(name), value):
            return say("{column}: was changed here; write the new text into {new}", column=name, new=NEW + name)
    return None


def _cell_refusal(row: FilledRow, one: FailingRecord, name: str, value: Any) -> str | None:
    assert one.values is not None
    try:
        field = field_of(one.kind, name)
    except ValueError as error:
        return str(error)
    if name not in one.values:
        return say("the record has no {field}", field=name)
    if not row.typed and isinstance(value, str):
        if value.strip() in _ERRORS:
            return say("{value} is an error of a formula", value=value.strip())
        if is_text(name) and units(value) >= LONGEST_CELL:
            return say("as long as a cell can be, so that its end may be missing; deliver the record anew")
    new = _value(row, name, value)
    original = one.values[name]
    if isinstance(new, str) and isinstance(original, str) and not row.typed:
        if not set(_CONTROL.findall(new)) <= set(_CONTROL.findall(original)):
            return say("has a sign for a control character (⟨U+…⟩); leave it out")
        if not fits(visible(original)) and new[:_COMPARED] == visible(original)[:_COMPARED]:
            return say("is only the beginning of a longer text; deliver the record anew")
    try:
        refuse_value(field, name, new)
    except ValueError as error:
        # It says the field by itself.
        return str(error).removeprefix(f"{name}: ")
    return None


def _changes(row: FilledRow, one: FailingRecord) -> tuple[dict[str, tuple[Value, Value]], list[str]]:
    """What differs, and the fields that were filled with what they have."""
    changes: dict[str, tuple[Value, Value]] = {}
    same = []
    for name, original in (one.values or {}).items():
        if NEW + name in row.cells:
            new = _value(row, name, row.cells[NEW + name])
            if new == original or (not row.typed and new == _shown(original).strip()):
                same.append(name)
            else:
                changes[name] = (original, new)
    return changes, same


def _value(row: FilledRow, name: str, cell: Any) -> Any:
    """What a cell says: of a sheet a text without the blanks around it, or a number where one is due."""
    if row.typed:
        return cell
    text = _lines(str(cell)).strip()
    if is_text(name):
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if name.endswith("score") and _NUMBER.fullmatch(text) else text


def _is_same(row: FilledRow, cell: Any, original: Value) -> bool:
    """Whether a cell still shows what was delivered, after all that programs do to cells: other line ends, blanks
    around, numbers written in another way."""
    if row.typed:
        return bool((cell or None) == (original or None))
    shown = _shown(original)
    text = _lines("" if cell is None else str(cell))
    # Of a text that had an apostrophe itself, reading a CSV file takes it for that of an inert cell.
    as_read = (shown, from_inert(shown))
    if not fits(shown):
        return text[:_COMPARED] in [one[:_COMPARED] for one in as_read]
    if text.strip() in [one.strip() for one in as_read]:
        return True
    numbers = [float(one.strip()) for one in (text, shown) if _NUMBER.fullmatch(one.strip())]
    return len(numbers) == 2 and numbers[0] == numbers[1]


def _shown(original: Value) -> str:
    """What a cell shows of a value that fits."""
    return visible(_lines("" if original is None else str(original)))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
