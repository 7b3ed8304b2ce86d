"""Every count of a report again, from only the files: raw files with plain json, outputs with pyarrow."""

import gzip
import json
import zipfile
from collections import Counter

import pytest

from tests.outputs import KINDS, SPLITS, Output, run_on
from tests.samples_in_plain_python import LABEL_FILES, records


def recount(output: Output, received: dict[str, int]) -> None:
    """Hold report.json to the files. received: records of every source file, counted by somebody else."""
    report = output.report
    kinds = {file["source_file"]: file["label_kind"] for file in report["files"]}
    ends = Counter((name, end) for (name, _), (end, _) in output.outcomes.items())
    for file in report["files"]:
        name = file["source_file"]
        if file["status"] == "unreadable":
            assert file["received"] == file["unreadable"] > 0 and name not in received
            continue
        assert file["received"] == received.get(name, 0), name
        for column, end in (
            ("unreadable", "unreadable"),
            ("quarantined", "quarantined"),
            ("duplicates", "duplicate"),
            ("published", "published"),
        ):
            assert file[column] == ends[name, end], (name, column)
        assert file["received"] == sum(file[c] for c in ("unreadable", "quarantined", "duplicates", "published"))
    for kind in KINDS:
        for column, total in report["ledger"][kind].items():
            assert total == sum(f[column] for f in report["files"] if kinds[f["source_file"]] == kind), (kind, column)
        sizes = {split: len(output.published(kind, split)) for split in SPLITS}
        assert report["splits"][kind] == sizes
        assert report["ledger"][kind]["published"] == sum(sizes.values())
        reasons = Counter(r for row in output.quarantine if row["label_kind"] == kind for r in row["reasons"])
        assert {r: n for r, n in report["reasons"][kind].items() if n} == reasons
        kinds_of_duplicates = Counter(row["kind"] for row in output.duplicates if row["label_kind"] == kind)
        assert report["duplicates"][kind] == {k: kinds_of_duplicates[k] for k in ("exact", "folded", "near")}
    for check in report["checks"]:
        if check["suite"] in KINDS and check["severity"] == "critical":
            assert check["failed"] == report["reasons"][check["suite"]][check["reason"]]
    for rows in (output.quarantine, output.duplicates):
        places = [(row["source_file"], row["source_index"]) for row in rows]
        assert places == sorted(places)
    published_ids = {row["record_id"] for kind in KINDS for row in output.published(kind)}
    assert {row["duplicate_of"] for row in output.duplicates} <= published_ids


def test_samples(samples_run):
    recount(samples_run, {name: len(records(name)) for name in LABEL_FILES})


def _aihub_members(folder):
    for path in sorted(folder.rglob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name = f"{path.relative_to(folder).as_posix()}!{info.filename}"
                yield name, json.loads(archive.read(info))["data_info"]


@pytest.fixture(scope="module")
def aihub_run(real_files, tmp_path_factory):
    out = tmp_path_factory.mktemp("aihub") / "out"
    return Output(out, run_on([real_files / "aihub_shape"], out).report)


@pytest.fixture(scope="module")
def seed_run(real_files, tmp_path_factory):
    out = tmp_path_factory.mktemp("seed") / "out"
    return Output(out, run_on([real_files / "seed_shape"], out).report)


def test_real_files_in_the_aihub_shape(real_files, aihub_run):
    assert aihub_run.report["verdict"] in ("published", "held")
    members = dict(_aihub_members(real_files / "aihub_shape"))
    labels = {name: rows for name, rows in members.items() if name.endswith("label.json")}
    recount(aihub_run, {name: len(rows) for name, rows in labels.items()})
    skipped = {file["source_file"] for file in aihub_run.report["files"] if file["status"] == "skipped"}
    assert skipped == set(members) - set(labels)
    for name, rows in labels.items():
        for index, record in enumerate(rows):
            assert aihub_run.outcomes[name, index][1]["data_id"] == record["data_id"]


def test_real_files_in_the_reference_shape(real_files, seed_run):
    assert seed_run.report["verdict"] in ("published", "held")
    raw = {
        path.name: json.loads(path.read_text("utf-8"))["data_info"]
        for path in sorted((real_files / "seed_shape").glob("*.json"))
    }
    recount(seed_run, {name: len(rows) for name, rows in raw.items()})
    blank = {
        i for i, r in enumerate(raw["seed_shape_RMlabel.json"]) if any(not x["text"].strip() for x in r["responses"])
    }
    found = {
        index
        for (name, index), (_, row) in seed_run.outcomes.items()
        if name == "seed_shape_RMlabel.json" and "response_blank" in row.get("reasons", [])
    }
    assert blank and found == blank


def test_published_records_say_what_the_raw_file_says(real_files, seed_run):
    raw = {
        path.name: json.loads(path.read_text("utf-8"))["data_info"]
        for path in (real_files / "seed_shape").glob("*.json")
    }
    for row in seed_run.published("sft"):
        record = raw[row["source_file"]][row["source_index"]]
        assert (row["question"], row["answer"]) == (record["question"], record["answer"])
    for row in seed_run.published("rm"):
        record = raw[row["source_file"]][row["source_index"]]
        assert row["prompt"] == record["prompt"]
        assert [(r["text"], r["rank"]) for r in row["responses"]] == [
            (r["text"], r["rank"]) for r in record["responses"]
        ]


def test_an_offset_leads_to_the_record(samples_run):
    from tests.samples_in_plain_python import RAW

    for (name, _), (_, row) in samples_run.outcomes.items():
        if name == "sft_2026-11-02.jsonl.gz" and row.get("stage") != "read":
            data = gzip.decompress((RAW / name).read_bytes())
            record = json.loads(data[row["source_offset"] : row["source_offset"] + row["source_length"]])
            if row["data_id"] is not None:
                assert str(record["data_id"]) == row["data_id"]
