"""The samples: made from their texts and nothing else, and with exactly the defects in them that planted.json lists."""

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sftrm_quality.reading.reasons import READ_REASONS
from sftrm_quality.text import fold_text, normalise_text, strict_text
from tests.samples_in_plain_python import (
    CASES,
    DATA,
    ENCODINGS,
    LABEL_FILES,
    NEAR,
    PLANTED,
    RAW,
    ROOT,
    content,
    everything,
    format_reason,
    jaccard,
    published,
    reasons_of,
    records,
    shingles,
    similarity,
    unread,
    value_of,
)


def unpacked(path: Path) -> object:
    """What is in a file, and every choice of the maker that a packed file shows."""
    if path.suffix == ".gz":
        found = path.read_bytes()
        return found[:10], gzip.decompress(found)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            return [(m.filename, m.date_time, m.compress_type, m.create_system, archive.read(m)) for m in members]
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pydict(), pq.ParquetFile(path).num_row_groups
    return path.read_bytes()


def make(folder: Path, **environment: str) -> dict[str, Path]:
    command = [sys.executable, "-B", str(DATA / "make_samples.py"), str(folder)]
    subprocess.run(command, check=True, cwd=folder, env={**os.environ, **environment})
    return files(folder)


def files(folder: Path) -> dict[str, Path]:
    made = [path for path in (folder / "raw").rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)): p for p in [*made, folder / "planted.json", folder / "README.md"]}


def test_committed_files_are_what_the_maker_makes(tmp_path: Path) -> None:
    made = make(tmp_path, PYTHONHASHSEED="1", TZ="Asia/Seoul")
    committed = files(DATA)
    assert made.keys() == committed.keys()
    changed = [name for name in made if unpacked(made[name]) != unpacked(committed[name])]
    assert not changed, f"run `python data/make_samples.py` and commit {changed}"


def test_maker_makes_the_same_bytes_wherever_it_runs(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one = make(folders[0], PYTHONHASHSEED="2", TZ="UTC")
    two = make(folders[1], PYTHONHASHSEED="3", TZ="America/Lima")
    assert {name: path.read_bytes() for name, path in one.items()} == {name: p.read_bytes() for name, p in two.items()}


def _writer(path: Path) -> str:
    return str(pq.ParquetFile(path).metadata.created_by)


@pytest.mark.skipif("ng" in zlib.ZLIB_RUNTIME_VERSION, reason="zlib-ng compresses the same content to other bytes")
def test_packed_files_have_the_committed_bytes(tmp_path: Path) -> None:
    made = make(tmp_path)
    packed = [name for name in made if name.endswith((".gz", ".zip"))]
    # Its writer names its version in each file.
    written_by = {name: [_writer(path) for path in (made[name], DATA / name)] for name in made if ".parquet" in name}
    packed += [name for name, (one, other) in written_by.items() if one == other]
    assert {name: made[name].read_bytes() for name in packed} == {name: (DATA / name).read_bytes() for name in packed}


def test_raw_stays_small() -> None:
    assert sum(path.stat().st_size for path in RAW.rglob("*") if path.is_file()) < 600_000


def test_every_file_has_as_many_records_as_listed() -> None:
    for name, file in LABEL_FILES.items():
        counted = Counter(
            CASES.get((name, index), {"outcome": "published"})["outcome"] for index in range(len(records(name)))
        )
        expected = {"published": file["published"], "duplicate": file["duplicates"]}
        expected |= {outcome: file[outcome] for outcome in ("quarantined", "unreadable")}
        assert {outcome: counted[outcome] for outcome in expected} == expected, name
        assert file["received"] == len(records(name))


def test_undamaged_documents_are_read_whole_by_plain_json() -> None:
    for name in (
        "aihub/TL_02.RLHF데이터.zip!/SFTlabel.json",
        "aihub/TL_02.RLHF데이터.zip!/RMlabel.json",
        "rm_2026-11-01.json",
    ):
        document = json.loads(content(name).decode(ENCODINGS.get(name, "utf-8")))
        assert document["data_info"] == [json.loads(text) for text in records(name)]


@pytest.mark.parametrize("name", LABEL_FILES)
def test_exactly_the_planted_defects_are_there(name: str) -> None:
    kind = LABEL_FILES[name]["label_kind"]
    seen_across_records = {"data_id_reused", "ranking_contradicted"}
    texts = records(name)
    for index, text in enumerate(texts):
        case = CASES.get((name, index), {"reasons": [], "warnings": [], "outcome": "published"})
        expected = set(case["reasons"] + case["warnings"]) - seen_across_records
        reason = unread(name, index)
        assert (case["outcome"] == "unreadable") == (reason is not None), (index, text)
        if reason is None:
            value = value_of(name, text)
            misfit = format_reason(kind, value)
            found = {misfit} if misfit else reasons_of(kind, value)
        else:
            found = {reason}
        assert found == expected, (index, text)


@pytest.mark.parametrize("kind", ["sft", "rm"])
def test_ids_are_reused_only_where_planted(kind: str) -> None:
    holders: dict[str, Any] = {}
    reused = set()
    for place, record in everything(kind):
        case = CASES.get(place)
        if case and set(case["reasons"]) - {"data_id_reused", "ranking_contradicted"}:
            continue
        first = holders.setdefault(str(record["data_id"]), record)
        if similarity(kind, first, record) < 1:
            reused.add(place)
    assert reused == {
        place for place, case in CASES.items() if "data_id_reused" in case["reasons"] and case["label_kind"] == kind
    }
    assert reused


def texts_of_both(kind: str, one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, str]]:
    """The texts of two records, responses in the order of their texts."""
    both = [
        [record["prompt"], *([record["answer"]] if kind == "sft" else sorted(r["text"] for r in record["responses"]))]
        for record in (one, other)
    ]
    return [*zip(*both, strict=True)]


@pytest.mark.parametrize("kind", ["sft", "rm"])
def test_duplicates_are_of_the_kind_and_original_listed(kind: str) -> None:
    by_place = dict(everything(kind))
    duplicates = {place: case for place, case in CASES.items() if case["outcome"] == "duplicate" and place in by_place}
    for place, case in duplicates.items():
        original = tuple(case["duplicate_of"])
        assert original < place
        assert original not in CASES
        equal = [
            all(form(a) == form(b) for a, b in texts_of_both(kind, by_place[original], by_place[place]))
            for form in (strict_text, fold_text)
        ]
        found = similarity(kind, by_place[original], by_place[place])
        kinds = {(True, True): "exact", (False, True): "folded", (False, False): "near" if NEAR <= found < 1 else None}
        assert kinds[equal[0], equal[1]] == case["duplicate_kind"], (place, found)
    assert {case["duplicate_kind"] for case in duplicates.values()} == {"exact", "near"} | (
        {"folded"} if kind == "sft" else set()
    )


@pytest.mark.parametrize("kind", ["sft", "rm"])
def test_nothing_published_resembles_another_record(kind: str) -> None:
    close = [
        (one, other)
        for (one, a), (other, b) in combinations(published(kind), 2)
        if similarity(kind, a, b) >= 0.7  # well below the threshold, so that no wording is at its edge
    ]
    assert not close


def test_prompts_are_shared_only_where_listed() -> None:
    places: dict[str, list[list[Any]]] = defaultdict(list)
    for place, record in sorted([*published("sft"), *published("rm")], key=lambda found: found[0]):
        places[normalise_text(record["prompt"])].append(list(place))
    assert [found for found in places.values() if len(found) > 1] == PLANTED["shared_prompts"]
    kinds = [{LABEL_FILES[place[0]]["label_kind"] for place in found} for found in PLANTED["shared_prompts"]]
    assert {"sft", "rm"} in kinds
    near = [pair for pair in combinations(places, 2) if jaccard(shingles(pair[0]), shingles(pair[1])) >= 0.7]
    assert not near


def test_contradictions_are_planted_in_pairs() -> None:
    contradicted = {place for place, case in CASES.items() if "ranking_contradicted" in case["reasons"]}
    orders: dict[tuple[str, str, str], set[tuple[str, int]]] = defaultdict(set)
    for place, record in everything("rm"):
        case = CASES.get(place, {"reasons": []})
        if not case["reasons"] or place in contradicted:
            ranked = sorted(record["responses"], key=lambda response: response["rank"])
            for better, worse in combinations(ranked, 2):
                responses = (better["text"], worse["text"])
                key = (fold_text(record["prompt"]), *map(strict_text, responses))
                orders[key].add(place)
    both_ways = [
        orders[key] | orders[(key[0], key[2], key[1])] for key in list(orders) if (key[0], key[2], key[1]) in orders
    ]
    assert set().union(*both_ways) == contradicted


def test_every_reason_of_reading_and_formats_is_planted_and_what_is_planted_is_a_reason() -> None:
    """Reasons of the suites have their rows in test_checks_reasons.py, each a trigger and a near miss."""
    suites = [
        json.loads((ROOT / "expectations" / f"{kind}.json").read_text(encoding="utf-8")) for kind in ("sft", "rm")
    ]
    of_suites = {entry["meta"]["reason"] for suite in suites for entry in suite["expectations"]}
    # Damage to a whole file, and what needs a limit of many megabytes, is tested elsewhere.
    elsewhere = {"record_too_large", "stream_broken", "trailing_data", "unclosed_document", "unknown_format"}
    elsewhere |= {"page_broken", "moment_out_of_range", "cells_merged", "column_unnamed"}  # of tables
    elsewhere |= {"quote_misplaced", "unclosed_quote"}  # tests/bad_delimited.py
    of_formats = {"not_an_object", "field_type_wrong", "field_unexpected", "aliases_disagree"}
    planted = {reason for case in CASES.values() for reason in case["reasons"] + case["warnings"]}
    assert planted >= (of_formats | set(READ_REASONS)) - elsewhere
    assert planted <= of_formats | set(READ_REASONS) | of_suites


def test_questions_beside_the_labels_have_no_answers_and_join_on_their_id() -> None:
    for kind in ("SFT", "RM"):
        questions = json.loads(content(f"aihub/TS_02.RLHF데이터.zip!/{kind}data.json"))["data_info"]
        labels = json.loads(content(f"aihub/TL_02.RLHF데이터.zip!/{kind}label.json"))["data_info"]
        assert [q["data_id"] for q in questions] == [label["data_id"] for label in labels]
        assert all(not name.startswith("answer") for question in questions for name in question)
    assert json.loads(content("aihub/TS_02.RLHF데이터.zip!/PPOdata.json"))["data_info"]


def test_containers_are_as_varied_as_promised() -> None:
    assert (RAW / "rm_2026-11-01.json").read_bytes().startswith(b"\xef\xbb\xbf{")
    assert (RAW / "sft_vendor_utf16.json").read_bytes().startswith(b"\xff\xfe{\0")
    assert (RAW / "sft_2026-11-02.jsonl.gz").read_bytes().startswith(b"\x1f\x8b")
    with pytest.raises(UnicodeDecodeError):
        (RAW / "sft_vendor_cp949.json").read_bytes()[:4096].decode("utf-8")
    assert b"\r\n" in (RAW / "sft_vendor_table.csv").read_bytes()
    assert pq.ParquetFile(RAW / "rm_vendor_pairs.parquet").num_row_groups > 1
    for archive in (RAW / "aihub").iterdir():
        with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as opened:
            assert all(name.startswith("/") for name in opened.namelist())
    (note,) = PLANTED["unknown"]
    assert not (RAW / note).read_text(encoding="utf-8").startswith(("{", "["))
