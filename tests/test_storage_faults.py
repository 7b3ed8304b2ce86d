"""Storage that fails: one clear line, exit code 3, nothing half-written, and the next run is fine."""

import random
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality.decisions import signed
from sftrm_quality.errors import StorageError
from sftrm_quality.output import OutputFolder, append_array
from sftrm_quality.releases import rollback
from sftrm_quality.releases.publish import all_releases
from sftrm_quality.reports.releases_compared import compare_releases
from tests.faults.children import Zygote, own_mounts
from tests.faults.folders import again, current, data_files, night, tree

WHO = signed("Kim", "it was better")
# What a run needs beside what is there: found by trying, and more of it makes no other tries.
PAGES, INODES = 220, 140
ADDED = "c_1.jsonl"


@pytest.fixture(scope="module")
def zygote(tmp_path_factory):
    with Zygote(tmp_path_factory.mktemp("warm"), own_mounts() or ()) as process:
        yield process


@pytest.fixture(scope="module")
def nights(zygote, tmp_path_factory):
    """Folders for a try: raw files of a second night, the output before it and as an undisturbed run leaves it."""
    folder = tmp_path_factory.mktemp("nights")
    before = folder / "before"
    zygote("run", raw=night(folder / "raw", 0), out=before)
    night(folder / "raw", 1)
    after = again(before, folder / "after")
    assert zygote("run", raw=folder / "raw", out=after).result == "published"
    return {"raw": folder / "raw", "before": before, "after": after}


def failed_cleanly(tried):
    assert (tried["code"], tried["as_before"]) == (3, True), tried
    assert "\n" not in tried["error"] and re.search(r"(?i)nothing is published|run again|check ", tried["error"]), tried
    assert (tried["next"], tried["same"]) == ("published", True), tried


def try_rooms(zygote, nights, mount, name, rooms):
    """A run for each amount of room; whether it was enough."""
    told = set()
    enough = []
    for room in rooms:
        tried = zygote("storage.full_disk", **nights, mount=mount, **{name: room}).result
        enough.append("verdict" in tried)
        if enough[-1]:
            assert tried["verdict"] == "published" and tried["data"], tried
        else:
            failed_cleanly(tried)
            assert "No space left on device" in tried["error"] or "in part only" in tried["error"], tried
            told.add(tried["error"])
    print(
        f"\n{len(enough)} disks too small by {name}: {enough.count(False)} runs refused in {len(told)} different places"
    )
    return enough


@pytest.fixture
def mount(tmp_path):
    if own_mounts() is None:
        pytest.skip("this user may mount no file system of its own (unshare --mount)")
    return tmp_path / "mount"


def test_a_disk_that_is_full_at_some_moment(zygote, nights, mount):
    enough = try_rooms(zygote, nights, mount, "pages", [0, 8, 40, 80, 120, PAGES])
    assert enough.count(False) >= 4 and enough[-1]


def test_a_disk_without_inodes_at_some_moment(zygote, nights, mount):
    enough = try_rooms(zygote, nights, mount, "inodes", [0, 3, 12, 30, INODES])
    assert enough.count(False) >= 3 and enough[-1]


@pytest.mark.soak
def test_a_disk_that_is_full_at_any_moment(zygote, nights, mount):
    enough = try_rooms(zygote, nights, mount, "pages", range(PAGES))
    assert not enough[0] and enough[-1]
    enough = try_rooms(zygote, nights, mount, "inodes", range(INODES))
    assert not enough[0] and enough[-1]


def test_an_array_that_does_not_fit_is_never_lost_without_an_error():
    with pytest.raises(OSError, match="No space"), open("/dev/full", "wb") as full:  # noqa: PTH123
        append_array(full, np.arange(3))


@pytest.mark.parametrize("size", [0, 2_000])
def test_files_that_cannot_be_written_to_their_end(zygote, nights, tmp_path, size):
    failed_cleanly(zygote("storage.small_files", **nights, out=tmp_path / "out", size=size).result)


def test_an_output_folder_that_is_mounted_to_be_read(zygote, nights, mount):
    tried = zygote("storage.read_only", **nights, mount=mount).result
    failed_cleanly(tried)
    assert "cannot write to the output folder: Read-only file system" in tried["error"]


@pytest.fixture(scope="module")
def times(zygote, nights, tmp_path_factory):
    """How often a run opens the raw file of this night."""
    out = tmp_path_factory.mktemp("opened") / "out"
    tried = zygote("storage.read_error", **nights, out=out, name=ADDED, number=0).result
    assert (tried["verdict"], tried["next"]) == ("published", "unchanged")
    assert tried["opened"] >= 5
    return tried["opened"]


def test_a_raw_file_whose_second_half_cannot_be_read(zygote, nights, times, tmp_path):
    """At each of the times that it is opened: hashing, recognising, finding records, reading a shard, a last look."""
    refused = 0
    for number in range(1, times + 1, 2):
        tried = zygote("storage.read_error", **nights, out=tmp_path / "out", name=ADDED, number=number).result
        if "verdict" in tried:
            # Only its first bytes were wanted.
            assert (tried["verdict"], tried["data"]) == ("published", True)
            continue
        failed_cleanly(tried)
        assert ADDED in tried["error"] and "/staging" not in tried["error"], tried
        refused += 1
    assert refused >= times // 2 - 1
    print(f"\n{times} times that a raw file is opened: {refused} runs refused")


def test_a_raw_file_that_cannot_be_read_at_all(zygote, nights, tmp_path):
    """A real error of the system: the first page of a process's memory is a regular file that gives EIO."""
    raw = night(tmp_path / "raw", 1)
    (raw / "d.jsonl").symlink_to("/proc/self/mem")
    before = tree(nights["before"])
    ended = zygote("run", raw=raw, out=again(nights["before"], tmp_path / "out"))
    assert ended.code == 3 and "d.jsonl: cannot be read (Input/output error)" in ended.told
    assert tree(tmp_path / "out") == before


WAYS = ["truncated", "appended", "written over", "replaced"]


@pytest.mark.parametrize("how", WAYS)
def test_a_raw_file_that_changes_while_it_is_read(zygote, nights, times, tmp_path, how):
    """Just before some of the times that it is opened."""
    change(zygote, nights, tmp_path, how, range(1 + WAYS.index(how), times + 1, 3), times)


@pytest.mark.soak
@pytest.mark.parametrize("how", WAYS)
def test_a_raw_file_that_changes_at_any_moment(zygote, nights, times, tmp_path, how):
    change(zygote, nights, tmp_path, how, range(1, times + 1), times)


def change(zygote, nights, tmp_path, how, numbers, times):
    """Nothing of what was read stays in the cache: the next run, with the file as it was, makes what it should."""
    refused = 0
    for number in numbers:
        tried = zygote(
            "storage.changed", **nights, out=tmp_path / "out", scratch=tmp_path / "scratch",
            name=ADDED, how=how, number=number,
        ).result  # fmt: skip
        if "verdict" in tried:
            assert number == 1 and tried["as_a_fresh_run"], (number, tried)
        else:
            failed_cleanly(tried)
            assert ADDED in tried["error"] and "changed" in tried["error"], tried
            refused += 1
    assert refused == len(numbers) - (1 in numbers) > 0
    print(f"\n{how} before {len(numbers)} of {times} openings: {refused} runs refused")


def flipped(path, position):
    """One bit of a file is another one; a file that was linked stays what it was under its other names."""
    data = bytearray(path.read_bytes())
    data[position % len(data)] ^= 1
    path.unlink()
    path.write_bytes(data)


def test_a_flipped_bit_in_a_cached_shard(zygote, nights, tmp_path):
    tries = 0
    cached = sorted(p.relative_to(nights["before"]) for p in nights["before"].glob(".cache/*/*") if p.is_file())
    # One raw file's shards, keys, failing rows, their list and its hashes.
    for name in cached[:5]:
        out = again(nights["before"], tmp_path / "out")
        flipped(out / name, random.Random(str(name)).randrange(1 << 30))
        assert zygote("run", raw=nights["raw"], out=out).result == "published"
        assert tree(out) == tree(nights["after"]), name
        tries += 1
    print(f"\n{tries} cached files with a flipped bit: the release is the same each time")


def test_a_flipped_bit_in_a_release(zygote, nights, tmp_path):
    """Rollback and diff refuse it, naming the file; the next run says so and puts a whole one in its place."""
    positions = random.Random(7)
    out = again(nights["after"], tmp_path / "out")
    old, new = all_releases(OutputFolder(out))
    whole, tries = data_files(new.folder), 0
    exported = [name for name in whole if name.startswith("exports/")]
    for name in exported:
        flipped(new.folder / name, positions.randrange(1 << 30))
        # No part of what a release is: it is current as it was, and the next run writes the file again.
        assert zygote("run", raw=nights["raw"], out=out).result == "unchanged"
        assert current(out) == whole
    for name in whole.keys() - exported:
        for _ in range(4):
            again(nights["after"], out)
            flipped(new.folder / name, positions.randrange(1 << 30))
            with pytest.raises(StorageError, match=f"damaged, not made current: {re.escape(name)}"):
                rollback(OutputFolder(out), new.release_id, WHO)
            with pytest.raises(StorageError, match=f"damaged: {re.escape(name)}"):
                compare_releases(old, new)
            tries += 1
        assert zygote("run", raw=nights["raw"], out=out).result == "published"
        assert current(out) == whole
    print(f"\n{tries} flipped bits in {len(whole)} released files")


@pytest.mark.parametrize("damage", ["", "[]", '{"release_id": 1}', "\x00"])
def test_a_damaged_manifest_hides_no_other_release(nights, tmp_path, damage):
    out = OutputFolder(again(nights["after"], tmp_path / "out"))
    old, new = all_releases(out)
    (new.folder / "manifest.json").write_text(damage)
    assert rollback(out, old.release_id, WHO).release_id == old.release_id
    with pytest.raises(StorageError, match="the release has no readable manifest"):
        rollback(out, new.release_id, WHO)
    done = CliRunner().invoke(app, ["releases", "--out", str(out.root)])
    assert done.exit_code == 0 and old.release_id in done.stdout
    assert f"warning: {new.folder / 'manifest.json'}" in done.stderr
