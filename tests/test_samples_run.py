"""The job over the samples: every planted case ends where data/planted.json says, with exactly its reasons."""

import json

import pytest

from tests.samples_in_plain_python import CASES, LABEL_FILES, PLANTED, records


def test_every_record_ends_in_exactly_one_place(samples_run):
    expected = {(name, index) for name, file in LABEL_FILES.items() for index in range(file["received"])}
    assert set(samples_run.outcomes) == expected


@pytest.mark.parametrize("case", CASES.values(), ids=lambda c: f"{c['source_file']}:{c['source_index']}")
def test_a_planted_case_ends_where_it_should(samples_run, case):
    end, row = samples_run.outcomes[case["source_file"], case["source_index"]]
    assert end == case["outcome"]
    if end in ("quarantined", "unreadable"):
        assert set(row["reasons"]) == set(case["reasons"])
        assert len(row["details"]) == len(row["reasons"])
    if end == "duplicate":
        assert row["kind"] == case["duplicate_kind"]
        original_end, original = samples_run.outcomes[tuple(case["duplicate_of"])]
        assert (original_end, original["record_id"]) == ("published", row["duplicate_of"])
        assert 0.8 <= row["similarity"] < 1 if row["kind"] == "near" else row["similarity"] == 1


def test_whatever_is_not_planted_is_published(samples_run):
    elsewhere = {place for place, (end, _) in samples_run.outcomes.items() if end != "published"}
    assert elsewhere <= set(CASES)


def test_record_ids_are_unique_over_all_places(samples_run):
    ids = [row["record_id"] for _, row in samples_run.outcomes.values()]
    assert len(set(ids)) == len(ids)


def test_a_payload_is_the_record_as_it_is_in_its_file(samples_run):
    for (name, index), (end, row) in samples_run.outcomes.items():
        if end != "published" and row["payload_bytes"] is None and name != "sft_vendor_utf16.json":
            assert records(name)[index].startswith(row["payload"]), (name, index)


def test_warnings_are_counted_and_nothing_is_kept_out_for_them(samples_run):
    planted = {}
    for case in CASES.values():
        for warning in case["warnings"]:
            planted[case["label_kind"], warning] = planted.get((case["label_kind"], warning), 0) + 1
    counted = {(kind, r): n for kind, found in samples_run.report["warnings"].items() for r, n in found.items() if n}
    assert counted == planted


def test_skipped_and_unknown_files_are_listed_with_what_was_seen(samples_run):
    files = {file["source_file"]: file for file in samples_run.report["files"]}
    assert {name for name, file in files.items() if file["status"] == "skipped"} == set(PLANTED["skipped"])
    assert {name for name, file in files.items() if file["status"] == "unreadable"} == set(PLANTED["unknown"])
    assert "plain text" in files["handover_2026-11-03.jsonl"]["note"]


def test_a_prompt_of_both_kinds_is_in_one_split(samples_run):
    splits = {
        (r["source_file"], r["source_index"]): r["split"] for k in ("sft", "rm") for r in samples_run.published(k)
    }
    assert PLANTED["shared_prompts"]
    for prompts in PLANTED["shared_prompts"]:
        assert len({splits[tuple(place)] for place in prompts}) == 1


def test_json_of_the_report_is_what_the_run_returned(samples_run):
    written = (samples_run.out / "reports" / samples_run.report["run_id"] / "report.json").read_text("utf-8")
    assert json.loads(written) == json.loads(json.dumps(samples_run.report))
