"""Exports of real runs: part of a release and not of what it is, added later, reused, read by `datasets`."""

import io
import json
import re

import pyarrow.parquet as pq
import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.progress_bars import _STAGES
from flows.commands.terminal import print_result
from sftrm_quality.config_loading import load_config
from sftrm_quality.decisions import signed
from sftrm_quality.errors import ConfigError
from sftrm_quality.job import decision_on, held_run, store_decision
from sftrm_quality.output import OutputFolder
from sftrm_quality.run_record import Mode, read_report_json
from tests.conftest import ROOT
from tests.faults.folders import RM, again, data_files, night
from tests.outputs import Output, run_on

MESSAGES = "exports=[{name: messages}]"
TWO = "exports=[{name: messages}, {name: pairs, file_format: jsonl, pairs: adjacent, margin: rank}]"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A first night with an export of its SFT records; its raw folder, and its output to be copied."""
    folder = tmp_path_factory.mktemp("exported")
    raw, out = night(folder / "raw", 0), folder / "out"
    return raw, out, run_on([raw], out, MESSAGES)


@pytest.fixture
def out(first, tmp_path):
    return again(first[1], tmp_path / "out")


def release_of(out):
    return out / "releases" / (out / "LATEST").read_text("utf-8").strip()


def manifest(out):
    return json.loads((release_of(out) / "manifest.json").read_text("utf-8"))


def bytes_and_places(out):
    files = [p for kind in ("sft", "rm") for p in (release_of(out) / kind).iterdir()]
    return {p.name: (p.read_bytes(), p.stat().st_ino) for p in files}


def exported_ids(out, name):
    return [
        row["record_id"]
        for path in sorted(release_of(out).glob(f"exports/{name}/**/*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def test_an_export_is_no_part_of_what_a_release_is(first, tmp_path):
    raw, out, ran = first
    bare = run_on([raw], tmp_path / "bare")
    assert bare.report["release_id"] == ran.report["release_id"]
    assert {k: b for k, (b, _) in bytes_and_places(out).items()} == {
        k: b for k, (b, _) in bytes_and_places(tmp_path / "bare").items()
    }
    assert manifest(tmp_path / "bare")["exports"] == {} == bare.report["exports"]
    published = Output(out, ran.report).published("sft")
    assert sorted(exported_ids(out, "messages")) == sorted(row["record_id"] for row in published)
    told = {key: manifest(out)["exports"]["messages"][key] for key in ("settings", "records", "rows", "left_out")}
    assert ran.report["exports"] == {"messages": told}
    assert told["rows"] == len(published) and data_files(release_of(out))


def test_another_export_copies_no_data_and_leaves_the_release_unchanged(first, out):
    before = bytes_and_places(out)
    listed = manifest(out)
    ran = run_on([first[0]], out, TWO)
    assert ran.verdict == "unchanged" and list(ran.report["exports"]) == ["messages", "pairs"]
    assert bytes_and_places(out) == before
    now = manifest(out)
    assert now["exports"]["messages"] == listed["exports"]["messages"]
    assert {k: v for k, v in now.items() if k != "exports"} == {k: v for k, v in listed.items() if k != "exports"}
    data_files(release_of(out))
    # Nothing is written for what is there, and what nobody asks for any more stays.
    made = {p: p.stat().st_mtime_ns for p in release_of(out).rglob("*") if p.is_file()}
    assert run_on([first[0]], out).report["exports"] == ran.report["exports"]
    assert {p: p.stat().st_mtime_ns for p in release_of(out).rglob("*") if p.is_file()} == made
    # Other settings of the same export take its place.
    ran = run_on([first[0]], out, "exports=[{name: pairs}]")
    assert ran.report["exports"]["pairs"]["rows"] > now["exports"]["pairs"]["rows"]
    assert not list(release_of(out).rglob("*.jsonl")) and data_files(release_of(out))


def test_the_next_release_links_what_has_not_changed(first, out, tmp_path):
    raw = night(tmp_path / "raw", 0)
    (raw / "z_rm.json").write_text(json.dumps({"data_info": RM[30:]}))
    before = {p.name: p.stat().st_ino for p in release_of(out).glob("exports/messages/*/*")}
    old = release_of(out)
    ran = run_on([raw], out, MESSAGES)
    assert ran.verdict == "published" and release_of(out) != old
    assert {p.name: p.stat().st_ino for p in release_of(out).glob("exports/messages/*/*")} == before


def test_a_damaged_export_is_written_again(first, out):
    (path,) = release_of(out).glob("exports/messages/train/*")
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[:-1])
    assert run_on([first[0]], out, MESSAGES).verdict == "unchanged"
    assert path.read_bytes() == whole and data_files(release_of(out))


def test_a_folder_that_no_manifest_names_goes(first, out):
    stray = release_of(out) / "exports" / "pairs"
    (stray / "train").mkdir(parents=True)
    (out / ".exporting").write_text(release_of(out).name)
    assert run_on([first[0]], out, MESSAGES).verdict == "unchanged"
    assert not stray.exists() and not (out / ".exporting").exists() and data_files(release_of(out))


def test_a_held_run_and_a_check_export_nothing(first, out, tmp_path):
    raw = night(tmp_path / "raw", 1)
    checked = run_on([raw], out, TWO, mode=Mode.CHECK)
    assert run_on([raw], out, MESSAGES).verdict == "published"
    before = data_files(release_of(out))
    held = run_on([first[0]], out, TWO)
    assert (checked.verdict, held.verdict) == ("checked", "held")
    assert data_files(release_of(out)) == before and manifest(out)["exports"].keys() == {"messages"}
    for ran in (checked, held):
        assert ran.report["exports"] == {}
        # What an export would make is told all the same.
        assert ran.report["profile"]["rm"]["pairs"]["all"]["pairs"] > 0


def test_a_release_that_is_published_again_gets_the_exports_that_it_has_not(first, out, tmp_path):
    old, before = release_of(out).name, bytes_and_places(out)
    assert export(out, "--to", "alpaca").exit_code == 0
    assert run_on([night(tmp_path / "raw", 1)], out, MESSAGES).verdict == "published"
    assert run_on([first[0]], out, TWO).verdict == "held"
    output = OutputFolder(out)
    held = held_run(output)
    store_decision(output, held, decision_on(held, "publish_anyway", signed("Kim", "the new file was wrong")))
    ran = run_on([first[0]], out, TWO)
    assert (ran.verdict, release_of(out).name) == ("published", old)
    assert bytes_and_places(out) == before and manifest(out)["decision"]["name"] == "Kim"
    assert set(manifest(out)["exports"]) == {"messages", "alpaca", "pairs"}
    data_files(release_of(out))


def test_page_and_terminal_tell_how_many_pairs_there_are_and_what_was_exported(first):
    _, out, ran = first
    counts = ran.report["profile"]["rm"]["pairs"]
    page = (ran.report_folder / "index.html").read_text("utf-8")
    for take, made in counts.items():
        cells = "".join(f'<td class="n">{made[name]:,}</td>' for name in ("pairs", "median", "most"))
        assert f'<th scope="row"><code>{take}</code></th>{cells}' in page
    printed = io.StringIO()
    print_result(Console(file=printed, width=200), read_report_json(json.dumps(ran.report)), out)
    lines = [
        line.split("  ", 1)[1].strip() for line in printed.getvalue().splitlines() if line[:5] in ("pairs", "expor")
    ]
    rows = ran.report["exports"]["messages"]["rows"]
    assert lines == [", ".join(f"{take} {made['pairs']:,}" for take, made in counts.items()), f"messages {rows}"]


def test_every_stage_that_tells_how_far_it_is_has_a_name():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "sftrm_quality").rglob("*.py"))
    assert set(re.findall(r'progress\.report\(\s*"(\w+)"', code)) | {"read", "deduplicate"} == _STAGES.keys()


def export(out, *arguments):
    return CliRunner().invoke(app, ["export", *arguments, "--out", str(out)])


def test_the_command_writes_an_export_into_the_release(first, out):
    before = bytes_and_places(out)
    done = export(out, "--to", "pairs", "--pairs", "best_against_worst")
    folder = release_of(out) / "exports" / "pairs"
    rm = manifest(out)["figures"]["ledger"]["rm"]["published"]
    assert done.stdout == f"{rm} rows of {rm} records: written to {folder}\n", done.output
    assert bytes_and_places(out) == before and data_files(release_of(out))
    done = export(out, release_of(out).name, "--to", "pairs", "--most-per-record", "2", "--json")
    told = json.loads(done.output)
    assert (told["name"], told["folder"], told["records"]) == ("pairs", str(folder), rm)
    assert told["settings"]["most_per_record"] == 2
    # Whatever the next run is asked for, it leaves what a person made.
    assert set(run_on([first[0]], out, MESSAGES).report["exports"]) == {"messages", "pairs"}


def test_what_the_command_refuses(out, tmp_path):
    def refused(code, said, *arguments, of=out):
        done = export(of, *arguments)
        assert (done.exit_code, len(done.stderr.splitlines())) == (code, 1), done.output
        assert said in done.stderr

    refused(2, "no release 'r-none'; known are", "r-none", "--to", "pairs")
    refused(2, "no such output folder", "--to", "pairs", of=tmp_path / "none")
    refused(2, "make no pairs: leave out margin", "--to", "alpaca", "--margin", "rank")
    (tmp_path / "empty").mkdir()
    refused(2, "there is no release yet", "--to", "pairs", of=tmp_path / "empty")
    (path,) = release_of(out).glob("rm/train-*")
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[:-1])
    refused(3, f"damaged, nothing is exported: rm/{path.name}", "--to", "pairs")


def test_names_that_are_told_twice_are_refused():
    with pytest.raises(ConfigError, match="exports has mlx twice, expected each name once"):
        load_config(None, ["exports=[{name: mlx}, {name: mlx}]"])


def test_exports_load_with_datasets_split_by_split(out, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    assert export(out, "--to", "pairs", "--format", "jsonl").exit_code == 0
    for name in ("messages", "pairs"):
        folder, listed = release_of(out) / "exports" / name, manifest(out)["exports"][name]["files"].values()
        rows = {}
        for file in listed:
            if file["split"]:
                rows[file["split"]] = rows.get(file["split"], 0) + file["rows"]
        loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
        assert {split: len(found) for split, found in loaded.items()} == rows
        one = datasets.load_dataset(str(folder / "train"), split="train", cache_dir=str(tmp_path / "cache"))
        assert len(one) == rows["train"]
    assert set(one.column_names) == {"record_id", "prompt", "chosen", "rejected"}
    assert one[0]["chosen"][0]["role"] == "assistant"
