"""Records in containers of tables, made by code."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from sftrm_quality.reading.columnar.messages import message_at

Records = Sequence[dict[str, Any]]


def as_table(records: Records) -> pa.Table:
    names = list(dict.fromkeys(name for record in records for name in record))
    return pa.table({name: pa.array([record.get(name) for record in records]) for name in names})


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def arrow(table: pa.Table, form: str = "file", rows: int | None = None, compression: str | None = None) -> bytes:
    sink = io.BytesIO()
    new = pa.ipc.new_file if form == "file" else pa.ipc.new_stream
    with new(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def bad_texts(values: Sequence[bytes]) -> pa.Array:
    """A column of texts with bytes that are none."""
    return pa.array(values, pa.binary()).view(pa.string())


def xlsx(sheets: dict[str, Any]) -> bytes:
    """A workbook: rows by the name of the sheet, or a function that fills it."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
                                    "strings_to_urls": False}) as book:  # fmt: skip
        book.set_properties({"created": datetime(2026, 1, 1)})  # the same bytes at any time
        for name, fill in sheets.items():
            sheet = book.add_worksheet(name)
            if callable(fill):
                fill(book, sheet)
            else:
                for line, row in enumerate(fill):
                    sheet.write_row(line, 0, row)
    return sink.getvalue()


def rows_of(records: Records) -> list[list[Any]]:
    names = list(records[0])
    return [names, *([record.get(name) for name in names] for record in records)]


def raw_xlsx(sheet_data: str, shared: str | None = None, behind: str = "", more: dict[str, str] | None = None) -> bytes:
    """A workbook of one sheet whose XML is given."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{relations}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{sheet_data}</sheetData>{behind}</worksheet>",
        **({} if shared is None else {"xl/sharedStrings.xml": f"<sst {space}>{shared}</sst>"}),
        **(more or {}),
    }
    return zipped(parts)


def ods(*tables: tuple[str, str], encrypted: bool = False) -> bytes:
    """An OpenDocument workbook: names and XML of its tables."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{office}:{name}:1.0"' for name in ("office", "text", "table"))
    body = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in tables)
    manifest = "<manifest><encryption-data/></manifest>" if encrypted else "<manifest/>"
    return zipped({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": manifest,
        "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>",
    })  # fmt: skip


def ods_row(*cells: Any, repeated: int = 1) -> str:
    made = "".join(
        cell if str(cell).startswith("<table") else
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )  # fmt: skip
    return f'<table:table-row table:number-rows-repeated="{repeated}">{made}</table:table-row>'


def zipped(parts: dict[str, str]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """The same with some bytes of equal length others, wherever they occur."""
    assert len(old) == len(new) and old in data
    return data.replace(old, new)


def messages_of(stream: bytes, begin: int = 0) -> list[tuple[int, int, int]]:
    """Where each message of an Arrow stream, its body and its end are."""
    found, file = [], io.BytesIO(stream)
    while (message := message_at(file, begin)) is not None:
        found.append((message.begin, message.body, message.end))
        begin = message.end
    return found
