"""Sheets of Excel workbooks (.xlsx, .xlsm), row by row.

Not by a library: calamine makes room for every cell between the first and the last, so that two cells in the corners of
a sheet end the process, and has blank cells for errors; openpyxl takes ten times as long and knows no merged cells when
it reads row by row.
"""

import re
import zipfile
from collections.abc import Iterator

from sftrm_quality.reading.books import Sheet
from sftrm_quality.reading.office_xml import DAMAGE, Attributes, BadPart, parsed, read_part
from sftrm_quality.reading.workbooks.cells import Formats, unescaped
from sftrm_quality.reading.workbooks.rows import MOST_COLUMNS, MOST_ROWS, Range, SheetRow, column_number
from sftrm_quality.words import say

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z0-9:$]{1,40})[\"']")
_BLOCK, _OVERLAP = 1 << 20, 256


def xlsx_rows(archive: zipfile.ZipFile, sheet: Sheet) -> Iterator[SheetRow]:
    """The rows of a sheet that are not blank.

    Args:
        archive: The workbook.
        sheet: Which of its sheets.

    Raises:
        BadPart: A part is damaged. All rows before it were given.
    """
    formats = Formats()
    if "xl/styles.xml" in archive.namelist():
        read_part(archive, "xl/styles.xml", formats.start)
    read_part(archive, "xl/workbook.xml", formats.start)
    reader = _Rows(_shared_texts(archive), formats)
    with archive.open(sheet.part) as part:
        try:
            for _ in parsed(part, reader.start, reader.end, reader.text):
                yield from reader.done
                reader.done.clear()
        except (*DAMAGE, BadPart):
            yield from reader.done  # of the block in which the damage is
            raise


def xlsx_merged(archive: zipfile.ZipFile, sheet: Sheet) -> list[Range]:
    """The merged ranges of a sheet, which come behind its rows. Raises what archives raise."""
    found, before = set(), b""
    with archive.open(sheet.part) as part:
        while block := part.read(_BLOCK):
            # At some length no text between tags is a tag of ours.
            found.update(_MERGED.findall(before + block))
            before = (before + block)[-_OVERLAP:]
    ranges = []
    for reference in found:
        corners = [_REFERENCE.fullmatch(one) for one in reference.decode().split(":")]
        if len(corners) == 2 and corners[0] and corners[1]:
            (first, last) = ((int(one[2]), column_number(one[1])) for one in corners if one)
            ranges.append((first[0], last[0], first[1], last[1]))
    return sorted(ranges)


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells name by their number."""
    texts: list[str] = []
    parts: list[str] = []
    inside = {"t": False, "rPh": False}

    def start(name: str, _: Attributes) -> None:
        if name in inside:
            inside[name] = True

    def end(name: str) -> None:
        if name in inside:
            inside[name] = False
        elif name == "si":
            texts.append(unescaped("".join(parts)))
            parts.clear()

    def text(data: str) -> None:
        if inside["t"] and not inside["rPh"]:  # rPh is how a text is pronounced
            parts.append(data)

    if "xl/sharedStrings.xml" in archive.namelist():
        with archive.open("xl/sharedStrings.xml") as part:
            for _ in parsed(part, start, end, text):
                pass
    return texts


class _Rows:
    """Takes the elements of a sheet; ``done`` has the rows that came to their end."""

    def __init__(self, shared: list[str], formats: Formats) -> None:
        self.done: list[SheetRow] = []
        self._shared, self._formats = shared, formats
        self._row = SheetRow(0)
        self._column = 0
        self._type = self._style = self._inside = ""
        self._value: list[str] | None = None
        self._formula: list[str] | None = None
        self._is_spoken = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self._row = SheetRow(_bounded(attributes.get("r", str(self._row.line + 1)), MOST_ROWS))
            self._column = 0
        elif name in ("v", "t"):
            self._inside = name
            self._value = self._value if self._value is not None else []
        elif name == "f":
            self._inside, self._formula = name, []
        elif name == "rPh":
            self._is_spoken = True

    def _cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        elif (found := _REFERENCE.fullmatch(reference)) is not None:
            self._column = column_number(found[1])
        else:
            raise BadPart(say("'{reference}' is not a cell", reference=reference[:20]))
        if self._column > MOST_COLUMNS:
            raise BadPart(say("'{reference}' is not a cell", reference=str(reference)[:20]))
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._value = self._formula = None

    def text(self, data: str) -> None:
        if self._inside == "f" and self._formula is not None:
            self._formula.append(data)
        elif self._inside and self._value is not None and not self._is_spoken:
            self._value.append(data)

    def end(self, name: str) -> None:
        if name in ("v", "t", "f"):
            self._inside = ""
        elif name == "rPh":
            self._is_spoken = False
        elif name == "c":
            if text := self._said():
                self._row.cells[self._column] = text
            if self._formula is not None:
                self._row.formulas.append(self._column)
        elif name == "row" and (self._row.cells or self._row.damage):
            self.done.append(self._row)

    def _said(self) -> str:
        if self._value is None:
            # A formula whose value nobody has calculated: what there is of it, since blank would be a guess.
            return "" if self._formula is None else "=" + "".join(self._formula)
        value = "".join(self._value)
        if self._type == "s":
            if value.strip().isdecimal() and int(value) < len(self._shared):
                return self._shared[int(value)]
            self._row.damage = say("a cell refers to a text that is not in the workbook")
            return ""
        if self._type in ("str", "inlineStr"):
            return unescaped(value)
        if self._type == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value.strip(), value)
        return self._formats.text_of(value, self._style) if self._type == "n" else value


def _bounded(number: str, most: int) -> int:
    if not number.isdecimal() or not 0 < int(number[:9]) <= most:
        raise BadPart(say("'{number}' is not a row number", number=number[:20]))
    return int(number)
