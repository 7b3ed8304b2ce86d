"""What ``sftrm inspect`` says of raw files, and that a run then does so."""

import gzip
import html
import io
import json
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter

import jsonschema
import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.terminal import print_result
from tests.conftest import ROOT
from tests.outputs import Output, open_gate, run_on
from tests.report_example import read
from tests.test_formats import AIHUB_RM, AIHUB_SFT, RM, SFT
from tests.test_what_is_shown import NAME, PERSON, STEERING, hostile_lines

SCHEMA = json.loads((ROOT / "docs" / "reference" / "inspection.schema.json").read_text("utf-8"))
UNREAD = {"question": "Say it.", "note": "", "reply": "It."}
PROMPT = {"data_id": "p", "question": "Which one?"}


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def sftrm(*arguments):
    done = CliRunner().invoke(app, ["inspect", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def inspected(*arguments):
    """The files as JSON says them, by name."""
    done = sftrm(*arguments, "--json")
    found = json.loads(done.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert done.exit_code == any(file["status"] == "unreadable" for file in found["files"])
    by_name = {file["source_file"]: file for file in found["files"]}
    assert len(by_name) == len(found["files"])
    return by_name


def lines(*records):
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def test_the_fields_that_a_declared_shape_does_not_read(tmp_path):
    """Those that its declaration keeps are kept, those that it ignores are nowhere, and the others are told apart."""
    turns = [{"role": "user", "content": "?", "name": "who"}, {"role": "assistant", "content": "!"}]
    talks = [{"messages": turns, "tools": [{"description": "x" * 200 + " y"}]}, {"messages": turns, "context": "c"}]
    answers = [{"instruction": "?", "output": "!", "note": 1}, {"instruction": "?", "output": "!", "context": "c"}]
    (tmp_path / "a.jsonl").write_text(lines(*talks))
    (tmp_path / "b.jsonl").write_text(lines(*answers))
    found = {
        name: {one["field"]: one for one in file["unread"]} for name, file in inspected("a.jsonl", "b.jsonl").items()
    }
    kept = {"metadata": 1, "field_unexpected": 0, "ignored": 0}
    content = {"metadata": 0, "field_unexpected": 1, "ignored": 0}
    assert found["a.jsonl"] == {
        "messages.name": {**kept, "field": "messages.name", "metadata": 2},
        "tools": {**kept, "field": "tools"},
        "context": {**content, "field": "context"},
    }
    assert found["b.jsonl"] == {"note": {**kept, "field": "note"}, "context": {**content, "field": "context"}}


@pytest.mark.parametrize(
    ("record", "name", "kind", "by", "fields"),
    [
        (SFT, "reference_sft", "sft", "answer", {"question": "'q'", "answer": "'a'", "question_count": "1"}),
        (RM, "reference_rm", "rm", "responses", {"prompt": "'p'", "responses[1]": "rank 2: 'b'"}),
        (AIHUB_SFT, "aihub_sft", "sft", "answer", {"data_category": "'문어체'", "answer": "'답'"}),
        (AIHUB_RM, "aihub_rm", "rm", "answer01, answer02", {"prompt": "'질문'", "responses[0]": "rank 2: '하나'"}),
    ],
)
def test_a_file_of_each_format(tmp_path, record, name, kind, by, fields):
    (tmp_path / "a.json").write_text(json.dumps({"data_info": [{**record, "data_id": f"n{i}"} for i in range(5)]}))
    (file,) = inspected("a.json").values()
    assert (file["status"], file["container"], file["encoding"], file["format"]) == (
        "read", "json_document", "utf-8", name,
    )  # fmt: skip
    assert file["why"] == f"5 of the first 5 records are of it, by {by}"
    assert (file["id_field"], file["records"], file["label_kinds"], file["incomplete"]) == (
        "data_id", 5, {kind: 5}, False,
    )  # fmt: skip
    assert [shown["fields"]["data_id"] for shown in file["shown"]] == ["n0", "n1", "n2"]
    assert fields.items() <= file["shown"][0]["fields"].items()
    assert file["reasons"] == file["unread"] == file["nearest"] == []
    printed = sftrm("a.json").stdout
    assert f"{name}: 5 of the first 5 records" in printed and f"5 {kind.upper()}" in printed


def test_a_file_of_no_known_format_is_told_with_its_fields_and_what_is_missing(tmp_path):
    (tmp_path / "unread.jsonl").write_text(lines(*[UNREAD] * 4))
    (file,) = inspected("unread.jsonl").values()
    assert (file["status"], file["format"], file["records"]) == ("unreadable", None, 4)
    assert file["fields_seen"] == {"question": 4, "note": 4, "reply": 4}
    assert file["nearest"][:2] == [
        {"format": "reference_sft", "missing": ["answer"]},
        {"format": "reference_rm", "missing": ["responses"]},
    ]
    assert "; nearest: reference_sft, without answer; reference_rm, without responses" in file["note"]
    done = sftrm("unread.jsonl")
    assert done.exit_code == 1
    assert "not readable" in done.stdout and "reference_sft, without answer" in done.stdout


def test_prompts_only_are_skipped_and_no_fault(tmp_path):
    (tmp_path / "p.jsonl").write_text(lines(*[PROMPT] * 3))
    (file,) = inspected("p.jsonl").values()
    assert (file["status"], file["format"], file["records"], file["shown"]) == ("skipped", "prompts_only", 3, [])
    assert sftrm("p.jsonl").exit_code == 0
    (tmp_path / "p.jsonl").write_text(lines(*[PROMPT] * 3, {"data_id": "r", "question": "w?", "reply": "x"}))
    (file,) = inspected("p.jsonl").values()
    assert file["nearest"][0] == {"format": "reference_sft", "missing": ["answer"]} and "reply" in file["note"]


def test_a_file_without_a_record_is_no_fault(tmp_path):
    (tmp_path / "a.json").write_text('{"data_info": []}')
    (file,) = inspected("a.json").values()
    assert (file["status"], file["note"], file["records"], file["format"]) == ("read", "no records", 0, None)


def test_records_of_both_kinds_in_one_file(tmp_path):
    records = [{**SFT, "data_id": f"s{i}"} for i in range(6)] + [{**RM, "data_id": f"r{i}"} for i in range(4)]
    (tmp_path / "both.jsonl").write_text(lines(*records))
    (file,) = inspected("both.jsonl").values()
    assert (file["format"], file["label_kinds"]) == ("reference_sft", {"sft": 6, "rm": 4})
    assert [(s["label_kind"], s["source_index"], s["source_line"]) for s in file["shown"]] == [
        ("sft", 0, 1), ("sft", 1, 2), ("sft", 2, 3), ("rm", 6, 7), ("rm", 7, 8), ("rm", 8, 9),
    ]  # fmt: skip


def test_labels_that_begin_late_say_so(tmp_path):
    (tmp_path / "late.jsonl").write_text(lines(*[PROMPT] * 210, {**SFT, "data_id": "z"}))
    (file,) = inspected("late.jsonl").values()
    assert (file["format"], file["records"]) == ("reference_sft", 211)
    assert file["why"] == "record 211 is the first that is of a known format, by answer"


def test_a_table_is_called_one(tmp_path):
    (tmp_path / "a.csv").write_text("data_id,question,answer,by\n1,q,a,me\n2,q,a,\n")
    (file,) = inspected("a.csv").values()
    assert (file["status"], file["container"], file["records"]) == ("read", "csv", 2)
    assert [(one["field"], one["metadata"]) for one in file["unread"]] == [("by", 1)]
    (tmp_path / "a.csv").write_text("data_id,question,answer\n")
    (file,) = inspected("a.csv").values()
    assert (file["status"], file["container"], file["records"]) == ("unreadable", None, None)
    assert file["note"].startswith("CSV with our column names")


def test_every_member_of_an_archive_and_one_of_them(tmp_path):
    (tmp_path / "raw").mkdir()
    with zipfile.ZipFile(tmp_path / "raw" / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("라벨/c.jsonl", lines(SFT))
        archive.writestr("d.jsonl", lines(RM))
    (tmp_path / "raw" / "e.jsonl.gz").write_bytes(gzip.compress(lines(SFT).encode()))
    names = ["b.zip!/d.jsonl", "b.zip!/라벨/c.jsonl", "e.jsonl.gz"]
    assert list(inspected("raw")) == names
    assert list(inspected(unicodedata.normalize("NFD", "raw/b.zip!/라벨/c.jsonl"))) == names[1:2]
    missing = sftrm("raw/b.zip!/x.jsonl")
    assert missing.exit_code == 2 and "no such member" in missing.output and "b.zip!/d.jsonl" in missing.output


def test_a_name_of_a_report_is_found_below_the_raw_folders(tmp_path):
    (tmp_path / "in" / "vendor").mkdir(parents=True)
    (tmp_path / "in" / "vendor" / "a.jsonl").write_text(lines(UNREAD))
    with zipfile.ZipFile(tmp_path / "in" / "vendor" / "b.zip", "w") as archive:
        archive.writestr("c.json", json.dumps([UNREAD]))
    report = run_on([tmp_path / "in"], tmp_path / "out", open_gate(tmp_path / "suites")).report
    names = [file["source_file"] for file in report["files"]]
    assert names == ["vendor/a.jsonl", "vendor/b.zip!/c.json"]
    # Where it says that a file is not readable, it says what to run.
    command = "sftrm inspect 'vendor/b.zip!/c.json'"
    page = (tmp_path / "out" / "reports" / report["run_id"] / "index.html").read_text("utf-8")
    assert command in html.unescape(page)
    told = io.StringIO()
    print_result(Console(file=told, width=1000), read(report), tmp_path / "out")
    assert f"{report['files'][1]['note']}; see: {command}\n" in told.getvalue()
    found = inspected(*names, "--set", "raw=[in]")
    assert [found[name]["note"] for name in names] == [file["note"] for file in report["files"]]
    (tmp_path / "c.yaml").write_text("raw: [in]\n")
    assert list(inspected(names[1], "--config", "c.yaml")) == names[1:]
    # The same file by its path has the same name, so that what is declared about it counts.
    assert list(inspected("in/vendor/a.jsonl", "vendor/a.jsonl", "--config", "c.yaml")) == names[:1]
    assert list(inspected("in/vendor/b.zip!/c.json", "--config", "c.yaml")) == names[1:]


def test_what_is_declared_about_a_source_counts(tmp_path):
    (tmp_path / "in" / "old").mkdir(parents=True)
    record = {**SFT, "question": "이것은 무엇입니까?", "model": "m1", "context": "그 밖의 것", "tags": {"note": "x"}}
    (tmp_path / "in" / "old" / "a.jsonl").write_text(lines(record, {**SFT, "data_id": "2"}), "euc-kr")
    declared = "sources=[{files: 'old/*', encoding: cp949, format: reference_sft, ignore: [context, tags.note]}]"
    (file,) = inspected("in/old/a.jsonl", "--set", "raw=[in]", "--set", declared).values()
    assert (file["encoding"], file["why"]) == ("cp949", "declared under sources")
    assert file["unread"] == [
        {"field": "context", "metadata": 0, "field_unexpected": 0, "ignored": 1},
        {"field": "tags.note", "metadata": 0, "field_unexpected": 0, "ignored": 1},
        {"field": "model", "metadata": 1, "field_unexpected": 0, "ignored": 0},
        {"field": "tags", "metadata": 1, "field_unexpected": 0, "ignored": 0},
    ]


def test_unread_fields_and_what_becomes_of_them(tmp_path):
    nested = [{"text": "a", "rank": 1, "model": "x"}, {"text": "b", "rank": 2, "comment": "Nobody reads this. " * 9}]
    records = [
        {**SFT, "data_id": "1", "source": "web", "extra": {}},
        {**SFT, "data_id": "2", "source": "web", "context": "Beside the question."},
        {**SFT, "data_id": "3", "question": "q3", "answer": 5, "source": "web"},
        {**RM, "data_id": "4", "responses": nested},
        {**RM, "data_id": "5", "responses": [{"label": "a", "rank": 1}, {"label": "b", "rank": 2}]},
        {**SFT, "data_id": "6", "deep": {"er": {"context": "Beside the question."}, "level": 1}},
    ]
    (tmp_path / "a.jsonl").write_text(lines(*records))
    (file,) = inspected("a.jsonl").values()
    found = {field.pop("field"): {name: count for name, count in field.items() if count} for field in file["unread"]}
    assert found == {
        "source": {"metadata": 3},
        "extra": {"metadata": 1},
        "context": {"field_unexpected": 1},
        "responses.model": {"metadata": 1},
        "responses.comment": {"field_unexpected": 1},
        "responses.label": {"field_unexpected": 1},
        "deep": {"field_unexpected": 1},
    }
    assert {(r["reason"], r["count"], r["source_index"]) for r in file["reasons"]} == {
        ("field_unexpected", 4, 1), ("field_type_wrong", 1, 2),
    }  # fmt: skip
    # A run quarantines the same.
    out = Output(tmp_path / "out", run_on([tmp_path / "a.jsonl"], tmp_path / "out", open_gate(tmp_path / "s")).report)
    assert sorted((row["data_id"], *row["reasons"]) for row in out.quarantine) == [
        ("2", "field_unexpected"), ("3", "field_type_wrong"), ("4", "field_unexpected"),
        ("5", "field_unexpected"), ("6", "field_unexpected"),
    ]  # fmt: skip
    printed = sftrm("a.jsonl").stdout
    assert "source: 3 records kept as metadata" in printed
    assert "context: 1 record may be label content: record quarantined as field_unexpected" in printed


def test_keys_that_are_data_take_no_memory_without_bounds(tmp_path):
    (tmp_path / "a.jsonl").write_text(lines({**SFT, **{f"key{i}": i for i in range(1500)}}))
    assert len(inspected("a.jsonl")["a.jsonl"]["unread"]) == 1000
    assert "and 980 more: see --json" in sftrm("a.jsonl").stdout


def test_all_shards_are_counted_and_an_early_end_is_told(tmp_path):
    records = [{**SFT, "data_id": None, "id": i, "question": f"q{i}"} for i in range(30)]
    records[10]["answer"], records[25] = 5, {**RM, "data_id": None, "id": 25}
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((lines(*records) + '{"question": "cut').encode()))
    (file,) = inspected("a.jsonl.gz", "--set", "limits.shard_records=4").values()
    assert (file["id_field"], file["records"], file["incomplete"]) == ("id", 31, True)
    assert [(r["reason"], r["count"], r["source_index"]) for r in file["reasons"]] == [
        ("field_type_wrong", 1, 10), ("truncated_record", 1, 30),
    ]  # fmt: skip
    assert [s["source_index"] for s in file["shown"]] == [0, 1, 2, 25]
    assert "ends early" in sftrm("a.jsonl.gz").stdout
    (tmp_path / "b.jsonl").write_text(lines({"question": "q", "answer": "a"}))
    assert inspected("b.jsonl")["b.jsonl"]["id_field"] == "" and "from the content" in sftrm("b.jsonl").stdout


def test_nothing_of_a_person_and_nothing_that_steers_a_terminal(tmp_path):
    (tmp_path / NAME).write_text("\n".join([*hostile_lines()[3:9], *hostile_lines()]) + "\n", "utf-8")
    keys = {PERSON[2]: 1, f"{STEERING}x": 2, **{f"k{i}": i for i in range(30)}}
    (tmp_path / "k.jsonl").write_text(lines({**SFT, **keys}), "utf-8")
    (tmp_path / "u.jsonl").write_text(lines({**UNREAD, **keys}), "utf-8")
    (tmp_path / "i.jsonl").write_text(lines({**SFT, "data_id": STEERING}), "utf-8")
    for arguments in ([NAME], ["k.jsonl"], ["u.jsonl"], ["i.jsonl"], ["."]):
        for done in (sftrm(*arguments), sftrm(*arguments, "--json")):
            assert done.exit_code in (0, 1), done.output
            assert all(c.isprintable() or c == "\n" for c in done.output)
            for secret in (*PERSON, "4821", "900101", "hidden-example"):
                assert secret not in done.output
    assert "call ######-#######" in sftrm(NAME).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "PATH"),
        (["no/such.jsonl"], "no/such.jsonl: no such file or folder, and no raw file of this name below data/raw"),
        ([f"x{STEERING}"], "no such file or folder"),
        (["x" * 300 + ".zip!/a"], "no such file or folder"),
        (["a\0b"], "no such file or folder"),
        (["s3://bucket/a.jsonl"], "s3:// begins an address"),
        (["a.jsonl", "--set", "sources=[{format: alpaka}]"], "format is 'alpaka', expected auto or one of"),
        (["a.jsonl", "--config", "no.yaml"], "no.yaml: configuration file not found"),
        (["empty"], "No raw files in empty"),
    ],
    ids=lambda a: ascii(a)[:40],
)
def test_wrong_usage_is_one_line_and_exit_code_two(tmp_path, monkeypatch, capsys, arguments, message):
    from flows import cli

    (tmp_path / "a.jsonl").write_text(lines(SFT))
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(sys, "argv", ["sftrm", "inspect", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    assert ended.value.code == 2 and message in told.err and told.out == ""
    assert told.err.startswith("error: ") and told.err.count("\n") == 1
    assert all(c.isprintable() or c == "\n" for c in told.err)


def test_the_samples_are_seen_as_a_run_reads_them(samples_run):
    found = inspected(ROOT / "data" / "raw")
    of_file = {}
    for file in samples_run.report["files"]:
        of_file.setdefault(file["source_file"], []).append(file)
    assert found.keys() == of_file.keys()
    for name, files in of_file.items():
        seen = found[name]
        for field in ("status", "format", "container", "note", "incomplete"):
            assert {file[field] for file in files} == {seen[field]}, (name, field)
        if seen["status"] == "read":
            assert {file["encoding"] for file in files} == {seen["encoding"]}
            assert {file["label_kind"]: file["received"] for file in files} == seen["label_kinds"]
    rows = [r for r in samples_run.quarantine if r["stage"] in ("read", "format") and r["label_kind"] != "unknown"]
    counts = Counter((row["source_file"], *row["reasons"]) for row in rows)
    assert counts == {(name, r["reason"]): r["count"] for name, file in found.items() for r in file["reasons"]}
    published = {
        (r["source_file"], r["source_index"]): r for kind in ("sft", "rm") for r in samples_run.published(kind)
    }
    shown = [(name, one) for name, file in found.items() for one in file["shown"]]
    ids = {(name, one["source_index"]): one["fields"]["data_id"] for name, one in shown if "data_id" in one["fields"]}
    assert len(ids.keys() & published.keys()) > 10
    assert all(ids[place] == published[place]["data_id"] for place in ids.keys() & published.keys())


def test_it_starts_without_great_expectations_prefect_and_pandas(tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(SFT))
    code = (
        "import sys; from typer.testing import CliRunner; from flows.cli import app;"
        f"done = CliRunner().invoke(app, ['inspect', {str(tmp_path / 'a.jsonl')!r}]);"
        "assert done.exit_code == 0 and 'reference_sft' in done.output, done.output;"
        "heavy = {'prefect', 'great_expectations', 'ray', 'jinja2', 'pandas'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_what_a_format_leaves_out_is_said_with_the_reason(tmp_path):
    answer = {"contents": "서울입니다.", "answer_count": 1}
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"data_id": "1", "question": "수도는?", "answer": answer}) + "\n", "utf-8"
    )
    (file,) = inspected(tmp_path / "a.jsonl").values()
    assert list(file["left_out"]) == ["answer_count"] and file["unread"] == []
