"""A wrong suite is one clear line before anything is read, and never a suite that lets everything pass."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sftrm_quality.checks import load_suites
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.errors import SuiteError

Document = dict[str, Any]
VISIBLE = "expect_text_to_be_visible"


def folder_with(tmp_path: Path, suite: str, change: Callable[[Document], object]) -> Path:
    """The shipped suites, one of them changed."""
    for path in SHIPPED_EXPECTATIONS.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        if path.stem == suite:
            change(document)
        (tmp_path / path.name).write_text(json.dumps(document), encoding="utf-8")
    return tmp_path


def new_entry(type_: str, reason: str = "mine", scope: str | None = None, **kwargs: Any) -> Document:
    meta = {"reason": reason, **({"scope": scope} if scope else {})}
    return {"type": type_, "kwargs": kwargs, "severity": "warning", "meta": meta}


def test_shipped_suites_load_and_say_why() -> None:
    suites = load_suites(SHIPPED_EXPECTATIONS)
    for suite in (suites.sft, suites.rm, suites.release):
        for entry in suite.entries:
            assert entry.description and entry.notes, entry
            # A critical row expectation without room would hold the release for a single bad row of a vendor.
            assert entry.scope is None or entry.severity != "critical" or 0.5 <= entry.mostly < 1, entry


WRONG: list[tuple[str, Callable[[Document], object], str]] = [
    ("sft", lambda d: d.update(expectations=[]), "'expectations' is empty"),
    ("sft", lambda d: d.pop("expectations"), "'expectations' is empty"),
    ("sft", lambda d: d.update(name="rm"), "'name' is 'rm', expected 'sft'"),
    ("rm", lambda d: d.update(expectation=[]), "unknown key 'expectation'"),
    ("rm", lambda d: d["expectations"].append("x"), "expected an object with a 'type'"),
    ("rm", lambda d: d["expectations"][1].update(kwarg={}), "unknown key 'kwarg'"),
    ("rm", lambda d: d["expectations"][1].update(kwargs=[]), "must be objects"),
    ("rm", lambda d: d["expectations"][1].update(type="expect_text_to_be_visibel"), "no expectation of that type"),
    ("rm", lambda d: d["expectations"][1].update(type="RowExpectation"), "no expectation of that type"),
    ("rm", lambda d: d["expectations"][1].update(severity="error"), "'severity' is 'error'"),
    ("rm", lambda d: d["expectations"][1].pop("severity"), "'severity' is None"),
    ("rm", lambda d: d["expectations"][1].update(description=3), "'description' must be text"),
    ("rm", lambda d: d["expectations"][1].pop("meta"), "meta.reason is None"),
    ("rm", lambda d: d["expectations"][1]["meta"].update(reason="Prompt blank"), "snake_case"),
    ("rm", lambda d: d["expectations"][1]["meta"].update(reason="data_id_blank"), "occurs twice"),
    ("rm", lambda d: d["expectations"][1]["meta"].update(scope="shard"), "meta.scope is 'shard'"),
    ("rm", lambda d: d["expectations"][1]["meta"].update(reasons="x"), "unknown key 'reasons'"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(mostly=1.1), "'mostly' is 1.1"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(mostly=True), "'mostly' is True"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(mostly={"$PARAMETER": "ties"}), "'mostly' is"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(column="answer"), "no column 'answer'"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(column="score"), "no column 'score'"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(column="question_count"), "cannot check the column"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(others=["question_count"]), "cannot check the column"),
    ("sft", lambda d: d["expectations"][-1]["kwargs"].update(question="text"), "question: extra fields not permitted"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(column="question_count"), "cannot check the column"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(column=3), "column: "),
    ("rm", lambda d: d["expectations"][1]["kwargs"].pop("column"), "column: "),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(colour="red"), "colour: extra fields not permitted"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(row_condition="1"), "'row_condition' is not allowed"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(condition_parser="pandas"), "'condition_parser' is not"),
    ("rm", lambda d: d["expectations"][1]["kwargs"].update(column={"$PARAMETER": "now()"}), "expected a value or"),
    (
        "rm",
        lambda d: d["expectations"].append(new_entry(VISIBLE, scope="split", column="prompt")),
        "no column 'prompt'",
    ),
    (
        "rm",
        lambda d: d["expectations"].append(new_entry("expect_ranks_to_be_contiguous", column="responses", ties="any")),
        "ties: ",
    ),
    (
        "rm",
        lambda d: d["expectations"].append(new_entry("expect_responses_to_differ", column="prompt")),
        "cannot check the column 'prompt'",
    ),
    (
        "sft",
        lambda d: d["expectations"].append(new_entry("expect_text_length_to_be_between", column="answer")),
        "neither 'minimum' nor 'maximum'",
    ),
    (
        "sft",
        lambda d: d["expectations"].append(
            new_entry("expect_text_length_to_be_between", column="answer", minimum=5, maximum=4)
        ),
        "above 'maximum'",
    ),
    (
        "sft",
        lambda d: d["expectations"].append(
            new_entry("expect_text_not_to_be_a_placeholder", column="answer", patterns=["(?=a)"])
        ),
        "is not RE2",
    ),
    (
        "sft",
        lambda d: d["expectations"].append(
            new_entry("expect_text_not_to_be_a_placeholder", column="answer", patterns=[])
        ),
        "'patterns' is empty",
    ),
    (
        "sft",
        lambda d: d["expectations"].append(new_entry("expect_text_to_differ_from", column="answer", other="system")),
        "no column 'system_strict'",
    ),
    (
        # Flags both holders and sees one shard only.
        "sft",
        lambda d: d["expectations"].append(new_entry("expect_column_values_to_be_unique", column="data_id")),
        "cannot be used here",
    ),
    (
        # Measures the length of str(list) and passes [].
        "rm",
        lambda d: d["expectations"].append(
            new_entry("expect_column_value_lengths_to_be_between", column="responses", min_value=1)
        ),
        "cannot check the column 'responses'",
    ),
    (
        "release",
        lambda d: d["expectations"].append(new_entry("unexpected_rows_expectation", unexpected_rows_query="x")),
        "cannot be used here",
    ),
    ("release", lambda d: d["expectations"].append(new_entry(VISIBLE, column="label_kind")), "cannot be used here"),
    ("release", lambda d: d["expectations"][0]["meta"].update(scope="record"), "unknown key 'scope'"),
    ("release", lambda d: d["expectations"][0]["kwargs"].update(column="rows"), "no column 'rows'"),
    ("release", lambda d: d["expectations"][0]["kwargs"].update(column="label_kind"), "cannot check the column"),
]


@pytest.mark.parametrize(("suite", "change", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_a_wrong_suite_is_one_line_that_names_the_file(
    suite: str, change: Callable[[Document], object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SuiteError) as caught:
        load_suites(folder_with(tmp_path, suite, change))
    text = str(caught.value)
    assert f"{suite}.json" in text
    assert message in text
    assert "\n" not in text
    assert caught.value.exit_code == 2


REGEX, BETWEEN = "expect_column_values_to_match_regex", "expect_column_values_to_be_between"
PERSONAL = "expect_record_to_be_free_of_personal_data"
IN_SET, PHRASES = "expect_column_values_to_be_in_set", "expect_answer_to_be_free_of_phrases"


def adding(type_: str, **kwargs: Any) -> Callable[[Document], object]:
    return lambda document: document["expectations"].append(new_entry(type_, **kwargs))


def altering(key: str, value: Any) -> Callable[[Document], object]:
    return lambda document: document["expectations"][1]["kwargs"].update({key: value})


CODE_OR_TROUBLE: list[tuple[str, Callable[[Document], object], str]] = [
    ("sft", altering("row_condition", "__import__('os').system('touch x')"), "'row_condition' is not allowed"),
    ("sft", altering("condition_parser", "great_expectations"), "'condition_parser' is not allowed"),
    ("sft", altering("result_format", {"result_format": "BASIC"}), "'result_format' is not allowed"),
    ("sft", altering("catch_exceptions", True), "'catch_exceptions' is not allowed"),
    # Great Expectations lets these overrule the entry: a critical check would be one that only tells.
    ("sft", altering("severity", "info"), "'severity' does not belong in kwargs"),
    ("sft", altering("meta", {"reason": "x"}), "'meta' does not belong in kwargs"),
    ("sft", altering("windows", [{"parameter_name": "x"}]), "'windows' does not belong in kwargs"),
    ("sft", altering("rendered_content", []), "'rendered_content' does not belong in kwargs"),
    ("sft", altering("__class__", "os"), "__class__: extra fields not permitted"),
    ("sft", adding("os.system", column="answer"), "no expectation of that type"),
    ("sft", adding("expect_column_values_to_match_json_schema", column="answer", json_schema="{}"), "json_schema"),
    ("sft", adding("expect_query_results_to_match_comparison", base_query="DROP TABLE x"), "query"),
    ("sft", adding(IN_SET, column="answer", value_set=[{"$PARAMETER": "now()"}]), "holds a list or an object"),
    ("sft", adding(IN_SET, column="answer", value_set=[[["a"]]]), "holds a list or an object"),
    ("sft", adding(IN_SET, column="answer", value_set="abc"), "value_set: value is not a valid list"),
    ("sft", adding(IN_SET, column="answer", value_set=[]), "expected a list with at least one value"),
    (
        "sft",
        adding(IN_SET, column="answer", value_set={"$PARAMETER": "ties"}),
        "expected a list with at least one value",
    ),
    ("sft", adding(IN_SET, column={"$PARAMETER": "ties"}, value_set=["x"]), "column"),
    ("sft", adding(IN_SET, column="answer", value_set={"$PARAMETER": "urn:x"}), "expected a value or"),
    ("sft", adding(REGEX, column="answer", regex="(?=a)(a+)+$"), "not RE2"),
    ("sft", adding(REGEX, column="answer", regex="(a+)+(?!b)$"), "not RE2"),
    ("sft", adding(REGEX, column="answer", regex=r"(a)(a+)+\1$"), "not RE2"),
    ("sft", adding(REGEX, column="answer", regex="((a{1000}){1000}){1000}"), "not RE2"),
    ("sft", adding(REGEX, column="answer", regex=3), "regex"),
    ("sft", adding(REGEX, column="answer", regex={"$PARAMETER": "ties"}), "expected a text"),
    ("sft", adding(PHRASES, column="answer", within=400, phrases=["a … a … a … a … a … zzz"]), "more than 2 gaps"),
    ("release", adding(BETWEEN, column="rows", min_value="2001-01-01"), "expected a number"),
    ("release", adding(BETWEEN, column="rows", min_value=10**400), "beyond 64 bits"),
    ("sft", adding("expect_text_length_to_be_between", column="answer", minimum=2**63), "beyond 64 bits"),
    ("sft", adding("expect_text_length_to_be_between", column="answer", minimum=1.5), "minimum: "),
    ("sft", adding("expect_text_length_to_be_between", column="answer", minimum="1"), "minimum: "),
    ("sft", adding(PERSONAL, column="answer", kind="email", latest_birth=26), "expected a year from 2020 to 2099"),
    ("sft", lambda d: d["expectations"][1].update(description="\ud800"), "unpaired surrogate \\ud800"),
]


@pytest.mark.parametrize(
    ("suite", "change", "message"), CODE_OR_TROUBLE, ids=[f"{m} {i}" for i, (_, _, m) in enumerate(CODE_OR_TROUBLE)]
)
def test_a_suite_can_neither_run_code_nor_hang_a_run(
    suite: str, change: Callable[[Document], object], message: str, tmp_path: Path
) -> None:
    before = len(json.loads((SHIPPED_EXPECTATIONS / f"{suite}.json").read_text("utf-8"))["expectations"])
    with pytest.raises(SuiteError) as caught:
        load_suites(folder_with(tmp_path, suite, change))
    text = str(caught.value)
    assert f"{suite}.json" in text and message in text and "\n" not in text
    assert "unpaired surrogate" in text or re.search(rf"{suite}\.json, expectation (2|{before + 1}) \(", text), text
    assert caught.value.exit_code == 2


def test_a_number_that_json_cannot_hold_is_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "release", lambda d: d["expectations"][0]["kwargs"].update(mostly="HERE"))
    path = folder / "release.json"
    text = path.read_text("utf-8")
    for number, message in (
        ("1e999", "beyond 64 bits"),
        ("-1e999", "beyond 64 bits"),
        ("9" * 5000, "not a valid JSON"),
    ):
        path.write_text(text.replace('"HERE"', number), "utf-8")
        with pytest.raises(SuiteError, match=message):
            load_suites(folder)


def test_a_pattern_that_python_would_try_for_ever_is_linear(tmp_path: Path) -> None:
    from sftrm_quality.checks import FRAMES, Scope, run_suite
    from sftrm_quality.records import LabelKind

    blank = {field.name: None for field in FRAMES[LabelKind.SFT][Scope.RECORD]}
    rows = [{**blank, "answer": "a" * 100_000 + end} for end in ("!", "")]
    table = pa.Table.from_pylist(rows, FRAMES[LabelKind.SFT][Scope.RECORD])
    entries = [
        new_entry(REGEX, "standard", column="answer", regex="(a+)+$"),
        new_entry("expect_text_not_to_be_a_placeholder", "ours", column="answer", patterns=["(a+)+!"]),
    ]
    suites = load_suites(folder_with(tmp_path, "sft", lambda d: d.update(expectations=entries)))
    checked_rows = run_suite(suites.sft, Scope.RECORD, table, {})
    assert checked_rows.failures["row"].to_pylist() == [0, 0]


def test_a_suite_that_never_ends_is_refused(tmp_path: Path) -> None:
    folder_with(tmp_path, "sft", lambda document: None)
    path = tmp_path / "sft.json"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SuiteError, match="not a plain file"):
        load_suites(tmp_path)
    path.unlink()
    path.write_bytes(b" " * (1 << 20) + b"{}")
    with pytest.raises(SuiteError, match="more than 1,048,576 bytes"):
        load_suites(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not a valid JSON document"),
        (b"[]", "not an object"),
        (b"\xff\xfe\xff", "expected a JSON file in UTF-8"),
        (b'{"name": "sft", "name": "sft"}', "occurs twice"),
        (b'{"name": "sft", "meta": NaN}', "not a JSON number"),
        (b"[" * 100_000, "not a valid JSON document"),
    ],
)
def test_a_file_that_is_no_suite(content: bytes, message: str, tmp_path: Path) -> None:
    folder_with(tmp_path, "sft", lambda document: None)
    (tmp_path / "sft.json").write_bytes(content)
    with pytest.raises(SuiteError, match=message):
        load_suites(tmp_path)


def test_a_missing_file(tmp_path: Path) -> None:
    folder_with(tmp_path, "sft", lambda document: None)
    (tmp_path / "release.json").unlink()
    with pytest.raises(SuiteError, match=r"release\.json: suite not found"):
        load_suites(tmp_path)


def test_the_hash_is_of_the_content(tmp_path: Path) -> None:
    shipped = load_suites(SHIPPED_EXPECTATIONS)
    laid_out_otherwise = load_suites(folder_with(tmp_path, "rm", lambda d: d["expectations"][0].update(meta={
        "scope": "record", **d["expectations"][0]["meta"]
    })))  # fmt: skip
    assert laid_out_otherwise.hash == shipped.hash
    assert laid_out_otherwise.rm == shipped.rm
    stricter = load_suites(folder_with(tmp_path, "rm", lambda d: d["expectations"][0]["kwargs"].update(mostly=0.99)))
    assert stricter.rm != shipped.rm
    assert stricter.hash != shipped.hash
    assert stricter.sft == shipped.sft


def test_importing_the_package_does_not_import_great_expectations() -> None:
    code = "import sys, sftrm_quality.checks; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_great_expectations_leaves_the_warnings_of_the_process_alone() -> None:
    code = "import sftrm_quality.preload, warnings; warnings.warn('ours', stacklevel=1)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "UserWarning: ours" in done.stderr
