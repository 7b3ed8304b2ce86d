"""A workbook for people: what to do, the records of each label kind, and those that are to be delivered anew.

Only cells to fill can be changed. That keeps people from slips and nobody from anything: there is no password, and
what comes back is compared with what was delivered all the same.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from sftrm_quality.records import LabelKind
from sftrm_quality.rows import SHEET_ROWS, Cell, LongTexts, opened_workbook
from sftrm_quality.sheets.fields import NEW, is_text
from sftrm_quality.sheets.tables import ABOUT, ANEW, RECORD, Tables, ToMend, columns
from sftrm_quality.words import say, say_of

# In characters: names are read at once, texts begin. An id is for programs.
_WIDTHS = {RECORD: 12, "file": 24, "line": 8, "data_id": 14, "what_is_wrong": 44, "payload": 60}
_Shown = Cell | float | None
_TEXT, _NUMBER, _INSTRUCTIONS = 40, 9, 110
# In points, some five lines: of longer texts the line of the sheet shows the rest.
_HEIGHT = 75
_TO_FILL, _HEAD = "#FFF6D6", "#E8E8E8"
_AS_TEXT = 49  # Excel's number of the format "@"
# What people may do all the same: look at long texts, and at some records first.
_ALLOWED = {"format_columns": True, "format_rows": True, "autofilter": True}


def write_workbook(tables: Tables, file: BinaryIO, folder: Path, long_texts: LongTexts) -> None:
    """Write a workbook.

    Args:
        tables: What it has.
        file: What it is written to.
        folder: For what it takes on the disk meanwhile.
        long_texts: The file beside it.
    """
    with opened_workbook(file, folder) as book:
        first = book.add_worksheet(say("what to do"))
        sheets = {kind: _Sheet(book, kind.upper(), columns(fields)) for kind, fields in tables.fields.items()}
        for record in tables.records():
            sheets[record.kind].add(_mendable(record, tables.fields[record.kind], long_texts))
        if tables.to_deliver_anew:
            sheet = _Sheet(book, say("deliver again"), ANEW)
            for one in tables.others():
                texts = {"data_id": one.data_id, "what_is_wrong": "\n".join(one.what_is_wrong), "payload": one.payload}
                shown = {name: long_texts.cell(one.record_id, name, text) for name, text in texts.items()}
                sheet.add({"file": one.file, "line": one.line, **shown})
        # By now it is known whether there are longer texts.
        _instructions(book, first, _said(tables, long_texts))


def _mendable(record: ToMend, fields: Sequence[str], long_texts: LongTexts) -> dict[str, _Shown]:
    """The cells of a record by their columns; None for one to fill."""
    cells: dict[str, _Shown] = {RECORD: record.record, "file": record.file, "line": record.line}
    cells["what_is_wrong"] = long_texts.cell(record.record, "what_is_wrong", "\n".join(record.what_is_wrong))
    for name in fields:
        if name in record.values:
            value = "" if record.values[name] is None else record.values[name]
            cells[name] = long_texts.cell(record.record, name, value) if isinstance(value, str) else value
            cells[NEW + name] = None
    return cells


class _Sheet:
    """A table that is protected but for its cells to fill; one that is full is followed by another one."""

    def __init__(self, book: Any, title: str, names: Sequence[str]) -> None:
        self._book, self._title, self._names = book, title, names
        self._head = book.add_format({"bold": True, "bg_color": _HEAD, "border": 1, "valign": "top"})
        text = {"text_wrap": True, "valign": "top", "border": 1}
        self._locked = book.add_format(text)
        to_fill = {**text, "bg_color": _TO_FILL, "locked": False}
        # So that nothing that is typed becomes a formula or a date.
        self._text = book.add_format({**to_fill, "num_format": _AS_TEXT})
        self._number = book.add_format(to_fill)
        self._parts = 0
        self._begin()

    def _begin(self) -> None:
        self._parts += 1
        title = self._title if self._parts == 1 else say("{sheet} {number}", sheet=self._title, number=self._parts)
        self._sheet = self._book.add_worksheet(title)
        self._sheet.protect("", _ALLOWED)
        for column, name in enumerate(self._names):
            width = _WIDTHS.get(name) or (_TEXT if is_text(name) else _NUMBER)
            self._sheet.set_column(column, column, width)
            self._sheet.write_string(0, column, name, self._head)
        self._sheet.freeze_panes(1, len(ABOUT) if RECORD in self._names else 0)
        self._sheet.autofilter(0, 0, SHEET_ROWS - 1, len(self._names) - 1)
        self._row = 1

    def add(self, cells: Mapping[str, _Shown]) -> None:
        """Add a row.

        Args:
            cells: By their columns. None is a cell to fill; a column that is not named has nothing for this record.
        """
        if self._row == SHEET_ROWS:
            self._begin()
        self._sheet.set_row(self._row, _HEIGHT)
        for column, name in enumerate(self._names):
            cell = cells.get(name, "")
            if cell is None:
                to_fill = self._text if is_text(name) else self._number
                self._sheet.write_blank(self._row, column, None, to_fill)
            elif isinstance(cell, int | float):
                self._sheet.write_number(self._row, column, cell, self._locked)
            elif cell:
                self._sheet.write_string(self._row, column, cell, self._locked)
        self._row += 1


def _instructions(book: Any, sheet: Any, said: Sequence[str]) -> None:
    sheet.protect("", _ALLOWED)
    sheet.set_column(0, 0, _INSTRUCTIONS)
    head = book.add_format({"bold": True, "font_size": 14})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    title, *lines = said
    sheet.write_string(0, 0, title, head)
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line, plain)


def _said(tables: Tables, long_texts: LongTexts) -> list[str]:
    """A heading, and what to do, a sentence or two per line."""
    count = sum(tables.to_mend.values())
    named = ", ".join(map(str.upper, tables.fields)) or "–"
    said = [
        say("Records to mend"),
        say_of(
            "{count} record did not pass our checks. It is in the sheet {sheets}, in a row of its own.",
            "{count} records did not pass our checks. Each has a row of its own in the sheets: {sheets}.",
            count,
            sheets=named,
        ),
        say(
            "The column what_is_wrong says what is wrong with the record. The white cells show it as it was delivered."
        ),
        say("Write into the yellow cell right of what is wrong. Write the whole new text, not only what changes."),
        say(
            "Leave a yellow cell empty where nothing is wrong. Leave all of them empty where you cannot mend a record."
        ),
        say("Do not change the other cells, the names of the columns, or the sheets. Rows may be left out."),
        say("No formulas, please: only texts and numbers that are typed or pasted as values."),
    ]
    if long_texts.count:
        said.append(
            say(
                "Where a text ends with […], it is longer than a cell. All of it is in {file}, which came with this "
                "workbook. If just such a text is wrong, deliver the record anew.",
                file=long_texts.path.name,
            )
        )
    if LabelKind.RM in tables.to_mend:
        said.append(say("A rank is a whole number, and 1 is the best response."))
    if tables.to_deliver_anew:
        said.append(
            say_of(
                "{count} record is in the sheet '{sheet}': it could not be read as a record. Correct it in your own "
                "data, and deliver its file anew.",
                "{count} records are in the sheet '{sheet}': they could not be read as records. Correct them in your "
                "own data, and deliver their files anew.",
                tables.to_deliver_anew,
                sheet=say("deliver again"),
            )
        )
    said.append(say("When you are done, save this workbook as .xlsx and send it back."))
    return said
