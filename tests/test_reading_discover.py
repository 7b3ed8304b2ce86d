"""Discovery: what counts as a raw file, and under which name."""

import os
import unicodedata
from pathlib import Path

import pytest
import xxhash

from sftrm_quality.errors import ConfigError, StorageError
from sftrm_quality.reading import content_hash, discover, hashed


def names(*roots: Path) -> list[str]:
    return [file.source_file for file in discover(roots)]


def put(path: Path, data: bytes = b"{}") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_files_of_one_folder_are_named_relative_to_it_and_sorted(tmp_path: Path) -> None:
    put(tmp_path / "b.json")
    put(tmp_path / "a/z.jsonl")
    assert names(tmp_path) == ["a/z.jsonl", "b.json"]
    assert names(tmp_path / "b.json") == ["b.json"]


def test_several_roots_are_named_in_front(tmp_path: Path) -> None:
    put(tmp_path / "one/x.json")
    put(tmp_path / "two/x.json")
    single = put(tmp_path / "s.json")
    assert names(tmp_path / "two", tmp_path / "one", single) == ["one/x.json", "s.json", "two/x.json"]


def test_equal_names_are_refused_with_advice(tmp_path: Path) -> None:
    put(tmp_path / "p/raw/x.json")
    put(tmp_path / "q/raw/x.json")
    with pytest.raises(ConfigError, match=r"raw/x\.json.*Rename"):
        discover([tmp_path / "p/raw", tmp_path / "q/raw"])
    with pytest.raises(ConfigError, match="raw/x"):
        discover([tmp_path / "p/raw", tmp_path / "p/raw"])


def test_missing_and_empty_are_configuration_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        discover([tmp_path / "nowhere"])
    with pytest.raises(ConfigError, match=r"No raw files in .+ \(README.md and hidden files are passed over\)"):
        discover([tmp_path])


def test_what_is_never_data_is_ignored(tmp_path: Path) -> None:
    keep = put(tmp_path / "data.json")
    for name in (
        ".hidden",
        "README",
        "readme.txt",
        "notes.md",
        "Thumbs.db",
        ".DS_Store",
        "__MACOSX/x.json",
        "~$a.json",
    ):
        put(tmp_path / name)
    put(tmp_path / ".git/x.json")
    assert names(tmp_path) == [keep.name]
    assert names(tmp_path / "notes.md") == ["notes.md"]  # named by the user


def test_links_pipes_and_loops_neither_hang_nor_repeat(tmp_path: Path) -> None:
    put(tmp_path / "raw/a.json")
    (tmp_path / "raw/loop").symlink_to(tmp_path / "raw")
    (tmp_path / "raw/broken").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "raw/pipe")
    put(tmp_path / "elsewhere/b.json")
    (tmp_path / "raw/linked").symlink_to(tmp_path / "elsewhere")
    assert names(tmp_path / "raw") == ["a.json", "linked/b.json"]


def test_names_are_nfc_and_old_korean_names_are_readable(tmp_path: Path) -> None:
    put(tmp_path / unicodedata.normalize("NFD", "한글.json"))
    os.close(os.open(os.fsencode(tmp_path) + b"/" + "자료.json".encode("cp949"), os.O_CREAT))
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff.json", os.O_CREAT))
    assert names(tmp_path) == ["\\xff.json", "자료.json", "한글.json"]


def test_hash_is_xxh3_128_of_the_content(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    (file,) = discover([put(tmp_path / "a.bin", data)])
    assert file.content_hash == "" and file.size == len(data)
    assert hashed(file).content_hash == content_hash(file.path) == xxhash.xxh3_128_hexdigest(data)
    file.path.unlink()
    with pytest.raises(StorageError, match="cannot be read"):
        hashed(file)
