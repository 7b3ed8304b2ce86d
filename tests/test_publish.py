"""Publishing: verified, atomic, one writer, nothing new when held, and a way back."""

import json
import re
import threading
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from sftrm_quality.decisions import signed
from sftrm_quality.errors import ConfigError, LedgerError, StorageError, SuiteError
from sftrm_quality.job import Job
from sftrm_quality.ledger import FileAccount, Ledger
from sftrm_quality.output import OutputFolder
from sftrm_quality.records import PUBLISHED, LabelKind
from sftrm_quality.releases import rollback
from sftrm_quality.releases.card import _size_category
from sftrm_quality.releases.part_files import write_part
from sftrm_quality.releases.parts import Part, file_hash
from sftrm_quality.releases.publish import all_releases
from sftrm_quality.releases.trace import trace
from sftrm_quality.reports.releases_compared import compare_releases
from sftrm_quality.run_record import Account, Mode, Verdict
from tests.conftest import ROOT
from tests.inline_workers import tasks_here
from tests.outputs import SPLITS, Output, open_gate, run_on
from tests.report_example import account


def write(path, answers, bad=0):
    records = [{"data_id": f"{i}", "question": f"{i * 7919} or not?", "answer": a} for i, a in enumerate(answers)]
    records += [{"data_id": f"b{i}", "question": f"{i} bad?", "answer": ""} for i in range(bad)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")


WHO = signed("Kim", "it was better")
ANSWERS = [f"{i * 104729} is the one, and {i * 31337} is not." for i in range(20)]


def test_a_release_loads_with_datasets(samples_run, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    import datasets

    for kind in LabelKind:
        loaded = datasets.load_dataset(str(samples_run.release), str(kind), cache_dir=str(tmp_path))
        assert {name: len(split) for name, split in loaded.items()} == samples_run.report["splits"][kind]
    assert loaded["train"][0]["responses"][0]["rank"] in (1, 2, 3, 4, 5)
    unnamed = datasets.load_dataset(str(samples_run.release), cache_dir=str(tmp_path))
    assert {name: len(split) for name, split in unnamed.items()} == samples_run.report["splits"]["sft"]


def test_an_empty_split_has_no_file_and_no_entry(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    raw, out = tmp_path / "raw", tmp_path / "out"
    write(raw / "a.jsonl", ANSWERS[:3])
    settings = ("splits.train=1", "splits.validation=0", "splits.test=0")
    ran = run_on([raw], out, *settings)
    release = Output(out, ran.report).release
    assert [p.name for p in (release / "sft").iterdir()] == ["train-00000-of-00001.parquet"]
    assert list(json.loads((release / "manifest.json").read_text("utf-8"))["data_files"]) == [
        "sft/train-00000-of-00001.parquet"
    ]
    loaded = datasets.load_dataset(str(release), cache_dir=str(tmp_path / "cache"))
    assert {name: len(split) for name, split in loaded.items()} == {"train": 3}
    assert ran.report["splits"]["sft"] == {"train": 3, "validation": 0, "test": 0}
    # Whoever reads releases takes that, before and after.
    write(raw / "a.jsonl", ANSWERS[:9])
    second = run_on([raw], out, "splits.train=0", "splits.validation=1", "splits.test=0")
    assert (second.verdict, second.report["split_moves"]["count"]) == (Verdict.PUBLISHED, 3)
    before, now = all_releases(OutputFolder(out))
    assert compare_releases(before, now).records[LabelKind.SFT].moved == {"train → validation": 3}
    (found,) = trace(OutputFolder(out), "1")
    assert found.outcome == "published"


def test_the_card_says_what_was_declared_and_counted(samples_run, tmp_path):
    write(tmp_path / "raw" / "a.jsonl", ANSWERS)
    out, declared = tmp_path / "out", "card={license: cc-by-4.0, languages: [ko, en]}"
    run_on([tmp_path / "raw"], out, declared)
    for release, also in ((samples_run.release, {}), (next((out / "releases").iterdir()), {"license": "cc-by-4.0"})):
        _, head, text = (release / "README.md").read_text("utf-8").split("---\n", 2)
        found = yaml.safe_load(head)
        assert {key: found[key] for key in also} == also and ("license" in found) == bool(also)
        assert found["size_categories"] == ["n<1K"] and found["task_categories"] == ["text-generation"]
        assert [entry["config_name"] for entry in found["configs"] if entry.get("default")] == ["sft"]
        kinds = [entry["config_name"] for entry in found["configs"]]
        columns = {name for kind in kinds for name in PUBLISHED[LabelKind(kind)].names}
        assert columns == set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
        assert not re.search(r"\n\n\n", text)
    assert found["language"] == ["ko", "en"]


def test_croissant_has_the_data_files_with_their_hashes_and_every_column(samples_run):
    """By which `test_clients` reads it with mlcroissant."""
    found = json.loads((samples_run.release / "croissant.json").read_text("utf-8"))
    listed = json.loads((samples_run.release / "manifest.json").read_text("utf-8"))["data_files"]
    files = {f["contentUrl"]: f["sha256"] for f in found["distribution"] if f["@type"] == "cr:FileObject"}
    assert files == {name: file["sha256"] for name, file in listed.items()}
    sets = {f["@id"]: f["includes"] for f in found["distribution"] if f["@type"] == "cr:FileSet"}
    assert sets == {"sft-files": "sft/*.parquet", "rm-files": "rm/*.parquet"}
    splits, *kinds = found["recordSet"]
    assert splits["data"] == [{"splits/name": split} for split in SPLITS]
    for records in kinds:
        kind = records["@id"]
        assert [f["name"].split("/")[1] for f in records["field"]] == ["split", *PUBLISHED[LabelKind(kind)].names]
        sources = [part["source"] for field in records["field"] for part in field.get("subField", [field])]
        assert {source["fileSet"]["@id"] for source in sources} == {f"{kind}-files"}


@pytest.mark.parametrize(
    ("records", "category"),
    [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (10**6, "1M<n<10M"), (10**10, "n>10B")],
)
def test_the_size_category_of_a_card(records, category):
    assert _size_category(records) == category


@pytest.mark.parametrize("described", [True, False], ids=["of this version", "of an older version"])
def test_a_further_file_of_a_release_is_in_nobodys_way(tmp_path, described):
    """What a file holds is said by the manifest, and by its path only where an older version wrote that."""
    raw, out = tmp_path / "raw", OutputFolder(tmp_path / "out")
    write(raw / "a.jsonl", ANSWERS)
    first = Output(out.root, run_on([raw], out.root).report).release
    manifest = json.loads((first / "manifest.json").read_text("utf-8"))
    for name in ("exports/dpo/pairs.jsonl", "sft/pairs.parquet"):
        (first / name).parent.mkdir(parents=True, exist_ok=True)
        (first / name).write_text("no records")
        manifest["data_files"][name] = {"rows": 1, "bytes": 10, "sha256": file_hash(first / name)}
        manifest["data_files"][name] |= {"label_kind": None, "split": None}
    if not described:
        for listed in manifest["data_files"].values():
            del listed["label_kind"], listed["split"]
    (first / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (found,) = trace(out, "7")
    assert found.outcome == "published" and first.name in found.where
    write(raw / "b.jsonl", ANSWERS[:3], bad=0)
    shares = ("splits.train=0.5", "splits.validation=0.25", "splits.test=0.25")  # moves some, none of them to train
    second = run_on([raw], out.root, *shares)
    assert second.verdict is Verdict.PUBLISHED and second.report["split_moves"]["count"] > 0
    before, now = all_releases(out)
    assert compare_releases(before, now).records[LabelKind.SFT].kept > 0


def test_files_are_as_promised(samples_run):
    for kind in LabelKind:
        for path in (samples_run.release / kind).glob("*.parquet"):
            file = pq.ParquetFile(path)
            assert file.schema_arrow.equals(PUBLISHED[kind])
            if file.num_row_groups:
                column = file.metadata.row_group(0).column(0)
                assert column.compression == "ZSTD"
                assert column.is_stats_set
    manifest = json.loads((samples_run.release / "manifest.json").read_text("utf-8"))
    assert set(manifest["data_files"]) == set(samples_run.data_bytes())
    assert manifest["figures"]["ledger"] == samples_run.report["ledger"]
    assert {i["source_file"] for i in manifest["inputs"]} == {
        p.relative_to(ROOT / "data" / "raw").as_posix() for p in (ROOT / "data" / "raw").rglob("*") if p.is_file()
    }


@pytest.fixture
def held(tmp_path):
    """An output with a current release, and then a held run."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    write(raw / "a.jsonl", ANSWERS)
    first = run_on([raw], out).report
    write(raw / "b.jsonl", [], bad=30)
    return out, first, run_on([raw], out).report


def test_a_held_run_reports_and_keeps_the_current_release(held):
    out, first, second = held
    assert (second["verdict"], second["release_id"]) == ("held", None)
    assert second["previous_release_id"] == first["release_id"]
    assert second["gate"] == {"success": False, "failed": ["answer_blank", "share_quarantined_too_high"]}
    assert second["ledger"]["sft"] == {
        "received": 50,
        "unreadable": 0,
        "quarantined": 30,
        "duplicates": 0,
        "published": 20,
    }
    assert (out / "LATEST").read_text().strip() == first["release_id"]
    assert [p.name for p in (out / "releases").iterdir()] == [first["release_id"]]
    assert pq.read_table(out / second["paths"]["quarantine"]).num_rows == 30
    assert not list((out / ".staging").glob("*"))


def test_a_label_kind_that_is_missing_tonight_holds_the_release(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    write(raw / "a.jsonl", ANSWERS)
    responses = [{"text": "one thing", "rank": 1}, {"text": "another", "rank": 2}]
    (raw / "b.jsonl").write_text(
        json.dumps({"data_id": "1", "prompt": "which?", "responses": responses}) + "\n", "utf-8"
    )
    assert run_on([raw], out).report["verdict"] == "published"
    held = run_on([raw / "b.jsonl"], out).report
    assert (held["verdict"], held["gate"]["failed"]) == ("held", ["nothing_published", "drop_too_large", "file_gone"])


def test_files_without_a_record_publish_nothing(tmp_path):
    (tmp_path / "labels.csv").write_text("Q,A\n1,2\n3,4\n")
    report = run_on([tmp_path / "labels.csv"], tmp_path / "out").report
    assert (report["verdict"], report["gate"]["failed"]) == ("held", ["nothing_published", "unreadable_files_too_many"])


def test_a_check_publishes_nothing(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", ANSWERS)
    out = tmp_path / "out"
    result = run_on([tmp_path / "raw"], out, mode=Mode.CHECK)
    assert result.verdict is Verdict.CHECKED
    assert result.report["ledger"]["sft"]["published"] == 20
    assert not (out / "LATEST").exists() and not (out / "releases").exists()
    assert (out / "reports" / result.report["run_id"] / "index.html").is_file()
    (found,) = trace(OutputFolder(out), "7")
    assert (found.outcome, found.row["source_file"], found.row["source_index"]) == ("passed", "a.jsonl", 7)


def test_rollback_makes_a_whole_release_current_and_refuses_a_damaged_one(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    write(raw / "a.jsonl", ANSWERS[:10])
    first = run_on([raw], out).report["release_id"]
    write(raw / "a.jsonl", ANSWERS)
    second = run_on([raw], out).report["release_id"]
    output = OutputFolder(out)
    assert [(r.release_id, r.is_current) for r in all_releases(output)] == [(first, False), (second, True)]
    rollback(output, first, WHO)
    assert output.current_release_id() == first
    rollback(output, second, WHO)
    damaged = next((out / "releases" / first).rglob("train-*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"X")
    with pytest.raises(StorageError, match=r"damaged, not made current: sft/train"):
        rollback(output, first, WHO)
    with pytest.raises(ConfigError, match="no release 'r-none'; known are"):
        rollback(output, "r-none", WHO)
    assert output.current_release_id() == second


def test_a_damaged_current_release_is_published_again(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", ANSWERS)
    out = tmp_path / "out"
    first = Output(out, run_on([tmp_path / "raw"], out).report)
    whole = first.data_bytes()
    path = next(first.release.rglob("train-*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    again = Output(out, run_on([tmp_path / "raw"], out).report)
    assert again.report["verdict"] == "published"
    assert again.report["damaged_files"] == [path.relative_to(first.release).as_posix()]
    assert again.data_bytes() == whole


def test_a_current_release_without_its_manifest_is_published_again(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", ANSWERS)
    out = tmp_path / "out"
    first = Output(out, run_on([tmp_path / "raw"], out).report)
    (first.release / "manifest.json").write_text("{", "utf-8")
    again = run_on([tmp_path / "raw"], out).report
    assert (again["verdict"], again["damaged_files"]) == ("published", ["manifest.json"])
    assert run_on([tmp_path / "raw"], out).report["verdict"] == "unchanged"


def test_the_gate_knows_what_a_damaged_release_had(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    write(raw / "a.jsonl", ANSWERS)
    first = Output(out, run_on([raw], out).report)
    path = next(first.release.rglob("train-*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    write(raw / "a.jsonl", ANSWERS[:5])
    report = run_on([raw], out).report
    assert (report["verdict"], report["gate"]["failed"]) == ("held", ["drop_too_large", "file_shrunk"])


def test_a_failing_switch_leaves_no_report_that_says_published(tmp_path, monkeypatch):
    from sftrm_quality import releases

    write(tmp_path / "raw" / "a.jsonl", ANSWERS)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(releases, "switch_to", full)
    with pytest.raises(StorageError, match=r"No space left on device; nothing is published\. Free space"):
        run_on([tmp_path / "raw"], tmp_path / "out")
    assert not (tmp_path / "out" / "LATEST").exists()
    assert not list((tmp_path / "out" / "reports").glob("*/report.json"))
    assert "PUBLISHED" not in (tmp_path / "out" / "reports" / "index.html").read_text("utf-8")


def test_an_output_below_the_raw_folder_is_refused(tmp_path):
    write(tmp_path / "a.jsonl", ANSWERS)
    with pytest.raises(ConfigError, match="lies in the raw folder"):
        run_on([tmp_path], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stray_folder_among_the_releases_is_passed_over(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", ANSWERS)
    out = tmp_path / "out"
    release = run_on([tmp_path / "raw"], out).report["release_id"]
    (out / "releases" / "stray").mkdir()
    assert [r.release_id for r in all_releases(OutputFolder(out))] == [release]
    assert rollback(OutputFolder(out), release, WHO).release_id == release


def test_a_raw_file_that_changes_during_the_run_publishes_nothing(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    write(raw / "a.jsonl", ANSWERS)
    from tests.outputs import load_config

    with tasks_here(), Job(load_config(None, ["workers=1"], {"raw": [raw], "out": out})) as job:
        plan = job.plan()
        intakes = job.intake_files(plan, plan.files)
        collection = job.assign_splits(job.deduplicate(intakes))
        checked = job.check_release(plan, intakes, collection, job.stage(plan, collection))
        write(raw / "a.jsonl", ANSWERS[:5])
        with pytest.raises(StorageError, match=r"a\.jsonl: changed while it was read, nothing is published"):
            job.finish(plan, checked)
    assert not (out / "LATEST").exists()
    assert not (out / "quarantine").exists()


def test_a_second_writer_waits_or_is_refused(tmp_path):
    output = OutputFolder(tmp_path)
    said = []
    with output.locked(0, said.append):
        refused = pytest.raises(
            StorageError, match=r"another run is still writing here \(process \d+, since 20.* KST\)"
        )
        with refused, output.locked(0.1, said.append, "Asia/Seoul"):
            pass
        assert "waiting up to 0.1 s" in said[0]
        entered = threading.Event()

        def second():
            with OutputFolder(tmp_path).locked(30, said.append):
                entered.set()

        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.3)
    assert entered.wait(10)
    thread.join()


def test_a_written_part_that_does_not_hold_its_record_is_refused(samples_run, tmp_path):
    from sftrm_quality.releases.read_back import read_back

    table = pq.read_table(next((samples_run.release / "sft").glob("train-*.parquet")))
    answers = table["answer"].to_pylist()
    answers[3] += "!"
    forged = table.set_column(table.schema.get_field_index("answer"), "answer", [answers])
    path = tmp_path / "train-00000-of-00001.parquet"
    pq.write_table(forged, path)
    from sftrm_quality.records import SplitName

    hashes = tmp_path / "hashes.npy"
    with pytest.raises(StorageError, match="does not hold the content that was checked"):
        read_back(Part(LabelKind.SFT, SplitName.TRAIN, path, ()), False, hashes)
    pq.write_table(table, path)
    with pytest.raises(StorageError, match="rows read back, 0 were to be written"):
        read_back(Part(LabelKind.SFT, SplitName.TRAIN, path, ()), False, hashes)
    empty = Part(LabelKind.SFT, SplitName.TEST, tmp_path / "empty.parquet", ())
    write_part(empty)
    assert read_back(empty, False, hashes).file.rows == 0


def test_a_run_whose_ledger_does_not_close_publishes_nothing(tmp_path, monkeypatch):
    from sftrm_quality.job import steps

    real = steps.assign

    def losing_one(collection, context):
        assigned = real(collection, context)
        shard = assigned.shards[0]
        summary = shard.intake.shards[0]
        intake = replace(shard.intake, shards=(replace(summary, received=summary.received + 1),))
        return replace(assigned, shards=(replace(shard, intake=intake),))

    monkeypatch.setattr(steps, "assign", losing_one)
    write(tmp_path / "raw" / "a.jsonl", ANSWERS)
    with pytest.raises(LedgerError, match=r"a\.jsonl: Account\(received=21"):
        run_on([tmp_path / "raw"], tmp_path / "out")
    assert not (tmp_path / "out" / "LATEST").exists()


def test_a_ledger_that_does_not_close_stops_everything():
    closed = FileAccount("a", LabelKind.SFT, Account(**account(3, 1, 1, 0)))
    Ledger((closed,)).close()
    with pytest.raises(LedgerError, match="does not close for 1 source files"):
        Ledger((closed, FileAccount("b", LabelKind.RM, Account(**account(3, 1, 1, 1) | {"published": 1})))).close()


def test_why_answers_for_every_end(samples_run):
    output = OutputFolder(samples_run.out)
    for wanted in ("published", "quarantined", "duplicate", "unreadable"):
        row = next(row for end, row in samples_run.outcomes.values() if end == wanted)
        (found,) = trace(output, row["record_id"])
        assert found.outcome == wanted
        assert (found.row["source_file"], found.row["source_index"]) == (row["source_file"], row["source_index"])
    assert trace(output, "nobody") == []


def test_a_broken_suite_stops_before_anything_is_read(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", ANSWERS)
    suites = tmp_path / "expectations"
    suites.mkdir()
    for name in ("sft", "rm", "release"):
        text = (ROOT / "expectations" / f"{name}.json").read_text("utf-8")
        (suites / f"{name}.json").write_text(
            text.replace("expect_text_to_be_visible", "expect_text_to_be_nice"), "utf-8"
        )
    with pytest.raises(SuiteError, match="expect_text_to_be_nice"):
        run_on([tmp_path / "raw"], tmp_path / "out", f"expectations={suites}")
    assert not (tmp_path / "out" / "reports").exists()


def test_a_suite_that_lets_fractional_ranks_pass_is_told_so(tmp_path):
    responses = [{"text": "one thing", "rank": 1.5}, {"text": "another", "rank": 2}]
    (tmp_path / "rm.jsonl").write_text(
        json.dumps({"data_id": "1", "prompt": "which?", "responses": responses}), "utf-8"
    )
    suites = tmp_path / "expectations"
    suites.mkdir()
    for name in ("sft", "rm", "release"):
        suite = json.loads((ROOT / "expectations" / f"{name}.json").read_text("utf-8"))
        for entry in suite["expectations"]:
            if entry["meta"]["reason"] in ("rank_not_integer", "ranks_not_contiguous"):
                entry["severity"] = "warning"
        (suites / f"{name}.json").write_text(json.dumps(suite), "utf-8")
    with pytest.raises(SuiteError, match="rank_not_integer must be critical"):
        run_on([tmp_path / "rm.jsonl"], tmp_path / "out", f"expectations={suites}")
    assert not (tmp_path / "out" / "LATEST").exists()


def test_the_cache_keeps_what_the_newest_release_needs(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"

    def cached():
        return set((out / ".cache").iterdir()) - {out / ".cache" / "parts"}

    write(raw / "a.jsonl", ANSWERS[:2])
    run_on([raw], out)
    (first,) = cached()
    write(raw / "b.jsonl", [f"{answer} Another one." for answer in ANSWERS[10:]])
    run_on([raw], out, "ids.within=file")
    assert first in cached() and len(cached()) == 2
    (raw / "a.jsonl").unlink()
    run_on([raw], out, "ids.within=file", "sources=[{files: a.jsonl, retired: true}]", open_gate(tmp_path / "suites"))
    assert first not in cached() and len(cached()) == 1


def test_a_source_that_brings_its_own_split_keeps_it_and_leaks_are_quarantined(tmp_path):
    raw, out = tmp_path / "raw", tmp_path / "out"
    write(raw / "Training" / "a.jsonl", ANSWERS[:10])
    held_out = [
        {"data_id": f"v{i}", "question": f"{i * 7919} or not?", "answer": f"another answer, {i}"} for i in (2, 50)
    ]
    (raw / "Validation").mkdir()
    (raw / "Validation" / "b.jsonl").write_text("".join(json.dumps(r) + "\n" for r in held_out), "utf-8")
    settings = "splits.from_folders=[{folder: Training, split: train}, {folder: Validation, split: validation}]"
    output = Output(out, run_on([raw], out, settings).report)
    assert output.report["splits"]["sft"] == {"train": 9, "validation": 2, "test": 0}
    (leak,) = output.quarantine
    assert (leak["source_file"], leak["source_index"], leak["reasons"]) == (
        "Training/a.jsonl",
        2,
        ["prompt_in_held_out_split"],
    )


def test_the_same_id_in_two_files_of_a_vendor_who_restarts_at_one(tmp_path):
    raw = tmp_path / "raw"
    write(raw / "a.jsonl", ANSWERS[:3])
    write(raw / "b.jsonl", [answer + " Quite another one, really." for answer in ANSWERS[10:13]])
    out = Path(tmp_path / "out")
    assert run_on([raw], out, "workers=1").report["reasons"]["sft"]["data_id_reused"] == 3
    within = run_on([raw], out, "ids.within=file").report
    assert (within["reasons"]["sft"]["data_id_reused"], within["verdict"]) == (0, "published")
