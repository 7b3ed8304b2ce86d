"""Deliveries of which records went that say something else, or stayed that say the same: what is right of each."""

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.outputs import Output, open_gate, run_on

CASES = Path(__file__).parent / "cases"


def published(output, file, kind="sft"):
    return [row for row in output.published(kind) if row["source_file"] == file]


def removed(output, kind="sft"):
    return {name: n for name, n in output.report["duplicates"][kind].items() if n}


def kept_apart(output):
    path = output.out / "reports" / output.report["run_id"] / "kept_apart.parquet"
    return pq.read_table(path).to_pylist()


def test_different_texts_behind_one_long_instruction_stay(outcome_of):
    output = outcome_of("long-instruction")
    assert len(published(output, "reviews.json")) == 240 and not removed(output)
    told = [row for row in kept_apart(output) if row["by"] == "template"]
    assert len(told) == 240 and {row["prompts"] for row in told} == {240}
    figures = output.report["profile"]["duplicates"]["sft"]
    assert figures["kept_apart"]["template"] == figures["largest_template"]["prompts"] == 240


def test_templates_and_numbers_of_small_files_stay(outcome_of):
    output = outcome_of("templated-classification")
    assert (len(output.published("sft")), removed(output)) == (46, {})


def test_numbers_stay_and_opposite_answers_are_conflicts(outcome_of):
    output = outcome_of("number-variants")
    assert len(published(output, "math.json")) == 100
    assert (len(published(output, "policy.json")), removed(output), output.report["conflicts"]["sft"]) == (20, {}, 10)
    assert Counter(row["by"] for row in kept_apart(output)) == {"negations": 20}


def test_superscripts_flags_and_joined_emoji_are_seen(outcome_of):
    output = outcome_of("superscripts")
    identical = [row["data_id"] for row in output.quarantine if "responses_identical" in row["reasons"]]
    assert identical == ["r13", "r14"] and len(output.quarantine) == 2
    assert (len(published(output, "sft.json")), removed(output), output.report["conflicts"]["sft"]) == (64, {}, 0)


@pytest.mark.parametrize(("case", "quarantined", "left"), [("format-preferences", 2, 140), ("equal-completions", 2, 8)])
def test_only_responses_that_look_the_same_are_identical(outcome_of, case, quarantined, left):
    output = outcome_of(case)
    assert [row["reasons"] for row in output.quarantine] == [["responses_identical"]] * quarantined
    assert len(output.published("rm")) == left


def test_pairs_and_tasks_that_are_about_form_stay(outcome_of):
    output = outcome_of("pairs-that-differ-in-form")
    assert not output.quarantine and not removed(output) and not removed(output, "rm")


def test_the_same_sample_ranked_both_ways_is_contradicted(outcome_of):
    output = outcome_of("same-sample-other-preference")
    assert [row["reasons"] for row in output.quarantine] == [["ranking_contradicted"]] * 2


def test_spacing_makes_no_other_record_and_no_prompt_is_in_two_splits(outcome_of):
    output = outcome_of("spacing")
    assert removed(output) == {"folded": 180}
    assert len(published(output, "a_original.json")) == 60
    splits = {}
    for kind, column in (("sft", "question"), ("rm", "prompt")):
        for row in output.published(kind):
            prompt = "".join(row[column].split()).rstrip("?.")
            splits.setdefault(prompt, set()).add(row["split"])
    assert len(splits) < len(output.published("sft")) + len(output.published("rm"))
    assert all(len(found) == 1 for found in splits.values())


def test_the_older_file_keeps_its_records_where_names_sort_otherwise(tmp_path):
    out, suites = tmp_path / "out", open_gate(tmp_path / "suites")
    first = Output(out, run_on([CASES / "file-order" / "night1"], out, suites).report)
    ids = {row["record_id"] for row in first.published("sft")}
    second = Output(out, run_on([CASES / "file-order" / "night2"], out, suites).report)
    assert {row["record_id"] for row in second.published("sft")} == ids and len(ids) == 60
    (newer,) = (file for file in second.report["files"] if file["source_file"] == "2026-10-1.json")
    assert (newer["duplicates"], newer["quarantined"], newer["published"]) == (40, 20, 0)


@pytest.mark.parametrize(
    ("settings", "whole"),
    [((), True), (("copies.cut_short=as_others",), False), (("copies.cut_short=as_others", "copies.keep=last"), True)],
)
def test_a_whole_answer_is_not_lost_to_its_cut_copy(outcome_of, settings, whole):
    output = outcome_of("cut-copy-survives", *settings)
    left = {name: len(published(output, name)) for name in ("2026-10-01.json", "2026-10-02.json")}
    assert left == {"2026-10-01.json": 0 if whole else 40, "2026-10-02.json": 40 if whole else 0}
