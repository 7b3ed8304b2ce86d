"""Damaged and odd files of columns, and workbooks."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bad_files import BadFile, good, ids
from tests.tables_case import (
    arrow,
    as_table,
    bad_texts,
    messages_of,
    ods,
    ods_row,
    parquet,
    raw_xlsx,
    replaced,
    rows_of,
    xlsx,
    zipped,
)

RECORDS = 12
ALL = range(RECORDS)


def table(name: str) -> pa.Table:
    return as_table([good(name, number) for number in ALL])


def _broken(count: int) -> tuple[str, ...]:
    return ("page_broken",) * count


def parquets() -> Iterator[BadFile]:
    for name in ("parquet-small-groups.parquet", "parquet-cut.parquet", "parquet-no-tail.parquet"):
        data = parquet(table(name), row_group_size=4)
        if "cut" in name:
            yield BadFile(name, data[: len(data) // 2], refused=("its footer is missing or damaged",))
        elif "tail" in name:
            yield BadFile(name, data[:-1], refused=("its footer is missing or damaged",))
        else:
            yield BadFile(name, data, ids(name, *ALL))
    name = "parquet-broken-page.parquet"
    data = parquet(table(name), row_group_size=4, use_dictionary=False, compression="zstd", write_page_checksum=True)
    column = pq.read_metadata(io.BytesIO(data)).row_group(1).column(2)
    at = column.data_page_offset + column.total_compressed_size - 10
    kept = [*range(4), *range(8, 12)]
    yield BadFile(name, data[:at] + b"\xff\xff" + data[at + 2 :], ids(name, *kept), _broken(4))
    name = "parquet-broken-groups.parquet"
    data = parquet(table(name), use_dictionary=False, compression="none", write_page_checksum=True)
    wrong = good(name, 0)["answer"].encode()[:10]
    yield BadFile(name, replaced(data, wrong, b"x" * 10), refused=("none of them can be parsed",))
    name = "parquet-not-utf8.parquet"
    answers = [one["answer"].encode() for one in map(partial(good, name), ALL)]
    answers[5] = b"\xff" + answers[5]
    data = parquet(table(name).set_column(2, "answer", bad_texts(answers)))
    yield BadFile(name, data, ids(name, *(i for i in ALL if i != 5)), ("invalid_encoding",))
    name = "parquet-dictionary-not-utf8.parquet"
    kinds = bad_texts([b"a", b"\xff"] * 6)
    data = parquet(table(name).append_column("kind", kinds))
    yield BadFile(name, data, ids(name, *ALL[::2]), ("invalid_encoding",) * 6)
    name = "parquet-two-columns.parquet"
    twice = pa.table([pa.array(["1"]), pa.array(["q"]), pa.array(["a"])], ["data_id", "question", "question"])
    yield BadFile(name, parquet(twice), refused=("two of its columns are called 'question'",))
    name = "parquet-encrypted.parquet"
    yield BadFile(name, b"PARE\x10\0\0\0" + b"\1" * 60 + b"PARE", refused=("encrypted Parquet file",))
    name = "parquet-empty.parquet"
    yield BadFile(name, parquet(table(name).slice(0, 0)))
    name = "parquet-year-300000.parquet"
    days = pa.array([0] * 3 + [100_000_000] + [0] * 8, pa.int32()).view(pa.date32())
    data = parquet(table(name).append_column("day", days))
    yield BadFile(name, data, ids(name, *(i for i in ALL if i != 3)), ("moment_out_of_range",))
    name = "parquet-bad-footer-length.parquet"
    data = parquet(table(name))
    yield BadFile(name, data[:-8] + b"\xff\xff\xff\x7f" + data[-4:], refused=("its footer is missing or damaged",))
    name = "parquet-zeros-in-footer.parquet"
    length = int.from_bytes(data[-8:-4], "little")
    zeroed = data[: -8 - length] + b"\0" * length + data[-8:]
    yield BadFile(name, zeroed, refused=("its footer is missing or damaged",))
    name = "parquet-gzip-cut.parquet.gz"
    packed = gzip.compress(parquet(table(name)), mtime=0)
    yield BadFile(name, packed[: len(packed) // 2], refused=("its footer is missing or damaged",))
    name = "parquet-gzip-wrong-sum.parquet.gz"
    packed = gzip.compress(parquet(table(name)), mtime=0)
    yield BadFile(name, packed[:-8] + b"\0\0\0\0" + packed[-4:], ids(name, *ALL), ("stream_broken",))


def arrows() -> Iterator[BadFile]:
    for form in ("file", "stream"):
        plain = partial(arrow, form=form, rows=3)
        begin = 8 if form == "file" else 0
        for compression in (None, "lz4", "zstd"):
            name = f"arrow-{form}-{compression}.arrow"
            yield BadFile(name, plain(table(name), compression=compression), ids(name, *ALL))
        name = f"arrow-{form}-cut-in-the-third.arrow"
        data = plain(table(name))
        message = messages_of(data, begin)[3]
        yield BadFile(name, data[: message[2] - 20], ids(name, *range(6)), _broken(3))
        name = f"arrow-{form}-cut-in-a-header.arrow"
        data = plain(table(name))
        yield BadFile(name, data[: messages_of(data, begin)[3][0] + 20], ids(name, *range(6)), ("stream_broken",))
        name = f"arrow-{form}-broken-header.arrow"
        data = plain(table(name))
        at = messages_of(data, begin)[2][0]
        broken = data[: at + 8] + b"\xff" * 40 + data[at + 48 :]
        rest = [*range(3), *range(6, 12)] if form == "file" else range(3)
        yield BadFile(name, broken, ids(name, *rest), ("page_broken" if form == "file" else "stream_broken",))
        name = f"arrow-{form}-broken-places.arrow"
        data = plain(table(name))
        body = messages_of(data, begin)[2][1]
        broken = data[:body] + b"\x7f" * 16 + data[body + 16 :]
        yield BadFile(name, broken, ids(name, *range(3), *range(6, 12)), _broken(3))
        name = f"arrow-{form}-broken-compressed.arrow"
        data = plain(table(name), compression="zstd")
        body, end = messages_of(data, begin)[2][1:]
        broken = data[:body] + b"\xee" * (end - body) + data[end:]
        yield BadFile(name, broken, ids(name, *range(3), *range(6, 12)), _broken(3))
        name = f"arrow-{form}-not-utf8.arrow"
        answers = [good(name, number)["answer"].encode() for number in ALL]
        answers[0] = b"\xed\xa0\x80"
        data = plain(table(name).set_column(2, "answer", bad_texts(answers)))
        yield BadFile(name, data, ids(name, *range(1, 12)), ("invalid_encoding",))
        name = f"arrow-{form}-dictionary.arrow"
        coded = table(name).set_column(2, "answer", table(name)["answer"].dictionary_encode())
        yield BadFile(name, plain(coded), ids(name, *ALL))
        name = f"arrow-{form}-dictionary-code-outside.arrow"
        codes = pa.array([0, 1, 2, 3] * 3, pa.int32()).to_numpy().copy()
        codes[4] = 77
        wild = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list("abcd")), safe=False)
        rest = [i for i in ALL if i != 4]
        yield BadFile(name, plain(table(name).append_column("kind", wild)), ids(name, *rest), _broken(1))
        name = f"arrow-{form}-schema-broken.arrow"
        data = plain(table(name))
        noise = data[:begin] + data[begin : begin + 8] + b"\xff" * 60 + data[begin + 68 :]
        yield BadFile(name, noise, refused=("schema cannot be read" if form == "file" else "",))
        name = f"arrow-{form}-two-fields.arrow"
        pair = pa.StructArray.from_arrays([pa.array(["a"]), pa.array(["b"])], ["x", "x"])
        yield BadFile(name, plain(pa.table({"answer": pair})), refused=("two of its columns are called 'x'",))
    name = "arrow-file-without-footer.arrow"
    data = arrow(table(name), rows=3)
    end = messages_of(data, 8)[-1][2]
    yield BadFile(name, data[: end + 8], ids(name, *ALL), ("unclosed_document",))
    name = "arrow-file-zeros-for-a-header.arrow"
    data = arrow(table(name), rows=3)
    at = messages_of(data, 8)[2][0]
    broken = data[:at] + b"\0" * 8 + data[at + 8 :]
    yield BadFile(name, broken, ids(name, *range(3), *range(6, 12)), _broken(1))
    name = "arrow-stream-without-end.arrow"
    yield BadFile(name, arrow(table(name), "stream")[:-8], ids(name, *ALL))
    name = "arrow-stream-twice.arrow"
    once = arrow(table(name), "stream")
    yield BadFile(name, once + once, ids(name, *ALL), ("trailing_data",))
    name = "arrow-stream-gzip-cut.gz"
    data = arrow(table(name), "stream", rows=1)
    cut = messages_of(data)[3][2]
    packed = gzip.compress(data[:cut], mtime=0)[:-8] + b"more"
    yield BadFile(name, packed, ids(name, 0, 1, 2), ("stream_broken",))


def books() -> Iterator[BadFile]:
    for name in ("book.xlsx", "book-in-a-zip.zip"):
        data = _book(name)
        if name.endswith("zip"):
            sink = io.BytesIO()
            with zipfile.ZipFile(sink, "w") as archive:
                archive.writestr(zipfile.ZipInfo("inner/book.xlsx"), data)
            data = sink.getvalue()
        yield BadFile(name, data, ids(name, *ALL))
    name = "book-cut.xlsx"
    yield BadFile(name, _book(name)[:-40], refused=("damaged zip archive",))
    name = "book-two-names.xlsx"
    yield BadFile(name, xlsx({"S": [["a", "b", "a"], [1, 2, 3]]}), refused=("two of its columns are called 'a'",))
    name = "book-empty.xlsx"
    yield BadFile(name, xlsx({"S": []}), refused=("empty sheet",))
    name = "book-unnamed-column.xlsx"
    rows = rows_of([good(name, number) for number in ALL])
    rows[3] = [*rows[3], "a note"]
    yield BadFile(name, xlsx({"S": rows}), ids(name, *(i for i in ALL if i != 2)), ("column_unnamed",))
    name = "book-merged.xlsx"

    def merge(book: Any, sheet: Any, name: str = name) -> None:
        for line, row in enumerate(rows_of([good(name, number) for number in ALL])):
            sheet.write_row(line, 0, row)
        sheet.merge_range(4, 2, 6, 2, "one answer for three")

    yield BadFile(name, xlsx({"S": merge}), ids(name, *(i for i in ALL if i not in (3, 4, 5))), ("cells_merged",) * 3)
    name = "book-entities.xlsx"
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><worksheet><sheetData/></worksheet>'
    yield BadFile(name, raw_xlsx("", more={"xl/worksheets/sheet1.xml": bomb}), refused=("entities of its own",))
    head = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{n}</t></is></c>'
                   for c, n in zip("ABC", ("data_id", "question", "answer"), strict=True))  # fmt: skip
    for what, row in {
        "corners": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "unknown-text": '<row r="2"><c r="A2" t="s"><v>7</v></c></row>',
    }.items():
        name = f"book-{what}.xlsx"
        reason = "column_unnamed" if what == "corners" else "page_broken"
        data = raw_xlsx(f'<row r="1">{head}</row>{_xlsx_rows(name)}{row}')
        yield BadFile(name, data, ids(name, *ALL), (reason,))
    for what, row in {
        "no-cell": '<row r="20"><c r="1A"><v>1</v></c></row>',
        "no-row": '<row r="1048577"><c r="A1"><v>1</v></c></row>',
        "unclosed": '<row r="20"><c r="A20"><v>1</v></row>',
    }.items():
        name = f"book-{what}.xlsx"
        data = raw_xlsx(f'<row r="1">{head}</row>{_xlsx_rows(name)}{row}')
        yield BadFile(name, data, ids(name, *ALL), ("stream_broken",))
    name = "book-xlsb.xlsb"
    yield BadFile(name, zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}), refused=("(.xlsb)",))
    name = "document.docx"
    yield BadFile(name, zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"}),
                  refused=("Office document without sheets",))  # fmt: skip
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    yield BadFile("book-old.xls", ole + "Workbook".encode("utf-16-le") + b"\0\0", refused=("old Excel workbook",))
    yield BadFile("book-password.xlsx", ole + "EncryptedPackage".encode("utf-16-le"), refused=("encrypted Office",))
    yield BadFile("letter.doc", ole, refused=("old Microsoft Office document",))
    name = "book.ods"
    rows_xml = ods_row("data_id", "question", "answer") + "".join(
        ods_row(*good(name, number).values()) for number in ALL
    )
    yield BadFile(name, ods(("S", rows_xml)), ids(name, *ALL))
    yield BadFile("book-password.ods", ods(("S", rows_xml), encrypted=True), refused=("encrypted OpenDocument",))
    name = "book-million-times.ods"
    rows_xml = ods_row("data_id", "question", "answer") + "".join(
        ods_row(*good(name, number).values()) for number in ALL
    )
    data = ods(("S", rows_xml + ods_row("x" * 5000, repeated=1_000_000)))
    yield BadFile(name, data, ids(name, *ALL), ("stream_broken",))
    yield BadFile("book-blank.ods", ods(("S", ods_row("", "", repeated=1_048_576))), refused=("empty sheet",))
    declared = '<?xml version="1.0" encoding="UTF-6"?>'
    for part, said in (("workbook", "damaged workbook"), ("worksheets/sheet1", "its first row cannot be read")):
        name = f"book-encoding-of-its-{part.partition('/')[0]}.xlsx"
        data = raw_xlsx("", more={f"xl/{part}.xml": f"{declared}<x/>"})
        yield BadFile(name, data, refused=(f"{said} (unknown encoding: UTF-6)",))


def _book(name: str) -> bytes:
    return xlsx({"S": rows_of([good(name, number) for number in ALL])})


def _xlsx_rows(name: str) -> str:
    rows = []
    for number in ALL:
        cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in good(name, number).values())
        rows.append(f'<row r="{number + 2}">{cells}</row>')
    return "".join(rows)


TABLES = [*parquets(), *arrows(), *books()]
