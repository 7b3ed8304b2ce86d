"""Exports hold every published record once or leave it out by a named rule, and nothing else; the same bytes again."""

import gc
import json
from collections import Counter
from dataclasses import dataclass

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sftrm_quality.config import ExportSettings
from sftrm_quality.records import PUBLISHED, LabelKind, SplitName
from sftrm_quality.releases.exports import TARGETS, DataFiles, Earlier, make_exports
from sftrm_quality.releases.parts import file_hash
from sftrm_quality.releases.profile import TAKES, profile_of
from sftrm_quality.run_record import DataFile
from tests.exported_records import in_turns, pairs, policies, rm_rows, sft_rows
from tests.inline_workers import InlineWorkers


@pytest.fixture(scope="module", autouse=True)
def _tasks_are_cheap():
    """As in `tests.inline_workers`: each task looks through what is not frozen."""
    gc.collect()
    gc.freeze()


OF_KIND = {kind: [name for name, target in TARGETS.items() if target.label_kind is kind] for kind in LabelKind}
ALL = [ExportSettings(name=name) for name in TARGETS]
READ = {target.label_kind: target.read for target in TARGETS.values()}
SCHEMAS = {kind: pa.schema([field for field in PUBLISHED[kind] if field.name in READ[kind]]) for kind in LabelKind}
texts = st.text(st.characters(codec="utf-8"), max_size=8)
turns = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "tool", "function_call"]),
            "content": st.none() | texts,
        }
    ),
    max_size=4,
)
in_turn = st.lists(st.tuples(texts, texts), max_size=2).map(
    lambda found: [
        {"role": r, "content": t} for pair in found for r, t in zip(("user", "assistant"), pair, strict=True)
    ]
)
context = {"system": st.none() | texts, "history": st.none() | turns | in_turn}
response = st.fixed_dictionaries(
    {
        "text": texts,
        "rank": st.none() | st.integers(1, 4),
        "score": st.none() | st.integers(-3, 3).map(float),
    }
)
sft_records = st.lists(st.fixed_dictionaries({**context, "question": texts, "answer": texts}), max_size=8)
rm_records = st.lists(
    st.fixed_dictionaries({**context, "prompt": texts, "responses": st.lists(response, max_size=6)}), max_size=8
)


def named(kind, records):
    return [{"record_id": f"{kind}-{number}", **record} for number, record in enumerate(records)]


def table(kind, records):
    return pa.Table.from_pylist(records, schema=SCHEMAS[kind])


def converted(name, records, **pair_settings):
    """The rows of an export and what it leaves out, of records that lie in the middle of a table."""
    kind = TARGETS[name].label_kind
    padded = table(kind, [*records[:1], *records, *records[:1]]).slice(len(records[:1]), len(records))
    given_settings = ExportSettings(name=name, **pair_settings)
    found = TARGETS[name].convert(padded, given_settings)
    rows = [row for some in found.tables for row in some.to_pylist()]
    return rows, dict(found.left_out)


@pytest.mark.parametrize("name", OF_KIND[LabelKind.SFT])
@settings(max_examples=40, deadline=None)
@given(records=sft_records)
def test_every_sft_record_is_there_once_or_left_out_by_a_rule(name, records):
    records = named("sft", records)
    rows, left_out = converted(name, records)
    assert rows == [row for record in records for row in sft_rows(name, record)]
    assert len(rows) + sum(left_out.values()) == len(records)
    assert left_out.keys() <= {"history_not_in_turns"}


@pytest.mark.parametrize("name", OF_KIND[LabelKind.RM])
@settings(max_examples=40, deadline=None)
@given(
    records=rm_records,
    take=st.sampled_from(TAKES),
    rank=st.integers(1, 3),
    score=st.sampled_from([0, 0.5, 2]),
)
def test_every_rm_record_makes_its_pairs_or_is_left_out_by_a_rule(name, records, take, rank, score):
    records = named("rm", records)
    rows, left_out = converted(name, records, pairs=take, least_rank_difference=rank, least_score_difference=score)
    meant = [row for record in records for row in rm_rows(name, record, pairs(record, take, rank, score))]
    assert sorted(rows, key=json.dumps) == sorted(meant, key=json.dumps)
    assert [row["record_id"] for row in rows] == [row["record_id"] for row in meant]
    assert len({row["record_id"] for row in rows}) + sum(left_out.values()) == len(records)
    without = {record["record_id"] for record in records if len(policies(record)) and not pairs(record, take)}
    if name != "pairs_text":
        assert left_out.get("no_different_ranks", 0) == len(without)


@settings(max_examples=60, deadline=None)
@given(records=rm_records, more=rm_records, most=st.integers(1, 4), take=st.sampled_from(TAKES))
def test_new_records_move_no_old_choice_of_pairs(records, more, most, take):
    records, more = named("rm", records), [{**r, "record_id": f"new-{n}"} for n, r in enumerate(more)]
    rows, _ = converted("pairs", records, pairs=take, most_per_record=most)
    of_each = Counter(row["record_id"] for row in rows)
    assert of_each == {r["record_id"]: min(most, len(pairs(r, take))) for r in records if pairs(r, take)}
    every, _ = converted("pairs", records, pairs=take)
    left = Counter(map(json.dumps, every))
    left.subtract(map(json.dumps, rows))
    assert min(left.values(), default=0) >= 0
    together, _ = converted("pairs", [*more, *records], pairs=take, most_per_record=most)
    assert [row for row in together if row["record_id"] in of_each] == rows


def test_which_pairs_are_chosen_follows_from_the_record_id():
    """All pairs are chosen for some records: no place in the list is preferred."""
    responses = [{"text": str(rank), "rank": rank, "score": None} for rank in range(1, 6)]
    records = [
        {"record_id": f"rm-{n}", "system": None, "history": None, "prompt": "p", "responses": responses}
        for n in range(400)
    ]
    rows, _ = converted("pairs", records, most_per_record=1)
    chosen = Counter((row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in rows)
    assert len(chosen) == 10 and min(chosen.values()) > 20


@settings(max_examples=60, deadline=None)
@given(records=rm_records)
def test_the_preview_counts_what_an_export_makes(records):
    records = named("rm", records)
    full = [{**dict.fromkeys(PUBLISHED[LabelKind.RM].names), **record} for record in records]
    profile = profile_of(LabelKind.RM, pa.Table.from_pylist(full, schema=PUBLISHED[LabelKind.RM]))
    for take in TAKES:
        counts = [policies(record)[take] for record in records]
        assert profile["pairs"][take] == sum(counts)
        assert profile[f"pairs:{take}"] == {str(n): c for n, c in sorted(Counter(filter(None, counts)).items())}
        rows, _ = converted("pairs", records, pairs=take)
        assert len(rows) == sum(counts)


def rankings(*ranks, scores=None):
    responses = [
        {"text": f"t{number}", "rank": rank, "score": scores[number] if scores else None}
        for number, rank in enumerate(ranks)
    ]
    return {"record_id": "rm-1", "system": None, "history": None, "prompt": "p", "responses": responses}


@pytest.mark.parametrize(
    ("record", "wanted", "rule"),
    [
        (rankings(1, 1, None), {}, "no_different_ranks"),
        (rankings(1, 2), {"least_rank_difference": 2}, "difference_too_small"),
        (rankings(1, 2, scores=[5.0, 4.5]), {"least_score_difference": 1}, "difference_too_small"),
        (rankings(1, 2), {"least_score_difference": 1}, "score_missing"),
        (rankings(1, 2, scores=[5.0, None]), {"margin": "score"}, "score_missing"),
        (rankings(*range(1, 258)), {}, "too_many_responses"),
    ],
)
def test_why_a_record_makes_no_pair(record, wanted, rule):
    assert converted("pairs", [record], **wanted) == ([], {rule: 1})


def test_a_margin_is_there_only_where_it_is_asked_for():
    record = rankings(1, 3, scores=[5.0, 4.5])
    for name in OF_KIND[LabelKind.RM]:
        found = {margin: converted(name, [record], margin=margin)[0] for margin in ("none", "rank", "score")}
        assert "margin" not in found["none"][0]
        assert (found["rank"][0]["margin"], found["score"][0]["margin"]) == (2.0, 0.5)


def test_a_prompt_with_many_pairs_comes_in_several_tables():
    record = rankings(*range(1, 120)) | {"prompt": "x" * 20_000}
    found = TARGETS["pairs"].convert(table(LabelKind.RM, [record]), ExportSettings(name="pairs"))
    sizes = [(len(some), some.nbytes) for some in found.tables]
    assert sum(rows for rows, _ in sizes) == 119 * 118 // 2
    assert len(sizes) > 5 and max(size for _, size in sizes) < 20 << 20


@dataclass
class Staged:
    """Data files as a release has them, made by pyarrow."""

    data: DataFiles
    records: dict[LabelKind, list[dict]]


def staged(folder, sizes=None):
    """A release of some records; sizes: by kind and split, of each file."""
    sizes = sizes or {
        LabelKind.SFT: {SplitName.TRAIN: [3, 2], SplitName.VALIDATION: [1], SplitName.TEST: [0]},
        LabelKind.RM: {SplitName.TRAIN: [2, 1], SplitName.VALIDATION: [0], SplitName.TEST: [1]},
    }
    listed, all_records = {}, {}
    for kind, splits in sizes.items():
        number = 0
        for split, files in splits.items():
            for at, count in enumerate(files):
                records = [one(kind, number + n) for n in range(count)]
                all_records.setdefault(kind, []).extend({**r, "split": split} for r in records)
                number += count
                name = f"{kind}/{split}-{at:05d}-of-{len(files):05d}.parquet"
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(table(kind, records), folder / name)
                listed[name] = DataFile(
                    rows=count,
                    bytes=(folder / name).stat().st_size,
                    sha256=file_hash(folder / name),
                    label_kind=kind,
                    split=split,
                )
    return Staged(DataFiles(folder, listed), all_records)


def one(kind, number):
    history = [{"role": "user", "content": "전에"}, {"role": "assistant", "content": "\u2028\"'\\\n\x00"}]
    record = {
        "record_id": f"{kind}-{number:032x}",
        "system": "시스템" if number % 2 else None,
        "history": history[: 2 - number % 3],
    }
    if kind is LabelKind.SFT:
        return record | {"question": f"질문 {number}", "answer": f"답\n{number}"}
    responses = [{"text": f"응답 {number} {rank}", "rank": rank, "score": 0.1 / rank} for rank in (2, 1, 3)]
    return record | {"prompt": f"물음 {number}", "responses": responses}


def read(path):
    """As an outsider reads it."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line]


def made(release, folder, wanted=ALL, earlier=None):
    return make_exports(release.data, wanted, folder, earlier, InlineWorkers(1))


@pytest.mark.parametrize("file_format", ["parquet", "jsonl"])
def test_what_is_written_is_the_release_split_by_split(tmp_path, file_format):
    release = staged(tmp_path / "release")
    exports = made(release, tmp_path / "e", [ExportSettings(name=n, file_format=file_format) for n in TARGETS])
    assert list(exports) == list(TARGETS)
    for name, export in exports.items():
        kind = TARGETS[name].label_kind
        found = {}
        for path, listed in export.files.items():
            file = tmp_path / "e" / path.removeprefix("exports/")
            assert (file_hash(file), file.stat().st_size) == (listed.sha256, listed.bytes)
            if listed.split:
                rows = read(file)
                assert len(rows) == listed.rows > 0
                found.setdefault(listed.split, []).extend(rows)
        for split in SplitName:
            records = [r for r in release.records[kind] if r["split"] == split]
            if kind is LabelKind.SFT:
                meant = [row for record in records for row in sft_rows(name, record)]
            else:
                meant = [row for record in records for row in rm_rows(name, record, pairs(record))]
            assert found.get(split, []) == meant
        assert export.records == len(release.records[kind])
        assert export.rows == sum(map(len, found.values()))
        left_out = sum(not in_turns(r) for r in release.records[kind]) if "history" in str(export.left_out) else 0
        assert sum(export.left_out.values()) == left_out
    # Nothing lies there that is not listed.
    files = {f"exports/{p.relative_to(tmp_path / 'e').as_posix()}" for p in (tmp_path / "e").rglob("*") if p.is_file()}
    assert files == {path for export in exports.values() for path in export.files}


def test_a_folder_for_each_split_that_no_loader_can_mix(tmp_path):
    """LLaMA-Factory takes all files of a folder, and fails where one has no known ending; mlx-lm knows three names."""
    exports = made(staged(tmp_path / "release"), tmp_path / "e")
    for name, export in exports.items():
        folder = tmp_path / "e" / name
        if name == "mlx":
            assert {p.name for p in folder.iterdir()} == {"train.jsonl", "valid.jsonl"}
            continue
        folders = {p.name: p for p in folder.iterdir() if p.is_dir()}
        assert folders.keys() == {str(file.split) for file in export.files.values() if file.split}
        for split, inside in folders.items():
            assert inside.is_dir() and all(p.name.startswith(f"{split}-") for p in inside.iterdir())
        info = folder / "dataset_info.json"
        assert info.exists() == (name in ("messages", "alpaca", "pairs_text"))
        if info.exists():
            entries = json.loads(info.read_text("ascii"))
            assert {f"{name}_{split}": split for split in folders} == {k: e["file_name"] for k, e in entries.items()}
            assert all(bool(e.get("ranking")) == (name == "pairs_text") for e in entries.values())
            first = read(next(folders["train"].iterdir()))[0]
            assert all(set(e["columns"].values()) <= first.keys() for e in entries.values())


def test_the_same_release_gives_the_same_bytes_and_one_of_more_files_writes_what_is_new(tmp_path, monkeypatch):
    release = staged(tmp_path / "release")
    first, again = made(release, tmp_path / "a"), made(release, tmp_path / "b")
    assert first == again
    (tmp_path / "old").mkdir()
    (tmp_path / "a").rename(tmp_path / "old" / "exports")
    sizes = {
        LabelKind.SFT: {SplitName.TRAIN: [3, 2, 4], SplitName.VALIDATION: [1], SplitName.TEST: [0]},
        LabelKind.RM: {SplitName.TRAIN: [2, 1], SplitName.VALIDATION: [0], SplitName.TEST: [1]},
    }
    numbered = staged(tmp_path / "more", sizes)
    written = []
    from sftrm_quality.releases.exports import making

    real = making._written
    monkeypatch.setattr(making, "_written", lambda planned: written.append(planned) or real(planned))
    more = made(numbered, tmp_path / "c", earlier=Earlier(tmp_path / "old", first))
    # The third part of train, the validation part whose records have other numbers, and mlx's one file of each.
    assert {(p.name, p.split) for p in written} == {
        (name, split) for name in OF_KIND[LabelKind.SFT] for split in (SplitName.TRAIN, SplitName.VALIDATION)
    }
    assert Counter(p.name for p in written) == dict.fromkeys(OF_KIND[LabelKind.SFT], 2)
    assert more == made(numbered, tmp_path / "d")
    kept = tmp_path / "old" / "exports" / "pairs" / "train" / "train-00000-of-00002.parquet"
    assert (tmp_path / "c" / "pairs" / "train" / "train-00000-of-00002.parquet").samefile(kept)


def test_a_damaged_file_is_not_linked_again(tmp_path):
    release = staged(tmp_path / "release")
    first = made(release, tmp_path / "old" / "exports")
    file = tmp_path / "old" / "exports" / "messages" / "train" / "train-00000-of-00002.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    again = made(release, tmp_path / "e", earlier=Earlier(tmp_path / "old", first))
    assert again == first
    assert file_hash(tmp_path / "e" / "messages" / "train" / file.name) != file_hash(file)


def other_ids(table):
    return table.set_column(0, table.schema.field(0), pa.array(["?"] * len(table)))


def of_other_rows(writer):
    """Instead of what writes some rows or lines."""
    return {
        "parquet": lambda path, schema, tables: writer(path, schema, map(other_ids, tables)),
        "jsonl": lambda table: writer(other_ids(table)),
        "jsonl, a row less": lambda table: writer(table.slice(1)),
        "jsonl, another field": lambda table: writer(table.append_column("more", table["record_id"])),
        "jsonl, a line that is none": lambda table: pa.array(["{", *writer(table).to_pylist()[1:]]),
    }


@pytest.mark.parametrize("written", of_other_rows(None))
def test_an_export_that_does_not_read_back_is_an_error(tmp_path, monkeypatch, written):
    from sftrm_quality.errors import OwnFileError
    from sftrm_quality.releases.exports import files, making

    file_format = written.split(",")[0]
    place, name = {"parquet": (making, "write_parquet"), "jsonl": (files, "json_lines")}[file_format]
    monkeypatch.setattr(place, name, of_other_rows(getattr(place, name))[written])
    with pytest.raises(OwnFileError, match="the export messages does not hold what it was made of"):
        made(staged(tmp_path / "r"), tmp_path / "e", [ExportSettings(name="messages", file_format=file_format)])


def test_a_file_without_a_row_is_not_written(tmp_path):
    sizes = {LabelKind.SFT: {SplitName.TRAIN: [2, 1], SplitName.VALIDATION: [1]}}
    release = staged(tmp_path / "release", sizes)
    # Of the records 0, 1, 2 and 3 only 1 has a history that is no pair.
    name = "sft/validation-00000-of-00001.parquet"
    records = [one(LabelKind.SFT, 1)]
    pq.write_table(table(LabelKind.SFT, records), release.data.folder / name)
    export = made(release, tmp_path / "e", [ExportSettings(name="alpaca")])["alpaca"]
    assert {file.split for file in export.files.values()} == {SplitName.TRAIN, None}
    assert (export.records, export.rows, export.left_out) == (4, 2, {"history_not_in_turns": 2})
    assert list(json.loads((tmp_path / "e" / "alpaca" / "dataset_info.json").read_text())) == ["alpaca_train"]


def test_every_setting_of_the_configuration_has_a_target():
    assert set(ExportSettings.model_fields["name"].annotation.__args__) == TARGETS.keys()
    assert set(ExportSettings.model_fields["pairs"].annotation.__args__) == set(TAKES)
