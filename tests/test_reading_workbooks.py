"""Workbooks: each sheet is a stream, cells are the texts that the file says, what cannot be attributed has a reason."""

import datetime
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sftrm_quality.config import Limits
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading import Places, UnknownFile, discover, open_document, open_streams, read_again
from tests.reading_case import json_lines, read, record
from tests.tables_case import ods, ods_row, raw_xlsx, rows_of, xlsx, zipped
from tests.test_reading_columnar import candidates, put


@pytest.fixture
def spill(tmp_path: Path) -> Path:
    (tmp_path / "spill").mkdir()
    return tmp_path / "spill"


def as_ods(rows: list[list[Any]]) -> bytes:
    escaped = ([text.replace("&", "&amp;").replace("<", "&lt;") for text in row] for row in rows)
    return ods(("S", "".join(ods_row(*row) for row in escaped)))


FORMS = {"xlsx": lambda rows: xlsx({"S": rows}), "ods": as_ods}


@pytest.mark.parametrize("form", FORMS)
def test_records_keep_their_texts_and_the_lines_of_their_sheet(form: str, tmp_path: Path, spill: Path) -> None:
    records = [record(number) | {"answer": f"답 {number} [], <&> {{}}"} for number in range(30)]
    rows = [["", "", ""], *rows_of(records)]
    rows.insert(5, [" ", "", ""])  # blank, and no record
    path = put(tmp_path, FORMS[form](rows), "labels.json")
    for limits in (Limits(), Limits(shard_records=4)):
        found = read(path, spill, limits)
        assert list(found.values.values()) == records and found.fast == set(range(30))
        assert [found.lines[row] for row in range(4)] == [3, 4, 5, 7] and set(found.spans.values()) == {(-1, -1)}
        (document,) = found.documents
        assert (document.container, document.source_file) == ("workbook", "labels.json!/S")
        assert document.sample == records
    wanted = np.array([0, 7, 29])
    again = read_again(discover([path])[0], "labels.json!/S", Places("workbook", "", wanted, wanted, wanted))
    assert list(again) == [found.raw[row] for row in (0, 7, 29)]
    late = np.array([30])
    with pytest.raises(TransientStorageError, match="row 30 cannot be read"):
        list(read_again(discover([path])[0], "labels.json!/S", Places("workbook", "", late, late, late)))
    assert not list(spill.iterdir())


# What no XML holds is no cell; a sheet cannot tell a blank text from an absent one.
CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufffe\uffff"),
                min_size=1, max_size=20).filter(lambda text: text.strip() and "_x" not in text)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"data_id": CELLS, "question": CELLS, "answer": CELLS}), min_size=1, max_size=6),
    st.sampled_from(sorted(FORMS)),
)
def test_equal_records_give_equal_candidates(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], form: str
) -> None:
    folder = tmp_path_factory.mktemp("equal")
    (folder / "spill").mkdir()
    rows = rows_of(records)
    limits = Limits(shard_records=2)
    expected = candidates(put(folder, json_lines(records).encode(), "a"), folder / "spill", limits)
    assert candidates(put(folder, FORMS[form](rows), "b"), folder / "spill", limits) == expected


def test_cells_are_the_texts_that_a_file_says(tmp_path: Path, spill: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day, moment, time, spent, korean, money, red, slash = (
            book.add_format({"num_format": code})
            for code in (
                "yyyy-mm-dd",
                "m/d/yy h:mm",
                "hh:mm:ss",
                "[h]:mm",
                'yyyy"년" m"월" d"일"',
                '#,##0"dm"',
                "[Red]0.0",
                r"0\d",
            )
        )
        cells: list[tuple[Any, Any]] = [
            (1, None), (1.5, None), (-0.25, None), (1e20, None), (True, None), (False, None),
            (datetime.date(2024, 2, 29), day), (datetime.datetime(2024, 1, 2, 3, 4, 5), moment),
            (datetime.datetime(2024, 1, 2), moment), (datetime.time(3, 4, 5), time), (1.5, spent),
            (datetime.date(1900, 1, 31), korean), (1000, money), (2, red), (3, slash), (" pad ", None), ("a\nb", None),
            ("_x000D_", None), ("x" * 32_767, None),
        ]  # fmt: skip
        sheet.write_row(0, 0, [f"c{i}" for i in range(len(cells) + 3)])
        for column, (value, style) in enumerate(cells):
            write = sheet.write_datetime if isinstance(value, datetime.date | datetime.time) else sheet.write
            write(1, column, value, style)
        sheet.write_formula(1, len(cells), "=NA()", None, "#N/A")
        sheet.write_formula(1, len(cells) + 1, "=1+1", None, 2)
        sheet.write_formula(1, len(cells) + 2, '="a"&"b"', None, "ab")

    found = read(put(tmp_path, xlsx({"S": fill})), spill)
    assert list(json.loads(found.raw[0]).values()) == [
        "1", "1.5", "-0.25", "1e+20", "TRUE", "FALSE", "2024-02-29", "2024-01-02T03:04:05", "2024-01-02T00:00:00",
        "03:04:05", "36:00:00", "1900-01-31", "1000", "2", "3", " pad ", "a\nb", "_x000D_", "x" * 32_767,
        "#N/A", "2", "ab",
    ]  # fmt: skip


def test_what_no_writer_of_ours_makes(tmp_path: Path, spill: Path) -> None:
    """Rich texts without how they are spoken, cells and rows without their place, prefixes, 1904, uncalculated ones."""
    styles = '<styleSheet><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>' \
        '<xf numFmtId="14"/></cellXfs></styleSheet>'  # fmt: skip
    shared = "<si><t>a</t></si><si><r><t>기</t></r><r><t xml:space='preserve'> 사</t></r><rPh><t>gi</t></rPh></si>"
    sheet = (
        '<x:row xmlns:x="y"><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>b</x:t>'
        "<x:rPh><x:t>spoken</x:t></x:rPh></x:is></x:c></x:row>"
        '<row><c t="s"><v>1</v></c><c s="1"><v>0</v></c></row>'
        '<row r="9"><c r="B9"><f>SUM(A1:A2)</f></c><c r="A9" t="str"><f>x</f><v>one_x000A_two</v></c></row>'
    )
    data = raw_xlsx(sheet, shared, more={"xl/styles.xml": styles})
    with zipfile.ZipFile(put(tmp_path, data)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    book = parts["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    with_1904 = zipped(parts | {"xl/workbook.xml": book})
    for made, day in ((data, "1899-12-31"), (with_1904, "1904-01-01")):
        found = read(put(tmp_path, made), spill)
        assert [json.loads(raw) for raw in found.raw.values()] == [
            {"a": "기 사", "b": day},
            {"a": "one\ntwo", "b": "=SUM(A1:A2)"},
        ]
        assert list(found.lines.values()) == [2, 9]


def test_ods_says_texts_as_they_are_seen(tmp_path: Path, spill: Path) -> None:
    cell = '<table:table-cell office:value-type="{}" {}><text:p>seen</text:p></table:table-cell>'.format
    values = [
        cell("float", 'office:value="1.50"'), cell("float", 'office:value="2"'),
        cell("percentage", 'office:value="0.5"'),
        cell("date", 'office:date-value="2024-01-02"'), cell("time", 'office:time-value="PT01H02M03S"'),
        cell("boolean", 'office:boolean-value="true"'), cell("string", ""),
        '<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation>'
        '<text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/><text:span>d</text:span></text:p>'
        "<text:p>e</text:p></table:table-cell>",
        '<table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell>",
    ]  # fmt: skip
    sheet = ods_row(*(f"c{i}" for i in range(10))) + ods_row(*values, repeated=2)
    found = read(put(tmp_path, ods(("other", ods_row("a") + ods_row("b")), ("S", sheet))), spill)
    expected = ["1.5", "2", "0.5", "2024-01-02", "01:02:03", "TRUE", "seen", "a  b\tc\nd\ne", "x", "x"]
    assert [document.source_file for document in found.documents] == ["labels!/other", "labels!/S"]
    assert [list(row.values()) for row in found.documents[1].sample] == [expected, expected]


def test_all_sheets_are_streams_whatever_they_are_called(tmp_path: Path, spill: Path) -> None:
    def hidden(book: Any, sheet: Any) -> None:
        sheet.hide()
        sheet.write_column(0, 0, ["data_id", "1"])

    data = xlsx({"Sheet1": rows_of([record(1)]), "빈 시트": [], "hidden": hidden})
    streams = list(open_streams(discover([put(tmp_path, data, "book.xlsx")])[0]))
    assert [stream.source_file for stream in streams] == [
        "book.xlsx!/Sheet1",
        "book.xlsx!/빈 시트",
        "book.xlsx!/hidden",
    ]
    opened = [open_document(stream, Limits(), spill) for stream in streams if not isinstance(stream, UnknownFile)]
    assert [isinstance(one, UnknownFile) and (one.empty, one.seen) for one in opened] == [
        False, (True, "empty sheet"), False,
    ]  # fmt: skip
    names = ["../../etc/passwd", "a/b", "a\\b", "\t", ""]
    streams = list(open_streams(discover([put(tmp_path, ods(*((name, "") for name in names)), "b.ods")])[0]))
    assert [stream.source_file for stream in streams] == [
        "b.ods!/.._.._etc_passwd", "b.ods!/a_b", "b.ods!/a_b#2", "b.ods!/_", "b.ods!/_#2",
    ]  # fmt: skip


def test_books_in_archives_and_archives_that_are_none(tmp_path: Path, spill: Path) -> None:
    book = xlsx({"S": rows_of([record(1)])})
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/book.xlsx", book)
        archive.writestr("x/[Content_Types].xml", "<Types/>")
        archive.writestr("x/inner.zip", zipped({"a.json": "[]"}))
    found = read(path, spill)
    assert [document.source_file for document in found.documents] == ["a.zip!/x/book.xlsx!/S"]
    assert [file.source_file for file in found.unknown] == ["a.zip!/x/[Content_Types].xml", "a.zip!/x/inner.zip"]
    assert "zip inside another container" in found.unknown[1].seen


def test_a_workbook_of_more_than_its_limit_is_named(tmp_path: Path, spill: Path) -> None:
    book = xlsx({"S": rows_of([record(number) for number in range(2000)])})
    blank = zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<a/>", "x": " " * 5_000_000})
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("book.xlsx", book)
    for path in (put(tmp_path, book, "a.xlsx"), put(tmp_path, blank, "bomb.xlsx")):
        (unknown,) = open_streams(discover([path])[0], Limits(workbook_bytes=20_000))
        assert isinstance(unknown, UnknownFile)
        assert "limits.workbook_bytes allows 20,000: save its sheets as CSV, or raise it" in unknown.seen
    (inside,) = open_streams(discover([archive])[0], Limits(workbook_bytes=20_000))
    assert not isinstance(inside, UnknownFile) and inside.sheet is None


def test_merged_cells_cost_their_rows_and_a_merged_header_is_its_own_affair(tmp_path: Path, spill: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        for line, row in enumerate(rows_of([record(number) for number in range(6)])):
            sheet.write_row(line, 0, row)
        sheet.merge_range(2, 2, 3, 2, "for both")
        sheet.merge_range(5, 1, 5, 2, "across")
        sheet.merge_range(20, 0, 30, 0, "")  # nothing in it: no record

    found = read(put(tmp_path, xlsx({"S": fill})), spill)
    assert [(row["source_index"], row["source_line"], row["details"]) for row in found.unreadable] == [
        (1, 3, ["the cells C3:C4 are merged"]),
        (2, 4, ["the cells C3:C4 are merged"]),
        (4, 6, ["the cells B6:C6 are merged"]),
    ]
    assert found.reasons == ["cells_merged"] * 3
    assert json.loads(found.unreadable[0]["payload"]) == {"data_id": "1", "question": "질문 1?", "answer": "for both"}
    covered = (
        ods_row("q", "a") + ods_row("1", '<table:table-cell table:number-rows-spanned="2" office:value-type="string">'
        "<text:p>both</text:p></table:table-cell>") + ods_row("2", "<table:covered-table-cell/>") + ods_row("3", "c")
    )  # fmt: skip
    assert read(put(tmp_path, ods(("S", covered))), spill).reasons == ["cells_merged"] * 2


def test_two_cells_in_the_corners_take_no_memory(tmp_path: Path, spill: Path) -> None:
    sheet = (
        '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="XFD1" t="str"><v>z</v></c></row>'
        '<row r="1048576"><c r="A1048576" t="str"><v>first</v></c><c r="XFD1048576" t="str"><v>last</v></c></row>'
    )
    found = read(put(tmp_path, raw_xlsx(sheet)), spill)
    assert json.loads(found.raw[0]) == {"a": "first", "z": "last"} and found.lines == {0: 1_048_576}


def test_entities_are_refused_wherever_they_are(tmp_path: Path, spill: Path) -> None:
    entities = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'
    name = "xl/worksheets/sheet1.xml"
    sheet = entities + "<worksheet><sheetData><row><c t='str'><v>&c;</v></c></row></sheetData></worksheet>"
    (of_sheet,) = read(put(tmp_path, raw_xlsx("", more={name: sheet})), spill).unknown
    (of_book,) = read(
        put(tmp_path, raw_xlsx("", more={"xl/workbook.xml": entities + "<workbook>&c;</workbook>"})), spill
    ).unknown
    assert "it defines entities of its own" in of_sheet.seen and "it defines entities of its own" in of_book.seen


def test_damage_costs_what_is_behind_it(tmp_path: Path, spill: Path) -> None:
    data = raw_xlsx(
        "".join(f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>' for text in ("q", *map(str, range(5000))))
    )
    assert len(read(put(tmp_path, data), spill).values) == 5000
    with zipfile.ZipFile(tmp_path / "labels") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    cut = zipped(parts | {name: parts[name][: len(parts[name]) // 2]})
    found = read(put(tmp_path, cut), spill)
    assert found.reasons == ["stream_broken"] and found.ends_early
    assert 2300 < len(found.values) < 2600 and list(found.values) == list(range(len(found.values)))
    again = read(tmp_path / "labels", spill, Limits(shard_records=100))
    assert (again.values, again.reasons) == (found.values, found.reasons)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["xlsx", "ods"]), st.data())
def test_no_flipped_bytes_crash_a_reader(
    tmp_path_factory: pytest.TempPathFactory, form: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    (folder / "spill").mkdir()
    whole = FORMS[form](rows_of([record(number) for number in range(12)]))
    at = data.draw(st.integers(0, len(whole) - 1))
    noise = data.draw(st.binary(min_size=1, max_size=9))
    path = put(folder, whole[:at] + noise + whole[at + len(noise) :])
    found, again = read(path, folder / "spill"), read(path, folder / "spill", Limits(shard_records=2))
    assert (repr(found.values), found.reasons) == (repr(again.values), again.reasons)
    assert not list((folder / "spill").iterdir())
