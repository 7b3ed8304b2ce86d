"""All that a terminal says of a run is a sentence of the catalogue, or data."""

import io
import re

import pytest
from rich.console import Console

from flows.commands import terminal
from flows.ui import run_names
from sftrm_quality.checks import read_suites
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.findings import sentences
from sftrm_quality.findings.found import Found
from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.words import speaking
from tests.outputs import run_on
from tests.pseudo import Pseudo
from tests.report_example import read
from tests.test_determinism import make_records, write

SUITES = read_suites(SHIPPED_EXPECTATIONS)
# Codes that people type, ids, and what was stored in English when the run was made.
CODES = re.compile(r"\b(SFT|RM|UNKNOWN)\b|r-[0-9a-f]{16}|\d{8}T\d{6}Z-[0-9a-f]{6}|\b[a-z]+(_[a-z]+)+\b")


def outside(text, *data):
    """What is said outside of the catalogue's sentences and is no data."""
    text = re.sub("⟦[^⟧]*⟧", " ", text)
    for one in sorted(data, key=len, reverse=True):
        text = text.replace(one, " ")
    return re.findall(r"[^\W\d_]{2,}", CODES.sub(" ", text))


def test_all_that_is_said_of_a_run_is_in_the_catalogue(tmp_path):
    write(tmp_path / "raw", *make_records(40))
    (tmp_path / "raw" / "b.jsonl").write_text("nothing that we know\n" * 3, "utf-8")
    report = read(run_on([tmp_path / "raw"], tmp_path / "out").report)
    stored = [found.text for found in report.findings] + [found.name for found in report.findings]
    stored += [file.note for file in report.files] + [file.source_file for file in report.files]
    stored += [file.inspect for file in report.files]
    heard = io.StringIO()
    with speaking(Pseudo()):
        terminal.print_result(Console(file=heard, width=1000), report, tmp_path / "out")
        sentence = run_names.sentence(report)
        name = run_names.verdict_in_words(report)
    assert heard.getvalue().count("⟦") > 10 and report.findings
    paths = [str(tmp_path), "out/", "quarantine.parquet", "index.html", "reports", "releases", "quarantine/"]
    assert outside(heard.getvalue(), *stored, *paths) == []
    assert outside(sentence) == outside(name) == []


@pytest.mark.parametrize("files", [1, 2, 5])
@pytest.mark.parametrize("suite", ["delivery", "sft", "release"])
def test_what_is_said_of_each_finding_is_in_the_catalogue(suite, files):
    reasons = {"delivery": [entry.reason for entry in SUITES.delivery.entries]}.get(suite, ["answer_blank"])
    for reason in reasons:
        found = Found(
            suite=suite, reason=reason, severity=Severity.WARNING, description="", source="vendor", count=7, of=9,
            files=tuple((f"vendor/{n}.jsonl", "") for n in range(files)), label_kind=LabelKind.SFT, usual=0.02,
            allowed=0.01, because=(("answer_blank", 7),), about=(), key="",
        )  # fmt: skip
        with speaking(Pseudo()):
            said = sentences.sentence(found)
        assert ("⟦" in said) == (suite != "release") and outside(said, "vendor", "jsonl") == [], said
