"""Failing rows as files for vendors: which rows, in which words, and that nothing in a cell does anything."""

import csv
import gc
import io
import json
import re
import time
import zipfile
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality.output import OutputFolder
from sftrm_quality.records import DUPLICATES
from sftrm_quality.releases import read_known
from sftrm_quality.reports import write_excluded_rows, write_warned_rows
from sftrm_quality.reports.warned_rows import WarnedRows
from sftrm_quality.rows import Wanted, find_run, select
from sftrm_quality.rows import files as row_files
from sftrm_quality.rows.cells import LONGEST_CELL
from tests.outputs import open_gate, run_on
from tests.report_example import BEFORE, RUN, published
from tests.test_report_samples import quarantined, written

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = ["source", "source_file", "line", "data_id", "label_kind", "reasons", "what_is_wrong", "payload", "record_id"]
OLD = "20261120T230412Z-8f3a5d"


def made(out, rows, run_id=RUN, group=7, **changed):
    """An output folder with a run that has these failing rows; what its report says is as in the example."""
    report = published() | {"run_id": run_id} | changed
    report["paths"] = {**report["paths"], "quarantine": f"quarantine/{run_id}/quarantine.parquet"}
    report["paths"] |= changed.get("paths", {})
    (out / "reports" / run_id).mkdir(parents=True)
    (out / "reports" / run_id / "report.json").write_text(json.dumps(report), "utf-8")
    if rows is not None:
        for name in ("quarantine", "duplicates"):
            (out / name / run_id).mkdir(parents=True)
        written(out / "quarantine" / run_id / "quarantine.parquet", rows, group)
        written(out / "duplicates" / run_id / "duplicates.parquet", [], 7)
    return out


def called(out, *arguments):
    return CliRunner().invoke(app, ["rows", "--out", str(out), *map(str, arguments)])


def rows_of(out, to, *arguments):
    """What the command writes, as a program reads it: of each row its columns."""
    done = called(out, "--to", to, *arguments)
    assert done.exit_code == 0, done.output
    return read(to)


def read(path):
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    header, *rows = (row for sheet in sheets(path) for row in sheet)
    return [dict(zip(header, row, strict=True)) for row in rows if row != header]


def sheets(path):
    """The cells of each sheet of a workbook, read without the library that wrote it."""
    found = []
    with zipfile.ZipFile(path) as book:
        for name in sorted(n for n in book.namelist() if n.startswith("xl/worksheets/sheet")):
            rows = ElementTree.fromstring(book.read(name)).iter(f"{SHEET}row")
            found.append([[_cell(cell) for cell in row] for row in rows])
    return found


def _cell(cell):
    assert cell.find(f"{SHEET}f") is None
    texts = [text.text or "" for text in cell.iter(f"{SHEET}t")]
    assert cell.get("t") in ("inlineStr", "s") if texts else cell.get("t") in (None, "n")
    value = cell.find(f"{SHEET}v")
    text = "".join(texts) if texts else "" if value is None else value.text
    return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_every_failing_row_of_the_samples_in_full_and_in_words(samples_run, tmp_path, kind):
    found = rows_of(samples_run.out, tmp_path / f"all.{kind}")
    assert [list(row) for row in found] == [COLUMNS] * len(samples_run.quarantine)
    described = {(c["suite"], c["reason"]): c["description"] for c in samples_run.report["checks"]}
    sources = {file["source_file"]: file["source"] for file in samples_run.report["files"]}
    for row, its in zip(found, samples_run.quarantine, strict=True):
        assert (row["source"], row["source_file"]) == (sources[its["source_file"]], its["source_file"])
        assert (row["record_id"], row["label_kind"]) == (its["record_id"], its["label_kind"])
        line = its["source_line"] or (f"record {its['source_index'] + 1}" if its["label_kind"] != "unknown" else "")
        assert str(row["line"]) == str(line)
        assert row["reasons"] == (its["reasons"] if kind == "jsonl" else ", ".join(its["reasons"]))
        if its["stage"] == "check":
            for reason in its["reasons"]:
                assert described[its["label_kind"], reason] in "".join(row["what_is_wrong"])
        assert all(detail in "".join(row["what_is_wrong"]) for detail in its["details"])
        assert row["payload"] == (its["payload"] or "")
    wrong = "".join("".join(row["what_is_wrong"]) for row in found)
    assert "An object names the same key twice, so that parsers disagree about its value. Found: key 'answer'" in wrong
    assert "Expected: The record has an id. Found: data_id is null." in wrong
    assert {str(row["line"]).partition(" ")[0] for row in found} > {"", "record", "9"}


def test_filters_are_of_names_and_may_be_repeated(tmp_path):
    rows = [quarantined(n, f"{'ab'[n % 2]}/{n % 3}.json", ["r1", "r2"][: 1 + n % 2]) for n in range(24)]
    rows += [quarantined(24, "c/0.json", ["r3"], kind="rm")]
    out = made(tmp_path / "out", rows)

    def numbers(name, *arguments):
        return [int(row["record_id"].split("-")[1]) for row in rows_of(out, tmp_path / f"{name}.jsonl", *arguments)]

    assert numbers("all") == list(range(25))
    assert numbers("source", "--source", "b") == list(range(1, 24, 2))
    assert numbers("sources", "--source", "b", "--source", "c") == [*range(1, 24, 2), 24]
    assert numbers("file", "--file", "a/2.json") == [n for n in range(24) if n % 6 == 2]
    assert numbers("reason", "--reason", "r2", "--reason", "r3") == [*range(1, 24, 2), 24]
    assert numbers("kind", "--label-kind", "rm") == [24]
    assert numbers("both", "--source", "a", "--reason", "r1", "--file", "a/0.json") == [
        n for n in range(24) if not n % 6
    ]
    declared = ["--set", "sources=[{files: 'a/*', name: Alpha}]"]
    assert numbers("declared", "--source", "Alpha", *declared) == list(range(0, 24, 2))


def test_names_are_those_of_the_run_unless_a_configuration_is_named(tmp_path):
    files = [published()["files"][0] | {"source_file": "a/1.json", "source": "Alpha"}]
    out = made(tmp_path / "out", [quarantined(1, "a/1.json", ["r"])], files=files)
    assert [row["source"] for row in rows_of(out, tmp_path / "1.jsonl")] == ["Alpha"]
    (tmp_path / "c.yaml").write_text("sources: [{files: 'a/*', name: Beta}]", "utf-8")
    found = rows_of(out, tmp_path / "2.jsonl", "--config", tmp_path / "c.yaml")
    assert [row["source"] for row in found] == ["Beta"]


def test_filters_that_fit_nothing_say_which_names_there_are(tmp_path):
    rows = [quarantined(0, "a/1.json", ["r1"]), quarantined(1, "b/1.json", ["r2"], kind="rm")]
    out = made(tmp_path / "out", rows)
    to = tmp_path / "x.csv"
    for arguments, said in (
        (["--source", "c"], "no failing row has the source 'c'; there are 'a', 'b'"),
        (["--file", "1.json"], "no failing row has the file '1.json'; there are 'a/1.json', 'b/1.json'"),
        (["--reason", "r3", "--source", "a"], "no failing row has the reason 'r3'; there are 'r1', 'r2'"),
        (["--label-kind", "unknown"], "no failing row has the label kind 'unknown'; there are 'rm', 'sft'"),
        (["--source", "a", "--reason", "r2"], "without the source there is 'b'; without the reason there is 'r1'"),
    ):
        done = called(out, "--to", to, *arguments)
        assert done.exit_code == 2 and said in done.output and done.output.count("\n") == 1, done.output
    assert not to.exists()


def test_many_names_are_not_all_listed(tmp_path):
    out = made(tmp_path / "out", [quarantined(n, f"{n:02}/1.json", ["r"]) for n in range(30)])
    assert "'19' and 10 more" in called(out, "--source", "x", "--to", tmp_path / "x.csv").output


HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "https://evil.example/x", "1e5", "{=1}")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_a_link_or_a_number(tmp_path, text):
    row = quarantined(0, f"{text}.json", ["r"], text) | {"data_id": text}
    out = made(tmp_path / "out", [row])
    (csv_row,) = rows_of(out, tmp_path / "x.csv")
    for name in ("payload", "data_id"):
        assert not csv_row[name].startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
        assert csv_row[name].removeprefix("'") == text
        assert (csv_row[name] == text) is (text[0] in "h1{")
    (xlsx_row,) = rows_of(out, tmp_path / "x.xlsx")
    assert (xlsx_row["payload"], xlsx_row["data_id"], xlsx_row["source_file"]) == (text, text, f"{text}.json")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        assert not [name for name in book.namelist() if "rels" in name and "worksheets" in name]
    (json_row,) = rows_of(out, tmp_path / "x.jsonl")
    assert json_row["payload"] == text


def test_control_characters_are_seen_and_a_workbook_with_them_is_whole(tmp_path):
    text = '{"a": "bell \x07 nul \x00 csi \x9b31m end \uffff tab \t 한글 _x0041_ 😀"}\r\n'
    out = made(tmp_path / "out", [quarantined(0, "a.json", ["r"], text)])
    seen = '{"a": "bell ⟨U+0007⟩ nul ⟨U+0000⟩ csi ⟨U+009B⟩31m end ⟨U+FFFF⟩ tab \t 한글 _x0041_ 😀"}\r\n'
    assert rows_of(out, tmp_path / "x.csv")[0]["payload"] == seen
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows_of(out, tmp_path / "x.xlsx")[0]["payload"] == seen
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "⟨U+0007⟩" in sheet and "_x005F_x0041_" in sheet and "_x0007_" not in sheet
    assert rows_of(out, tmp_path / "x.jsonl")[0]["payload"] == text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("letter", ["x", "가", "😀", "\x07"])
def test_a_text_that_is_too_long_for_a_cell_is_beside_the_file(tmp_path, kind, letter):
    # How many units a cell needs for it, with a place left for the apostrophe.
    units = {"x": 1, "가": 1, "😀": 2, "\x07": 8}[letter]
    fits = "a" * (LONGEST_CELL - 1 - 8 * units) + 8 * letter
    texts = [fits, f"a{fits}", f"={letter * 40_000}", "short"]
    out = made(tmp_path / "out", [quarantined(n, "a.json", ["r"], text) for n, text in enumerate(texts)])
    to = tmp_path / f"x.{kind}"
    done = called(out, "--to", to)
    assert "and 2 long texts to" in done.output, done.output
    found = [row["payload"] for row in read(to)]
    assert found[0] == fits.replace("\x07", "⟨U+0007⟩") and found[3] == "short"
    for line, (cell, text) in enumerate(zip(found[1:3], texts[1:3], strict=True), 1):
        assert LONGEST_CELL - 8 < len(cell.encode("utf-16-le")) // 2 <= LONGEST_CELL
        note = f"\n[… the beginning of {len(text):,} characters; all of them: line {line} of {to.name}.long.jsonl]"
        assert cell.endswith(note)
        assert text.replace("\x07", "⟨U+0007⟩").startswith(cell.removesuffix(note).removeprefix("'"))
    beside = (tmp_path / f"x.{kind}.long.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in beside] == [
        {"record_id": f"sft-{n}", "column": "payload", "text": texts[n]} for n in (1, 2)
    ]
    # A program has them all.
    assert [row["payload"] for row in rows_of(out, tmp_path / "x.jsonl")] == texts
    assert not (tmp_path / "x.jsonl.long.jsonl").exists()


def test_a_full_sheet_is_followed_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr(row_files, "SHEET_ROWS", 10)
    out = made(tmp_path / "out", [quarantined(n, "a.json", ["r"], f"text {n}") for n in range(20)])
    rows_of(out, tmp_path / "x.xlsx")
    found = sheets(tmp_path / "x.xlsx")
    assert [len(sheet) for sheet in found] == [10, 10, 3] and all(sheet[0] == COLUMNS for sheet in found)
    assert [row[7] for sheet in found for row in sheet[1:]] == [f"text {n}" for n in range(20)]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_the_same_rows_make_the_same_bytes(samples_run, tmp_path, kind, monkeypatch):
    rows_of(samples_run.out, tmp_path / f"1.{kind}")
    # A day later, elsewhere.
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + 86_400)
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    rows_of(samples_run.out, tmp_path / f"2.{kind}")
    monkeypatch.undo()
    time.tzset()
    if kind == "xlsx":
        with zipfile.ZipFile(tmp_path / "1.xlsx") as book:
            assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")
    assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()


def test_rows_come_a_few_at_a_time(tmp_path):
    rows = [quarantined(n, "a.json", [f"r{n % 3}"], "x" * 1000) for n in range(900)]
    run = find_run(OutputFolder(made(tmp_path / "out", rows, group=600)), None)
    selection = select(run.quarantine, run.source_named(None), Wanted(reasons=["r1"]))
    assert len(selection) == 300
    assert [row["record_id"] for row in selection.rows()] == [f"sft-{n}" for n in range(1, 900, 3)]


def test_new_rows_are_those_that_did_not_fail_in_the_release_before(tmp_path):
    """Over two real runs: a file more, and the old one is as it was."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()

    def deliver(name, ids):
        records = [{"data_id": str(n), "question": f"Why is number {n} so odd, and what follows?"} for n in ids]
        answers = [
            r | {"answer": " " if n % 2 else f"Because of {n}, which nobody doubts."}
            for n, r in zip(ids, records, strict=True)
        ]
        (raw / name).write_text("\n".join(map(json.dumps, answers)), "utf-8")

    gate = open_gate(tmp_path / "suites")
    deliver("night-1.jsonl", range(8))
    first = run_on([raw], out, gate)
    done = called(out, "--new", "--to", tmp_path / "x.csv")
    assert done.exit_code == 2 and "had no release before it" in done.output and not (tmp_path / "x.csv").exists()
    deliver("night-2.jsonl", range(20, 26))
    second = run_on([raw], out, gate)
    assert len(rows_of(out, tmp_path / "all.jsonl")) == 7
    found = rows_of(out, tmp_path / "new.jsonl", "--new")
    assert [(row["source_file"], row["data_id"]) for row in found] == [("night-2.jsonl", f"{n}") for n in (21, 23, 25)]
    # The page of rows says the same.
    index = (out / "reports" / second.report["run_id"] / "rows" / "index.js").read_text("utf-8")
    index = json.loads(index[len("sftrmIndex(") : -2])
    new = {(code, count) for chunk in index["chunks"] for code, _, _, why, _, count in chunk["counts"] if why == -1}
    assert index["compared"] is True
    assert {index["files"][code][0]: count for code, count in new} == {"night-1.jsonl": 0, "night-2.jsonl": 3}
    # The next night brings nothing: its rows are those of the run that checked them.
    unchanged = run_on([raw], out, gate)
    assert unchanged.verdict == "unchanged"
    done = called(out, "--new", "--to", tmp_path / "again.jsonl")
    assert f"3 rows of run {second.report['run_id']}, new since release {first.report['release_id']}" in done.output
    assert read(tmp_path / "again.jsonl") == found
    assert len(rows_of(out, tmp_path / "first.jsonl", "--run", first.report["run_id"])) == 4
    # No new ones among those that are asked for is an answer and no mistake.
    assert rows_of(out, tmp_path / "none.jsonl", "--new", "--file", "night-1.jsonl") == []


def test_without_the_quarantine_of_the_release_before_nothing_is_new_or_old(tmp_path):
    out = made(tmp_path / "out", [quarantined(0, "a.json", ["r"])])
    done = called(out, "--new", "--to", tmp_path / "x.csv")
    assert done.exit_code == 2 and f"release '{BEFORE}'" in done.output and "leave out --new" in done.output


def test_the_newest_run_with_a_quarantine_is_meant(tmp_path):
    out = made(tmp_path / "out", [quarantined(0, "old.json", ["r"])], OLD)
    made(out, None)
    assert [row["source_file"] for row in rows_of(out, tmp_path / "1.jsonl")] == ["old.json"]
    done = called(out, "--run", RUN, "--to", tmp_path / "x.csv")
    assert done.exit_code == 2 and "not there any more" in done.output
    done = called(out, "--run", "x", "--to", tmp_path / "x.csv")
    assert done.exit_code == 2 and f"no run 'x'; the newest are {RUN}, {OLD}" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "{}/there.csv"], "is there already and is not replaced"),
        (["--to", "{}/beside.csv"], "beside.csv.long.jsonl: is there already"),
        (["--to", "{}/no/folder.csv"], "no such folder"),
        (["--to", "{}/x.csv", "--format", "xlsx"], "ends with .csv, and --format says xlsx"),
        (["--to", "https://example.org/x.csv"], "--to"),
        (["--format", "pdf", "--to", "{}/x"], "--format"),
    ],
)
def test_wrong_usage_is_one_line_and_touches_nothing(tmp_path, arguments, said):
    out = made(tmp_path / "out", [quarantined(0, "a.json", ["r"])])
    for name in ("there.csv", "beside.csv.long.jsonl"):
        (tmp_path / name).write_text("mine", "utf-8")
    before = sorted(tmp_path.rglob("*"))
    done = called(out, *(argument.format(tmp_path) for argument in arguments))
    assert done.exit_code == 2 and said in re.sub(r"\s+", " ", done.output + str(done.exception)), done.output
    assert sorted(tmp_path.rglob("*")) == before and (tmp_path / "there.csv").read_text() == "mine"


def test_an_output_without_a_run_is_one_line(tmp_path):
    assert "no such output folder" in called(tmp_path / "no").output
    (tmp_path / "out").mkdir()
    assert "make one with sftrm run" in called(tmp_path / "out").output


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_cannot_be_written_is_exit_code_three_and_leaves_nothing(tmp_path, kind, monkeypatch):
    out = made(tmp_path / "out", [quarantined(n, "a.json", ["r"], "x" * 40_000) for n in range(3)])
    (tmp_path / "to").mkdir()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zipfile.ZipFile.write" if kind == "xlsx" else "csv.writer", full)
    done = called(out, "--to", tmp_path / "to" / f"x.{kind}")
    assert done.exit_code == 3 and "No space left on device" in done.output and done.output.count("\n") == 1
    assert list((tmp_path / "to").iterdir()) == []
    # A zip file that failed is forgotten without a complaint.
    complaints = []
    monkeypatch.setattr("sys.unraisablehook", complaints.append)
    del done
    gc.collect()
    assert complaints == []


def test_a_damaged_quarantine_is_one_line_and_stops_no_later_run(tmp_path):
    out = made(tmp_path / "out", [quarantined(0, "a.json", ["r"])])
    path = out / "quarantine" / RUN / "quarantine.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    done = called(out, "--to", tmp_path / "x.csv")
    assert done.exit_code == 3 and str(path) in done.output and done.output.count("\n") == 1
    rows = written(tmp_path / "q", [quarantined(1, "a.json", ["r"])])
    nothing = written(tmp_path / "d", [], schema=DUPLICATES)
    excluded = write_excluded_rows(rows, nothing, tmp_path / "rows", (path, nothing))
    counts = write_warned_rows(excluded, WarnedRows(0, {}, ()), tmp_path / "rows", {}, None)
    assert (counts["rows"], counts["listed"]) == (1, 1)
    assert b'"compared":false' in (tmp_path / "rows" / "index.js").read_bytes()


def test_nothing_of_a_row_is_printed(tmp_path):
    secret = "Quuxwort 010-1234-5678"
    rows = [quarantined(0, "a\x1b[31m.json", ["r"], secret) | {"details": [secret], "data_id": secret}]
    out = made(tmp_path / "out", rows)
    printed = (
        called(out, "--to", tmp_path / "x.csv").output + called(out, "--file", "x", "--to", tmp_path / "y.csv").output
    )
    assert "Quuxwort" not in printed and "\x1b" not in printed and r"a\x1b[31m.json" in printed
    # It is the vendor's own: in the file it is whole.
    assert secret in (tmp_path / "x.csv").read_text("utf-8")


def test_known_records_are_found_by_their_ids(tmp_path):
    rows = [quarantined(n, "a.json", ["r"]) for n in range(0, 1000, 2)]
    known = read_known(written(tmp_path / "q.parquet", rows, 100))
    asked = pq.read_table(written(tmp_path / "p.parquet", [quarantined(n, "a.json", ["r"]) for n in range(1000)]))
    assert known.has(asked["record_id"]).tolist() == [n % 2 == 0 for n in range(1000)]
    nobody = read_known(written(tmp_path / "e.parquet", []))
    assert not nobody.has(asked["record_id"]).any()
