"""Published records with warnings on the page of rows: which are listed, with what of their texts, however they lie."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.records import PUBLISHED, LabelKind, SplitName
from sftrm_quality.reports import warned_places, warned_texts
from sftrm_quality.reports.warned_places import chosen_rows, warned_before
from sftrm_quality.run_record import Mode
from sftrm_quality.sources import natural_key
from tests.outputs import Output, Ran, open_gate, run_on

SFT, RM = LabelKind
COLUMNS = pa.schema([PUBLISHED[SFT].field(name) for name in ("record_id", "source_file", "source_index", "warnings")])
REASONS = ("loops", "foreign", "long")
# A record: its label kind, file, position, warnings, the split that it is in.
Record = tuple[LabelKind, str, int, list[str], SplitName]


def parts_of(folder: Path, records: list[Record], rows: int, group: int) -> list[tuple[LabelKind, SplitName, Path]]:
    """Parts of so many rows with row groups of so many, in the order in which a release has them."""
    parts = []
    for kind in LabelKind:
        for split in SplitName:
            mine = sorted(
                (one for one in records if (one[0], one[4]) == (kind, split)),
                key=lambda one: (natural_key(one[1]), one[2]),
            )
            for first in range(0, len(mine), rows):
                columns = [[f"{kind}-{f}-{n}", f, n, why] for _, f, n, why, _ in mine[first : first + rows]]
                table = pa.table([list(column) for column in zip(*columns, strict=True)], schema=COLUMNS)
                parts.append((kind, split, folder / f"{kind}-{split}-{first}.parquet"))
                pq.write_table(table, parts[-1][2], row_group_size=group)
    return parts


def listed(parts: list[tuple[LabelKind, SplitName, Path]]) -> list[tuple[str, int]]:
    """Which records are listed, by label kind, file and position."""
    found = []
    for (kind, _, path), places in zip(parts, chosen_rows(parts).places, strict=True):
        rows = pq.read_table(path).take(pa.array(places)).to_pylist()
        found += [(kind, row["source_file"], row["source_index"]) for row in rows]
    return sorted(found)


def expected(records: list[Record], most: int) -> list[tuple[str, int]]:
    """The same, counted slowly: the greatest share of each reason of each file for which all are few enough."""
    files = sorted(sorted({one[1] for one in records}), key=natural_key, reverse=True)
    warned = sorted((one for one in records if one[3]), key=lambda one: (files.index(one[1]), one[2]))
    groups: dict[Any, list[Record]] = defaultdict(list)
    for one in warned:
        for reason in one[3]:
            groups[one[:2], reason].append(one)
    share = len(warned)
    if len(warned) > most:
        share = (
            max((n for n in range(most + 1) if sum(min(n, len(g)) for g in groups.values()) <= most), default=0) or 1
        )
    first = [one for one in warned if any(one in group[:share] for group in groups.values())]
    return sorted((kind, file, position) for kind, file, position, *_ in first[:most])


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(LabelKind),
        st.sampled_from(("n9", "n10", "n09", "b/a")),
        st.integers(0, 40),
        st.lists(st.sampled_from(REASONS), max_size=2, unique=True),
        st.sampled_from(SplitName),
    ),
    max_size=40,
    unique_by=lambda one: one[1:3],
)


@given(RECORDS, st.integers(1, 30), st.integers(1, 9), st.integers(1, 4))
def test_all_are_listed_or_the_first_of_each_reason_and_file_however_they_lie(
    tmp_path_factory, records, most, rows, group
):
    parts = parts_of(tmp_path_factory.mktemp("parts"), records, rows, group)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warned_places, "MOST_WARNED", most)
        chosen = chosen_rows(parts)
        assert listed(parts) == expected(records, most)
    assert chosen.rows == sum(bool(one[3]) for one in records)
    counts = {kind: Counter(r for one in records if one[0] is kind for r in one[3]) for kind in LabelKind}
    assert chosen.reasons == {kind: found for kind, found in counts.items() if found}


def test_a_rare_reason_and_a_small_file_are_seen_beside_a_flood(tmp_path, monkeypatch):
    monkeypatch.setattr(warned_places, "MOST_WARNED", 100)
    flood = [(SFT, "big", n, ["loops"] + ["long"] * (n == 7_000), SplitName.TRAIN) for n in range(9_000)]
    rest = [(SFT, "small", n, ["foreign"], SplitName.TEST) for n in range(5)]
    found = listed(parts_of(tmp_path, flood + rest, 4_000, 1_000))
    assert Counter(file for _, file, _ in found) == {"big": 95, "small": 5}
    assert (SFT, "big", 7_000) in found and (SFT, "big", 0) in found


def test_what_the_release_before_warned_of_is_known(tmp_path):
    records = [(SFT, "a", n, REASONS[: n % 2], SplitName.TRAIN) for n in range(10)]
    paths = [path for *_, path in parts_of(tmp_path, records, 4, 2)]
    assert warned_before(paths, ["sft-a-1", "sft-a-2", "sft-a-11"]) == {"sft-a-1"}
    # A release of an older version says nothing, and what is damaged stops no run.
    pq.write_table(pq.read_table(paths[0]).drop_columns("warnings"), paths[0])
    assert warned_before(paths, ["sft-a-1"]) is None
    paths[0].write_bytes(b"PAR1")
    assert warned_before(paths, ["sft-a-1"]) is None
    paths[0].unlink()
    assert warned_before(paths, ["sft-a-1"]) is None
    assert warned_before([], ["sft-a-1"]) == set()


LOOPS = "I will come back tomorrow. " * 40


def sft(number: int, answer: str) -> dict[str, Any]:
    names = {"data_id": f"s{number}", "data_category": "x", "question_type": "x", "question_count": 1}
    return {**names, "question": f"What happened to the boat number {number} yesterday?", "answer": answer}


def rm(number: int) -> dict[str, Any]:
    texts = [f"{number}: the tide took it, said witness {rank}." for rank in (5, 2, 3, 1, 4)]
    responses = [
        {"text": text + LOOPS * (rank == 5), "rank": rank} for text, rank in zip(texts, (5, 2, 3, 1, 4), strict=True)
    ]
    return {"data_id": f"r{number}", "prompt": f"Where did boat {number} go?", "responses": responses}


def write_raw(folder: Path, more: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    records = [sft(n, f"{n} " + LOOPS) for n in range(20 + more)]
    records += [
        sft(100, "Ask kim@example.co.kr about it." + LOOPS),
        sft(101, "It sank. " + LOOPS + "</s>"),
        sft(102, " "),
    ]
    # A number that the page would cut, and an id that another record holds.
    edge = sft(103, "x")
    edge["answer"] = LOOPS[: warned_texts.TEXT_CHARACTERS - len(edge["question"]) - 5] + "010-1234-5678" + LOOPS
    records += [edge, {**sft(104, "It was found in the harbour, and the owner was told."), "data_id": "s0"}]
    records += [
        sft(n, f"It sank, boat {n}, in the storm, and nobody has seen it since that day.") for n in range(200, 220)
    ]
    (folder / "s.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    (folder / "r.jsonl").write_text("".join(json.dumps(rm(n)) + "\n" for n in range(12)), "utf-8")
    return folder


SPLITS = "splits={train: 0.5, validation: 0.25, test: 0.25}"
REPAIRS = 'sources=[{files: "*", repairs: [strip_end_tokens]}]'


def scripts_of(ran: Ran) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((ran.report_folder / "rows").iterdir())}


def rows_of(ran: Ran) -> tuple[dict[str, Any], list[list[Any]]]:
    """The index, and the rows that a check warns of."""
    scripts = scripts_of(ran)
    index = json.loads(scripts["index.js"].removeprefix(b"sftrmIndex(")[:-2])
    chunks = [
        re.fullmatch(rb"sftrmRows\(\d+,(.*)\)\n", scripts[f"{n:05d}.js"], re.DOTALL)
        for n in range(len(index["chunks"]))
    ]
    rows = [row for chunk in chunks for row in json.loads(chunk[1])]
    return index, [row for row in rows if index["outcomes"][row[14]] == "warned"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A night, and the one after it with a record more."""
    base = tmp_path_factory.mktemp("warned")
    gate = open_gate(base / "suites")
    suite = json.loads((base / "suites" / "sft.json").read_text("utf-8"))
    (entry,) = [one for one in suite["expectations"] if one["meta"]["reason"] == "data_id_reused"]
    entry["severity"] = "warning"
    (base / "suites" / "sft.json").write_text(json.dumps(suite), "utf-8")
    first = run_on([write_raw(base / "raw")], base / "out", gate, SPLITS, REPAIRS)
    write_raw(base / "raw", more=1)
    return base, gate, first, run_on([base / "raw"], base / "out", gate, SPLITS, REPAIRS)


def test_every_published_record_with_a_warning_is_there_with_its_texts(runs):
    base, _, _, second = runs
    index, rows = rows_of(second)
    output = Output(base / "out", second.report)
    warned = {
        row["record_id"]: {**row, "kind": kind}
        for kind in ("sft", "rm")
        for row in output.published(kind)
        if row["warnings"]
    }
    assert {row[0] for row in rows} == warned.keys() and len(rows) == len(warned) > 30
    assert {row[15] for row in rows} == {"train", "validation", "test"}
    for row in rows:
        its = warned[row[0]]
        assert [row[1], index["files"][row[2]][0], row[3], row[4]] == [
            its[name] for name in ("data_id", "source_file", "source_index", "source_line")
        ]
        assert [index["reasons"][code][:2] for code in row[5]] == [[its["kind"], reason] for reason in its["warnings"]]
        assert (row[15], row[16]) == (its["split"], its["repairs"])
        # Of each text a beginning, one after the other.
        texts = {"question": its.get("question"), "answer": its.get("answer"), "prompt": its.get("prompt")}
        shown = [
            texts[name] if name != "response" else its["responses"][place - 1]["text"] for name, place, *_ in row[17]
        ]
        assert [part[4] for part in row[17]] == [len(text) for text in shown]
        assert all(part[3] == len(text) or part[3] >= 100 for part, text in zip(row[17], shown, strict=True))
        cut = [text[: part[3]] for part, text in zip(row[17], shown, strict=True)]
        assert len(row[6]) == len("\n".join(cut)) and ("*" in row[6] or row[6] == "\n".join(cut))
        assert sum(map(len, cut)) <= warned_texts.TEXT_CHARACTERS
        ranks = [(rank, its["responses"][place - 1]["rank"]) for name, place, rank, *_ in row[17] if name == "response"]
        assert ranks == ([(1, 1), (2, 2), (3, 3)] if its["kind"] == "rm" else []) and row[18] == 2 * len(ranks) // 3
    masked = {row[1]: row[6] for row in rows if "*" in row[6]}
    assert masked.keys() == {"s100", "s103"} and masked["s103"].endswith("***-*") and "010" not in masked["s103"]
    assert "Ask ***@*******.**.** about" in masked["s100"]
    (reused,) = [row for row in rows if "data_id_reused" in warned[row[0]]["warnings"]]
    assert reused[1] == "s0" and warned[reused[0]]["question"].startswith("What happened to the boat number 104")
    (repaired,) = [row for row in rows if row[16]]
    assert (repaired[1], repaired[16]) == ("s101", ["strip_end_tokens"])
    # Each file in the order of its records, the newest file first.
    assert [(index["files"][row[2]][0], row[3]) for row in rows] == sorted(
        ((row["source_file"], row["source_index"]) for row in warned.values()),
        key=lambda one: (one[0] == "r.jsonl", one[1]),
    )


def test_the_index_counts_them_and_their_scripts_have_no_others(runs):
    *_, second = runs
    index, rows = rows_of(second)
    browse = second.report["browse"]
    assert (browse["warned"], browse["warned_listed"]) == (len(rows), len(rows))
    reasons = Counter(tuple(index["reasons"][code][:2]) for row in rows for code in row[5])
    assert {(kind, name): n for kind, found in browse["warned_reasons"].items() for name, n in found.items()} == reasons
    counted: Counter[tuple[str, str]] = Counter()
    warned = index["outcomes"].index("warned")
    for chunk in index["chunks"]:
        assert len({outcome == warned for _, _, outcome, *_ in chunk["counts"]}) == 1
        for _, kind, outcome, code, count, _ in chunk["counts"]:
            if outcome == warned and code != -1:
                assert index["reasons"][code][0] == index["kinds"][kind]
                counted[tuple(index["reasons"][code][:2])] += count
    assert counted == reasons
    assert sum(c["rows"] for c in index["chunks"]) == browse["listed"] + browse["warned_listed"]


def test_what_the_release_before_did_not_warn_of_is_new(runs):
    *_, first, second = runs
    index, rows = rows_of(first)
    assert index["warned_compared"] is False and not any(row[11] for row in rows)
    index, rows = rows_of(second)
    assert index["warned_compared"] is True and [row[1] for row in rows if row[11]] == ["s20"]


def test_how_the_work_is_cut_changes_nothing_and_a_check_lists_the_same(runs, tmp_path, monkeypatch):
    base, gate, *_ = runs
    cut = run_on([base / "raw"], tmp_path / "cut", gate, SPLITS, REPAIRS, "limits.shard_records=3")
    whole = run_on([base / "raw"], tmp_path / "whole", gate, SPLITS, REPAIRS, mode=Mode.CHECK)
    assert scripts_of(cut) == scripts_of(whole)
    assert cut.report["browse"] == whole.report["browse"] and whole.verdict == "checked"
    page = (whole.report_folder / "browse.html").read_text("utf-8")
    assert "publishable, with a warning" in page and "that would be published and that a check warns of" in page
    assert "published, with a warning" in (cut.report_folder / "browse.html").read_text("utf-8")
    # Fewer than there are.
    monkeypatch.setattr(warned_places, "MOST_WARNED", 9)
    few = run_on([base / "raw"], tmp_path / "few", gate, SPLITS, REPAIRS)
    _, rows = rows_of(few)
    assert few.report["browse"]["warned_listed"] == len(rows) <= 9 < few.report["browse"]["warned"]
    assert (
        f"{len(rows)} of {few.report['browse']['warned']} published records"
        in (few.report_folder / "browse.html").read_text()
    )


def test_a_held_run_lists_what_it_would_have_published(tmp_path):
    raw = write_raw(tmp_path / "raw")
    (raw / "bad.jsonl").write_text("".join(json.dumps(sft(n, " ")) + "\n" for n in range(300, 400)), "utf-8")
    held = run_on([raw], tmp_path / "out", SPLITS, REPAIRS)
    index, rows = rows_of(held)
    assert held.verdict == "held" and len(rows) == held.report["browse"]["warned"] > 30
    assert {index["files"][row[2]][0] for row in rows} == {"r.jsonl", "s.jsonl"} and all(row[15] for row in rows)
