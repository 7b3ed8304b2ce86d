"""File intake: formats that show late, storage that fails once, names that collide."""

import json
import os
import shutil
import zipfile

import pytest

from sftrm_quality.errors import TransientStorageError
from sftrm_quality.formats import Declaration, formats_of
from sftrm_quality.intake import file_intake, file_reader, shard
from tests.outputs import Output, run_on


def sft(i):
    return {"data_id": f"s{i}", "question": f"what of {i * 7919}?", "answer": f"{i * 104729} is what, as {i} shows"}


def lines(records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_format_that_shows_only_after_the_sample_is_found(tmp_path):
    odd = [{"who": i} for i in range(250)]
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.jsonl").write_text(lines([*odd, *map(sft, range(2000))]))
    report = run_on([tmp_path / "raw"], tmp_path / "out").report
    assert report["ledger"]["sft"] == {
        "received": 2250, "unreadable": 0, "quarantined": 250, "duplicates": 0, "published": 2000,
    }  # fmt: skip


def test_answers_that_come_late_in_a_file_of_prompts_are_found(tmp_path):
    prompts = [{"data_id": f"p{i}", "question": f"what of {i * 31}?"} for i in range(300)]
    (tmp_path / "a.jsonl").write_text(lines([*prompts, sft(1)]))
    report = run_on([tmp_path / "a.jsonl"], tmp_path / "out").report
    assert (report["ledger"]["sft"]["received"], report["reasons"]["sft"]["answer_blank"]) == (301, 300)
    (tmp_path / "a.jsonl").write_text(lines(prompts))
    (file,) = run_on([tmp_path / "a.jsonl"], tmp_path / "out").report["files"]
    assert (file["status"], file["received"]) == ("skipped", 0)
    assert file["note"].startswith("300 prompts without answers")


def test_labels_of_any_known_format_are_found_behind_a_sample_of_none(tmp_path):
    """The names of label fields are the formats' own: one more format is all that it takes."""
    from sftrm_quality.config import Limits, SourceSettings
    from sftrm_quality.intake.late_records import LookedThrough, look_through
    from sftrm_quality.reading import SourceFile, open_document, open_streams

    path = tmp_path / "a.jsonl"
    path.write_text(lines([*({"who": i} for i in range(250)), {"task": "add 1 and 2", "result": "3"}]))

    def found(*declared):
        formats = formats_of(declared)
        (stream,) = open_streams(SourceFile(path, "a.jsonl", path.stat().st_size))
        document = open_document(stream, Limits(), tmp_path)
        return look_through(document, formats.recognise(document.sample, source), source, formats)

    source = SourceSettings()
    assert found() == LookedThrough(251)
    tasks = Declaration(name="tasks", label_kind="sft", prompt={"parts": ["task"]}, answer="result")
    late = found(tasks)
    assert (late.format.name, late.record["result"]) == ("tasks", "3")
    late_in_aihub = {"data_id": "1", "question": "?", "answer02": {"contents": "x", "ranking": 1}}
    path.write_text(lines([*({"who": i} for i in range(250)), late_in_aihub]))
    assert found().format.name == "aihub_rm"


def test_files_of_no_known_format_hold_a_release_when_they_are_much_of_the_night(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.jsonl").write_text(lines(map(sft, range(50))))
    (tmp_path / "raw" / "b.jsonl").write_text(lines({"who": i, "what": "x" * 200} for i in range(50)))
    report = run_on([tmp_path / "raw"], tmp_path / "out").report
    assert (report["verdict"], report["gate"]["failed"]) == ("held", ["unreadable_files_too_many"])
    (tmp_path / "raw" / "b.jsonl").write_text(lines([{"who": 1}]))
    report = run_on([tmp_path / "raw"], tmp_path / "out").report
    assert report["verdict"] == "published"
    assert [c["reason"] for c in report["checks"] if c["suite"] == "release" and not c["success"]] == [
        "unreadable_files"
    ]


def test_members_of_one_name_never_share_their_name_with_another(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("x.jsonl", lines(map(sft, range(11))))
        archive.writestr("x.jsonl", lines(map(sft, range(11, 22))))
        archive.writestr("x.jsonl#2", lines(map(sft, range(22, 33))))
    output = Output(tmp_path / "out", run_on([tmp_path / "z.zip"], tmp_path / "out").report)
    names = [file["source_file"] for file in output.report["files"]]
    assert names == ["z.zip!/x.jsonl", "z.zip!/x.jsonl#2", "z.zip!/x.jsonl#3"]
    assert len(output.outcomes) == output.report["ledger"]["sft"]["received"] == 33


def test_what_other_code_cached_is_not_believed(tmp_path, monkeypatch):
    from sftrm_quality.checks import read_suites
    from sftrm_quality.intake import cache, shard_settings
    from sftrm_quality.reading import SourceFile
    from tests.outputs import load_config

    config = load_config()
    suites, file = read_suites(config.expectations), SourceFile(tmp_path / "a", "a", 1, "0")

    def key():
        return cache.cache_key(file, shard_settings.ShardSettings.of(config, suites, formats_of(())))

    keys = [key()]
    monkeypatch.setattr(cache, "code_hash", lambda: "changed")
    keys.append(key())
    monkeypatch.setattr(shard_settings, "versions", lambda: {"pyarrow": "0"})
    keys.append(key())
    assert len(set(keys)) == 3


def test_the_intake_of_a_file_is_tried_again_after_storage_failed_once(tmp_path, monkeypatch):
    """As the flow's retry does it: the same thread, the same file, the same staging folder."""
    from sftrm_quality.job import Job
    from tests.outputs import load_config

    (tmp_path / "a.jsonl").write_text(lines(map(sft, range(5))))
    real, calls = file_reader.open_streams, []

    def once(file, limits):
        calls.append(file)
        if len(calls) == 1:
            raise TransientStorageError("gone for a moment")
        return real(file, limits)

    monkeypatch.setattr(file_reader, "open_streams", once)
    with Job(load_config(None, ["workers=1"], {"raw": [tmp_path / "a.jsonl"], "out": tmp_path / "out"})) as job:
        plan = job.plan()
        (file,) = plan.files
        with pytest.raises(TransientStorageError):
            job.intake_files(plan, [file])
        (intake,) = job.intake_files(plan, [file])
    assert intake.shards[0].passed == 5


def test_a_spilled_shard_that_goes_while_its_folder_does_is_no_failure(tmp_path, monkeypatch):
    """It is deleted where its summary arrives, which may be a moment after the last summary was taken."""
    from sftrm_quality.intake.file_reader import _unless_gone

    folder = tmp_path / "spill"
    folder.mkdir()
    (folder / "shard").write_bytes(b"")
    unlink = os.unlink

    def just_gone(path, **more):
        unlink(path, **more)
        unlink(path, **more)

    monkeypatch.setattr(os, "unlink", just_gone)
    shutil.rmtree(folder, onerror=_unless_gone)
    assert not folder.exists()
    with pytest.raises(NotADirectoryError):
        shutil.rmtree(__file__, onerror=_unless_gone)


@pytest.fixture
def small_files(tmp_path):
    """Twelve raw files and an archive of ten: of both kinds, of none, empty, broken, with failing records."""
    raw = tmp_path / "raw"
    raw.mkdir()
    rm = {"prompt": "which?", "responses": [{"text": "this one", "rank": 1}, {"text": "no", "rank": 2}]}
    contents = [
        lambda i: lines([sft(10 * i + j) for j in range(4)]),
        lambda i: lines([{"data_id": f"r{i}", **rm, "prompt": f"which of {i}?"}]),
        lambda i: lines(
            [sft(10 * i), {"data_id": f"m{i}", **rm, "prompt": f"or {i}?"}, {**sft(10 * i + 1), "answer": " "}]
        ),
        lambda i: lines([sft(10 * i)]) + '{"data_id": "cut',
        lambda i: "",
        lambda i: f"nothing that is known, {i}",
    ]
    for i in range(12):
        (raw / f"f{i:02}.jsonl").write_text(contents[i % 6](i))
    with zipfile.ZipFile(raw / "members.zip", "w") as archive:
        for i in range(10):
            archive.writestr(f"m{i:02}.json", json.dumps(sft(1000 + i)))
    return raw


def test_small_files_and_members_are_checked_together_to_the_same_result(small_files, tmp_path, monkeypatch):
    """Byte for byte what each gives by itself, and the suites run a few times instead of once for each."""
    calls, real = [], shard.run_suite_on_each

    def counted(suite, scope, tables, parameters):
        calls.append(len(tables))
        return real(suite, scope, tables, parameters)

    monkeypatch.setattr(shard, "run_suite_on_each", counted)

    def shards_of(out):
        return {path.relative_to(out): path.read_bytes() for path in (out / ".cache").rglob("*.arrow")}

    together = run_on([small_files], tmp_path / "together").report
    assert len(calls) == 2 and sum(calls) >= 20
    monkeypatch.setattr(file_intake, "_BYTES_TOGETHER", 1)
    apart = run_on([small_files], tmp_path / "apart").report
    assert set(calls[2:]) == {1}
    assert shards_of(tmp_path / "together") == shards_of(tmp_path / "apart")
    for name in ("ledger", "files", "reasons", "checks", "release_id"):
        assert together[name] == apart[name]
