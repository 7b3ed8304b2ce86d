"""Real files, where they are at hand."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.reading_case import read


def test_reference_documents(real_files: Path, tmp_path: Path) -> None:
    for path in sorted((real_files / "seed_shape").glob("*.json")):
        expected = json.loads(path.read_bytes())["data_info"]
        result = read(path, tmp_path)
        assert not result.unreadable and [json.loads(raw) for raw in result.raw.values()] == expected


def test_archives_with_leading_slashes(real_files: Path, tmp_path: Path) -> None:
    archives = sorted((real_files / "aihub_shape").rglob("*.zip"))
    assert archives
    for path in archives:
        result = read(path, tmp_path)
        with zipfile.ZipFile(path) as archive:
            names = sorted(archive.namelist())
            count = sum(len(json.loads(archive.read(name))["data_info"]) for name in names)
        assert [d.source_file for d in result.documents] == [f"{path.name}!{name}" for name in names]
        assert not result.unreadable and sum(len(d.sample) for d in result.documents) <= count
    result = read(real_files / "aihub_shape", tmp_path)
    assert not result.unknown and len(result.documents) == 10


@pytest.mark.parametrize(
    ("name", "container", "count"),
    [
        ("hh_rlhf/harmless_base_test.jsonl.gz", "json_lines", 2312),
        ("hrc/humane_right_copus_v1.jsonl.json", "json_lines", 1549),
        ("oasst/en_100_tree.jsonl", "json_lines", 100),
        ("llama_factory/alpaca_en_demo.json", "json_array", 999),
        ("llama_factory/dpo_en_demo.json", "json_array", 300),
        ("llama_factory/kto_en_demo.json", "json_array", 300),
    ],
)
def test_other_containers(real_files: Path, tmp_path: Path, name: str, container: str, count: int) -> None:
    result = read(real_files / name, tmp_path)
    assert result.documents[0].container == container and len(result.values) == count and not result.unreadable


def test_a_csv_file_is_read_as_a_table(real_files: Path, tmp_path: Path) -> None:
    result = read(real_files / "songys_chatbot", tmp_path)
    assert result.documents[0].container == "csv" and len(result.values) == 11_823 and not result.unreadable
