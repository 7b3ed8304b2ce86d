"""The run record: what is written is as its schemas say, what older versions wrote is read, no gap goes unseen."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.run_record import NO_RECORDS, Account, read_manifest_json, read_past_run, read_report_json
from tests.report_example import held, published, read
from tools.reference import FOLDER, PAGES

FIXTURES = Path(__file__).parent / "fixtures"
# What a version wrote that had neither descriptions of data files nor, before it, all these parts.
OLDER_MANIFEST, OLDER_REPORT = FIXTURES / "manifest-779ee60.json", FIXTURES / "report-779ee60.json"
# Parts that came later than the first releases: without them a report is an older one.
RENEWED = {"decision", "with_warnings", "browse", "files.reasons", "reasons_together", "personal_data", "profile"}
RENEWED |= {"files.source", "files.delivery", "files.warnings", "findings", "finding_counts", "history.sources"}
RENEWED |= {"history.runs.finding_counts", "planned_release_id", "config", "browse.known_sources"}
RENEWED |= {f"browse.{name}" for name in ("warned", "warned_listed", "warned_reasons")}
RENEWED |= {"samples.borderline", "samples.apart", "samples.personal", "files.incomplete", "timezone", "exports"}
RENEWED |= {"preflights", "pruned", "findings.act", "files.repairs", "files.repairable", "files.marks"}
RENEWED |= {"reviews", "review_counts", "checks.waived", "checks.replaced"}
RENEWED |= {f"files.{name}" for name in ("waived", "corrected", "replaced", "replaced_reasons")}
RENEWED |= {"language", "browse.language", "history.runs.language", "findings.said", "changes.said"}
RENEWED |= {"checks.detail_said", "checks.descriptions"}
RENEWED |= {f"samples.{name}.source_line" for name in ("quarantined", "duplicates", "personal")}
# Dictionaries whose keys are data.
BY_KIND = {"ledger", "reasons", "warnings", "duplicates", "conflicts", "splits", "reasons_together"}
NAMED_BY_DATA = BY_KIND | {f"{name}.{kind}" for name in BY_KIND - {"ledger"} for kind in ("sft", "rm")}
NAMED_BY_DATA |= {
    "files.fields_unread",
    "files.marks",
    "files.replaced_reasons",
    "review_counts.waivers",
    "versions",
    "history.runs.ledger",
    "changes.checks",
    "changes.files",
}
NAMED_BY_DATA |= {"history.files", "changes.ledger", "exports", "exports.pairs.settings", "exports.pairs.left_out"}
NAMED_BY_DATA |= {f"preflights.{name}" for name in ("settings", "splits", "sources", "left_out", "dropped_by")}
NAMED_BY_DATA |= {f"preflights.{name}" for name in ("template_errors", "special_tokens")}
NAMED_BY_DATA |= {"files.repairs", "files.repairable"}
NAMED_BY_DATA |= {f"browse.warned_reasons{kind}" for kind in ("", ".sft", ".rm")}


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / name).read_text("utf-8")))


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_pages_are_the_generated_ones(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), "run python -m tools.reference"


def test_real_runs_are_as_the_schemas_say(samples_run: Any) -> None:
    schema("report.schema.json").validate(samples_run.report)
    manifest = json.loads((samples_run.release / "manifest.json").read_text("utf-8"))
    schema("manifest.schema.json").validate(manifest)
    del manifest["figures"]["ledger"]["rm"]["received"]
    assert not schema("manifest.schema.json").is_valid(manifest)
    assert not schema("report.schema.json").is_valid({**samples_run.report, "more": 1})


@pytest.mark.parametrize("example", [published, held])
def test_the_example_of_the_tests_is_as_the_schema_says(example: Any) -> None:
    schema("report.schema.json").validate(example())


def test_what_is_read_is_written_again_as_it_was(samples_run: Any) -> None:
    assert read_report_json(json.dumps(samples_run.report)).to_json() == samples_run.report
    text = (samples_run.release / "manifest.json").read_text("utf-8")
    assert json.dumps(read_manifest_json(text).to_json(), ensure_ascii=False, indent=2) + "\n" == text


def renew_figures(figures: Any) -> None:
    """What was renamed and added since."""
    for file in figures["files"]:
        file["fields_unread"] = file.pop("fields_ignored")
        file["incomplete"] = False
        file |= {"source": "", "delivery": None, "warnings": {}, "repairs": {}, "repairable": {}, "marks": {}}
        file |= {"waived": 0, "corrected": 0, "replaced": 0, "replaced_reasons": {}}
    for check in figures["checks"]:
        check |= {"waived": 0, "replaced": 0, "detail_said": None, "descriptions": {}}
    figures["review_counts"] = None
    figures["ledger"]["unknown"] = dict(NO_RECORDS)
    for counts in figures["duplicates"].values():
        counts["folded"] = 0
    for of_kind in figures["profile"]["duplicates"].values():
        of_kind |= {"kept_apart": None, "largest_template": None}
    figures["profile"]["splits"] |= {"key_version": 1, "largest": None}
    figures["profile"]["rm"]["first_listed"] |= {"files": [], "left_out": 0}


def test_an_older_report_is_read_and_loses_nothing() -> None:
    older = json.loads(OLDER_REPORT.read_text("utf-8"))
    report = read_report_json(OLDER_REPORT.read_bytes())
    renew_figures(older)
    # Before there were findings, files that departed from the usual or were gone were named here.
    del older["changes"]["suspects"], older["changes"]["gone"]
    older |= {"exports": {}, "preflights": [], "reviews": None, "pruned": None}
    older["profile"]["rm"]["pairs"] = {}
    older |= {"config": None, "planned_release_id": None, "findings": [], "finding_counts": {"new": 0, "known": 0}}
    older["history"]["sources"] = {}
    older["browse"] |= {"known_sources": None, "warned": 0, "warned_listed": 0, "warned_reasons": {}}
    for run in older["history"]["runs"]:
        run |= {"finding_counts": {"new": 0, "known": 0}, "language": None}
    older["language"] = older["browse"]["language"] = None
    older["changes"]["said"] = []
    for file in older["changes"]["files"].values():
        file["failing"] = file.pop("aside")
    # What is known since.
    assert older["samples"]["quarantined"] and older["samples"]["duplicates"]
    for samples in ("quarantined", "duplicates", "personal"):
        for sample in older["samples"][samples]:
            sample["source_line"] = None
    older["samples"]["apart"] = []
    older["timezone"] = "UTC"
    older["history"]["sources"] = {}
    assert report.to_json() == older
    past = read_past_run(OLDER_REPORT.read_bytes())
    assert past is not None and past.summary == report.summary and past.files == report.files
    assert read_past_run(json.dumps(older | {"report_version": 0}).encode()) is None


def test_an_older_manifest_says_what_its_data_files_hold() -> None:
    older = json.loads(OLDER_MANIFEST.read_text("utf-8"))
    manifest = read_manifest_json(OLDER_MANIFEST.read_bytes())
    written = manifest.to_json()
    assert [written.pop(name) for name in ("suite_files_hash", "suites", "raw_hash")] == [None] * 3
    held = {path: (file.pop("label_kind"), file.pop("split")) for path, file in written["data_files"].items()}
    renew_figures(older["figures"])
    older |= {"exports": {}, "reviews_hash": None, "as_of": None}
    older["figures"]["profile"]["rm"]["pairs"] = {}
    assert written == older
    assert held == {
        f"{kind}/{split}-00000-of-00001.parquet": (kind, split)
        for kind in map(str, LabelKind)
        for split in map(str, SplitName)
    }


def test_a_release_from_before_decisions_profiles_and_personal_data_is_read() -> None:
    older = json.loads(OLDER_MANIFEST.read_text("utf-8"))
    older["data_files"]["exports/dpo/train.jsonl"] = next(iter(older["data_files"].values()))
    del older["decision"]
    for name in ("profile", "personal_data", "reasons_together"):
        del older["figures"][name]
    for file in older["figures"]["files"]:
        del file["reasons"]
    manifest = read_manifest_json(json.dumps(older))
    assert manifest.decision is manifest.figures.profile is manifest.figures.personal_data is None
    assert manifest.figures.files[0].reasons == manifest.figures.reasons_together == {}
    assert manifest.data_files["exports/dpo/train.jsonl"].label_kind is None


def _lacking_one_key(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every copy of the value that lacks one key somewhere; of the entries of a list, in the first."""
    if isinstance(value, list) and value:
        for at, changed in _lacking_one_key(value[0], path):
            yield at, [changed, *value[1:]]
    elif isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else key
            if path not in NAMED_BY_DATA:
                yield place, {k: v for k, v in value.items() if k != key}
            for at, changed in _lacking_one_key(inner, place):
                yield at, {**value, key: changed}


def test_a_missing_figure_is_an_error_and_never_a_gap() -> None:
    not_missed = set()
    for path, damaged in _lacking_one_key(held()):
        try:
            read(damaged)
        except ValueError as error:
            assert str(error).endswith("Field required")
        else:
            not_missed.add(path)
    assert not_missed == RENEWED


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("gate", "success", 1),
        ("gate", "success", "true"),
        ("prompt_groups", "count", "9"),
        ("prompt_groups", "count", -1),
        ("prompt_groups", "more", 1),
        ("paths", "quarantine", None),
    ],
)
def test_what_is_no_such_value_is_refused_in_one_line(part: str, key: str, value: Any) -> None:
    report = held()
    report[part] = report[part] | {key: value}
    with pytest.raises(ValueError, match=f"^{part}.{key}: .+") as refused:
        read(report)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"figures": 3}', '{"data_files": {"a": null}}'])
def test_what_is_no_manifest_is_a_value_error(text: str) -> None:
    for read_text in (read_manifest_json, read_report_json):
        with pytest.raises(ValueError, match=r"^[^\n]+$"):
            read_text(text)


def test_values_do_not_change() -> None:
    report = read(copy.deepcopy(published()))
    with pytest.raises(ValueError, match="frozen"):
        report.gate.success = False  # type: ignore[misc]
    assert isinstance(report.ledger[LabelKind.SFT], Account)
    assert report.ledger[LabelKind.SFT].difference == 0


def test_help_needs_no_part_of_it() -> None:
    code = "import sys, flows.cli; print(sorted(m for m in sys.modules if m.startswith('sftrm_quality.run_record')))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
