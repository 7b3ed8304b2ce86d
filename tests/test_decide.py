"""`sftrm decide`: a person publishes or rejects what the gate held, whether Prefect waits for it or not."""

import json
import os
from types import SimpleNamespace

import pytest

from sftrm_quality import releases
from sftrm_quality.decisions import signed
from sftrm_quality.output import OutputFolder
from sftrm_quality.run_record import Mode, Verdict
from tests.conftest import ROOT
from tests.outputs import report_of, run_on
from tests.test_decisions import words, write
from tests.warm_command import WarmCommand

BY, WHY = "Kim Ha-na", "the vendor marks skipped questions so"


@pytest.fixture(scope="module")
def sftrm(tmp_path_factory, prefect_home):
    home = prefect_home(tmp_path_factory.mktemp("prefect") / "home")
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "SFTRM_"))}
    with WarmCommand({**mine, "PREFECT_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}) as command:
        yield lambda *given: command(*given)


def asked(sftrm, out, *given, by=BY, why=WHY):
    return sftrm("decide", *given, "--by", by, "--why", why, "--out", out)


@pytest.fixture
def paths(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", 20, bad=30)
    return tmp_path / "raw", tmp_path / "out"


def stored(out):
    return json.loads((out / "decisions.json").read_text("utf-8"))


def index(out):
    return words((out / "reports" / "index.html").read_text("utf-8"))


def test_a_held_run_is_published_and_what_changed_meanwhile_is_not(paths, sftrm):
    raw, out = paths
    held = run_on([raw], out, "near.threshold=0.7").report
    before = (raw / "a.jsonl").read_bytes()
    write(raw / "a.jsonl", 40, bad=1)
    changed = asked(sftrm, out, "--publish")
    assert (changed.returncode, changed.stderr.count("\n")) == (1, 1), changed
    assert f"nothing was published: the decision is on release {held['planned_release_id']}" in changed.stderr
    assert not (out / "LATEST").exists() and len(list((out / "reports").glob("*/report.json"))) == 1
    (raw / "a.jsonl").write_bytes(before)
    done = asked(sftrm, out, "--publish")
    assert done.returncode == 0, done
    assert done.stdout.startswith(f"PUBLISHED BY DECISION of {BY}: {WHY}")
    release = (out / "LATEST").read_text().strip()
    assert release == held["planned_release_id"]
    report = report_of(out, OutputFolder(out).run_ids()[-1])
    assert (report["verdict"], report["decision"]["name"], report["decision"]["failed"]) == (
        "published",
        BY,
        held["gate"]["failed"],
    )
    again = run_on([raw], out, "near.threshold=0.7")
    assert again.verdict is Verdict.UNCHANGED
    nothing = asked(sftrm, out, "--publish")
    assert (nothing.returncode, nothing.stderr.count("\n")) == (2, 1)
    assert "the newest, ended unchanged: there is nothing to decide" in nothing.stderr


def test_a_rejection_is_kept_shown_and_the_answer_of_later_runs(paths, sftrm):
    raw, out = paths
    held = run_on([raw], out)
    report = (held.report_folder / "report.json").read_bytes()
    done = asked(sftrm, out, held.report["run_id"], "--reject")
    release_id, failed = held.report["planned_release_id"], held.report["gate"]["failed"]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        f"REJECTED  release {release_id} of run {held.report['run_id']}, held for {failed[0]}, "
    )
    (made,) = stored(out)["held"]
    assert (made["action"], made["release_id"], made["failed"]) == ("reject", release_id, failed)
    said = f"{BY}: {WHY}"
    assert f"rejected by {said}" in index(out)
    assert f"Rejected by decision of {said}" in words((held.report_folder / "index.html").read_text("utf-8"))
    assert (held.report_folder / "report.json").read_bytes() == report
    assert f"rejected by decision of {said}" in sftrm("report", "--out", out).stdout
    for number in range(2):
        again = run_on([raw], out)
        assert (again.verdict, again.report["decision"]["name"], again.report["decision"]["applied"]) == (
            Verdict.HELD,
            BY,
            True,
        )
        assert index(out).count(f"rejected by {said}") == 2 + number
    assert not (out / "LATEST").exists()
    twice = asked(sftrm, out, "--publish")
    assert (twice.returncode, twice.stderr.count("\n")) == (2, 1)
    assert f"decided already: {BY} rejected it at 20" in twice.stderr and "decisions.json and run again" in twice.stderr
    # What they are told to do helps.
    (out / "decisions.json").write_text('{"version": 1}')
    assert run_on([raw], out).report["decision"] is None
    assert asked(sftrm, out, "--reject", by="Lee").returncode == 0


def test_json_is_the_decision_or_the_report(paths, sftrm):
    raw, out = paths
    run_on([raw], out)
    done = asked(sftrm, out, "--reject", "--json")
    assert json.loads(done.stdout) == stored(out)["held"][0]


def test_it_counts_for_just_that_release_and_just_those_reasons(paths, sftrm):
    raw, out = paths
    before = (raw / "a.jsonl").read_bytes()
    write(raw / "a.jsonl", 40, bad=0)
    first = run_on([raw], out).report["release_id"]
    (raw / "a.jsonl").write_bytes(before)
    held = run_on([raw], out).report
    assert "drop_too_large" in held["gate"]["failed"]
    assert asked(sftrm, out, "--reject").returncode == 0
    # The same release, held for fewer reasons: nothing is smaller than before where there is nothing before.
    (out / "LATEST").unlink()
    fewer = run_on([raw], out).report
    assert fewer["planned_release_id"] == held["planned_release_id"] and len(fewer["gate"]["failed"]) == 2
    assert fewer["decision"] is None
    # Another release, held for the same reasons.
    (out / "LATEST").write_text(first)
    write(raw / "a.jsonl", 20, bad=31)
    other = run_on([raw], out).report
    assert (other["gate"], other["decision"]) == (held["gate"], None)
    (raw / "a.jsonl").write_bytes(before)
    same = run_on([raw], out).report
    assert (same["gate"], same["decision"]["name"]) == (held["gate"], BY)


def test_what_cannot_be_decided_is_one_line(paths, sftrm, tmp_path):
    raw, out = paths

    def refused(*given, said, **named):
        done = asked(sftrm, out, *given, **named)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done
        assert done.stderr.startswith("error: ") and said in done.stderr, done.stderr
        assert not (out / "decisions.json").exists()

    refused("--publish", said="no such output folder")
    (tmp_path / "out").mkdir()
    refused("--publish", said="no run has meant to publish here yet; make one with sftrm run")
    assert list(out.iterdir()) == []
    checked = run_on([raw], out, mode=Mode.CHECK).report["run_id"]
    refused("--publish", said="no run has meant to publish here yet; make one with sftrm run")
    older = run_on([raw], out).report["run_id"]
    held = run_on([raw], out)
    later = run_on([raw], out, mode=Mode.CHECK).report["run_id"]
    newest = held.report["run_id"]
    refused(checked, "--publish", said=f"{checked}: this run was a check and was to publish nothing")
    refused(later, "--reject", said=f"{later}: this run was a check and was to publish nothing")
    refused(older, "--reject", said=f"{older}: this run is not the newest, {newest} is")
    refused("nobody", "--publish", said="no run 'nobody'; the newest are")
    refused(said="say either --publish or --reject")
    refused("--publish", "--reject", said="say either --publish or --reject")
    refused("--publish", by="\u200b", said="--by: 0 visible characters, expected at least 1")
    refused("--reject", why="ok", said="--why: 2 visible characters, expected at least 3")
    refused("--reject", by="x" * 101, said="--by: String should have at most 100 characters")
    done = sftrm("decide", "--publish", "--by", BY, "--out", out)
    assert done.returncode == 2 and "--why" in done.stderr
    report = held.report_folder / "report.json"
    whole = json.loads(report.read_text("utf-8"))
    for lacks, said in (
        ({"config": None}, "made by an older version"),
        ({"planned_release_id": None}, "made by an older version"),
        ({"config": {**whole["config"], "near": {"treshold": 1}}}, "near.treshold: Extra inputs are not permitted"),
        ({"config": {**whole["config"], "raw": [str(tmp_path / "away")]}}, "away"),
        ({"verdict": "rejected"}, "report.json: damaged (verdict: Input should be"),
    ):
        report.write_text(json.dumps(whole | lacks), "utf-8")
        refused("--publish", said=said)
    report.write_text(json.dumps(whole), "utf-8")
    assert asked(sftrm, out, newest, "--reject").returncode == 0


def test_while_a_run_writes_nobody_decides(paths, sftrm):
    raw, out = paths
    run_on([raw], out)
    with OutputFolder(out).locked(0, print):
        done = asked(sftrm, out, "--reject")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1) and "another run is still writing here" in done.stderr
    assert not (out / "decisions.json").exists()


def test_the_channels_are_told_of_a_rejection_once(paths, monkeypatch):
    from flows.commands import deciding
    from flows.notification import telling

    raw, out = paths
    report = run_on([raw], out).report
    told = []
    monkeypatch.setenv("SFTRM_NOTIFY", "json://127.0.0.1/x")
    monkeypatch.setattr(telling, "tell", lambda *given: told.append(given))
    decision = keep(out, report, "reject")
    deciding._tell_channels(decision)
    assert told == [
        (
            ["json://127.0.0.1/x"],
            "held",
            report["run_id"],
            [f"Rejected by {BY}: {WHY}", *report["gate"]["failed"]],
            None,
        )
    ]


def test_a_file_that_was_taken_away_on_purpose_is_accepted_by_a_decision_or_by_its_source(paths):
    raw, out = paths
    write(raw / "a.jsonl", 40, bad=0)
    write(raw / "b.jsonl", 45, bad=0)
    text = (raw / "b.jsonl").read_text("utf-8").splitlines(keepends=True)[40:]
    (raw / "b.jsonl").write_text("".join(text), "utf-8")
    run_on([raw], out)
    (raw / "b.jsonl").unlink()
    retired = run_on([raw], out, "sources=[{files: b.jsonl, retired: true}]", mode=Mode.CHECK)
    assert (retired.verdict, retired.report["gate"]["failed"]) == (Verdict.CHECKED, [])
    held = run_on([raw], out).report
    assert held["gate"]["failed"] == ["file_gone"]
    keep(out, held, "publish_anyway")
    published = run_on([raw], out).report
    assert (published["verdict"], published["decision"]["failed"]) == ("published", ["file_gone"])
    write(raw / "c.jsonl", 50, bad=0)
    for _ in range(2):
        after = run_on([raw], out).report
        assert after["gate"]["success"] and "file_gone" not in [f["reason"] for f in after["findings"]]


def keep(out, report, action):
    """What the command keeps; with --publish before it begins the run, so that the next one carries it out if not."""
    from sftrm_quality import job
    from sftrm_quality.run_record import read_report_json

    output, read = OutputFolder(out), read_report_json(json.dumps(report))
    with output.locked(0, print):
        made = job.decision_on(read, action, signed(BY, WHY))
        job.store_decision(output, read, made)
    assert releases.decisions_of(output).on(made.release_id, made.failed) == made
    return made


def test_the_server_of_a_service_is_known_by_its_process_whatever_options_it_has(monkeypatch):
    import psutil

    from flows.server import services

    class Process:
        def __init__(self, pid, uid, *options):
            self.pid, self._uid, self._arguments = pid, uid, services.server_command(7, options)

        def uids(self):
            return SimpleNamespace(real=self._uid)

        def cmdline(self):
            if self.pid == 4:
                raise psutil.AccessDenied(self.pid)
            return self._arguments if self.pid != 5 else ["sftrm", "serve"]

        def environ(self):
            return {"PREFECT_API_URL": f"http://127.0.0.1:{self.pid}/api", "PREFECT_API_AUTH_STRING": "sftrm:x"}

    me = os.getuid()
    found = [
        Process(1, me),
        Process(2, me, "--declared", "https://gate.example.org"),
        Process(4, me),
        Process(5, me),
        Process(6, me + 1),
    ]
    monkeypatch.setattr(services.psutil, "process_iter", lambda: iter(found))
    addresses = [server.api_url for server in services.servers_of_services()]
    assert addresses == ["http://127.0.0.1:1/api", "http://127.0.0.1:2/api"]
