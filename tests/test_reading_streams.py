"""Containers of bytes: gzip, zstd, zip; whole, joined, damaged, hostile."""

import gzip
import random
import struct
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from sftrm_quality.reading import RawStream, UnknownFile, discover, open_streams
from sftrm_quality.reading.window import StreamDamage
from tests.reading_case import json_lines, read, record

TEXT = "".join(f'{{"data_id":"{n}","x":"{random.Random(n).random()}"}}\n' for n in range(20_000)).encode()


def streams(path: Path) -> list[RawStream | UnknownFile]:
    (file,) = discover([path])
    return list(open_streams(file))


def drain(stream: RawStream) -> tuple[bytes, str | None]:
    opened, data = stream.open(), b""
    try:
        while piece := opened.read(100_000):
            data += piece
    except StreamDamage as damage:
        return data, str(damage)
    finally:
        opened.close()
    return data, None


def only(path: Path) -> RawStream:
    (stream,) = streams(path)
    assert isinstance(stream, RawStream)
    return stream


COMPRESS = {
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}


@pytest.mark.parametrize("kind", COMPRESS)
def test_members_and_frames_follow_each_other(tmp_path: Path, kind: str) -> None:
    pack = COMPRESS[kind]
    path = tmp_path / "a.jsonl"  # the extension says nothing
    path.write_bytes(pack(TEXT) + pack(b"") + pack(TEXT[::-1]) + b"\0" * 512)
    stream = only(path)
    assert not stream.plain and stream.source_file == "a.jsonl"
    assert drain(stream) == (TEXT + TEXT[::-1], None)


@pytest.mark.parametrize("kind", COMPRESS)
def test_truncation_gives_every_byte_before_it(tmp_path: Path, kind: str) -> None:
    packed = COMPRESS[kind](TEXT)
    path = tmp_path / "a"
    path.write_bytes(packed[: len(packed) // 2])
    data, damage = drain(only(path))
    assert damage is not None and "too early" in damage
    assert TEXT.startswith(data) and len(data) > len(TEXT) // 4


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_wrong_checksum_costs_no_byte(tmp_path: Path, kind: str) -> None:
    packed = bytearray(COMPRESS[kind](TEXT))
    packed[-1 if kind == "zstd" else -6] ^= 0xFF
    path = tmp_path / "a"
    path.write_bytes(packed)
    data, damage = drain(only(path))
    assert damage is not None and data == TEXT


@given(at=st.integers(2000, 400_000), flip=st.integers(1, 255))
@settings(max_examples=40)
def test_damage_never_hides_what_came_before(tmp_path_factory: pytest.TempPathFactory, at: int, flip: int) -> None:
    packed = bytearray(gzip.compress(TEXT))
    at = min(at, len(packed) - 1)
    packed[at] ^= flip
    path = tmp_path_factory.mktemp("z") / "a"
    path.write_bytes(packed)
    data, damage = drain(only(path))
    if damage is None:
        assert data == TEXT  # bytes of the header that mean nothing
    assert data[:at] == TEXT[:at]  # text before compressed byte `at` is longer than `at`


@pytest.mark.parametrize("kind", COMPRESS)
def test_other_bytes_behind_compressed_data_are_damage(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    for rest in (b"x", b"rest of something"):
        path.write_bytes(COMPRESS[kind](TEXT) + rest)
        data, damage = drain(only(path))
        assert data == TEXT and damage is not None and "not compressed" in damage


def make_zip(path: Path, members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)


def test_members_are_read_through_the_archive(tmp_path: Path) -> None:
    path = tmp_path / "d/x.zip"
    path.parent.mkdir()
    members = [("/SFTlabel.json", b"1"), ("//b/../../c.json", b"2"), ("폴더/다.json", b"3"), ("a\\w.json", b"4")]
    make_zip(path, [*members, ("empty/", b""), ("__MACOSX/._a.json", b"5"), ("readme.txt", b"6")])
    found = {file.source_file: file for file in open_streams(discover([tmp_path])[0])}
    assert list(found) == [
        "d/x.zip!/SFTlabel.json", "d/x.zip!/a/w.json", "d/x.zip!/b/../../c.json", "d/x.zip!/폴더/다.json",
    ]  # fmt: skip
    assert [drain(s)[0] for s in found.values() if isinstance(s, RawStream)] == [b"1", b"4", b"2", b"3"]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["d", "x.zip"]  # nothing was extracted


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_duplicate_names_and_both_methods(tmp_path: Path, method: int) -> None:
    path = tmp_path / "x.zip"
    with pytest.warns(UserWarning, match="Duplicate"):
        make_zip(path, [("a.json", TEXT), ("a.json", b"second")], method)
    first, second = streams(path)
    assert (first.source_file, second.source_file) == ("x.zip!/a.json", "x.zip!/a.json#2")
    assert isinstance(first, RawStream) and isinstance(second, RawStream)
    assert drain(first) == (TEXT, None) and drain(second) == (b"second", None)


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_names_without_a_declared_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.zip"
    placeholder = "q" * len("라벨/데이터.json".encode(encoding))
    make_zip(path, [(placeholder, b"{}")])
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), "라벨/데이터.json".encode(encoding)))
    assert only(path).source_file == "x.zip!/라벨/데이터.json"


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    make_zip(path, [("a.json", TEXT)])
    good = path.read_bytes()
    entry = good.rindex(b"PK\x01\x02")
    cases = {
        "encrypted": good[: entry + 8] + struct.pack("<H", 1) + good[entry + 10 :],
        "method 14": good[: entry + 10] + struct.pack("<H", 14) + good[entry + 12 :],
        "bomb": good[: entry + 24] + struct.pack("<I", 3 << 30) + good[entry + 28 :],
        "damaged zip": good[: len(good) // 2],
        "without files": b"PK\x05\x06" + b"\0" * 18,
    }
    for seen, data in cases.items():
        path.write_bytes(data)
        (unknown,) = streams(path)
        assert isinstance(unknown, UnknownFile) and seen in unknown.seen, unknown


def test_containers_in_containers_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    make_zip(path, [("inner.zip", b"PK\x03\x04..."), ("a.gz", gzip.compress(b"{}"))])
    result = read(path, tmp_path)
    assert [unknown.seen.split(" ")[0] for unknown in result.unknown] == ["gzip", "zip"]


def damage_member(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)


@pytest.mark.parametrize("kind", ["gzip", "zstd", "deflated", "stored"])
def test_records_before_damage_are_read_and_the_damage_is_one_row(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    records = [record(n, noise=str(random.Random(n).random())) for n in range(5000)]
    text = json_lines(records).encode()
    if kind in COMPRESS:
        path.write_bytes(COMPRESS[kind](text))
    else:
        make_zip(path, [("a", text)], zipfile.ZIP_STORED if kind == "stored" else zipfile.ZIP_DEFLATED)
    damage_member(path)
    result = read(path, tmp_path)
    assert result.reasons.count("stream_broken") == 1 and result.reasons[-1] == "stream_broken"
    assert result.ids[:1500] == [str(n) for n in range(1500)]
    if kind in ("zstd", "stored"):  # deflate goes on for a while after a wrong bit, with other text
        assert len(result.reasons) <= 2
    last = result.unreadable[-1]
    assert last["source_offset"] <= len(text)
