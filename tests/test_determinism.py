"""A release is a function of its raw files: not of packing, cut, order on disk, workers or what ran before."""

import gzip
import json
import shutil

import pyarrow.parquet as pq
import pytest

from sftrm_quality.splits import SPLITS
from tests.conftest import ROOT
from tests.inline_workers import tasks_here
from tests.outputs import Output, run_on

RAW = ROOT / "data" / "raw"


def make_records(count):
    """SFT and RM records with duplicates, near duplicates, reused ids, broken ones and prompts shared by both kinds."""
    sft, rm = [], []
    for i in range(count):
        body = f"The answer to case {i} is found by adding {i * 7919} to {i * 104729} and then resting for a while."
        record = {"data_id": f"s{i}", "question": f"How is case number {i * 31337} solved?", "answer": body}
        if i % 10 == 3:
            answer = sft[i - 2]["answer"]
            record["question"], record["answer"] = sft[i - 2]["question"], answer.upper() if i % 20 == 3 else answer
        if i % 10 == 5:
            record["question"], record["answer"] = sft[i - 5]["question"], sft[i - 5]["answer"] + " Well."
        if i % 10 == 7:
            record["data_id"] = f"s{i - 1}"
        if i % 10 == 9:
            record["answer"] = " "
        sft.append(record)
        responses = [{"text": f"{word} {body}", "rank": r} for r, word in enumerate(("Yes.", "No, never.", "Who?"), 1)]
        prompt = record["question"] if i % 4 == 0 else f"Judge the case {i * 6007} of the year {i}."
        rm.append({"data_id": f"r{i}", "prompt": prompt, "responses": responses})
    return sft, rm


def write(folder, sft, rm, cut=None, packed=False):
    folder.mkdir(parents=True)
    lines = [json.dumps(record, ensure_ascii=False) for record in sft]
    pieces = [lines] if cut is None else [lines[:cut], lines[cut:]]
    for number, piece in enumerate(pieces):
        text = "".join(f"{line}\n" for line in piece).encode()
        name = f"a_sft_{number}.jsonl"
        (folder / (name + ".gz" if packed else name)).write_bytes(gzip.compress(text) if packed else text)
    (folder / "b_rm.json").write_text(json.dumps({"data_info": rm}, indent=None if packed else 2), "utf-8")
    return folder


def run(raw, out, *settings):
    return Output(out, run_on([raw], out, *settings).report)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    base = tmp_path_factory.mktemp("plain")
    return run(write(base / "raw", *make_records(60)), base / "out")


def test_the_example_has_every_outcome(plain):
    assert {end for end, _ in plain.outcomes.values()} == {"published", "quarantined", "duplicate"}
    assert all(plain.report["duplicates"]["sft"].values())
    assert plain.report["reasons"]["sft"]["data_id_reused"]
    assert all(plain.report["splits"][kind][split] for kind in ("sft", "rm") for split in map(str, SPLITS[:1]))


@pytest.mark.parametrize(
    "settings",
    [["workers=1"], ["workers=3"], ["limits.shard_records=7"], ["limits.shard_bytes=2000"]],
    ids=lambda s: s[0],
)
def test_workers_and_shards_leave_no_trace(plain, tmp_path, settings):
    """Byte for byte, lineage and all."""
    again = run(write(tmp_path / "raw", *make_records(60)), tmp_path / "out", *settings)
    assert again.data_bytes() == plain.data_bytes()


@pytest.mark.parametrize(("bound", "value", "rows"), [("ROW_GROUP_ROWS", 8, 8), ("ROW_GROUP_BYTES", 1, 4)])
def test_parts_row_groups_and_pages_do_not_show_the_shards(tmp_path, monkeypatch, bound, value, rows):
    """Pieces, row groups and parts of a few rows, so that every cut falls somewhere in a shard."""
    from sftrm_quality.job import Job
    from sftrm_quality.records import LabelKind
    from sftrm_quality.releases import part_files, parts
    from tests.outputs import load_config

    monkeypatch.setattr(part_files, "PIECE_ROWS", 4)
    monkeypatch.setattr(part_files, bound, value)
    monkeypatch.setattr(parts, "PART_ROWS", 16)
    raw = write(tmp_path / "raw", *make_records(60))
    written = []
    for records in (7, 50_000):
        config = load_config(
            None, ["workers=1", f"limits.shard_records={records}"], {"raw": [raw], "out": tmp_path / "out"}
        )
        with tasks_here(), Job(config) as job:
            plan = job.plan()
            intakes = job.intake_files(plan, plan.files)
            collection = job.assign_splits(job.deduplicate(intakes))
            planned = parts.plan_parts(collection, LabelKind.SFT, tmp_path / str(records))
            for part in planned:
                part_files.write_part(part)
        written.append({part.path.name: part.path.read_bytes() for part in planned})
        sizes = [pq.read_metadata(part.path) for part in planned]
        assert [m.num_rows for m in sizes if m.num_rows == 16] and all(m.num_rows <= 16 for m in sizes)
        assert all(m.row_group(0).num_rows == min(rows, m.num_rows) for m in sizes if m.num_rows)
    assert written[0] == written[1]


def test_packing_and_cutting_change_only_the_lineage(plain, tmp_path):
    """gzip, compact JSON and a file cut in two: source_file, source_index, source_offset, source_length and
    source_line differ, as they must; every other column is the same, in the same files and the same order."""
    other = run(write(tmp_path / "raw", *make_records(60), cut=23, packed=True), tmp_path / "out")
    assert other.without_lineage() == plain.without_lineage()


def test_a_cut_between_lines_keeps_the_bytes_of_the_other_kind(plain, tmp_path):
    other = run(write(tmp_path / "raw", *make_records(60), cut=23), tmp_path / "out")
    rm = {name: data for name, data in plain.data_bytes().items() if name.startswith("rm/")}
    assert {name: data for name, data in other.data_bytes().items() if name.startswith("rm/")} == rm


def test_a_second_run_is_unchanged_and_touches_nothing(tmp_path):
    raw, out = write(tmp_path / "raw", *make_records(20)), tmp_path / "out"
    first = run(raw, out)
    before = {path: path.stat().st_mtime_ns for path in (out / "releases").rglob("*")}
    second = run(raw, out)
    assert (first.report["verdict"], second.report["verdict"]) == ("published", "unchanged")
    assert second.report["ledger"] == first.report["ledger"]
    assert {path: path.stat().st_mtime_ns for path in (out / "releases").rglob("*")} == before


def test_incremental_is_full(tmp_path):
    """A night that adds one file gives the bytes of a run from nothing over all of them."""
    sft, rm = make_records(60)
    raw, out = write(tmp_path / "raw", sft[:40], rm), tmp_path / "out"
    first = run(raw, out)
    (raw / "c_new.jsonl").write_text("".join(json.dumps(r) + "\n" for r in sft[40:]), "utf-8")
    grown = run(raw, out)
    fresh = run(raw, tmp_path / "fresh")
    assert grown.report["verdict"] == "published"
    assert grown.report["previous_release_id"] == first.report["release_id"]
    assert grown.data_bytes() == fresh.data_bytes()
    assert grown.report["split_moves"]["count"] == 0


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.fixture(scope="module")
def cached(tmp_path_factory):
    """Raw files, and an output folder with all that a run keeps of them. Copy, do not touch."""
    base = tmp_path_factory.mktemp("cached")
    raw, out = write(base / "raw", *make_records(12)), base / "out"
    return raw, out, run(raw, out).data_bytes()


@pytest.mark.parametrize(
    "pattern", ["*.records.arrow", "*.keys.arrow", "*.failing.arrow", "intakes.json", "hashes.json"]
)
@pytest.mark.parametrize(
    "damage",
    [flip, lambda p: p.unlink(), lambda p: p.write_bytes(b""), lambda p: p.write_bytes(b"null")],
    ids=["flipped", "deleted", "emptied", "null"],
)
def test_a_damaged_cache_is_rebuilt(cached, tmp_path, pattern, damage):
    raw, template, first = cached
    out = tmp_path / "out"
    shutil.copytree(template, out)
    damaged = list((out / ".cache").rglob(pattern))
    assert damaged
    for path in damaged:
        damage(path)
    shutil.rmtree(out / "releases")
    (out / "LATEST").unlink()
    assert run(raw, out).data_bytes() == first


def test_a_renamed_file_changes_no_record_id(plain, tmp_path):
    raw = write(tmp_path / "raw", *make_records(60))
    (raw / "a_sft_0.jsonl").rename(raw / "a_sft_renamed.jsonl")
    other = run(raw, tmp_path / "out")
    assert other.without_lineage() == plain.without_lineage()


def test_groups_that_new_data_joins_go_where_the_most_held_out_one_is(tmp_path):
    """A bridge between two prompt groups: the report lists every move, and none is to train."""
    old = "please explain slowly and in order how the tall ships of the old harbour were built by hand"
    young = "please explain slowly and in order how the tall ships of the new harbour were drawn by hand"
    bridge = "please explain slowly and in order how the tall ships of the old harbour were drawn by hand"
    raw, out = tmp_path / "raw", tmp_path / "out"
    settings = ("near.threshold=0.75", "splits.train=0.4", "splits.validation=0.3", "splits.test=0.3")
    for salt in range(60):
        shutil.rmtree(raw, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
        raw.mkdir()
        write_prompts(raw / "1.jsonl", [old, young])
        first = run(raw, out, *settings, f"splits.salt=s{salt}")
        before = {row["question"]: row["split"] for row in first.published("sft")}
        if before[old] != before[young]:
            break
    write_prompts(raw / "2.jsonl", [bridge])
    second = run(raw, out, *settings, f"splits.salt=s{salt}")
    after = {row["question"]: row["split"] for row in second.published("sft")}
    (split,) = set(after.values())
    assert SPLITS.index(split) >= max(map(SPLITS.index, before.values())) > 0
    ids = {row["question"]: row["record_id"] for row in second.published("sft")}
    moves = {(move["record_id"], move["from"], move["to"]) for move in second.report["split_moves"]["records"]}
    assert moves == {(ids[prompt], before[prompt], split) for prompt in (old, young) if before[prompt] != split}


def write_prompts(path, prompts):
    records = [
        {"data_id": f"{path.name}{i}", "question": p, "answer": f"{path.name * 4} {i * 7919} {i}"}
        for i, p in enumerate(prompts)
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
