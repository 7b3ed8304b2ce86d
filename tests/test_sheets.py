"""Sheets for repair: failing records in their fields, cells to fill, and what comes back as corrections."""

import csv
import errno
import json
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands import correcting
from flows.commands.changes_shown import change_shown
from sftrm_quality.config import Limits, RunConfig
from sftrm_quality.dedup import content_hashes
from sftrm_quality.errors import ConfigError, StorageError
from sftrm_quality.formats import formats_of
from sftrm_quality.intake import NotRead, read_and_map, recognise_stream
from sftrm_quality.output import OutputFolder
from sftrm_quality.reading import SourceFile, open_streams
from sftrm_quality.reviews import Correction, read_reviews
from sftrm_quality.rows import Wanted, find_run, select
from sftrm_quality.sheets import store_corrections
from sftrm_quality.sheets.failing import InFields, settings_of_run
from sftrm_quality.sheets.filled import read_filled
from sftrm_quality.sheets.tables import Tables
from tests.declared import MAKERS, examples
from tests.outputs import Output, open_gate, run_on
from tests.sheets import Book, csv_of, dated, formula, jsonl_of, save_csv, text, typed
from tests.test_reviews import folder_of
from tests.test_reviews_run import by_id, rm_records, sft_records, write

LONG = "How does this differ? " + "word " * 8000
BELL = "How does the bell \x07 ring, and who hears it?"
ODD = '\'=quoted, "said" and;\r\nnext line\ttab _x0041_ 😀 한글'
SUM = "=1+1 is two, they say, and nobody doubts it."


class Night:
    """A run on records that fail in every way that a sheet has to do with."""

    def __init__(self, base: Path) -> None:
        self.base = base
        a, rm = sft_records("a"), rm_records()
        for number in (1, 3, 4, 5, 6):
            a[number]["answer"] = " "
        a[2] |= {"question": "TODO", "answer": SUM}
        a[3]["question"], a[4]["question"], a[5]["data_id"] = BELL, LONG, "0012"
        a[7]["question"] = 5
        a[8] |= {"question": "TODO", "system": "Be kind.", "history": [{"role": "user", "content": "Hello there"}]}
        a[9] |= {"question": ODD, "answer": " "}
        rm[1]["responses"][1]["text"] = ""
        rm[2]["responses"][0]["rank"] = 2
        rm[3]["responses"] = [*rm[3]["responses"], {"text": " ", "rank": 4}]
        raw = write(base / "raw", vendor_a__sft=[*a, dict(a[6])], vendor_b__rm=rm)
        with (raw / "vendor_a" / "sft.jsonl").open("a") as file:
            file.write('{"data_id": "broken", "quest\n')
        plain = [{"question": one["question"], "answer": one["answer"]} for one in sft_records("c", 6)]
        plain[1]["answer"] = " "
        numbered = [{"id": 100 + at, **one} for at, one in enumerate(sft_records("d", 6))]
        for one in numbered:
            del one["data_id"]
        numbered[1]["answer"] = " "
        write(raw, vendor_c__plain=plain, vendor_d__numbered=numbered)
        with (raw / "vendor_e.csv").open("w", newline="") as table:
            rows = csv.DictWriter(table, ["data_id", "question", "answer"])
            rows.writeheader()
            rows.writerows(
                [one | {"answer": " " if at == 1 else one["answer"]} for at, one in enumerate(sft_records("e", 6))]
            )
        self.raw, self.gate = raw, open_gate(base / "suites")
        self.out = self.run("out")
        run = find_run(OutputFolder(self.out.out), None)
        self.failing = list(
            InFields(run.report, settings_of_run(run.report)).of(
                select(run.quarantine, run.source_named(None), Wanted()).rows()
            )
        )
        self.ids = {one.row["data_id"]: one.record for one in self.failing}
        self.ids["a5"] = self.ids["0012"]

    def run(self, name: str, *settings: str) -> Output:
        return Output(self.base / name, run_on([self.raw], self.base / name, self.gate, *settings).report)

    def sheet(self, to: Path, *arguments: str) -> str:
        done = called("rows", "--out", self.out.out, "--for-repair", "--to", to, *arguments)
        assert done.exit_code == 0, done.output
        return done.output


def called(*arguments: object, typing: str = ""):
    return CliRunner().invoke(app, list(map(str, arguments)), input=typing)


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    return Night(tmp_path_factory.mktemp("sheets"))


@pytest.fixture(scope="module")
def book(night):
    night.sheet(night.base / "book.xlsx")
    return night.base / "book.xlsx"


@pytest.fixture
def reviews(tmp_path):
    return folder_of(tmp_path / "reviews")


@pytest.fixture
def import_(night, reviews):
    def imported(path: Path, *arguments: str, settings: bool = True, typing: str = ""):
        given = ["--set", f"reviews={reviews}", "--set", night.gate] if settings else []
        command = ["corrections", "import", path, "--by", "Kim Min-ji", "--out", night.out.out, *given, *arguments]
        return called(*command, typing=typing)

    return imported


def written(reviews: Path) -> dict[str, dict[str, object]]:
    return {one.entry.record: one.entry.set for one in read_reviews(reviews).corrections}


def test_every_record_that_was_checked_is_in_its_fields(night):
    checked = [one for one in night.failing if one.row["stage"] == "check"]
    assert [one.row["record_id"] for one in night.failing] == [row["record_id"] for row in night.out.quarantine]
    assert [one.row["data_id"] for one in checked if one.values is None] == []
    assert [one.row["stage"] for one in night.failing if one.values is None] == ["format", "read"]
    values = {one.row["data_id"]: one.values for one in checked}
    assert (values["a3"]["question"], values["a3"]["answer"]) == (BELL, " ")
    assert values["a2"]["answer"] == SUM
    # pytest takes minutes to say how two long texts differ.
    assert (values["a4"]["question"] == LONG) is True
    assert [values["r2"][f"responses.{n}.rank"] for n in (1, 2, 3)] == [2, 2, 3]
    assert values["r1"]["responses.2.text"] == "" and values["r1"]["data_category"] is None
    assert values["a8"]["history.1.content"] == "Hello there" and values["a8"]["system"] == "Be kind."
    assert {"101", "e1"} <= values.keys() and any(str(name).startswith("content-") for name in values)
    assert all(one.values["data_id"] == one.row["data_id"] for one in checked)


def test_a_record_that_maps_to_something_else_has_no_fields(night):
    """Other settings than those of the run: ids that are not what was hashed are never shown as what was delivered."""
    run = find_run(OutputFolder(night.out.out), None)
    config = settings_of_run(run.report)
    row = dict(next(one.row for one in night.failing if one.row["data_id"] == "r2"))
    other = type(config).model_validate(run.report.config | {"sources": [{"files": "*", "rank_base": 0}]})
    found = [
        one.values is not None
        for settings, given in ((config, row), (other, row), (config, row | {"payload": "{"}))
        for one in InFields(run.report, settings).of([given])
    ]
    assert found == [True, False, False]
    # What is given counts only where the report does not say how it was.
    assert settings_of_run(run.report, other) == config
    older = run.report.model_copy(update={"config": None})
    assert settings_of_run(older, other) is other
    with pytest.raises(ConfigError, match="name them with --config"):
        settings_of_run(older)


# A table of messages is no file of trees: only lines of them are joined.
FORMS = [
    (name, form) for name in MAKERS for form in ("jsonl", "csv") if (name, form) != ("open_assistant_messages", "csv")
]


@pytest.mark.parametrize(("name", "container"), FORMS)
def test_records_of_every_format_are_in_their_fields(tmp_path, name, container):
    """As they were hashed: whatever holds them, messages of a tree and rows of a table too."""
    path = tmp_path / f"a.{container}"
    records = [one for made in examples(name, 2) for one, _ in made]
    records = [one for of in records for one in (of if isinstance(of, list) else [of])]
    if container == "jsonl":
        path.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.DictWriter(file, list(dict.fromkeys(key for one in records for key in one)))
            rows.writeheader()
            cells = [{k: v if isinstance(v, str) else json.dumps(v) for k, v in one.items()} for one in records]
            rows.writerows(cells)
    (stream,) = open_streams(SourceFile(path, path.name, path.stat().st_size))
    formats, limits, config = formats_of(()), Limits(), RunConfig()
    found = recognise_stream(stream, limits, tmp_path, config.source_settings(path.name), formats)
    assert not isinstance(found, NotRead), found
    rows = []
    for shard in found.document.shards:
        read = read_and_map(shard, formats, found.format, config.source_settings(path.name), found.id_field, limits)
        for kind, candidates in read.candidates.items():
            hashes = content_hashes(kind, candidates.table).to_pylist()
            for row, digest, one in zip(candidates.rows, hashes, candidates.table.to_pylist(), strict=True):
                about = {"record_id": f"{kind}-{digest.hex()}-0", "label_kind": kind, "data_id": one["data_id"]}
                about |= {"payload": read.loaded.text_of(int(row)).decode(), "wanted": one}
                rows.append({"source_file": path.name, "stage": "check", **about})
    found.document.close()
    file = SimpleNamespace(source_file=path.name, format=found.format.name, container=found.document.container)
    failing = list(InFields(SimpleNamespace(files=[file]), config).of(rows))
    assert failing
    for one in failing:
        wanted = one.row["wanted"]
        assert one.values is not None
        assert one.values["data_id"] == wanted["data_id"]
        texts = [wanted.get("answer"), *(response["text"] for response in wanted.get("responses") or ())]
        assert {text for text in texts if text is not None} <= set(one.values.values())


def test_a_workbook_says_what_to_do_and_has_a_row_per_record(night, book):
    found = Book(book)
    assert found.names == ["what to do", "SFT", "RM", "deliver again"]
    said = "\n".join(cell for row in found.tables["what to do"] for cell in row)
    assert "14 records did not pass our checks" in said and "yellow" in said and "book.xlsx.long.jsonl" in said
    assert "2 records are in the sheet 'deliver again'" in said
    sft, rm = found.rows("SFT"), found.rows("RM")
    assert len(sft) == 11 and len(rm) == 3
    # Identical copies are one row; the other one is told.
    copies = next(row for row in sft if row["record"] == night.ids["a6"])
    assert "Delivered 2 times" in copies["what_is_wrong"] and "answer" in copies["what_is_wrong"]
    assert (copies["file"], copies["line"]) == ("vendor_a/sft.jsonl", "7")
    assert list(rm[0])[:12] == [
        *("record", "file", "line", "what_is_wrong", "prompt", "new_prompt"),
        *("responses.1.text", "new_responses.1.text", "responses.1.rank", "new_responses.1.rank"),
        *("responses.2.text", "new_responses.2.text"),
    ]
    # What no record has is no column; what any has, and what a record needs, is.
    assert "data_category" not in sft[0] and "responses.1.score" not in rm[0]
    assert {"system", "history.1.content", "data_id", "responses.4.rank"} <= {*sft[0], *rm[0]}
    again = found.rows("deliver again")
    assert [row["line"] for row in again] == ["8", "26"] and "Found:" in again[1]["what_is_wrong"]


def test_only_cells_to_fill_can_be_changed_and_nothing_is_a_formula(night, book):
    found = Book(book)
    for name in found.names:
        xml = found.parts[f"xl/worksheets/sheet{found.names.index(name) + 1}.xml"].decode()
        assert "<sheetProtection" in xml and "password" not in xml and "<f>" not in xml
    a2 = night.ids["a2"]
    for column in found.tables["SFT"][0]:
        style = found.style("SFT", found.cell("SFT", a2, column))
        # What this record has no place for is locked too.
        is_there = column.startswith("new_") and not column.startswith("new_history")
        assert style["locked"] is not is_there, column
        # As a text, so that what is typed stays what it is.
        assert style["format"] == 49 or not is_there, column
    assert found.style("RM", found.cell("RM", night.ids["r2"], "new_responses.1.rank")) == {
        "locked": False,
        "format": 0,
    }
    row = next(row for row in found.rows("SFT") if row["record"] == a2)
    assert row["answer"] == SUM and row["new_answer"] == ""
    bell = next(row for row in found.rows("SFT") if row["record"] == night.ids["a3"])
    assert "⟨U+0007⟩" in bell["question"]


def test_a_text_that_is_too_long_is_beside_the_sheet(night, book, tmp_path):
    beside = jsonl_of(book.with_name("book.xlsx.long.jsonl"))
    assert [(line["record_id"], line["column"]) for line in beside] == [(night.ids["a4"], "question")]
    assert (beside[0]["text"] == LONG) is True
    night.sheet(tmp_path / "all.jsonl")
    assert any(row.get("question") == LONG for row in jsonl_of(tmp_path / "all.jsonl"))
    assert not (tmp_path / "all.jsonl.long.jsonl").exists()


def test_csv_and_json_lines_have_the_same_rows(night, book, tmp_path):
    said = night.sheet(tmp_path / "x.csv")
    assert "14 records of run" in said and "2 have no fields to mend" in said and "left out" in said
    night.sheet(tmp_path / "x.jsonl")
    rows, lines = csv_of(tmp_path / "x.csv"), jsonl_of(tmp_path / "x.jsonl")
    of_book = [*Book(book).rows("SFT"), *Book(book).rows("RM")]
    assert sorted(row["record"] for row in rows) == sorted(row["record"] for row in of_book)
    assert [row["record"] for row in rows] == [line["record"] for line in lines]
    a2 = next(row for row in rows if row["record"] == night.ids["a2"])
    assert a2["answer"] == f"'{SUM}" and a2["prompt"] == "" and a2["new_answer"] == ""
    r2 = next(line for line in lines if line["record"] == night.ids["r2"])
    assert r2["responses.1.rank"] == 2 and r2["new_responses.1.rank"] is None and "answer" not in r2
    assert night.sheet(tmp_path / "one.csv", "--label-kind", "rm", "--source", "vendor_b").startswith("3 records")


def test_the_same_records_make_the_same_sheet(night, tmp_path):
    for kind in ("xlsx", "csv", "jsonl"):
        for folder in ("1", "2"):
            (tmp_path / folder).mkdir(exist_ok=True)
            night.sheet(tmp_path / folder / f"x.{kind}")
        assert (tmp_path / "1" / f"x.{kind}").read_bytes() == (tmp_path / "2" / f"x.{kind}").read_bytes()


@pytest.mark.parametrize("kind", ["xlsx", "csv", "jsonl"])
def test_a_sheet_that_nobody_filled_asks_for_nothing(night, import_, reviews, tmp_path, kind):
    """Whatever is in the texts: what was written is what is read."""
    night.sheet(tmp_path / f"x.{kind}")
    done = import_(tmp_path / f"x.{kind}", "--yes")
    assert (done.exit_code, done.output) == (0, "0 records to correct; 0 rows refused; 14 rows left empty\n")
    assert not (reviews / "corrections").exists()


def test_the_round_from_a_sheet_to_a_release(night, book, reviews, import_, tmp_path):
    """A vendor fills the workbook; what comes back is published, with who imported it."""
    filled, ids = Book(book), night.ids
    filled.fill("SFT", ids["a1"], "new_answer", text("  It is 1 more, says the vendor.\r\nReally.  "))
    filled.fill("SFT", ids["a2"], "new_question", text("How do the two of them differ?"))
    filled.fill("SFT", ids["a5"], "new_answer", typed("46000"))
    filled.fill("SFT", ids["a6"], "new_answer", text("=6 more, as text"))
    filled.fill("SFT", ids["a8"], "new_question", dated("46000"))
    filled.fill("SFT", ids["101"], "new_answer", text("It is one more than d, says the vendor."))
    filled.fill("SFT", ids["e1"], "new_answer", text("It is one more than e, says the vendor."))
    filled.fill("RM", ids["r1"], "new_responses.2.text", text("Any of them, says the vendor."))
    filled.fill("RM", ids["r2"], "new_responses.1.rank", typed("1"))
    filled.fill("RM", ids["r3"], "new_responses.4.text", text(" "))
    path = filled.save(tmp_path / "back.xlsx")
    shown = import_(path)
    assert shown.exit_code == 0, shown.output
    assert "new_" not in shown.output and "responses.1.rank: 2 → 1" in shown.output
    assert "9 records to correct; 0 rows refused; 5 rows left empty" in shown.output
    assert "nothing is written yet: say --yes" in shown.output and not (reviews / "corrections").exists()
    done = import_(path, "--yes", "--why", "the vendor's sheet")
    assert done.exit_code == 0, done.output
    (file,) = (reviews / "corrections").iterdir()
    assert file.name.endswith("-kim-min-ji.jsonl")
    lines = jsonl_of(file)
    assert [line["record"] for line in lines] == sorted(line["record"] for line in lines)
    assert {line["by"] for line in lines} == {"Kim Min-ji"} and {line["why"] for line in lines} == {
        "the vendor's sheet"
    }
    assert written(reviews)[ids["a1"]] == {"answer": "It is 1 more, says the vendor.\nReally."}
    assert written(reviews)[ids["a5"]] == {"answer": "46000"}
    assert written(reviews)[ids["r2"]] == {"responses.1.rank": 1}
    assert written(reviews)[ids["a8"]] == {"question": "2025-12-09"}
    # The same sheet once more brings nothing new, and no second file.
    again = import_(path, "--yes")
    assert again.exit_code == 0 and "9 values are corrected already" in again.output
    assert list((reviews / "corrections").iterdir()) == [file]
    after = night.run("after", f"reviews={reviews}")
    rows = by_id([*after.published("sft"), *after.published("rm")])
    assert {name for name, row in rows.items() if row["corrected_by"] == "Kim Min-ji"} >= {
        "a1",
        "a2",
        "101",
        "e1",
        "r1",
        "r2",
    }
    assert rows["a1"]["answer"] == "It is 1 more, says the vendor.\nReally."
    assert [one["rank"] for one in rows["r2"]["responses"]] == [1, 2, 3]
    assert rows["a6"]["answer"] == "=6 more, as text"
    shown = called("corrections", "--out", after.out)
    assert shown.exit_code == 0, shown.output
    assert f"corrections/{file.name}: 9 records, by Kim Min-ji 9" in shown.output


def test_rows_that_do_not_fit_are_refused_with_their_reasons(night, book, reviews, import_, tmp_path):
    filled, ids = Book(book), night.ids
    filled.fill("SFT", ids["a1"], "new_answer", formula("A1&B1", "text"))
    filled.fill("SFT", ids["a2"], "question", text("What was TODO?"))
    filled.fill("SFT", ids["a3"], "new_question", text("How does the bell ⟨U+0000⟩ ring?"))
    filled.fill("SFT", ids["a4"], "new_question", text(LONG[:32_000] + "!"))
    filled.fill("SFT", ids["a5"], "record", text("sft-" + "0" * 32))
    filled.fill("SFT", ids["a5"], "new_answer", text("Nobody has it."))
    filled.fill("SFT", ids["a6"], "new_answer", text("#NAME?"))
    filled.fill("SFT", ids["101"], "new_answer", text("x" * 32_767))
    filled.fill("SFT", ids["e1"], "new_question", text(sft_records("e")[1]["question"] + " "))
    filled.fill("RM", ids["r1"], "new_responses.1.rank", text("first"))
    filled.fill("RM", ids["r2"], "new_responses.1.rank", typed("1.5"))
    filled.fill("RM", ids["r3"], "new_responses.1.rank", dated("46000"))
    done = import_(filled.save(tmp_path / "back.xlsx"), "--yes")
    assert done.exit_code == 1 and not (reviews / "corrections").exists()
    for said in (
        "sheet SFT, row 2: new_answer: a formula; copy it, and paste its value",
        "sheet SFT, row 3: question: was changed here; write the new text into new_question",
        "sheet SFT, row 4: new_question: has a sign for a control character",
        "sheet SFT, row 5: new_question: is only the beginning of a longer text",
        f"has the id sft-{'0' * 32}",
        "new_answer: #NAME? is an error of a formula",
        "new_answer: as long as a cell can be",
        "new_responses.1.rank: expected a whole number",
        "question: as it was, nothing to do",
        "0 records to correct; 10 rows refused; 3 rows left empty",
    ):
        assert said in done.output, (said, done.output)
    assert done.output.count("expected a whole number") == 3


def test_an_id_twice_an_unknown_field_and_what_is_not_there_are_refused(night, reviews, import_, tmp_path):
    ids = night.ids
    rows = [
        {"record": ids["a1"], "new_answer": "One answer of it."},
        {"record": ids["a1"] + "-0", "new_answer": "Another answer."},
        {"record": ids["a2"], "new_outcome": "good"},
        {"record": ids["r1"], "new_responses.4.text": "There is no fourth."},
        {"record": ids["r2"], "new_responses.1.rank": 1.0},
        {"record": ids["a5"], "answer": "Changed.", "new_answer": "Good answer."},
        {"record": ids["a6"], "answer": " ", "new_answer": "  as it is\n"},
        {"record": ids["a8"], "question": "TODO", "new_question": ""},
        {"record": "", "new_answer": "Whose?"},
    ]
    path = tmp_path / "back.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = import_(path, "--yes")
    assert done.exit_code == 1
    for said in (
        "line 1: another row has the same id",
        "line 2: another row has the same id",
        "line 3: new_outcome: 'outcome' is no field of SFT records",
        "line 4: new_responses.4.text: the record has no responses.4.text",
        "line 5: new_responses.1.rank: expected a whole number",
        "line 6: answer: was changed here",
        "line 9: no id of a record in the column record",
        "1 record to correct; 7 rows refused; 1 row left empty",
    ):
        assert said in done.output, (said, done.output)
    # What fits is written all the same, and of JSON just as it is.
    assert written(reviews) == {ids["a6"]: {"answer": "  as it is\n"}}


@pytest.mark.parametrize(("delimiter", "codec"), [(";", "utf-8-sig"), (",", "cp949"), ("\t", "utf-16")])
def test_csv_that_excel_saved_comes_back(night, reviews, import_, tmp_path, delimiter, codec):
    night.sheet(tmp_path / "x.csv")
    rows, ids = csv_of(tmp_path / "x.csv"), night.ids
    for row in rows:
        # Excel reads a number here.
        row["data_id"] = row["data_id"].lstrip("0")
        row |= {"new_answer": "=는 부호입니다"} if row["record"] == ids["a2"] else {}
        row |= {"new_responses.1.rank": "1 "} if row["record"] == ids["r2"] else {}
        row |= {"new_answer": 'A line,\nand "another"; one.'} if row["record"] == ids["a5"] else {}
    done = import_(save_csv(tmp_path / "back.csv", rows, delimiter, codec), "--yes")
    # What CP949 cannot hold is lost, and seen: the bell, and the emoji.
    assert done.output.count("question: was changed here") == (2 if codec == "cp949" else 0), done.output
    assert done.exit_code == (1 if codec == "cp949" else 0), done.output
    assert written(reviews) == {
        ids["a2"]: {"answer": "=는 부호입니다"},
        ids["a5"]: {"answer": 'A line,\nand "another"; one.'},
        ids["r2"]: {"responses.1.rank": 1},
    }


def test_ids_and_numbers_that_look_alike_are_not_the_same(night, import_, tmp_path, reviews):
    """Excel writes 12 for 0012; who writes 12 beside it means another id."""
    night.sheet(tmp_path / "x.csv", "--source", "vendor_a")
    rows, a5 = csv_of(tmp_path / "x.csv"), night.ids["a5"]
    (row,) = (row for row in rows if row["record"] == a5)
    assert row["data_id"] == "0012"
    row |= {"data_id": "12", "new_data_id": "12", "new_question": row["question"]}
    done = import_(save_csv(tmp_path / "back.csv", [row]), "--yes")
    assert done.exit_code == 0, done.output
    assert written(reviews) == {a5: {"data_id": "12"}}


def test_what_is_replaced_is_left_out_and_what_is_corrected_already_says_so(night, import_, tmp_path):
    run = find_run(OutputFolder(night.out.out), None)
    rows = [dict(one.row) for one in night.failing]
    by_name = {row["data_id"]: row for row in rows}
    by_name["a1"]["replaced_by"] = night.ids["a2"]
    by_name["a2"]["corrected_by"] = "Lee"
    selection = SimpleNamespace(rows=lambda: iter(rows))
    tables = Tables(run.report, selection, InFields(run.report, settings_of_run(run.report)))
    told = {one.record: one.what_is_wrong for one in tables.records()}
    # Of a failing comparison pytest shows what is in it, and of a report that takes minutes.
    replaced, to_mend = tables.replaced, sum(tables.to_mend.values())
    assert (replaced, to_mend, len(told)) == (1, 13, 13) and night.ids["a1"] not in told
    assert "Corrected by Lee already" in told[night.ids["a2"]][-1]


@pytest.mark.parametrize(("answer", "files"), [("y\n", 1), ("n\n", 0), ("", 0)])
def test_a_terminal_asks_before_it_writes(night, import_, tmp_path, reviews, monkeypatch, answer, files):
    (tmp_path / "a.jsonl").write_text(json.dumps({"record": night.ids["a1"], "new_answer": "Good answer."}))
    tty = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr(correcting, "sys", SimpleNamespace(stdin=tty, stdout=tty, stderr=sys.stderr))
    done = import_(tmp_path / "a.jsonl", typing=answer)
    assert done.exit_code == 0 and f"Write them to {reviews}?" in done.output
    assert "new" not in done.output and "answer: ' ' → 'Good answer.'" in done.output
    assert len(list(reviews.rglob("*.jsonl"))) == files


def test_what_is_corrected_otherwise_already_is_refused(night, tmp_path, import_, reviews):
    ids = night.ids
    by = {"by": "Lee", "why": "seen and mended"}
    folder_of(reviews, None, lee=[{"record": ids["a1"], "set": {"answer": "Lee says this."}, **by}])
    rows = [{"record": ids["a1"], "new_answer": "Kim says that.", "new_question": "How do they differ, by Kim?"}]
    path = tmp_path / "back.jsonl"
    path.write_text(json.dumps(rows[0]), "utf-8")
    done = import_(path, "--yes")
    assert done.exit_code == 1
    assert "line 1: answer is corrected otherwise in corrections/lee.jsonl, line 1" in done.output
    path.write_text(json.dumps(rows[0] | {"new_answer": "Lee says this."}), "utf-8")
    done = import_(path, "--yes")
    assert done.exit_code == 0 and "1 value is corrected already" in done.output
    read_reviews(reviews)


def test_files_that_are_no_sheets_and_settings_that_are_missing_are_one_line(night, tmp_path, import_, reviews):
    (tmp_path / "a.xlsx").write_bytes(b"PK no")
    (tmp_path / "a.csv").write_text("id,answer\n1,2\n")
    (tmp_path / "b.csv").write_bytes(b"record\n\xff\xff\xff")
    (tmp_path / "c.csv").write_text('record,new_answer\n"open')
    (tmp_path / "d.csv").write_text("record,new_answer,new_answer\n")
    (tmp_path / "a.jsonl").write_text("[1]\n")
    (tmp_path / "b.jsonl").write_text('{"record": "x", "new_answer": "\\ud800"}')
    (tmp_path / "a.ods").write_text("")
    for name, said in {
        "a.xlsx": "not an Excel workbook",
        "a.csv": "no table with the column record",
        "b.csv": "neither UTF-8 nor CP949",
        "c.csv": "not CSV",
        "d.csv": "two columns are called new_answer",
        "a.jsonl": "line 1: expected an object with the key record",
        "b.jsonl": "line 1: not a JSON object: an unpaired surrogate",
        "a.ods": "expected a sheet that ends with .xlsx, .csv or .jsonl",
        "none.csv": "cannot be read",
    }.items():
        done = import_(tmp_path / name)
        assert done.exit_code == 2 and said in done.output and done.output.count("\n") == 1, done.output
    (tmp_path / "e.jsonl").write_text(json.dumps({"record": night.ids["a1"], "new_answer": "Good answer."}))
    done = import_(tmp_path / "e.jsonl", settings=False)
    assert done.exit_code == 2 and "write reviews: path/to/reviews into the settings" in done.output
    assert "no folder of reviews is set" in called("corrections", "--out", night.out.out).output
    done = import_(tmp_path / "e.jsonl", "--why", ".")
    assert done.exit_code == 2 and "--why" in done.output
    assert called("corrections", "--set", f"reviews={reviews}").output == f"{reviews}: no corrections\n"


def test_a_file_of_corrections_takes_no_name_that_is_taken(tmp_path):
    one = Correction(record="sft-" + "1" * 32, set={"answer": "A good one."}, by="김 민지/../x", why="seen")
    found = [store_corrections(tmp_path, (one,), date(2026, 11, 29)) for _ in range(3)]
    assert [path.name for path in found] == [f"2026-11-29-김-민지-x{n}.jsonl" for n in ("", "-2", "-3")]
    assert len(read_reviews(tmp_path).corrections) == 3
    assert sorted(path.name for path in (tmp_path / "corrections").iterdir()) == sorted(path.name for path in found)


def test_corrections_that_cannot_be_written_leave_no_file(tmp_path, monkeypatch):
    one = Correction(record="sft-" + "1" * 32, set={"answer": "A good one."}, by="Kim", why="seen")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        store_corrections(tmp_path, (one,), date(2026, 11, 29))
    assert list((tmp_path / "corrections").iterdir()) == []
    with pytest.raises(ConfigError, match="is no folder; make it"):
        store_corrections(tmp_path / "none", (one,), date(2026, 11, 29))


def test_what_is_shown_of_a_change_is_short_and_masked():
    assert change_shown("a" * 90 + "old", "a" * 90 + "new", None) == f"'…{'a' * 15}old' → '…{'a' * 15}new'"
    assert change_shown("", "Call 010-1234-5678 now", None) == "'' → 'Call ***-****-**** now'"
    assert change_shown(None, "x" * 80, None) == f"null → '{'x' * 60}…'"
    assert change_shown(2, 1, None) == "2 → 1"
    # What leads to a number counts although it is not shown, and so does what ends behind it.
    shown = change_shown("t 010-1234-567", "t 010-1234-5678", None)
    assert not any(digit in shown for digit in "5678")


def test_blank_rows_are_no_rows(tmp_path):
    (tmp_path / "a.csv").write_text("record;new_answer\n;\n sft-1 ;x\n")
    (row,) = read_filled(tmp_path / "a.csv")
    assert (row.record, row.where, row.cells["new_answer"]) == ("sft-1", "row 3", "x")
