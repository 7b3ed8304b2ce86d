"""Two releases side by side: the counts against an outsider's, the page inert, damage a sentence."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality.errors import StorageError
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases.publish import all_releases
from sftrm_quality.reports import releases_compared
from sftrm_quality.reports.html import render_diff
from sftrm_quality.reports.releases_compared import compare_releases
from sftrm_quality.reports.write import write_diff
from sftrm_quality.run_record import Mode
from tests.outputs import KINDS, SPLITS, Output, open_gate, run_on
from tests.page import assert_well_made
from tests.test_determinism import make_records, write

ODD = "b<b>'{{7}}.jsonl"


@pytest.fixture(scope="module")
def two(tmp_path_factory: Any) -> Any:
    """Two releases of one folder: other records, other splits, another threshold."""
    base = tmp_path_factory.mktemp("diff")
    raw, gate = write(base / "raw", *make_records(120)), open_gate(base / "gate")
    out = base / "out"
    first = run_on([raw], out, gate)
    ids: list[dict[str, dict[str, str]]] = [_ids(Output(out, first.report))]
    (raw / ODD).write_text('{"data_id": "n1", "question": "who is new?", "answer": ""}\n', "utf-8")
    changed = ("near.threshold=0.7", "splits.train=0.6", "splits.test=0.35", "timezone=Asia/Kathmandu")
    second = run_on([raw], out, gate, *changed)
    ids.append(_ids(Output(out, second.report)))
    assert (first.verdict, second.verdict) == ("published", "published")
    return OutputFolder(out), ids


def _ids(output: Output) -> dict[str, dict[str, str]]:
    return {k: {row["record_id"]: s for s in SPLITS for row in output.published(k, s)} for k in KINDS}


def _expected(old: dict[str, str], new: dict[str, str]) -> dict[str, Any]:
    both = old.keys() & new.keys()
    moved: dict[str, int] = {}
    for record in both:
        if old[record] != new[record]:
            way = f"{old[record]} → {new[record]}"
            moved[way] = moved.get(way, 0) + 1
    kept = len(both) - sum(moved.values())
    return {"added": len(new) - len(both), "removed": len(old) - len(both), "kept": kept, "moved": moved}


@pytest.mark.parametrize("at_a_time", [None, 7])
def test_records_are_counted_as_an_outsider_counts_them(two: Any, monkeypatch: Any, at_a_time: int | None) -> None:
    output, ids = two
    if at_a_time:
        monkeypatch.setattr(releases_compared, "_AT_A_TIME", at_a_time)
    for a, b in ((0, 1), (1, 0), (0, 0)):
        releases = all_releases(output)
        found = compare_releases(releases[a], releases[b]).to_json()["records"]
        assert found == {kind: _expected(ids[a][kind], ids[b][kind]) for kind in KINDS}
    assert any(found.moved for found in compare_releases(*all_releases(output)).records.values())


def test_counts_settings_and_files(two: Any) -> None:
    output, _ = two
    before, now = all_releases(output)
    found = compare_releases(before, now).to_json()
    for part in ("ledger", "splits", "duplicates"):
        for kind in KINDS:
            figures = [release.manifest.figures.to_json()[part][kind] for release in (before, now)]
            assert found[part][kind] == {name: [figures[0][name], figures[1][name]] for name in figures[0]}
    assert found["settings"]["near.threshold"] == [0.8, 0.7]
    assert found["settings"]["splits.train"] == [0.9, 0.6]
    assert not any(name in found["settings"] for name in ("ids.within", "out"))
    assert found["versions"] == {} and found["before"]["suites_hash"] == found["now"]["suites_hash"]
    assert found["before"]["config_hash"] != found["now"]["config_hash"]
    odd = next(entry for entry in found["files"] if entry["source_file"].endswith(ODD))
    assert odd["before"] is None and odd["now"]["received"] == 1
    assert [step["source_file"] for step in found["by_file"]] == [odd["source_file"]]


def test_the_page_says_the_same_as_its_json_and_is_inert(two: Any) -> None:
    output, _ = two
    comparison = compare_releases(*all_releases(output))
    path, found = write_diff(comparison, output), comparison.to_json()
    assert path.parent == output.root / "reports"
    assert json.loads(path.with_suffix(".json").read_text("utf-8")) == found
    html = path.read_text("utf-8")
    page = assert_well_made(html.replace('href="index.html"', 'href="../index.html"'))
    assert page.row("records", "SFT")[:3] == [
        f"{found['records']['sft'][name]:,}" for name in ("added", "removed", "kept")
    ]
    assert f"{ODD} new– → 1– → 0– → 1– → 0– → 0" in page.words("files")
    assert page.row("made", "near.threshold") == ["0.8", "0.7"]
    assert not output.run_ids()[2:]  # a comparison is no run


def test_what_is_said_of_several_runs_is_in_the_zone_of_the_newest(two: Any) -> None:
    output, _ = two
    before, now = all_releases(output)
    for release, zone in ((before, "KST"), (now, "UTC+05:45")):
        page = output.report(release.manifest.run_id) / "index.html"
        assert f" {zone}</time></dd>" in page.read_text("utf-8")
    pages = [write_diff(compare_releases(before, now), output), output.root / "reports" / "index.html"]
    listed = CliRunner().invoke(app, ["releases", "--out", str(output.root)]).output
    for shown in (*(page.read_text("utf-8") for page in pages), listed):
        assert shown.count(" UTC+05:45") == 2 and "KST" not in shown


def test_a_page_is_bounded_and_hostile_names_are_text(two: Any) -> None:
    output, _ = two
    found = compare_releases(*all_releases(output))
    text = "</script><img src=x onerror=alert(1)>\u202e" * 20
    entry = next(entry for entry in found.files if entry.before is None).model_copy(update={"source_file": text})
    step = found.by_file[0].model_copy(update={"source_file": text})
    great = {"files": (entry,) * 10_000, "by_file": (step,) * 10_000, "settings": {text: (text, None)}}
    html = render_diff(found.model_copy(update=great), "UTC")
    assert len(html.encode()) < 2_000_000
    assert "9,700 more files" in html and "9,975 more differences" in html
    assert_well_made(html.replace('href="index.html"', 'href="../index.html"'))


def test_a_damaged_release_is_a_sentence(two: Any, tmp_path: Any) -> None:
    import shutil

    copy = tmp_path / "out"
    shutil.copytree(two[0].root, copy)
    before, now = all_releases(OutputFolder(copy))
    name = next(name for name, listed in now.manifest.data_files.items() if listed.rows)
    (now.folder / name).write_bytes(b"no parquet")
    with pytest.raises(StorageError, match=f"damaged: {name}; the next run rebuilds"):
        compare_releases(before, now)
    (now.folder / name).unlink()
    with pytest.raises(StorageError, match=f"damaged: {name};"):
        compare_releases(before, now)


def test_without_names_the_current_release_is_compared_with_the_one_before_it(two: Any) -> None:
    output, _ = two
    before, now = all_releases(output)
    done = CliRunner().invoke(app, ["diff", "--out", str(output.root), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == compare_releases(before, now).to_json()
    with_one = CliRunner().invoke(app, ["diff", before.release_id, "--out", str(output.root), "--json"])
    assert with_one.stdout == done.stdout


def test_a_check_is_compared_with_the_current_release(two: Any, tmp_path: Any) -> None:
    """With what it would have published, as its release then is."""
    output, _ = two
    raw, gate = output.root.parent / "raw", f"expectations={output.root.parent / 'gate'}"
    tried = run_on([raw], output.root, gate, "near.threshold=0.9", mode=Mode.CHECK)
    said = CliRunner().invoke(app, ["diff", tried.report["run_id"], "--out", str(output.root), "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    elsewhere = tmp_path / "out"
    run_on([raw], elsewhere, gate, "near.threshold=0.9")
    before, released = all_releases(output)[-1], all_releases(OutputFolder(elsewhere))[0]
    expected = compare_releases(before, released).to_json()
    for part in ("ledger", "splits", "duplicates", "reasons", "records", "settings"):
        assert found[part] == expected[part], part
    assert found["now"]["run_id"] == tried.report["run_id"] and found["settings"]["near.threshold"] == [0.7, 0.9]
    published = all_releases(output)[-1].manifest.run_id
    refused = CliRunner().invoke(app, ["diff", published, "--out", str(output.root)])
    assert refused.exit_code == 2 and "not a check or a held run" in refused.output
