"""Rows of a sheet as records: the first row that is not blank names the columns."""

import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import orjson
import pyarrow as pa

from sftrm_quality.reading.books import Sheet
from sftrm_quality.reading.office_xml import DAMAGE, BadPart
from sftrm_quality.reading.tables.pieces import Broken, Piece, Pieces, lost
from sftrm_quality.reading.workbooks.ods import OdsRows
from sftrm_quality.reading.workbooks.rows import Range, SheetRow, column_letters
from sftrm_quality.reading.workbooks.xlsx import xlsx_merged, xlsx_rows
from sftrm_quality.words import say

_AT_A_TIME = 1000
_CHARACTERS = 1 << 20  # of a piece, but for its last row


@dataclass
class SheetRecords:
    """The records of a sheet. names: of its columns, by their number; without any the sheet is blank.

    unusable: why its rows cannot be records. ends_early: it was seen to be damaged.
    """

    rows: Iterator[SheetRow]
    merged: Sequence[Range]
    names: dict[int, str] = field(default_factory=dict)
    unusable: str = ""
    ends_early: bool = False

    def pieces(self) -> Pieces:
        """Its rows behind the header, and one more where the sheet is damaged."""
        together: list[SheetRow] = []
        length = 0
        try:
            for row in self.rows:
                together.append(row)
                length += sum(map(len, row.cells.values()))
                if len(together) >= _AT_A_TIME or length >= _CHARACTERS:
                    yield self._piece(together)
                    together, length = [], 0
        except (*DAMAGE, BadPart) as error:
            self.ends_early = True
            why: Exception | None = error
        else:
            why = None
        if together:
            yield self._piece(together)
        if why is not None:
            yield lost(1, "stream_broken", say("the sheet cannot be read to its end ({why})", why=why))

    def _piece(self, rows: list[SheetRow]) -> Piece:
        broken = {i: why for i, row in enumerate(rows) if (why := self._broken(row)) is not None}
        columns = [pa.array([row.cells.get(number) for row in rows], pa.string()) for number in self.names]
        table = pa.Table.from_arrays(columns, names=list(self.names.values()))
        return Piece(len(rows), table, broken, lines=np.array([row.line for row in rows], np.int64))

    def _broken(self, row: SheetRow) -> Broken | None:
        if row.damage:
            return Broken("page_broken", row.damage, self._text(row))
        for first, last, left, right in self.merged:
            if first <= row.line <= last:
                cells = f"{column_letters(left)}{first}:{column_letters(right)}{last}"
                return Broken("cells_merged", say("the cells {cells} are merged", cells=cells), self._text(row))
        for number in row.cells:
            if number not in self.names:
                cell = f"{column_letters(number)}{row.line}"
                said = say("the cell {cell} has a value, its column has no name", cell=cell)
                return Broken("column_unnamed", said, self._text(row))
        return None

    def _text(self, row: SheetRow) -> bytes:
        """As JSON; a column without a name under its letters."""
        return orjson.dumps({self.names.get(n, column_letters(n)): text for n, text in row.cells.items()})


def open_records(archive: zipfile.ZipFile, sheet: Sheet) -> SheetRecords:
    """The records of a sheet, up to its header read.

    Args:
        archive: The workbook; it is read as long as the records are.
        sheet: Which of its sheets.

    Returns:
        The records.
    """
    merged: Sequence[Range]
    try:
        if sheet.kind == "xlsx":
            merged, rows = xlsx_merged(archive, sheet), xlsx_rows(archive, sheet)
        else:
            reader = OdsRows(archive, sheet)
            merged, rows = reader.merged, reader.rows()
        rows = (row for row in rows if row.damage or any(text.strip() for text in row.cells.values()))
        header = next(rows, None)
    except (*DAMAGE, BadPart) as error:
        return SheetRecords(iter(()), (), unusable=say("its first row cannot be read ({why})", why=error))
    if header is None:
        return SheetRecords(iter(()), ())
    names = {number: text for number, text in sorted(header.cells.items()) if text.strip()}
    twice = next((name for name, times in Counter(names.values()).items() if times > 1), None)
    unusable = header.damage
    if twice is not None:
        unusable = say("two of its columns are called '{name}'; rename one of them", name=twice[:60])
    return SheetRecords(rows, merged, names, unusable)
