"""What a person sees is safe: no texts of records and nobody's data in logs, in Prefect or on a terminal; no terminal
escape sequences; no name in a file that leads out of the output folder."""

import io
import json
import os
import random
import re
import subprocess
import sys

import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import app
from flows.commands import command_line, terminal, traces_shown
from flows.commands.progress_bars import showing_progress
from flows.terminal_text import json_text, safe
from flows.ui.artifacts import checks_table, summary
from sftrm_quality import progress
from sftrm_quality.errors import StorageError
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases.publish import all_releases, current_release
from sftrm_quality.releases.trace import Trace, trace
from sftrm_quality.releases.unfinished import take_back_unfinished
from tests.conftest import ROOT
from tests.outputs import open_gate, run_on
from tests.page import Page
from tests.report_example import read
from tests.service import Service
from tests.test_determinism import make_records, write

MARK = "Quuxwort"  # at the end of every text, beyond what an excerpt shows
PERSON = ("900101-1234568", "010-4821-7739", "mina.kwon@hidden-example.org", "4111 1111 1111 1111")
STEERING = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e\r"
NAME = f"night {STEERING}[bold]<b>.jsonl"
# Texts of records are where they belong: in data files, their cache, and the pages that are for looking at them.
HAVE_TEXTS = ("releases", "quarantine", "duplicates", ".cache", "reports")


def hostile_lines():
    """Records of every outcome, with marks and personal data in every field."""
    dice = random.Random(7)

    def text(person):
        words = " ".join("".join(dice.choices("abcdefghijklmnop", k=6)) for _ in range(60))
        return f"call {person} or {words} or {person} {MARK}"

    rows = []
    for number in range(60):
        person = PERSON[number % 4]
        row = {
            "data_id": f"{person} x{number} {MARK}",
            "data_category": f"{person} {MARK}",
            "question_type": f"{person} {MARK}",
            "question": text(person),
            "answer": text(person),
        }
        if number % 10 == 1:
            row["answer"] = "\u200b"
        if number % 10 == 2:
            row["question"] = [text(person)]
        if number % 10 == 3:
            row["answer"] = STEERING + text(person)
        rows.append(json.dumps(row, ensure_ascii=False))
    return [*rows, rows[0], rows[0].replace("x0", "x00"), rows[3][:-200], f"not JSON {STEERING} {PERSON[1]} {MARK}"]


@pytest.fixture(scope="module")
def shown(tmp_path_factory, prefect_home):
    """A run of the command on a Prefect server that is told to keep every line, and what both printed."""
    folder = tmp_path_factory.mktemp("shown")
    (folder / "raw").mkdir()
    (folder / "raw" / NAME).write_text("\n".join(hostile_lines()) + "\n", "utf-8")
    (folder / "raw" / f"broken{STEERING}.json").write_text(f'{{"{"가" * 60}": "{PERSON[1]} {MARK}', "utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    service = Service(prefect_home(folder / "home"), folder / "raw", folder / "out")
    service.start()
    environment |= {
        "PREFECT_HOME": str(service.home),
        "PREFECT_API_URL": f"{service.prefect}/api",
        "PREFECT_API_AUTH_STRING": service.auth_string,
        "PYTHONPATH": str(ROOT),
        "PREFECT_LOGGING_TO_API_ENABLED": "true",
        "PREFECT_LOGGING_LEVEL": "DEBUG",
    }
    call = [sys.executable, "-m", "flows.cli", "run", "raw", "--out", "out", "--workers", "2"]
    done = subprocess.run(call, cwd=folder, env=environment, capture_output=True)
    service.stop()
    assert done.returncode in (0, 1), done.stderr
    return folder, done.stdout + done.stderr + "".join(service.lines).encode()


def report_in(folder):
    (path,) = (folder / "out" / "reports").glob("*/report.json")
    return json.loads(path.read_text("utf-8")), path.parent


def test_every_outcome_was_tried(shown):
    report, _ = report_in(shown[0])
    account = report["ledger"]["sft"]
    assert all(account[place] for place in ("unreadable", "quarantined", "duplicates", "published")), account


def test_nothing_of_a_record_is_printed_logged_or_told_to_prefect(shown):
    folder, printed = shown
    kept = {path: path.read_bytes() for path in (folder / "home").rglob("*") if path.is_file()}
    database = b"".join(kept.values())
    # Else the search would find nothing because nothing was there.
    assert b"sftrm-summary" in database and b"read and check" in database
    beside = [
        path
        for path in (folder / "out").rglob("*")
        if path.is_file() and path.relative_to(folder / "out").parts[0] not in HAVE_TEXTS
    ]
    cards = [
        path for name in ("manifest.json", "README.md") for path in (folder / "out" / "releases").glob(f"*/{name}")
    ]
    for place, content in [
        ("printed", printed),
        *kept.items(),
        *((path, path.read_bytes()) for path in beside + cards),
    ]:
        for secret in (MARK, *PERSON):
            assert secret.encode() not in content, (place, secret)


def test_the_password_of_prefects_server_is_only_in_its_file(shown):
    folder, printed = shown
    file = folder / "home" / "sftrm-password"
    secret = file.read_text().strip().partition(":")[2].encode()
    assert len(secret) > 20 and secret not in printed
    assert [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()] == [file]


def test_no_page_shows_what_belongs_to_a_person(shown):
    _, reports = report_in(shown[0])
    pages = [path for path in reports.rglob("*") if path.is_file() and path.suffix != ".parquet"]
    assert MARK.encode() in b"".join(path.read_bytes() for path in pages)
    for path in pages:
        for secret in PERSON:
            assert secret.encode() not in path.read_bytes(), (path.name, secret)


def test_terminal_escape_sequences_are_neutralised(shown):
    folder, printed = shown
    report, _ = report_in(folder)
    answers = [CliRunner().invoke(app, [name, "--out", str(folder / "out")]).output for name in ("report", "releases")]
    (row,) = [line for line in hostile_lines() if '"question": ["' in line][:1]
    answers.append(CliRunner().invoke(app, ["why", json.loads(row)["data_id"], "--out", str(folder / "out")]).output)
    assert "quarantined" in answers[-1]
    answers += [json_text(report), summary(read(report)), json.dumps(checks_table(read(report)))]
    for text in (printed.decode(), *answers):
        assert text and all(c.isprintable() or c == "\n" for c in text), text
    assert json.loads(json_text(report)) == report


def test_why_masks_what_belongs_to_a_person_also_at_the_end_of_what_it_shows():
    for before in range(270, 300):
        row = {
            **dict.fromkeys(("label_kind", "record_id", "source_file"), "x"),
            **dict.fromkeys(("source_index", "source_offset", "source_line"), 1),
            "data_id": PERSON[1],
            "payload": "가" * before + f" {PERSON[0]} " + "나" * 100,
        }
        heard = io.StringIO()
        traces_shown.print_traces(Console(file=heard, width=1000), [Trace("unreadable", "run 1", row)])
        assert not any(c in heard.getvalue() for c in ("900101", "4821", "1234568"))
        assert "***-****-****" in heard.getvalue()


def test_a_hold_is_told_in_the_words_of_the_page(tmp_path):
    """And not by the names of the facts that the suite asks about."""
    write(tmp_path / "raw", *make_records(20))
    (tmp_path / "raw" / "b.jsonl").write_text("nothing that we know " * 10_000, "utf-8")
    result = run_on([tmp_path / "raw"], tmp_path / "out")
    heard = io.StringIO()
    terminal.print_result(Console(file=heard, width=1000), read(result.report), tmp_path / "out")
    (line,) = [line.strip() for line in heard.getvalue().splitlines() if "unreadable_files_too_many" in line]
    said = line.removesuffix("  release: unreadable_files_too_many")
    assert "1 file could not be read: b.jsonl (" in said
    assert said in Page((result.report_folder / "index.html").read_text("utf-8")).words("")


MARKUP = ["[bold]", "[/b]", "[/]", "[link=http://evil.example]", ":smile:", "\\[bold]", "\x1b[31m"]


class _Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("name", MARKUP, ids=ascii)
def test_names_are_printed_as_they_are_on_a_terminal(name, tmp_path, monkeypatch):
    """Rich takes square brackets for markup and colons for pictures, unless it is told that it is text."""
    monkeypatch.setattr(sys, "stderr", _Terminal())
    monkeypatch.setattr(sys, "stdout", _Terminal())
    monkeypatch.setenv("COLUMNS", "500")
    told = f"another run is writing to o{name}x: waiting up to 600 s"
    with showing_progress(command_line.console(stderr=True)):
        progress.tell(told)
    assert safe(told) in without_our_colours(sys.stderr.getvalue())

    out = tmp_path / f"o{name}"
    (out / "raw").mkdir(parents=True)
    data_id = f"i{name.strip(chr(27))}"
    record = {"data_id": data_id, "question": "q?", "answer": ""}
    (out / "raw" / "a.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    (out / "raw" / f"f{name.replace('/', '')}").write_text("nothing that we know")
    result = run_on([out / "raw"], out / "out", open_gate(tmp_path / "suites"))
    shown = command_line.console()
    terminal.print_result(shown, read(result.report), out)
    terminal.print_releases(shown, all_releases(OutputFolder(out / "out")), "UTC")
    traces_shown.print_traces(shown, trace(OutputFolder(out / "out"), data_id))
    printed = without_our_colours(sys.stdout.getvalue())
    assert safe(out) in printed and safe(f"f{name.replace('/', '')}") in printed
    assert f"data_id                 {data_id}" in printed


def without_our_colours(text):
    """Without the colours that are ours."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@pytest.mark.parametrize(
    "arguments",
    [["run", f"--{STEERING}"], [STEERING], ["run", f"raw{STEERING}"], ["run", "--config", f"c{STEERING}.yaml"]]
    + [
        ["run", "--set", f"{STEERING}=1"],
        ["run", "--expectations", f"e{STEERING}"],
        ["run", "--out", f"o{STEERING}/\0"],
    ]
    + [[command, id_] for id_ in (STEERING, "../../etc", "/etc/passwd", "a\0b") for command in ("report", "rollback")]
    + [["diff", STEERING, "../x"], ["diff", "/etc", "a\0b"], ["why", STEERING], ["why", "../../etc"], ["why", "a\0b"]],
    ids=repr,
)
def test_wrong_arguments_are_one_line_without_escape_sequences(arguments, shown, monkeypatch, capsys):
    from flows import cli

    monkeypatch.chdir(shown[0])
    given = arguments if arguments[0] == "run" else [*arguments, "--out", "out"]
    before = sorted(shown[0].rglob("*"))
    monkeypatch.setattr(sys, "argv", ["sftrm", *given])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr()
    assert ended.value.code == 2, told
    assert told.err.startswith("error: ") and told.err.count("\n") == 1
    assert all(c.isprintable() or c == "\n" for c in told.err + told.out)
    assert sorted(shown[0].rglob("*")) == before


OUTSIDE = [
    "../outside",
    "../../outside",
    "/outside",
    "a/../../outside",
    "..",
    ".",
    "a\0b",
    ".hidden",
    "x" * 300,
    "a\nb",
]


@pytest.mark.parametrize("name", OUTSIDE, ids=repr)
def test_no_id_in_a_file_leads_out_of_the_output_folder(name, tmp_path):
    output = OutputFolder(tmp_path / "out")
    (output.releases / "r-1").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    output.latest.write_text(f"{name}\n", "utf-8")
    with pytest.raises(StorageError, match="is not a valid run or release id"):
        current_release(output)
    # A note of a run that was killed, which says what to take back.
    for ids in ({"run_id": name, "release_id": None}, {"run_id": "run1", "release_id": name}):
        note = output.root / ".publishing.json"
        note.write_text(json.dumps({**ids, "current": None, "was_there": False}), "utf-8")
        assert take_back_unfinished(output)
        assert (tmp_path / "outside").is_dir() and (output.releases / "r-1").is_dir() and not note.exists()


def test_a_latest_that_is_no_text_is_an_error_and_no_traceback(tmp_path):
    output = OutputFolder(tmp_path)
    output.latest.write_bytes(b"\xff\x00\x1b[31m")
    with pytest.raises(StorageError) as caught:
        current_release(output)
    assert "\x1b" not in str(caught.value)
