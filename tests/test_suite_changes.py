"""What of a suite a release depends on: what changes results, and not how that is explained."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sftrm_quality.checks import Suites, read_suites
from sftrm_quality.config import SHIPPED_EXPECTATIONS, RunConfig
from sftrm_quality.formats import Declaration, Formats, formats_of
from sftrm_quality.intake.cache import cache_key
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.reading import SourceFile
from sftrm_quality.releases.manifest import read_manifest, release_id
from tests.outputs import run_on

Document = dict[str, Any]
KNOWN = formats_of(())
FILE = SourceFile(Path("a.jsonl"), "a.jsonl", 1, "0" * 32)


def _edited(folder: Path, change: Callable[[Document], object], name: str = "sft") -> Path:
    """A copy of the shipped suites in which one document is changed."""
    shutil.copytree(SHIPPED_EXPECTATIONS, folder, dirs_exist_ok=True)
    path = folder / f"{name}.json"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return folder


def _keys(suites: Suites, config: RunConfig | None = None, formats: Formats = KNOWN) -> tuple[str, str]:
    """The key of a file in the cache, and the release's id."""
    config = config or RunConfig()
    return cache_key(FILE, ShardSettings.of(config, suites, formats)), release_id([FILE], config, suites, formats)


def _explain(document: Document) -> None:
    document["notes"] = "Other words."
    document["expectations"][0].update(description="Other words, too.", notes="And others.")


def test_a_changed_note_changes_neither_cache_nor_release(tmp_path: Path) -> None:
    shipped = read_suites(SHIPPED_EXPECTATIONS)
    for name in ("sft", "rm", "release"):
        suites = read_suites(_edited(tmp_path / name, _explain, name))
        assert _keys(suites) == _keys(shipped)
        assert suites.hash == shipped.hash and suites.file_hash != shipped.file_hash


def test_other_words_about_a_format_change_neither_and_other_fields_change_both() -> None:
    suites, declared = read_suites(SHIPPED_EXPECTATIONS), {"prompt": {"parts": ["q"]}, "answer": "a"}

    def keys(**fields: object) -> tuple[str, str]:
        said = {"name": "mine", "label_kind": "sft", **declared, **fields}
        return _keys(suites, formats=formats_of((Declaration.model_validate(said),)))

    assert keys(about="ours", about_ko="우리 것", example={"q": "?", "a": "!"}) == keys()
    assert all(one != other for one, other in zip(keys(answer="b"), keys(), strict=True))


@pytest.mark.parametrize(
    "change",
    [
        lambda first: first.update(severity="info"),
        lambda first: first["meta"].update(reason="another_reason"),
        lambda first: first["meta"].update(scope="collection"),
        lambda first: first["kwargs"].update(mostly=0.5),
        lambda first: first["kwargs"].update(column="question"),
        lambda first: first.update(type="expect_text_not_to_be_garbled"),
    ],
    ids=["severity", "reason", "scope", "mostly", "kwargs", "type"],
)
def test_whatever_changes_results_changes_both(change: Callable[[Document], object], tmp_path: Path) -> None:
    shipped = _keys(read_suites(SHIPPED_EXPECTATIONS))

    def first(document: Document) -> None:
        entry = next(e for e in document["expectations"] if e["kwargs"].get("column") == "answer")
        entry.setdefault("meta", {})
        change(entry)

    edited = _keys(read_suites(_edited(tmp_path, first)))
    assert edited[0] != shipped[0] and edited[1] != shipped[1]


def test_the_order_of_reasons_is_a_result_too(tmp_path: Path) -> None:
    turned = read_suites(_edited(tmp_path, lambda document: document["expectations"].reverse()))
    assert _keys(turned)[0] != _keys(read_suites(SHIPPED_EXPECTATIONS))[0]


def test_the_release_suite_changes_the_release_and_no_shard(tmp_path: Path) -> None:
    shipped = _keys(read_suites(SHIPPED_EXPECTATIONS))
    edited = _keys(
        read_suites(_edited(tmp_path, lambda document: document["expectations"][0].update(severity="info"), "release"))
    )
    assert edited[0] == shipped[0] and edited[1] != shipped[1]


@pytest.mark.parametrize(
    "settings",
    [
        {"near": {"threshold": 0.7}},
        {"limits": {"nesting_depth": 9}},
        {"sources": [{"rank_base": 0}]},
    ],
)
def test_every_setting_of_a_shard_changes_both(settings: dict[str, Any]) -> None:
    suites = read_suites(SHIPPED_EXPECTATIONS)
    shipped, other = _keys(suites), _keys(suites, RunConfig.model_validate(settings))
    assert other[0] != shipped[0] and other[1] != shipped[1]


def test_a_run_after_a_changed_note_is_unchanged_and_the_manifest_names_the_files(tmp_path: Path) -> None:
    raw = tmp_path / "a.jsonl"
    record = {"data_id": "1", "question": "What is 12 times 12?", "answer": "It is 144."}
    raw.write_text(json.dumps(record) + "\n", "utf-8")
    first = run_on([raw], tmp_path / "out").report
    assert first["verdict"] == "published"
    manifest = read_manifest(tmp_path / "out" / "releases" / first["release_id"])
    assert manifest.suite_files_hash == read_suites(SHIPPED_EXPECTATIONS).file_hash
    folder = _edited(tmp_path / "suites", _explain)
    assert run_on([raw], tmp_path / "out", f"expectations={folder}").report["verdict"] == "unchanged"
