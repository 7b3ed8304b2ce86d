"""The benchmarks measure what they say: the truth is true, the scores count right, no process escapes the measuring."""

import hashlib
import json
import re
import sys
import unicodedata
from collections import Counter
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchmarks import near, tables
from benchmarks.__main__ import app
from benchmarks.containers import FORMS, SHAPES, written
from benchmarks.data_sets import DataSet, write_texts
from benchmarks.families import FAMILIES, write_family
from benchmarks.figures import Figure, Limit
from benchmarks.incremental import write_new_records
from benchmarks.label_files import label_file
from benchmarks.make_labels import SFT_TRUTH, VARIANT_TRUTH, make
from benchmarks.meanings import Meanings
from benchmarks.measure import CommandFailedError, measure
from benchmarks.product import hashes, outcome, outcome_of_run
from benchmarks.read_and_map import read_and_mapped
from benchmarks.scoring import Outcome, score
from benchmarks.split_moves import Arrivals, Night, count_moves, simulate
from benchmarks.splits import prompts_in_two_splits
from benchmarks.targets import TARGETS
from benchmarks.variant_labels import COPIES, SHARES
from benchmarks.variants import figures, survivors
from benchmarks.verdicts.directions import figures_of as directions
from benchmarks.verdicts.frame import Example, Module, is_wrong, reasons_of, wrong_ones
from benchmarks.verdicts.frame import figures as verdict_figures
from benchmarks.verdicts.marks import files as marked_files
from benchmarks.verdicts.marks import mark_figures
from benchmarks.verdicts.modules import MODULES

COUNT = 2000


@pytest.fixture(scope="module")
def labels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labels")
    make("sft", COUNT, folder, ["compact", "jsonl"])
    return DataSet(folder, "sft", COUNT)


@pytest.fixture(scope="module")
def records(labels):
    return [json.loads(line) for line in labels.lines.read_bytes().splitlines()]


def plain(text):
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def jaccard(one, other):
    a, b = ({text[i : i + 5] for i in range(max(1, len(text) - 4))} for text in (plain(one), plain(other)))
    return len(a & b) / len(a | b)


def test_all_forms_hold_the_same_records(labels, tmp_path):
    for form in FORMS:
        path = written(labels, form, tmp_path)
        name = "reference_sft" if form.shape == "reference" else "alpaca"
        assert read_and_mapped(path) == (name, COUNT)
    assert SHAPES["Alpaca"]({"data_id": "1", "question": "q", "answer": "a", "question_type": "t"}) == {
        "id": "1", "instruction": "q", "input": "", "output": "a",
    }  # fmt: skip


def test_the_truth_table_is_true(labels, records):
    truth = labels.truth().to_pylist()
    assert [row["row"] for row in truth] == list(range(COUNT)) == [int(r["data_id"][4:]) for r in records]
    assert {row["kind"] for row in truth} == {"orig", "exact", "exact_norm", "near", "empty"}
    for record, row in zip(records, truth, strict=True):
        if row["src"] < 0:
            assert (row["kind"] == "empty") == (plain(record["answer"]) == "")
            continue
        source = records[row["src"]]
        assert record["question"] == source["question"]
        assert (row["kind"] == "exact") == (record["answer"] == source["answer"])
        assert row["jac5"] == pytest.approx(jaccard(record["answer"], source["answer"]), abs=1e-6)
        if row["kind"] == "exact_norm":
            assert plain(record["answer"]) == plain(source["answer"])
    originals = [plain(records[row["row"]]["answer"]) for row in truth if row["kind"] == "orig"]
    assert len(set(originals)) == len(originals)


def test_the_forms_hold_the_same_records_and_the_same_seed_gives_the_same_bytes(labels, records, tmp_path):
    document = json.loads(labels.document.read_bytes())
    assert document["data_info"] == records and document["dataset_info"]["count"] == COUNT
    make("sft", COUNT, tmp_path, ["pretty", "jsonl"])
    assert json.loads(label_file(tmp_path, "sft", COUNT, "pretty").read_bytes()) == document
    assert DataSet(tmp_path, "sft", COUNT).lines.read_bytes() == labels.lines.read_bytes()


def test_rm_records_are_as_their_truth_says(tmp_path):
    make("rm", 1000, tmp_path, ["jsonl"], shape="reference")
    lines = DataSet(tmp_path, "rm", 1000).lines.read_bytes().splitlines()
    truth = DataSet(tmp_path, "rm", 1000).truth().to_pylist()
    assert any(row["bad_rank"] for row in truth) and any(row["identical"] for row in truth)
    for line, row in zip(lines, truth, strict=True):
        responses = json.loads(line)["responses"]
        ranks = sorted(response["rank"] for response in responses)
        assert len(responses) == row["n_resp"]
        assert (ranks != list(range(1, len(ranks) + 1))) == row["bad_rank"]
        assert (len({response["text"] for response in responses}) < len(responses)) == row["identical"]


@pytest.fixture(scope="module")
def variants(tmp_path_factory):
    folder = tmp_path_factory.mktemp("variants")
    make("variants", COUNT, folder, ["jsonl"])
    return DataSet(folder, "variants", COUNT)


def test_variants_say_the_same_or_not_as_their_truth_says(variants, tmp_path):
    records = [json.loads(line) for line in variants.lines.read_bytes().splitlines()]
    truth = variants.truth().to_pylist()
    assert [row["row"] for row in truth] == list(range(COUNT)) == [int(r["data_id"][4:]) for r in records]
    assert {row["kind"] for row in truth} == {"orig", *SHARES}
    for record, row in zip(records, truth, strict=True):
        if row["src"] < 0:
            assert row["kind"] in ("orig", "template")
            continue
        source = records[row["src"]]
        assert (row["kind"] in COPIES) == (row["meaning"] == truth[row["src"]]["meaning"])
        differs = {part for part in ("question", "answer") if record[part] != source[part]}
        assert differs == ({"question", "answer"} if row["part"] == "both" else {row["part"]})
        for part in ("question", "answer"):
            assert row[f"jac5_{part}"] == pytest.approx(jaccard(record[part], source[part]), abs=1e-6)
        if row["kind"] == "cut":
            assert source["answer"].startswith(record["answer"])
        if row["kind"] in ("spacing", "punctuation"):
            assert letters(record) == letters(source)
    assert sum(row["kind"] == "template" and row["form"] == "8 to 20" for row in truth) > COUNT // 10
    make("variants", COUNT, tmp_path, ["jsonl"])
    assert DataSet(tmp_path, "variants", COUNT).lines.read_bytes() == variants.lines.read_bytes()


def letters(record):
    return [re.sub(r"[\W_]", "", record[part]) for part in ("question", "answer")]


# Row 1 is a copy of row 0; 2 says something else than row 3; 4 is row 5 cut short; 6 and 7 are of one template.
MEANINGS = pa.table(
    {
        "row": range(8),
        "kind": ["orig", "spacing", "number", "orig", "cut", "orig", "template", "template"],
        "form": ["", "all", "sign", "", "to 90 %", "", "2 to 7", "2 to 7"],
        "part": ["", "both", "answer", "", "answer", "", "question", "question"],
        "meaning": [0, 0, 2, 3, 5, 5, 6, 7],
        "src": [-1, 0, 3, -1, 5, -1, -1, -1],
        "jac5_question": [0, 0.3, 1, 0, 1, 0, 0, 0],
        "jac5_answer": [0, 0.3, 0.9, 0, 0.9, 0, 0, 0],
    },
    schema=VARIANT_TRUTH,
)


def told(survivors, failing=(), less_alike=()):
    survivor = np.array([survivors.get(row, -1) for row in range(8)])
    gone = survivor >= 0
    meanings = Meanings(MEANINGS, Outcome(~gone & ~np.isin(range(8), failing), gone), survivor)
    return {figure.what: figure.value for figure in figures(meanings, np.isin(range(8), less_alike))}


def test_copies_that_go_and_look_alikes_that_stay_are_right():
    found = told({0: 1, 4: 5})
    assert found["precision, of 2 removed"] == found["precision without look-alikes, of 2"] == 1
    assert found["cut copies that stay in the place of the whole one"] == 0
    assert found["spacing: of 1, that go"] == found["cut: of 1, that go"] == 1
    assert found["number: of 1, that stay"] == found["· sign, of 1"] == found["template: of 2, that stay"] == 1
    assert found["negation: of 0, that stay"] is None


def test_copies_that_stay_and_look_alikes_that_go_are_wrong():
    found = told({3: 2, 5: 4, 7: 6})
    assert found["precision, of 3 removed"] == pytest.approx(1 / 3)
    assert found["precision without look-alikes, of 2"] == 0.5
    assert found["cut copies that stay in the place of the whole one"] == 1
    assert found["spacing: of 1, that go"] == found["number: of 1, that stay"] == 0
    assert found["template: of 2, that stay"] == 0.5


def test_failing_rows_are_not_asked_and_less_alike_ones_are_wrong():
    assert "number: of 0, that stay" in told({}, failing=[3])
    assert told({1: 0}, less_alike=[1])["precision, of 1 removed"] == 0


def test_survivors_are_read_by_their_record_ids(tmp_path):
    columns = {"data_id": ["SFT-00000000", "SFT-00000003"], "record_id": ["a", "b"]}
    path = tmp_path / "releases/r-1/sft/train-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table(columns), path)
    (tmp_path / "LATEST").write_text("r-1\n")
    (tmp_path / "duplicates/run").mkdir(parents=True)
    ids = {"data_id": ["SFT-00000001", "SFT-00000002"], "duplicate_of": ["b", "a"], "kind": ["near", "folded"]}
    pq.write_table(pa.table(ids), tmp_path / "duplicates/run/duplicates.parquet")
    survivor, near_ones = survivors(tmp_path, 4)
    assert survivor.tolist() == [-1, 3, 0, -1]
    assert near_ones.tolist() == [False, True, False, False]


def test_our_search_is_run_on_the_texts_and_finds_what_is_there(labels, tmp_path):
    rows = write_texts(labels, tmp_path / "texts.parquet")
    truth = labels.truth()
    assert rows == [row for row, kind in enumerate(truth["kind"].to_pylist()) if kind != "empty"]
    kept, removed = np.zeros(COUNT, bool), np.zeros(COUNT, bool)
    kept[rows] = near.ours(tmp_path / "texts.parquet")
    removed[rows] = ~kept[rows]
    found = score(truth, Outcome(kept, removed), labels.answers, 0.8)
    assert (found.exact_recall, found.near_recall, found.precision, found.originals_lost) == (1, 1, 1, 0)
    assert found.pairs["near"] > 10


# Rows 0 and 1 are originals; 2 and 3 are copies of row 0, 4 to 6 near copies of row 1; 7 is blank.
ORIGINAL, OTHER = "the quick brown fox jumps over the lazy dog", "깊은 산속 옹달샘 누가 와서 먹나요"
TEXTS = [ORIGINAL, OTHER, ORIGINAL, ORIGINAL, OTHER, OTHER, OTHER, ""]
KINDS = ["orig", "orig", "exact", "exact_norm", "near", "near", "near", "empty"]
TRUTH = pa.table(
    {
        "row": range(8),
        "kind": KINDS,
        "src": [-1, -1, 0, 0, 1, 1, 1, -1],
        "edits": [0] * 8,
        "jac5": [0, 0, 1, 1, 0.9, 0.8, 0.7, 0],
        "jac_w3": [0] * 8,
    },
    schema=SFT_TRUTH,
)


def scored(removed, failing=(7,), threshold=0.8, texts=TEXTS):
    gone = np.isin(range(8), removed)
    return score(TRUTH, Outcome(~gone & ~np.isin(range(8), failing), gone), lambda: enumerate(texts), threshold)


def test_all_found_is_a_score_of_one():
    found = scored([2, 3, 4, 5, 6])
    assert found[:5] == (1, 1, 1, 1, 0)
    assert found.pairs == {"exact": 2, "near": 2, "lower": 1}


def test_recall_counts_pairs_of_which_both_are_kept():
    assert scored([2, 4])[:3] == (0.5, 0.5, 0)


def test_removing_the_source_in_the_place_of_its_copy_finds_the_pair_and_loses_nothing():
    found = scored([0, 3])
    assert (found.exact_recall, found.precision, found.originals_lost) == (1, 1, 0)


def test_an_original_with_nothing_alike_left_is_lost():
    found = scored([0, 2, 3, 4, 5, 6])
    assert (found.precision, found.originals_lost) == (5 / 6, 1)


def test_whether_something_alike_is_left_is_decided_at_the_threshold_exactly():
    # 40 runs of the original, one more in the other: a Jaccard of 39 / 40.
    texts = [ORIGINAL, OTHER, ORIGINAL + "s", *TEXTS[3:]]
    assert jaccard(ORIGINAL, ORIGINAL + "s") == 39 / 40
    assert scored([0, 3], texts=texts, threshold=39 / 40).originals_lost == 0
    assert scored([0, 3], texts=texts, threshold=0.976).originals_lost == 1


def test_what_failed_is_no_pair():
    assert scored([4, 5, 6], failing=(2, 3, 7)).exact_recall is None
    assert scored([2, 3], failing=(1, 7)).near_recall is None


def test_nothing_removed_has_no_precision():
    assert scored([]).precision is None


def test_memory_of_a_grandchild_and_cpu_of_an_orphan_are_counted(tmp_path):
    allocate = "import time; held = b'x' * (200 << 20); time.sleep(1.5)"
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    child = (
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {allocate!r}], check=True)\n"
        f"subprocess.Popen([sys.executable, '-c', {burn!r}])\n"  # and leave it behind
    )
    usage = measure([sys.executable, "-c", child], tmp_path / "log")
    assert usage.peak_mib > 200
    assert usage.cpu_seconds > 0.5
    assert usage.wall_seconds > 0


def test_a_failing_command_is_told_with_its_output(tmp_path):
    with pytest.raises(CommandFailedError, match=r"(?s)exit code 3.*no such luck"):
        measure([sys.executable, "-c", "print('no such luck'); raise SystemExit(3)"], tmp_path / "log")


def release(out, **files):
    """A release whose parts hold these ids and prompts."""
    for name, rows in files.items():
        kind, _, split = name.partition("_")
        path = out / "releases" / "r-1" / kind / f"{split}-00000-of-00001.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        prompt = "question" if kind == "sft" else "prompt"
        pq.write_table(pa.table({"data_id": list(rows), prompt: list(rows.values())}), path)
    (out / "LATEST").write_text("r-1\n")


def test_outcomes_are_read_from_the_release_and_the_duplicates(tmp_path):
    release(tmp_path, sft_train={"SFT-00000000": "a", "SFT-00000003": "b"}, rm_test={"RM-00000001": "c"})
    duplicates = tmp_path / "duplicates" / "run" / "duplicates.parquet"
    duplicates.parent.mkdir(parents=True)
    pq.write_table(pa.table({"data_id": ["SFT-00000002"]}), duplicates)
    found = outcome_of_run(tmp_path, 5)
    assert found.kept.tolist() == [True, False, False, True, False]
    assert found.removed.tolist() == [False, False, True, False, False]
    assert not outcome([], [], 2).kept.any()


def test_prompts_in_two_splits_are_counted_over_both_kinds(tmp_path):
    release(tmp_path, sft_train={"a": "왜?", "b": "one"}, sft_test={"c": "two"}, rm_train={"d": "one"})
    assert prompts_in_two_splits(tmp_path) == 0
    release(tmp_path, rm_validation={"e": "ONE ", "f": "two"}, sft_test={"c": "two", "g": "왜?"})
    assert prompts_in_two_splits(tmp_path) == 3


def test_hashes_tell_data_files_apart(tmp_path):
    release(tmp_path, sft_train={"a": "왜?"}, rm_test={"b": "one"})
    found = hashes(tmp_path)
    path = tmp_path / "releases/r-1/sft/train-00000-of-00001.parquet"
    assert list(found) == ["rm/test-00000-of-00001.parquet", "sft/train-00000-of-00001.parquet"]
    assert found["sft/train-00000-of-00001.parquet"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_new_file_has_ids_of_its_own_and_copies_of_old_records(labels, records, tmp_path):
    old = tmp_path / "old.jsonl"
    old.write_bytes(labels.lines.read_bytes())
    target = tmp_path / "new.jsonl"
    write_new_records(target, DataSet(labels.folder, "sft", COUNT), old)
    new = [json.loads(line) for line in target.read_bytes().splitlines()]
    assert len({record["data_id"] for record in [*new, *records]}) == COUNT * 2
    assert [record["answer"] for record in new[-COUNT // 10 :]] == [r["answer"] for r in records[: COUNT // 10]]


def test_arrivals_are_grouped_by_the_library_and_named_in_three_ways(tmp_path):
    nights = list(simulate(Arrivals(1, 100, 0.1, popular=False), 3, tmp_path))
    last = nights[-1]
    assert [len(night.groups) for night in nights] == [100, 200, 300]
    assert last.keys[~last.prompts].size == 300 - len(set(last.keys.tolist())) > 0
    assert 200 < len(set(last.groups.tolist())) < len(set(last.keys.tolist()))  # variants are in the group of another
    for one, other in zip(last.groups.tolist(), range(300), strict=True):
        assert last.groups[one] == one or last.keys[one] != last.keys[other]
    for place in last.places.values():
        assert sorted(place.tolist()) == list(range(300))
    assert last.places["in front"][:2].tolist() == [200, 201] and last.places["behind"][200] == 200


def test_a_group_that_a_new_file_leads_moves_by_the_first_row_only():
    # Of 400 prompts every second one comes in the second night, and is a variant of the one before it.
    keys = np.frombuffer(np.arange(800, dtype=np.uint64).tobytes(), "V16")
    order = np.concatenate([np.arange(0, 400, 2), np.arange(1, 400, 2)])
    keys = keys[order]
    groups = np.tile(np.arange(200), 2)
    both, first = np.arange(400), np.arange(200)
    in_front = np.concatenate([np.arange(200, 400), np.arange(200)])
    nights = [
        Night(first, np.ones(200, bool), keys[:200], {"behind": first, "in front": first}),
        Night(groups, np.ones(400, bool), keys, {"behind": both, "in front": in_front}),
    ]
    moves = count_moves(iter(nights))
    assert moves["first row, new files behind"][:2] == (0, 0)
    assert moves["first row, new files in front"].to_train > 0
    assert moves["most held out"].to_train == 0 < moves["most held out"].to_held_out
    assert moves["most held out"].train < moves["first row, new files behind"].train


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_shares_its_template_and_what_it_is_measured_against_nothing(family, tmp_path):
    questions = {}
    for shared in (True, False):
        write_family(tmp_path / "lines", family, 50, shared)
        records = [json.loads(line) for line in (tmp_path / "lines").read_bytes().splitlines()]
        assert len({record["data_id"] for record in records}) == len({record["question"] for record in records}) == 50
        questions[shared] = [record["question"] for record in records]
    assert all(one[:35] == questions[True][0][:35] for one in questions[True])
    assert len({one[:10] for one in questions[False]}) == 50
    lengths = [sum(map(len, texts)) for texts in questions.values()]
    assert lengths[1] == pytest.approx(lengths[0], rel=0.05)


def test_limits():
    below, above = Figure("t", "w", 1.0, Limit(2)), Figure("t", "w", 3.0, Limit(2))
    assert (below.verdict(True), above.verdict(True)) == ("met", "missed")
    assert Figure("t", "w", 2.0, Limit(2, at_most=False)).verdict(True) == "met"
    assert Figure("t", "w", 1.0, Limit(2, at_most=False)).verdict(True) == "missed"
    assert Figure("t", "w", 3.0, Limit(2, of_a_million=True)).verdict(full_size=False) == ""
    assert Figure("t", "w", 3.0).verdict(True) == Figure("t", "w", None, Limit(2)).verdict(True) == ""


def test_tables_are_published_as_markdown_and_json(tmp_path, capsys):
    rows = [["group", "", ""], ["tool", tables.number(1234.56), tables.share(0.99996)], ["x", tables.share(None), "1"]]
    tables.publish("t", "Title", ["a", "b", "c"], rows, {"found": 1}, tmp_path, "Notes.")
    text = (tmp_path / "t.md").read_text("utf-8")
    assert "| **group** |  |  |\n| tool | 1,234.6 | 0.9999 |\n| x | – | 1 |" in text
    found = json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert found["figures"] == {"found": 1}
    assert {"date", "cpu", "cores", "versions"} <= set(found["machine"])
    assert "1,234.6" in capsys.readouterr().out


def test_the_command_explains_its_targets_and_refuses_others():
    shown = CliRunner().invoke(app, ["targets", "--help"]).output
    assert all(re.search(rf"\b{name}\b", shown) for name in TARGETS)
    refused = CliRunner().invoke(app, ["targets", "speed"])
    assert refused.exit_code == 2


def test_verdicts_are_those_of_the_suites_and_counted_by_reason():
    planted = Example("mobile_number_found", "plain", "Who?", "010-1234-5678", planted=True)
    missed = Example("mobile_number_found", "words", "Who?", "공일공 일이삼사", planted=True)
    clean = Example("mobile_number_found", "order", "What?", "주문번호 01012345678", planted=False)
    alarm = Example("mobile_number_found", "mail", "What?", "kim@example.co.kr", planted=False)
    examples = [planted, missed, clean, alarm]
    given = reasons_of(examples)
    assert [sorted(one) for one in given] == [["mobile_number_found"], [], [], ["email_found"]]
    module = Module(
        ("mobile_number_found", "email_found"), lambda rng, count: iter(()), lambda rng, count: iter(()), 5, 190
    )
    wrong = [is_wrong(one, reasons, module) for one, reasons in zip(examples, given, strict=True)]
    assert wrong == [False, True, False, True]
    counted = {figure.what: figure.value for figure in verdict_figures("x", module, examples, wrong)}
    assert counted["mobile_number_found: alarms of 2 clean"] == 1
    assert counted["mobile_number_found: found of 2 planted"] == 1
    assert counted["mobile_number_found: precision"] == counted["mobile_number_found: recall"] == 0.5
    assert counted["· words: missed of 1"] == counted["· mail: alarms of 1"] == 1


@pytest.mark.parametrize("held_out", [False, True])
def test_files_upside_down_are_counted_by_kind_and_met(held_out):
    found = list(directions(2, 1, held_out))
    assert [figure.what for figure in found if figure.verdict(full_size=True) == "missed"] == []
    assert found == list(directions(2, 1, held_out))
    by_kind = {figure.what: figure.value for figure in found}
    told = [value for what, value in by_kind.items() if what.startswith("· ") and ": found of" in what]
    assert len(told) >= (19 if not held_out else 12) and sum(told) >= found[0].value > 0


@pytest.mark.parametrize("name", MODULES)
def test_the_texts_of_verdicts_follow_from_the_seed_and_are_met(name):
    module = MODULES[name]
    for maker in (module.make, module.set_apart):
        examples = list(maker(Random(7), 40))
        assert examples == list(maker(Random(7), 40))
        assert Counter((one.reason, one.planted) for one in examples) == {
            (reason, planted): 40 for reason in module.reasons for planted in (True, False)
        }
        found = verdict_figures(name, module, examples, wrong_ones(examples, module))
        assert [figure.what for figure in found if figure.verdict(full_size=True) == "missed"] == []
    made, apart = ({one._replace(form="") for one in maker(Random(1), 40)} for maker in (module.make, module.set_apart))
    # Some short ones there are no two ways to write, and an order of turns has no words at all.
    assert len(made & apart) < len(apart) / 2 or module.make is module.set_apart


def test_marks_are_told_of_by_file_and_clean_files_are_not():
    made, again = (list(marked_files(Random(7), held_out=False)) for _ in range(2))
    assert made == again
    assert [figure.what for figure in mark_figures(made) if figure.verdict(full_size=True) != "met"] == []
