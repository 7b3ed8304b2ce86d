"""Findings beside those of the nights: failed checks, settings that fit nothing, weakened suites, refusals."""

import json
import re
import shutil
import zipfile

import pytest

from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.errors import ConfigError, SuiteError
from sftrm_quality.findings import read_past
from sftrm_quality.output import OutputFolder
from sftrm_quality.run_record import Mode
from tests.outputs import run_on
from tests.tables_case import xlsx
from tests.vendors import delivery, file_of, write


def found(report, *, new=True):
    return [(f["severity"], f["suite"], f["reason"], f["source_file"]) for f in report["findings"] if f["known"] != new]


def suites_with(folder, name, change):
    shutil.copytree(SHIPPED_EXPECTATIONS, folder)
    suite = json.loads((folder / f"{name}.json").read_text("utf-8"))
    change(suite["expectations"])
    (folder / f"{name}.json").write_text(json.dumps(suite), "utf-8")
    return f"expectations={folder}"


@pytest.fixture
def raw(tmp_path):
    write(tmp_path / "raw" / file_of("namsan", 1), delivery("namsan", 1, 100))
    return tmp_path / "raw"


def test_a_failed_warning_is_told_with_whose_records_failed_it(raw, tmp_path):
    records = delivery("inwang", 1, 60, failing=0)
    for record in records[:20]:
        record["answer"] += " 연락처 010-2345-6789"
    write(raw / "inwang/all.jsonl", records)
    report = run_on([raw], tmp_path / "out").report
    assert (report["verdict"], report["with_warnings"]) == ("published", True)
    (finding,) = report["findings"]
    assert (finding["reason"], finding["source"], finding["count"], finding["of"]) == (
        *("mobile_number_found", "inwang"),
        *(20, 60),
    )
    assert finding["text"] == (
        "inwang/all.jsonl: 20 of 60 SFT records (33.3 %) fail mobile_number_found; at most 1 % may"
    )


def test_settings_that_fit_nothing(raw, tmp_path):
    settings = ["sources=[{files: 'vendor_b/*', ties: dense}, {files: 'old/*', retired: true}]"]
    settings += ["splits.from_folders=[{folder: Training, split: train}]"]
    first = run_on([raw], tmp_path / "out", *settings).report
    assert found(first) == [
        ("warning", "settings", "folder_fits_nothing", None),
        ("warning", "settings", "source_fits_nothing", None),
    ]
    assert first["with_warnings"] and "sources.0.files: vendor_b/* fits nothing" in first["findings"][1]["text"]
    again = run_on([raw], tmp_path / "out", *settings).report
    assert (again["verdict"], found(again), len(found(again, new=False))) == ("unchanged", [], 2)
    assert not again["with_warnings"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("sources=[{files: 'Namsan/*'}]", "'Namsan/*' fits no file, but 'namsan/sft_2026-11-01.jsonl' in another case"),
        ("sources=[{files: '*'}, {files: 'namsan/*'}]", "'namsan/*' is never used: the entry '*' before it"),
        ("sources=[{files: 'n*'}, {files: 'namsan/?.json'}]", "is never used"),
        ("splits.from_folders=[{folder: Namsan, split: train}]", "'Namsan' fits no folder, but 'namsan' in another"),
        (
            "splits.from_folders=[{folder: namsan, split: train}, {folder: namsan, split: test}]",
            "'namsan' is named twice",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(raw, tmp_path, setting, said):
    with pytest.raises(ConfigError, match=re.escape(said)):
        run_on([raw], tmp_path / "out", setting)
    assert not (tmp_path / "out" / "LATEST").exists() and not (tmp_path / "out" / "reports").exists()


def test_a_narrower_entry_before_a_wider_one_is_used(raw, tmp_path):
    report = run_on([raw], tmp_path / "out", "sources=[{files: 'namsan/x*'}, {files: 'namsan/*'}]").report
    assert found(report) == [("warning", "settings", "source_fits_nothing", None)]


def weakened(expectations):
    expectations[:] = [entry for entry in expectations if entry["meta"]["reason"] != "answer_blank"]
    by_reason = {entry["meta"]["reason"]: entry for entry in expectations}
    by_reason["answer_garbled"]["severity"] = "warning"
    by_reason["answer_too_long"]["kwargs"]["maximum"] = 50_000
    by_reason["question_blank"]["kwargs"]["mostly"] = 0.5
    by_reason["question_count_negative"]["type"] = "expect_column_values_to_not_be_in_set"
    by_reason["question_count_negative"]["kwargs"] = {"column": "question_count", "value_set": [-1], "mostly": 0.95}
    del by_reason["refusal_phrase"]["kwargs"]["phrases"][0]
    by_reason["identity_leak"]["kwargs"]["names"].append("something new")  # so does this
    by_reason["email_found"]["severity"] = "critical"  # asks for more
    by_reason["question_too_short"]["kwargs"]["minimum"] = 3  # so does this


def test_a_weakened_suite_is_told_once(raw, tmp_path):
    run_on([raw], tmp_path / "out")
    suites = suites_with(tmp_path / "suites", "sft", weakened)
    report = run_on([raw], tmp_path / "out", suites).report
    (finding,) = (f for f in report["findings"] if f["reason"] == "suite_weakened")
    assert finding["count"] == 6 and finding["text"].startswith(
        "sft.json asks for less than for the current release: 1 check is gone: answer_blank; "
        "question_blank: mostly 0.8 → 0.5; answer_garbled: critical → warning; answer_too_long: maximum 32768 → 50000; "
        "refusal_phrase: phrases ["
    )
    assert finding["text"].endswith(
        "question_count_negative: expect_column_values_to_be_between → expect_column_values_to_not_be_in_set"
    )
    assert report["with_warnings"]
    assert run_on([raw], tmp_path / "out", suites).report["findings"] == []


def test_a_suite_folder_from_before_there_was_a_delivery_suite(raw, tmp_path):
    suites = suites_with(tmp_path / "suites", "sft", lambda entries: None)
    (tmp_path / "suites" / "delivery.json").unlink()
    report = run_on([raw], tmp_path / "out", suites).report
    assert next(check["reason"] for check in report["checks"] if check["suite"] == "delivery") == "file_gone"


BOUNDS = [
    ("question_count_negative", {"min_value": 5, "max_value": 1}, "'min_value' 5 is above 'max_value' 1"),
    ("refusal_phrase", {"within": 0}, "'within' is 0, expected at least 1"),
    ("question_too_short", {"minimum": -5}, "'minimum' is -5, expected at least 0"),
    ("question_too_short", {"minimum": 0}, "'minimum' is 0: it can never fail"),
    ("answer_too_long", {"maximum": 0}, "'maximum' is 0, expected at least 1"),
    ("script_mismatch", {"share": 0}, "share: ensure this value is greater than 0.5"),
    ("answer_placeholder", {"patterns": [""]}, "expected no empty one"),
    ("share_quarantined_high", {"max_value": 1}, "'share_quarantined' is from 0 to 1: it can never fail"),
    ("share_quarantined_high", {"max_value": -0.1}, "it can never pass"),
    ("file_gone", {"max_value": None, "min_value": 0}, "'published_gone' is from 0 on: it can never fail"),
    ("file_failing", {"maximum": 1}, "above that it can never fail"),
    ("file_unusual", {"times": 0}, "'times' is 0, expected from 1 to 100"),
]


@pytest.mark.parametrize(("reason", "bounds", "said"), BOUNDS, ids=[f"{n} {b}" for n, b, _ in BOUNDS])
def test_bounds_that_cannot_be_meant_are_refused(tmp_path, reason, bounds, said):
    from sftrm_quality.checks import load_suites

    def change(expectations):
        for entry in expectations:
            if entry["meta"]["reason"] == reason:
                kwargs = entry["kwargs"] | bounds
                entry["kwargs"] = {name: value for name, value in kwargs.items() if value is not None}

    name = "delivery" if reason.startswith("file_") else "release" if reason.startswith("share_") else "sft"
    suites_with(tmp_path / "suites", name, change)
    with pytest.raises(SuiteError) as refused:
        load_suites(tmp_path / "suites")
    assert said in str(refused.value) and f"{name}.json, expectation" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_check_of_another_folder_finds_nothing_gone(raw, tmp_path):
    run_on([raw], tmp_path / "out")
    other = write(tmp_path / "other/new.jsonl", delivery("inwang", 9, 40))
    assert found(run_on([other.parent], tmp_path / "out", mode=Mode.CHECK).report) == []
    (raw / file_of("namsan", 1)).rename(raw / "namsan/away.txt")
    (raw / "namsan/away.txt").write_text("gone", "utf-8")
    write(raw / file_of("namsan", 2), delivery("namsan", 2, 100))
    of_the_same = run_on([raw], tmp_path / "out", mode=Mode.CHECK).report
    assert ("critical", "delivery", "file_gone", file_of("namsan", 1)) in found(of_the_same)
    # What a check told, nobody was told of in a run.
    assert ("critical", "delivery", "file_gone", file_of("namsan", 1)) in found(run_on([raw], tmp_path / "out").report)


def test_many_files_of_a_source_are_one_finding(raw, tmp_path):
    for night in range(2, 9):
        write(raw / file_of("namsan", night), delivery("namsan", night, 30, failing=0.5))
    (finding,) = (f for f in run_on([raw], tmp_path / "out").report["findings"] if f["reason"] == "file_failing")
    assert (finding["file_count"], finding["count"], finding["of"], finding["source"]) == (7, 105, 210, "namsan")
    assert finding["source_file"] is None and finding["text"].startswith("namsan (7 files: namsan/sft_2026-11-02.jsonl")
    (known,) = (f for f in run_on([raw], tmp_path / "out").report["findings"] if f["reason"] == "file_failing")
    assert known["known"] and known["file_count"] == 7


def test_many_small_files_that_fail_together_are_told_of_their_source(raw, tmp_path):
    for night in range(2, 9):
        write(raw / file_of("namsan", night), delivery("namsan", night, 8, failing=0.6))
    report = run_on([raw], tmp_path / "out").report
    (finding,) = (f for f in report["findings"] if f["reason"] == "file_failing")
    assert (finding["source"], finding["count"]) == ("namsan", 35 + report["files"][0]["quarantined"])


def test_what_holds_the_release_is_not_told_a_second_time_as_a_warning(raw, tmp_path):
    for night in (2, 3):
        write(raw / file_of("namsan", night), delivery("namsan", night, 100))
    run_on([raw], tmp_path / "out")
    for night in (2, 3):
        (raw / file_of("namsan", night)).unlink()
    report = run_on([raw], tmp_path / "out").report
    assert {"drop_too_large", "drop_noticeable"} == {
        check["reason"] for check in report["checks"] if check["suite"] == "release" and not check["success"]
    }
    assert [reason for _, _, reason, _ in found(report)] == ["file_gone", "file_gone", "drop_too_large"]


def test_a_small_file_of_which_every_record_fails_is_told(raw, tmp_path):
    write(raw / "inwang/small.jsonl", delivery("inwang", 1, 9, failing=1.0))
    write(raw / "inwang/tiny.jsonl", delivery("inwang", 2, 2, failing=1.0))
    write(raw / "hangang/some.jsonl", delivery("hangang", 3, 12, failing=0.75))
    report = run_on([raw], tmp_path / "out").report
    assert [f["source_file"] for f in report["findings"] if f["reason"] == "file_failing"] == ["inwang/small.jsonl"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("sources=[{files: 'v/pack.zip!/inner/*'}]", "but 'v/pack.zip!/Inner/x.jsonl' in another case"),
        ("splits.from_folders=[{folder: inner, split: train}]", "'inner' fits no folder, but 'Inner' in another case"),
    ],
)
def test_what_fits_the_members_of_an_archive_in_another_case_publishes_nothing(tmp_path, setting, said):
    lines = "".join(json.dumps(record) + "\n" for record in delivery("namsan", 1, 20))
    (tmp_path / "raw/v").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "raw/v/pack.zip", "w") as archive:
        archive.writestr("Inner/x.jsonl", lines)
    with pytest.raises(ConfigError, match=re.escape(said)):
        run_on([tmp_path / "raw"], tmp_path / "out", setting)
    assert not (tmp_path / "out" / "LATEST").exists() and not (tmp_path / "out" / "reports").exists()
    assert run_on([tmp_path / "raw"], tmp_path / "out", setting.replace("inner", "Inner")).report["findings"] == []


def test_only_sources_beyond_what_is_allowed_are_told_of(raw, tmp_path):
    records = delivery("inwang", 1, 60, failing=0)
    for record in records[:20]:
        record["answer"] += " 연락처 010-2345-6789"
    write(raw / "inwang/all.jsonl", records)
    few = delivery("namsan", 1, 200, failing=0)
    few[0]["answer"] += " 연락처 010-2345-6789"
    write(raw / file_of("namsan", 1), few)
    (finding,) = run_on([raw], tmp_path / "out").report["findings"]
    assert (finding["source"], finding["count"]) == ("inwang", 20)


def test_a_night_is_no_measure_of_a_source_of_which_there_was_something_to_tell(raw, tmp_path):
    run_on([raw], tmp_path / "out")
    write(raw / file_of("namsan", 2), delivery("namsan", 2, 100, failing=0.34))
    write(raw / file_of("hangang", 2), delivery("hangang", 2, 50))
    run_on([raw], tmp_path / "out")
    first, second = read_past(OutputFolder(tmp_path / "out")).delivered
    assert [file.source_file for file in first] == [file_of("namsan", 1)]
    assert [file.source_file for file in second] == [file_of("hangang", 2)]


def test_an_empty_sheet_beside_others_is_nothing_to_tell(raw, tmp_path):
    """A new workbook has some; one of which no sheet holds anything was a mistake."""
    records = delivery("inwang", 1, 20, failing=0.0)
    rows = [["data_id", "question", "answer"], *([one["data_id"], one["question"], one["answer"]] for one in records)]
    (raw / "inwang").mkdir()
    (raw / "hangang").mkdir()
    (raw / "inwang" / "a.xlsx").write_bytes(xlsx({"labels": rows, "Sheet2": []}))
    report = run_on([raw], tmp_path / "out").report
    assert report["findings"] == []
    statuses = {file["source_file"]: file["status"] for file in report["files"] if ".xlsx" in file["source_file"]}
    assert statuses == {"inwang/a.xlsx!/labels": "read", "inwang/a.xlsx!/Sheet2": "skipped"}
    # What was published of a sheet that is empty now is missing.
    (raw / "inwang" / "a.xlsx").write_bytes(xlsx({"labels": [], "Sheet2": rows[:2]}))
    report = run_on([raw], tmp_path / "out").report
    assert [(f["source_file"], f["reason"]) for f in report["findings"] if f["severity"] == "critical"] == [
        ("inwang/a.xlsx!/labels", "file_shrunk")
    ]
    (raw / "inwang" / "a.xlsx").unlink()
    (raw / "hangang" / "b.xlsx").write_bytes(xlsx({"labels": [], "Sheet2": []}))
    report = run_on([raw], tmp_path / "out").report
    assert {f["source"] for f in report["findings"] if f["reason"] == "file_empty"} == {"hangang"}
