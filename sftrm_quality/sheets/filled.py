"""A sheet that came back, whatever program saved it: its rows with their cells by the names of the columns."""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from sftrm_quality.config import Limits
from sftrm_quality.errors import ConfigError
from sftrm_quality.reading.workbooks import BadWorkbook, SheetRow, column_letters, rows_of_file
from sftrm_quality.reviews import why_no_json
from sftrm_quality.rows import content_part, from_inert
from sftrm_quality.sheets.tables import RECORD
from sftrm_quality.words import number, say

MOST_BYTES = 256 << 20
"""As many as a file of corrections may have; a sheet is held in memory."""
_DELIMITERS = ",;\t"
_QUOTED = 1 << 24  # characters of a cell; Excel has 32,767


@dataclass(frozen=True)
class FilledRow:
    """A row of a sheet. where: as people find it. columns: of the table. cells: by their names, blank ones left out.
    typed: whether they have types of their own, as JSON has them. faults: of cells that cannot be taken as they are,
    why."""

    where: str
    columns: Collection[str]
    cells: Mapping[str, Any]
    typed: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def record(self) -> str:
        """The content part of the id that it names, "" for none."""
        return content_part(str(self.cells.get(RECORD, "")).strip())


def read_filled(path: Path) -> list[FilledRow]:
    """Read a sheet that came back.

    Args:
        path: A workbook (.xlsx), CSV or JSON lines, by the ending of its name.

    Returns:
        Its rows that name a record, or have anything in a column of the table.

    Raises:
        ConfigError: It cannot be read, or is no such sheet.
    """
    readers: Mapping[str, Callable[[Path], Iterable[FilledRow]]] = {
        ".xlsx": _of_workbook,
        ".csv": _of_csv,
        ".jsonl": _of_json_lines,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ConfigError(say("{path}: expected a sheet that ends with .xlsx, .csv or .jsonl", path=path))
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(say("{path}: more than {bytes} bytes; divide it", path=path, bytes=number(MOST_BYTES)))
        return list(reader(path))
    except OSError as error:
        raise ConfigError(
            say("{path}: cannot be read: {strerror}", path=path, strerror=error.strerror or error)
        ) from error


def _of_workbook(path: Path) -> Iterator[FilledRow]:
    tables = 0
    try:
        with path.open("rb") as file:
            for name, rows in rows_of_file(file, Limits()):
                header = next(rows, None)
                if header is None or RECORD not in header.cells.values():
                    continue  # what to do, and what to deliver anew
                tables += 1
                names = _distinct(header.cells, path)
                yield from (_of_sheet(name, names, row) for row in rows)
    except BadWorkbook as error:
        raise ConfigError(say("{path}: {error}", path=path, error=error)) from error
    if not tables:
        _no_table(path)


def _of_sheet(sheet: str, names: Mapping[int, str], row: SheetRow) -> FilledRow:
    cells = {names.get(at, column_letters(at)): text for at, text in row.cells.items() if text.strip()}
    faults = {names[at]: say("a formula; copy it, and paste its value") for at in row.formulas if at in names}
    where = say("sheet {sheet}, row {row}", sheet=sheet, row=row.line)
    return FilledRow(where, names.values(), cells, faults=faults)


def _of_csv(path: Path) -> Iterator[FilledRow]:
    text = _decoded(path)
    first = text.split("\n", 1)[0].rstrip("\r")
    # Excel divides by what the country of its user divides lists by.
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_QUOTED)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(rows, [])
        if RECORD not in header:
            _no_table(path)
        names = _distinct(dict(enumerate(header)), path)
        for place, row in enumerate(rows, start=2):
            cells = {names.get(at, column_letters(at + 1)): from_inert(text) for at, text in enumerate(row)}
            if filled := {name: text for name, text in cells.items() if text.strip()}:
                yield FilledRow(say("row {row}", row=place), names.values(), filled)
    except csv.Error as error:
        raise ConfigError(
            say("{path}, line {line}: not CSV: {error}", path=path, line=rows.line_num, error=error)
        ) from error


def _decoded(path: Path) -> str:
    """UTF-8, or what Excel makes of it: UTF-16 with its mark ("Unicode text"), CP949 in Korea."""
    data = path.read_bytes()
    codecs = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp949")
    for codec in codecs:
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise ConfigError(say("{path}: neither UTF-8 nor CP949; save it as CSV in UTF-8", path=path))


def _of_json_lines(path: Path) -> Iterator[FilledRow]:
    found = False
    for place, line in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            # An escape can name an unpaired surrogate, which no text of a record can hold.
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ConfigError(
                say("{path}, line {line}: not a JSON object: {error}", path=path, line=place, error=why_no_json(error))
            ) from error
        if not isinstance(value, dict) or RECORD not in value:
            raise ConfigError(say("{path}, line {line}: expected an object with the key record", path=path, line=place))
        found = True
        cells = {name: one for name, one in value.items() if one not in (None, "")}
        yield FilledRow(say("line {line}", line=place), value.keys(), cells, typed=True)
    if not found:
        _no_table(path)


def _distinct(names: Mapping[int, str], path: Path) -> dict[int, str]:
    found = {at: name.strip() for at, name in names.items() if name.strip()}
    if twice := next((name for name in found.values() if list(found.values()).count(name) > 1), None):
        raise ConfigError(say("{path}: two columns are called {name}; delete one of them", path=path, name=twice))
    return found


def _no_table(path: Path) -> NoReturn:
    raise ConfigError(
        say("{path}: no table with the column record; expected what sftrm rows --for-repair writes", path=path)
    )
