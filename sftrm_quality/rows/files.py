"""The kinds of files that rows are written to. The same rows make the same bytes."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from sftrm_quality.rows.cells import inert
from sftrm_quality.words import say

Cell = str | int
AddRow = Callable[[Sequence[Cell]], None]

# Of Excel, the header among them.
SHEET_ROWS = 1_048_576
# In characters: names and ids are read at once, texts begin.
_WIDTHS = (18, 32, 10, 18, 10, 28, 60, 80, 40)
# Some moment, so that the same rows make the same bytes.
_CREATED = datetime(2000, 1, 1)


@contextmanager
def csv_rows(file: BinaryIO, columns: Sequence[str], folder: Path) -> Iterator[AddRow]:
    """CSV as Excel opens it: UTF-8 with a byte order mark, without which it shows Korean as something else.

    Args:
        file: What is written to.
        columns: The names of the columns.
        folder: Not needed.

    Yields:
        What adds a row. Texts are inert, and in quotes all of them: a comma, a quote or a line end begins no new cell.
    """
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    rows.writerow(columns)
    yield lambda cells: rows.writerow([inert(cell) if isinstance(cell, str) else cell for cell in cells])
    # The file is closed by whoever opened it.
    text.detach()


class _Target:
    """What a workbook is zipped into. Once it is given up it takes whatever comes: a zip file that failed tries to end
    itself when it is forgotten, and Python tells the user that it could not."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.given_up = False

    def write(self, data: bytes) -> int:
        return len(data) if self.given_up else self._file.write(data)

    def tell(self) -> int:
        return 0 if self.given_up else self._file.tell()

    def seek(self, place: int, whence: int = 0) -> int:
        return 0 if self.given_up else self._file.seek(place, whence)

    def flush(self) -> None:
        if not self.given_up:
            self._file.flush()


@contextmanager
def opened_workbook(file: BinaryIO, folder: Path) -> Iterator[Any]:
    """A workbook that is written row by row, of which no cell is a formula, a link or a number by its looks.

    Args:
        file: What is written to.
        folder: For what a workbook takes on the disk while it is written, so that memory does not grow with it.

    Yields:
        The workbook of xlsxwriter, which is whole at the end.

    Raises:
        OSError: The disk takes no more.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(prefix=".rows-", dir=folder) as scratch:
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        target = _Target(file)
        book = xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": scratch, **plain})
        book.set_properties({"created": _CREATED})
        # Beyond 4 GiB of one sheet; smaller books are not changed by it.
        book.use_zip64()
        yield book
        try:
            book.close()
        except FileCreateError as error:
            # It wraps what the system said.
            raise error.args[0] from error
        finally:
            target.given_up = True


@contextmanager
def xlsx_rows(file: BinaryIO, columns: Sequence[str], folder: Path) -> Iterator[AddRow]:
    """A workbook of strings: none of them is a formula, a link or a number, whatever it looks like.

    Args:
        file: What is written to.
        columns: The names of the columns.
        folder: For what a workbook takes on the disk while it is written, so that memory does not grow with it.

    Yields:
        What adds a row; a sheet that is full is followed by another one.

    Raises:
        OSError: The disk takes no more.
    """
    with opened_workbook(file, folder) as book:
        bold = book.add_format({"bold": True})
        sheets: list[Any] = []
        on_sheet = SHEET_ROWS

        def add(cells: Sequence[Cell]) -> None:
            nonlocal on_sheet
            if on_sheet == SHEET_ROWS:
                begin_sheet()
            for column, cell in enumerate(cells):
                write = sheets[-1].write_string if isinstance(cell, str) else sheets[-1].write_number
                write(on_sheet, column, cell)
            on_sheet += 1

        def begin_sheet() -> None:
            nonlocal on_sheet
            sheet = book.add_worksheet(say("rows {count}", count=len(sheets) + 1) if sheets else "rows")
            for column, (name, width) in enumerate(zip(columns, _WIDTHS, strict=True)):
                sheet.set_column(column, column, width)
                sheet.write_string(0, column, name, bold)
            sheet.freeze_panes(1, 0)
            sheets.append(sheet)
            on_sheet = 1

        begin_sheet()
        yield add


@contextmanager
def jsonl_rows(file: BinaryIO, columns: Sequence[str], folder: Path) -> Iterator[AddRow]:
    """JSON lines, for programs: every text as it is.

    Args:
        file: What is written to.
        columns: The names of the columns.
        folder: Not needed.

    Yields:
        What adds a row.
    """
    yield lambda cells: _write_line(file, dict(zip(columns, cells, strict=True)))


def _write_line(file: BinaryIO, row: Mapping[str, Any]) -> None:
    file.write(orjson.dumps(row) + b"\n")


FORMATS: Mapping[str, Callable[[BinaryIO, Sequence[str], Path], AbstractContextManager[AddRow]]] = {
    "csv": csv_rows,
    "jsonl": jsonl_rows,
    "xlsx": xlsx_rows,
}
"""What writes each kind of file, by the name that files of it end with."""
