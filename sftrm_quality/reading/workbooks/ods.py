"""Sheets of OpenDocument workbooks (.ods), row by row. Equal rows and cells are written once, with their number."""

import re
import zipfile
from collections.abc import Iterator

from sftrm_quality.reading.books import Sheet
from sftrm_quality.reading.office_xml import DAMAGE, Attributes, BadPart, parsed
from sftrm_quality.reading.workbooks.cells import plain_number
from sftrm_quality.reading.workbooks.rows import MOST_COLUMNS, MOST_ROWS, Range, SheetRow
from sftrm_quality.words import say

_REPEATED_CHARACTERS = 1 << 30
"""What repeated rows come to at most: a row of a few bytes may say that there are a million of it."""
_TIME = re.compile(r"PT([0-9]+)H([0-9]+)M([0-9]+)(?:[.,][0-9]+)?S")


class OdsRows:
    """The rows of a sheet that are not blank; ``merged`` is known once they were read."""

    def __init__(self, archive: zipfile.ZipFile, sheet: Sheet) -> None:
        self._archive, self._sheet = archive, sheet
        self.merged: list[Range] = []
        self._done: list[tuple[SheetRow, int]] = []
        self._table, self._depth = -1, 0
        self._written = 0
        self._line, self._times, self._column = 1, 1, 1
        self._cells: dict[int, str] = {}
        self._cell: Attributes | None = None
        self._name = ""
        self._paragraphs: list[list[str]] = []
        self._in_paragraph = self._in_note = 0

    def rows(self) -> Iterator[SheetRow]:
        """Them. Raises BadPart and what archives raise; all rows before the damage were given."""
        with self._archive.open(self._sheet.part) as part:
            try:
                for _ in parsed(part, self._start, self._end, self._text):
                    yield from self._repeated()
            except (*DAMAGE, BadPart):
                yield from self._repeated()  # of the block in which the damage is
                raise

    def _repeated(self) -> Iterator[SheetRow]:
        done, self._done = self._done, []
        for row, times in done:
            self._written += (times - 1) * sum(map(len, row.cells.values()))
            if row.line + times - 1 > MOST_ROWS or self._written > _REPEATED_CHARACTERS:
                raise BadPart(say("row {line:,} is repeated {times:,} times", line=row.line, times=times))
            for line in range(row.line, row.line + times):
                yield SheetRow(line, row.cells)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "table":
            self._depth += 1
            if self._depth == 1:
                self._table += 1
                self._line = 1
        if self._table != self._sheet.number or self._depth != 1:
            return
        if name == "table-row":
            self._times, self._column, self._cells = _times(attributes, "number-rows-repeated"), 1, {}
        elif name in ("table-cell", "covered-table-cell"):
            self._cell, self._name, self._paragraphs = attributes, name, []
        elif self._cell is not None:
            self._start_inside(name, attributes)

    def _start_inside(self, name: str, attributes: Attributes) -> None:
        if name in ("annotation", "frame"):
            self._in_note += 1
        elif not self._in_note and name in ("p", "h"):
            self._in_paragraph += 1
            self._paragraphs.append([])
        elif self._in_paragraph and not self._in_note and self._paragraphs:
            count = min(_times(attributes, "c"), MOST_ROWS) if name == "s" else 1
            said = {"s": " " * count, "tab": "\t", "line-break": "\n"}.get(name, "")
            self._paragraphs[-1].append(said)

    def _text(self, data: str) -> None:
        if self._in_paragraph and not self._in_note and self._paragraphs:
            self._paragraphs[-1].append(data)

    def _end(self, name: str) -> None:
        if name == "table":
            self._depth -= 1
        if self._table != self._sheet.number or self._depth != 1:
            return
        if name in ("annotation", "frame"):
            self._in_note = max(0, self._in_note - 1)
        elif name in ("p", "h") and not self._in_note:
            self._in_paragraph = max(0, self._in_paragraph - 1)
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
        elif name == "table-row":
            if self._cells:
                self._done.append((SheetRow(self._line, self._cells), self._times))
            self._line += self._times

    def _end_cell(self, attributes: Attributes) -> None:
        times, text = _times(attributes, "number-columns-repeated"), self._said(attributes)
        if text:
            if self._column + times - 1 > MOST_COLUMNS:
                raise BadPart(say("row {line:,} has more cells than a sheet", line=self._line))
            self._cells.update(dict.fromkeys(range(self._column, self._column + times), text))
        across, down = (_times(attributes, f"number-{what}-spanned") for what in ("columns", "rows"))
        if across > 1 or down > 1:
            self.merged.append((self._line, self._line + down - 1, self._column, self._column + across - 1))
        self._column += times
        self._cell = None
        self._in_paragraph = self._in_note = 0

    def _said(self, attributes: Attributes) -> str:
        kind = attributes.get("value-type", "")
        if kind in ("float", "percentage", "currency"):
            return plain_number(attributes.get("value", ""))
        if kind == "date":
            return attributes.get("date-value", "").removesuffix("T00:00:00")
        if kind == "time":
            value = attributes.get("time-value", "")
            found = _TIME.fullmatch(value)
            return f"{int(found[1]):02}:{int(found[2]):02}:{int(found[3]):02}" if found else value
        if kind == "boolean":
            return attributes.get("boolean-value", "").upper()
        if self._paragraphs:
            return "\n".join("".join(parts) for parts in self._paragraphs)
        return attributes.get("string-value", "")


def _times(attributes: Attributes, name: str) -> int:
    times = attributes.get(name, "1")
    return max(1, int(times)) if times.isdecimal() and len(times) < 10 else 1
