"""What all records of a run show about each other: who survives, who refers to whom, what is only counted."""

import json

import numpy as np
import pyarrow as pa
import pytest

from sftrm_quality.checks import FRAMES, Scope, read_suites, sum_counts
from sftrm_quality.collection import checking
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.records import LabelKind
from sftrm_quality.text import fold_text
from tests.inline_workers import InlineWorkers
from tests.outputs import Output, open_gate, run_on

LONG = "The tide comes in twice a day because the moon pulls the water on the near side and leaves it on the far side"


def write(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")


def sft(data_id, question, answer):
    return {"data_id": data_id, "question": question, "answer": answer}


def rm(data_id, *texts):
    return {
        "data_id": data_id,
        "prompt": "Which?",
        "responses": [{"text": t, "rank": r} for r, t in enumerate(texts, 1)],
    }


def run(tmp_path, *settings):
    gate = open_gate(tmp_path / "expectations")
    return Output(tmp_path / "out", run_on([tmp_path / "raw"], tmp_path / "out", gate, *settings).report)


def ends(output):
    return {row["data_id"]: (end, row) for end, row in output.outcomes.values()}


def test_a_copy_of_a_near_duplicate_refers_to_the_record_that_stays(tmp_path):
    near = LONG.replace("far side", "other side")
    write(
        tmp_path / "raw" / "a.jsonl",
        sft("first", "Why tides?", LONG),
        sft("near", "Why tides?", near),
        sft("copy", "why  TIDES?", near.upper()),
    )
    found = ends(run(tmp_path))
    first = found["first"][1]["record_id"]
    assert found["first"][0] == "published"
    assert (found["near"][1]["duplicate_of"], found["near"][1]["kind"]) == (first, "near")
    assert (found["copy"][1]["duplicate_of"], found["copy"][1]["kind"]) == (first, "near")
    assert found["copy"][1]["similarity"] == found["near"][1]["similarity"] < 1


def test_the_first_in_order_of_file_names_stays(tmp_path):
    write(tmp_path / "raw" / "2026-11-02.jsonl", sft("new", "Why tides?", LONG))
    write(tmp_path / "raw" / "2026-11-01.jsonl", sft("old", "Why tides?", LONG))
    found = ends(run(tmp_path))
    assert (found["old"][0], found["new"][0]) == ("published", "duplicate")


def test_a_quarantined_record_is_nobodys_original(tmp_path):
    """The id is taken by another content, so the second record is quarantined, and its copy stays."""
    write(
        tmp_path / "raw" / "a.jsonl",
        sft("1", "What is up?", "The sky, mostly, and some birds."),
        sft("1", "Why tides?", LONG),
        sft("2", "Why tides?", LONG),
    )
    output = run(tmp_path, "near.threshold=1")
    by_place = {index: (end, row) for (_, index), (end, row) in output.outcomes.items()}
    assert [by_place[i][0] for i in range(3)] == ["published", "quarantined", "published"]
    assert by_place[1][1]["reasons"] == ["data_id_reused"]
    assert by_place[0][1]["record_id"] in by_place[1][1]["details"][0]


def test_the_same_question_with_another_answer_is_kept_and_counted(tmp_path):
    write(
        tmp_path / "raw" / "a.jsonl",
        sft("1", "Why tides?", LONG),
        sft("2", "why  tides?", "Nobody knows, ask the fish."),
        sft("3", "Why tides?", "Because of the wind, perhaps."),
        sft("4", "What is up?", "The sky, mostly."),
    )
    output = run(tmp_path)
    assert output.report["ledger"]["sft"]["published"] == 4
    assert output.report["conflicts"] == {"sft": 1, "rm": 0}
    assert output.report["prompt_groups"] == {"count": 2, "largest": 3}


def test_conflicts_and_groups_of_the_samples_counted_again(samples_run):
    for kind, column in (("sft", "question"), ("rm", "prompt")):
        prompts = [fold_text(row[column]) for row in samples_run.published(kind)]
        assert samples_run.report["conflicts"][kind] == sum(prompts.count(p) > 1 for p in set(prompts))


def test_rankings_that_contradict_each_other_all_go(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", rm("1", "left", "right"), rm("2", "right", "left"), rm("3", "left", "middle"))
    found = ends(run(tmp_path))
    assert [found[i][0] for i in "123"] == ["quarantined", "quarantined", "published"]
    assert found["1"][1]["reasons"] == found["2"][1]["reasons"] == ["ranking_contradicted"]
    assert found["2"][1]["record_id"] in found["1"][1]["details"][0]


def test_copies_of_one_record_are_numbered(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", *[sft("1", "Why tides?", LONG)] * 3, *[sft("2", "Why?", "")] * 2)
    ids = {index: row["record_id"] for (_, index), (_, row) in run(tmp_path).outcomes.items()}
    assert [ids[1], ids[2], ids[4]] == [f"{ids[0]}-1", f"{ids[0]}-2", f"{ids[3]}-1"]


def test_fields_that_are_not_read_are_named_with_their_count(tmp_path):
    record = {**sft("1", "Why tides?", LONG), "annotator": "kim", "minutes": 3}
    write(tmp_path / "raw" / "a.jsonl", record, {**sft("2", "What is up?", "The sky."), "annotator": "lee"})
    (file,) = run(tmp_path).report["files"]
    assert file["fields_unread"] == {"annotator": 2, "minutes": 1}


class CountingWorkers(InlineWorkers):
    def __init__(self):
        super().__init__(2)
        self.checked = []

    def submit(self, function, *arguments):
        self.checked.append(arguments[-1].rows.tolist())
        return super().submit(function, *arguments)


def frames_of_five_shards():
    """Of each two rows, of which the second has an id that somebody holds already."""
    for number, kind in enumerate((LabelKind.SFT, LabelKind.SFT, LabelKind.RM, LabelKind.RM, LabelKind.SFT)):
        held = {"data_id": ["a", f"{number}"], "first_holder": [None, f"holder of {number}"]}
        held |= {"contradicted_by": [None, None]} if kind is LabelKind.RM else {}
        table = pa.table(
            {field.name: pa.array(held[field.name], field.type) for field in FRAMES[kind][Scope.COLLECTION]}
        )
        yield checking.Frame(kind, Scope.COLLECTION, np.arange(2 * number, 2 * number + 2), table)


@pytest.mark.parametrize(
    ("most", "together"), [(10_000, [4, 4, 2]), (4, [4, 4, 2]), (3, [2, 2, 2, 2, 2]), (0, [2, 2, 2, 2, 2])]
)
def test_small_shards_are_checked_together_and_give_the_same(monkeypatch, most, together):
    monkeypatch.setattr(checking, "_ROWS_TOGETHER", most)
    workers = CountingWorkers()
    found = checking.check_frames(frames_of_five_shards(), read_suites(SHIPPED_EXPECTATIONS), workers)
    assert [len(rows) for rows in workers.checked] == together
    assert [row for rows in workers.checked for row in rows] == list(range(10))
    assert list(found.of_rows) == [1, 3, 5, 7, 9]
    for row, failure in found.of_rows.items():
        assert failure.reasons == ("data_id_reused",) and f"holder of {row // 2}" in failure.details[0]
    counted = {(count.suite, count.reason): (count.evaluated, count.failed) for count in sum_counts(found.counts)}
    assert counted["sft", "data_id_reused"] == (6, 3) and counted["rm", "data_id_reused"] == (4, 2)
