"""Archives beside zip: tar, compressed tar, and the pieces that AI Hub delivers, read where they lie."""

import gzip
import io
import json
import random
import tarfile
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from sftrm_quality.config import Limits
from sftrm_quality.reading import SourceFile, UnknownFile, discover, hashed, open_streams
from sftrm_quality.reading.extents import Extent, Extents
from sftrm_quality.run_record import read_report_json
from tests.outputs import open_gate, run_on
from tests.reading_case import json_lines, read, record

RECORDS = [record(n) for n in range(30)]
TEXT = json_lines(RECORDS).encode()


def tar_of(members: dict[str, bytes], mode: str = "w") -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return written.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def pieces_of(content: bytes, name: str, cuts: list[int]) -> dict[str, bytes]:
    bounds = [0, *cuts, len(content)]
    return {f"{name}.part{begin}": content[begin:end] for begin, end in pairwise(bounds)}


def names(path: Path) -> dict[str, str]:
    """Of each stream of what is at a path its name, and why it cannot be read, else ""."""
    found = {}
    for file in discover([path]):
        for stream in open_streams(file):
            found[stream.source_file] = stream.seen if isinstance(stream, UnknownFile) else ""
    return found


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_the_members_of_a_tar_archive_are_read(tmp_path: Path, mode: str) -> None:
    members = {"/a.jsonl": TEXT, "folder/b.jsonl": json_lines(RECORDS[:3]).encode(), "folder/.hidden": b"x"}
    (tmp_path / "t").write_bytes(tar_of({**members, "a.jsonl": TEXT[:0]}, mode))
    assert names(tmp_path / "t") == dict.fromkeys(("t!/a.jsonl", "t!/a.jsonl#2", "t!/folder/b.jsonl"), "")
    found = read(tmp_path / "t", tmp_path)
    assert [document.source_file for document in found.documents] == ["t!/a.jsonl", "t!/folder/b.jsonl"]
    assert found.unknown[0].seen == "empty file" and not found.unreadable


@pytest.mark.parametrize("limits", [Limits(), Limits(shard_records=3, shard_bytes=1024)], ids=["whole", "small"])
@pytest.mark.parametrize("form", ["folder", "tar", "tar.gz"])
def test_pieces_are_read_as_the_archive_that_they_make(tmp_path: Path, form: str, limits: Limits) -> None:
    content = zip_of({"/SFTlabel.json": json.dumps({"data_info": RECORDS}).encode(), "b.jsonl": TEXT})
    pieces = pieces_of(content, "TL_02.zip", sorted(random.Random(1).sample(range(1, len(content)), 3)))
    (tmp_path / "in").mkdir()
    if form == "folder":
        for name, piece in pieces.items():
            (tmp_path / "in" / name).write_bytes(piece)
        before = "TL_02.zip"
    else:
        shuffled = dict(sorted(pieces.items(), key=lambda item: item[0][::-1]))
        (tmp_path / "in" / "d").write_bytes(tar_of(shuffled, "w" if form == "tar" else "w:gz"))
        before = "d!/TL_02.zip"
    (tmp_path / "spill").mkdir()
    found = read(tmp_path / "in", tmp_path / "spill", limits)
    if form == "tar.gz":  # what lies compressed is not joined, and named
        assert not found.documents and all("piece of a zip archive" in unknown.seen for unknown in found.unknown)
        return
    assert [document.source_file for document in found.documents] == [f"{before}!/SFTlabel.json", f"{before}!/b.jsonl"]
    assert [document.sample[0] for document in found.documents] == [RECORDS[0]] * 2 and not found.unreadable


def test_a_missing_piece_is_named_by_its_gap(tmp_path: Path) -> None:
    content = zip_of({"a.jsonl": TEXT})
    pieces = pieces_of(content, "x.zip", [100, 250])
    del pieces["x.zip.part100"]
    for name, piece in pieces.items():
        (tmp_path / name).write_bytes(piece)
    size = len(content) - 150
    assert names(tmp_path) == {
        "x.zip": f"pieces of a zip archive without bytes 100 to 249: x.zip.part100 is missing, {size:,} bytes"
    }
    (tmp_path / "x.zip.part100").write_bytes(content[100:240])
    assert "x.zip.part240 is missing" in names(tmp_path)["x.zip"]
    (tmp_path / "x.zip.part100").write_bytes(content[100:260])
    assert "overlap at byte 250" in names(tmp_path)["x.zip"]
    (tmp_path / "x.zip.part100").write_bytes(content[100:250])
    (tmp_path / "x.zip.part0").unlink()
    assert "x.zip.part0 is missing" in names(tmp_path)["x.zip"]
    (tmp_path / "x.zip.part0").write_bytes(content[:100])
    (tmp_path / "x.zip.part250").unlink()
    assert "damaged zip archive" in names(tmp_path)["x.zip"]
    # Beside the whole archive pieces stay what they are.
    (tmp_path / "x.zip").write_bytes(content)
    assert set(names(tmp_path)) == {"x.zip!/a.jsonl", "x.zip.part0", "x.zip.part100"}


def test_a_run_over_pieces_keeps_them_apart_from_nothing(tmp_path: Path) -> None:
    """Hashes, cache and duplicates go by all pieces: another last piece is another file."""
    raw = tmp_path / "raw"
    raw.mkdir()
    lines = json_lines([*RECORDS, RECORDS[3], {"data_id": "x", "question": "?", "answer": ""}])
    content = zip_of({"a.jsonl": lines.encode()})
    for name, piece in pieces_of(content, "x.zip", [100, 200]).items():
        (raw / name).write_bytes(piece)
    out, gate = tmp_path / "out", open_gate(tmp_path / "suites")
    report = read_report_json(json.dumps(run_on([raw], out, gate).report))
    assert [file.source_file for file in report.files] == ["x.zip!/a.jsonl"]
    account = report.ledger["sft"]
    assert (account.received, account.failing, account.duplicates) == (32, 1, 1)
    (whole,) = discover([raw])
    (tmp_path / "one.zip").write_bytes(content)
    assert hashed(whole).content_hash == hashed(discover([tmp_path / "one.zip"])[0]).content_hash
    again = read_report_json(json.dumps(run_on([raw], out, gate).report))
    assert again.verdict == "unchanged"


def test_a_tar_archive_that_is_cut_or_damaged(tmp_path: Path) -> None:
    whole = tar_of({"a.jsonl": TEXT, "b.jsonl": TEXT})
    (tmp_path / "t").write_bytes(whole[: 512 + len(TEXT) // 2])
    found = read(tmp_path / "t", tmp_path)
    assert found.ends_early and found.ids == [str(n) for n in range(len(found.ids))] and 0 < len(found.ids) < 30
    assert [u.source_file for u in found.unknown] == ["t"] and "too early" in found.unknown[0].seen
    second = whole.index(b"b.jsonl")
    (tmp_path / "t").write_bytes(whole[:second] + b"\x01" * 512 + whole[second + 512 :])
    found = read(tmp_path / "t", tmp_path)
    assert found.ids == [str(n) for n in range(30)] and "not a header of a member" in found.unknown[0].seen
    packed = gzip.compress(whole)
    (tmp_path / "t").write_bytes(packed[: len(packed) // 2])
    assert any("damaged tar archive" in unknown.seen for unknown in read(tmp_path / "t", tmp_path).unknown)


def test_links_and_folders_in_a_tar_archive(tmp_path: Path) -> None:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, kind in (("folder", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE), ("../out.jsonl", tarfile.REGTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            info.size = len(TEXT) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(TEXT))
    (tmp_path / "t").write_bytes(written.getvalue())
    found = names(tmp_path / "t")
    assert set(found) == {"t!/link", "t!/../out.jsonl"} and found["t!/link"].startswith("link or device")
    read(tmp_path / "t", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t"] and not (tmp_path.parent / "out.jsonl").exists()


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    content = TEXT
    for _ in range(6):
        content = tar_of({"a": content})
    (tmp_path / "t").write_bytes(content)
    assert len(names(tmp_path / "t")) == 1


@pytest.mark.parametrize("seed", range(5))
def test_extents_are_the_bytes_that_they_name(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    whole, parts = b"", []
    for n in range(4):
        content = chance.randbytes(chance.randrange(1, 200))
        (tmp_path / str(n)).write_bytes(content)
        start = chance.randrange(len(content))
        length = chance.randrange(1, len(content) - start + 1)
        parts.append(Extent(tmp_path / str(n), start, length))
        whole += content[start : start + length]
    extents = Extents(tuple(parts))
    assert extents.size == len(whole)
    with extents.open() as file:
        assert file.read() == whole
        for _ in range(20):
            at, size = chance.randrange(len(whole) + 5), chance.randrange(len(whole))
            file.seek(at)
            assert file.read(size) == whole[at : at + size]
            assert extents.slice(at, size).open().read() == whole[at : at + size]


def test_a_file_that_is_no_piece_has_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "a.zip.partial").write_bytes(TEXT)
    (tmp_path / "a.part0").write_bytes(TEXT)
    assert names(tmp_path) == {"a.zip.partial": "", "a.part0": ""}
    assert SourceFile(tmp_path, "a", 3).in_pieces()[0].size == 3
