"""Parts that were written before are reused, never believed unseen, and never written into."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sftrm_quality import progress
from sftrm_quality.output import OutputFolder
from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.releases import moves, part_cache, parts
from sftrm_quality.releases.manifest import Release
from sftrm_quality.releases.part_files import write_part
from sftrm_quality.releases.parts import Part, Segment, plan_hash
from sftrm_quality.releases.read_back import FileFacts, PartFacts, read_back
from sftrm_quality.run_record import DataFile, read_manifest_json
from tests.inline_workers import InlineWorkers
from tests.outputs import Output, report_of, run_on
from tests.test_determinism import make_records, write
from tests.test_run_record import OLDER_MANIFEST

SFT, RM = make_records(60)
PART_ROWS = 8
LAST = [{"data_id": "z", "question": "What is last of all?", "answer": "This one, they say."}]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Some parts per split. The planning process cuts them; workers have no part in it."""
    monkeypatch.setattr(parts, "PART_ROWS", PART_ROWS)


def run(raw, out, *settings):
    output = Output(out, run_on([raw], out, *settings).report)
    assert output.release.is_dir()  # found now: later LATEST names another one
    return output


def add(raw, records=SFT[40:], name="c_new.jsonl"):
    (raw / name).write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")


@pytest.fixture(scope="module")
def first_night(tmp_path_factory):
    """An output folder with the release of a first night. Copy, do not touch."""
    base = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(parts, "PART_ROWS", PART_ROWS)
        run(write(base / "raw", SFT[:40], RM), base / "out")
    return base / "out"


@pytest.fixture
def night(first_night, tmp_path):
    """Raw files, an output folder, and the release of the first night in it."""
    raw, out = write(tmp_path / "raw", SFT[:40], RM), tmp_path / "out"
    # With its hard links, which tell what was reused.
    subprocess.run(["cp", "-a", first_night, out], check=True)
    (report,) = out.glob("reports/*/report.json")
    first = Output(out, report_of(out, report.parent.name))
    assert first.release.is_dir()  # found now: later LATEST names another one
    return raw, out, first


@pytest.fixture(scope="module")
def made_from_nothing(tmp_path_factory):
    """The data files that a run over some raw files makes in an empty folder, with parts of the same few rows."""
    made = {}

    def data_bytes(raw, *settings):
        key = settings, frozenset((path.relative_to(raw), path.read_bytes()) for path in raw.rglob("*"))
        if key not in made:
            made[key] = run(raw, tmp_path_factory.mktemp("fresh") / "out", *settings).data_bytes()
        return made[key]

    return data_bytes


def inodes(output):
    paths = output.release.rglob("*.parquet")
    return {path.relative_to(output.release).as_posix(): path.stat().st_ino for path in paths}


def taken(before, after):
    """Data files of a release that are files of the one before it."""
    old = set(inodes(before).values())
    return {name for name, inode in inodes(after).items() if inode in old}


def equal(before, after):
    """Data files of a release that the one before it has too, for that kind and split, under whatever number."""
    old = {(name.split("-")[0], data) for name, data in before.data_bytes().items()}
    return {name for name, data in after.data_bytes().items() if (name.split("-")[0], data) in old}


def test_a_night_at_the_end_writes_only_the_last_part_of_each_split(night, tmp_path, made_from_nothing):
    raw, out, first = night
    add(raw)
    grown = run(raw, out)
    assert grown.data_bytes() == made_from_nothing(raw)
    again = taken(first, grown)
    assert again == equal(first, grown)
    assert {name for name in grown.data_bytes() if name.startswith("rm/")} <= again
    sft_train = {name for name in grown.data_bytes() if name.startswith("sft/train")}
    assert len(sft_train & again) >= 2 and sft_train - again
    # What was delivered is another matter where there was a release before.
    checks = [
        [check for check in report["checks"] if check["suite"] != "delivery"]
        for report in (grown.report, run(raw, tmp_path / "other").report)
    ]
    assert grown.report["gate"]["success"] and checks[0] == checks[1]
    # The third night takes what the second one took again, and what it wrote.
    add(raw, LAST, "d.jsonl")
    third = run(raw, out)
    assert taken(grown, third) == equal(grown, third) != set()


def test_the_rows_of_the_report_begin_before_the_parts_are_written(tmp_path, monkeypatch):
    """And before they are begun: workers have parts on the way then, and more are to come."""
    begun = []
    submit = InlineWorkers.submit

    def told(self, function, *arguments):
        begun.append(getattr(function, "__name__", type(function).__name__))
        return submit(self, function, *arguments)

    monkeypatch.setattr(InlineWorkers, "submit", told)
    run(write(tmp_path / "raw", SFT, RM), tmp_path / "out")
    at = begun.index("write_excluded_rows")
    parts = [number for number, name in enumerate(begun) if name == "_WriteAndReadBack"]
    assert parts[0] < at < parts[-1]


def test_a_file_in_the_middle_changes_what_comes_after_it(night, made_from_nothing):
    raw, out, first = night
    add(raw, name="a_sft_1.jsonl")
    grown = run(raw, out)
    assert grown.data_bytes() == made_from_nothing(raw)
    assert taken(first, grown) == equal(first, grown) != set()


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()  # the released file keeps its bytes
    path.write_bytes(data)


DAMAGE = {
    "flipped": flip,
    "deleted": Path.unlink,
    "emptied": lambda path: (path.unlink(), path.write_bytes(b"")),
    "null": lambda path: (path.unlink(), path.write_bytes(b"null")),
    "folder": lambda path: (path.unlink(), path.mkdir()),
}
DAMAGED = [(name, how) for name in ("part.parquet", "hashes.npy", "profile.json", "facts.json") for how in DAMAGE]


@pytest.mark.parametrize("begin", range(0, len(DAMAGED), 10))
def test_a_damaged_part_is_written_anew(night, made_from_nothing, begin):
    """Each damage to another part, of which none is taken."""
    raw, out, first = night
    folders = sorted((out / ".cache" / "parts").iterdir())
    assert len(folders) >= 10
    for number, folder in enumerate(folders):
        name, how = DAMAGED[begin + number % 10]
        DAMAGE[how](folder / name)
    add(raw)
    grown = run(raw, out)
    assert not taken(first, grown)
    assert grown.data_bytes() == made_from_nothing(raw)
    # What is kept is whole again.
    add(raw, LAST, "d.jsonl")
    third = run(raw, out)
    assert taken(grown, third) == equal(grown, third) != set()


def test_a_release_damaged_in_place_takes_nothing_from_the_damaged_file(night):
    raw, out, first = night
    whole = first.data_bytes()
    path = next(first.release.glob("sft/train-00000-*"))
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"X")
    again = run(raw, out)
    assert again.report["damaged_files"] == [path.relative_to(first.release).as_posix()]
    assert again.data_bytes() == whole


def test_ids_that_count_within_a_file_are_other_hashes(tmp_path, made_from_nothing):
    raw, out = write(tmp_path / "raw", SFT[:40], RM), tmp_path / "out"
    first = run(raw, out)
    add(raw, SFT[:1] + SFT[40:], "c_new.jsonl")
    again = run(raw, out, "ids.within=file")
    assert not taken(first, again) and equal(first, again)
    assert again.data_bytes() == made_from_nothing(raw, "ids.within=file")


def test_a_renamed_file_is_written_under_its_new_name(night, made_from_nothing):
    raw, out, first = night
    (raw / "a_sft_0.jsonl").rename(raw / "a_sft_renamed.jsonl")
    second = run(raw, out)
    assert {row["source_file"] for row in second.published("sft")} == {"a_sft_renamed.jsonl"}
    files = json.loads((second.release / "manifest.json").read_text("utf-8"))["data_files"]
    unchanged = {name for name in second.data_bytes() if name.startswith("rm/") or not files[name]["rows"]}
    assert taken(first, second) == unchanged
    assert second.data_bytes() == made_from_nothing(raw)


def kept(out):
    return {folder.name for folder in (out / ".cache" / "parts").iterdir()}


def test_only_parts_of_the_newest_release_are_kept(night):
    raw, out, first = night
    before = kept(out)
    assert len(before) == len(first.data_bytes())
    add(raw, [{"data_id": f"bad{i}", "question": f"Why {i}?", "answer": " "} for i in range(90)])
    assert run(raw, out).report["verdict"] == "held"
    assert kept(out) == before
    add(raw)
    grown = run(raw, out)
    assert len(kept(out)) == len(grown.data_bytes())
    assert kept(out) & before and before - kept(out)


def segment(folder="abc", name="0000-000000", source_file="a.jsonl", rows=(0, 1), numbers=(0, 0), warned=()):
    paths = (Path("out/.cache") / folder / f"{name}.{what}.arrow" for what in ("records", "keys"))
    return Segment(*paths, None, source_file, np.array(rows, np.int32), np.array(numbers, np.int32), dict(warned))


def part(*segments, kind=LabelKind.SFT, split=SplitName.TRAIN, path="x.parquet"):
    return Part(kind, split, Path(path), segments)


PLAIN = part(segment())


@pytest.mark.parametrize(
    "other",
    [
        part(segment(folder="abd")),
        part(segment(name="0000-000001")),
        part(segment(source_file="b.jsonl")),
        part(segment(rows=(0, 2))),
        part(segment(rows=(0,), numbers=(0,))),
        part(segment(numbers=(0, 1))),
        part(segment(warned=((1, ("data_id_reused",)),))),
        part(segment(rows=(0,), numbers=(0,)), segment(rows=(1,), numbers=(0,))),
        part(segment(), segment()),
        part(),
        part(segment(), kind=LabelKind.RM),
        part(segment(), split=SplitName.TEST),
    ],
)
def test_whatever_makes_other_bytes_makes_another_plan(other):
    assert plan_hash(other, False) != plan_hash(PLAIN, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROW_GROUP_ROWS", 4),
        ("ROW_GROUP_BYTES", 4),
        ("PIECE_ROWS", 4),
        ("code_hash", lambda: "other"),
        ("versions", lambda: {"pyarrow": "0"}),
    ],
)
def test_other_bounds_code_and_versions_make_another_plan(monkeypatch, name, value):
    before = plan_hash(PLAIN, False)
    monkeypatch.setattr(parts, name, value)
    assert plan_hash(PLAIN, False) != before


def test_the_plan_counts_neither_the_name_of_the_file_nor_where_the_output_lies():
    assert plan_hash(replace(PLAIN, path=Path("elsewhere/y.parquet")), False) == plan_hash(PLAIN, False)
    moved = replace(PLAIN.segments[0], records_path=Path("/else/.cache/abc/0000-000000.records.arrow"))
    assert plan_hash(part(moved), False) == plan_hash(PLAIN, False) != plan_hash(PLAIN, True)


@pytest.fixture
def staged(tmp_path):
    """An empty part as it was published, its facts, and the folder that it is to be kept in."""
    output = OutputFolder(tmp_path)
    output.staging.mkdir()
    published = part(path=output.releases / "r" / "sft" / "train-00000-of-00001.parquet")
    write_part(published)
    facts = read_back(published, False, tmp_path / "hashes.npy")
    return output, published, facts, output.part_cache / "plan"


def test_writing_a_part_leaves_other_names_of_its_file_alone(staged, tmp_path):
    _, published, _, _ = staged
    before = published.path.read_bytes()
    second = tmp_path / "second.parquet"
    second.hardlink_to(published.path)
    second_kind = part(kind=LabelKind.RM, path=second)
    write_part(second_kind)
    assert published.path.read_bytes() == before != second.read_bytes()


@pytest.mark.parametrize("links", [True, False])
def test_a_file_system_without_links_gets_copies(staged, tmp_path, monkeypatch, links):
    output, published, facts, folder = staged

    def refused(self, target):
        raise OSError("no such thing as a link here")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refused)
    part_cache.keep(output, "r", [(published, facts)], [folder])
    again = part(path=tmp_path / "next" / "train.parquet")
    found = part_cache.reuse(again, folder)
    assert found is not None
    assert replace(found, hashes=facts.hashes) == facts
    assert again.path.read_bytes() == published.path.read_bytes()
    assert (again.path.stat().st_ino == published.path.stat().st_ino) is links
    # Taken a second time, as by a worker that takes over from one that died.
    assert part_cache.reuse(again, folder) == found


def test_what_cannot_be_kept_is_told_and_no_error(staged):
    output, published, facts, folder = staged
    output.cache.mkdir()
    output.part_cache.write_text("in the way", "utf-8")
    told = []
    with progress.hearing(told.append):
        part_cache.keep(output, "r", [(published, facts)], [folder])
    assert len(told) == 1 and "not kept" in told[0]


def test_a_part_of_other_rows_is_not_taken(staged, tmp_path):
    """Whatever the names say."""
    output, published, facts, folder = staged
    part_cache.keep(output, "r", [(published, facts)], [folder])
    assert part_cache.reuse(part(segment(), path=tmp_path / "x.parquet"), folder) is None


def test_moves_are_read_only_from_the_files_that_differ(tmp_path, monkeypatch):
    def written(release, files):
        found = []
        for split, ids in files.items():
            path = tmp_path / release / "sft" / f"{split}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.table({"record_id": ids}), path)
            own = part(split=SplitName(split.split("-")[0]), path=path)
            found.append((own, PartFacts(FileFacts.of(path, len(ids)), None, path)))
        return found

    before = {"train-0": ["a", "b"], "train-1": ["c", "e"], "validation-0": ["d"], "test-0": []}
    after = {"train-0": ["a", "b"], "train-1": ["d", "e", "f"], "validation-0": ["c"], "test-0": []}
    listed = {
        f"sft/{own.path.name}": DataFile(
            rows=facts.file.rows, bytes=0, sha256=facts.file.sha256, label_kind=own.label_kind, split=own.split
        )
        for own, facts in written("before", before)
    }
    # Whatever else a release has holds no records of a split.
    listed["sft/other-0.parquet"] = DataFile(rows=1, bytes=0, sha256="", label_kind=None, split=None)
    manifest = read_manifest_json(OLDER_MANIFEST.read_bytes()).model_copy(update={"data_files": listed})
    now = written("now", after)
    read, read_table = [], pq.read_table

    def reading(path, **how):
        read.append(path.stem)
        return read_table(path, **how)

    monkeypatch.setattr(moves.pq, "read_table", reading)
    found = moves.split_moves(now, Release("before", tmp_path / "before", manifest, True))
    assert found.to_pylist() == [
        {"record_id": "d", "from": "validation", "to": "train"},
        {"record_id": "c", "from": "train", "to": "validation"},
    ]
    assert sorted(read) == ["train-1", "train-1", "validation-0", "validation-0"]
    assert moves.split_moves(now, None).num_rows == 0
