"""Sheets of workbooks as documents."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from sftrm_quality.config import Limits
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading.books import Sheet, sheets_of
from sftrm_quality.reading.office_xml import DAMAGE, BadPart
from sftrm_quality.reading.reasons import UnknownFile
from sftrm_quality.reading.shards import OpenDocument
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.reading.tables.again import rows_again
from sftrm_quality.reading.tables.cutting import TableCutter
from sftrm_quality.reading.window import StreamDamage
from sftrm_quality.reading.workbooks.pieces import SheetRecords, open_records
from sftrm_quality.reading.workbooks.rows import SheetRow
from sftrm_quality.reading.workbooks.xlsx import xlsx_rows
from sftrm_quality.words import say

WORKBOOK = "workbook"
"""What the container is called."""


class BadWorkbook(ValueError):
    """A file that is read as a workbook and is none, or damaged."""


def open_sheet(stream: RawStream, limits: Limits, spill: Path) -> OpenDocument | UnknownFile:
    """Open a sheet of a workbook.

    Args:
        stream: One that has a sheet.
        limits: Bounds of memory.
        spill: An existing folder for its rows.

    Returns:
        Its document, or why it cannot be read.

    Raises:
        StorageError: Reading or spilling fails.
    """
    records = _records(stream)
    if isinstance(records, str):
        return UnknownFile(stream.source_file, records)
    if records.unusable:
        return UnknownFile(stream.source_file, say("sheet of a workbook: {why}", why=records.unusable))
    if not records.names:
        return UnknownFile(stream.source_file, say("empty sheet"), empty=True)
    cutter = TableCutter(stream.source_file, records.pieces(), limits, spill, cells=True)
    return OpenDocument(
        stream.source_file, WORKBOOK, "utf-8", {}, cutter.sample, cutter.shards(), lambda: None,
        lambda: records.ends_early,
    )  # fmt: skip


def sheet_again(stream: RawStream, indexes: npt.NDArray[np.int64]) -> Iterator[bytes]:
    """Rows of a sheet once more, as JSON.

    Args:
        stream: One that has a sheet.
        indexes: The rows, ascending.

    Raises:
        TransientStorageError: They are not there any more.
    """
    records = _records(stream)
    if isinstance(records, str) or records.unusable:
        raise TransientStorageError(
            say("{path}: changed after it was read; run again when it is whole", path=stream.path)
        )
    yield from rows_again(stream.source_file, records.pieces(), indexes)


def rows_of_file(file: IO[bytes], limits: Limits) -> Iterator[tuple[str, Iterator[SheetRow]]]:
    """The sheets of an Excel workbook, cell by cell, for who does not want records.

    Args:
        file: The workbook.
        limits: ``workbook_bytes`` is the most that is unpacked.

    Yields:
        The name of a sheet, and its rows that are not blank.

    Raises:
        BadWorkbook: It is none, or it is damaged; the message says more. Rows may raise it too.
    """
    sheets = sheets_of(file, limits)
    if isinstance(sheets, str):
        raise BadWorkbook(sheets)
    if sheets is None or any(sheet.kind != "xlsx" for sheet in sheets):
        raise BadWorkbook(say("not an Excel workbook"))
    with zipfile.ZipFile(file) as archive:
        for sheet in sheets:
            yield sheet.name, _whole_rows(archive, sheet)


def _whole_rows(archive: zipfile.ZipFile, sheet: Sheet) -> Iterator[SheetRow]:
    try:
        for row in xlsx_rows(archive, sheet):
            if row.damage:
                raise BadPart(row.damage)
            yield row
    except (*DAMAGE, BadPart) as error:
        raise BadWorkbook(say("damaged workbook ({error}); save it again", error=error)) from error


def _records(stream: RawStream) -> SheetRecords | str:
    assert stream.sheet is not None
    parts = []
    opened = stream.open()
    try:
        while block := opened.read(1 << 20):
            parts.append(block)
    except StreamDamage as damage:
        return say("workbook whose archive is damaged ({damage})", damage=damage)
    finally:
        opened.close()
    try:
        return open_records(zipfile.ZipFile(io.BytesIO(b"".join(parts))), stream.sheet)
    except DAMAGE as error:
        return say("damaged workbook ({error}); save it again", error=error)
