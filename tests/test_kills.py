"""Killed at any point: the old release is current, whole, or the new one; the next run leaves what it should.

A killed run here is a fork with its tasks in its own process (`tests.faults`); `make soak` kills whole commands.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress

import pytest

from tests.conftest import ROOT
from tests.faults.children import Ended, Zygote
from tests.faults.folders import again, current, every_release_is_whole, night, reported, tree

RANDOM_TRIES = 10
SECONDS_OF_A_RUN = 0.5
COMMANDS_KILLED = 100
COMMANDS_AT_ONCE = 20


@pytest.fixture(scope="module")
def zygote(tmp_path_factory):
    with Zygote(tmp_path_factory.mktemp("warm")) as process:
        yield process


class Nights:
    """An output folder after a first night, and what a second one makes of it when nothing disturbs it."""

    def __init__(self, zygote, folder):
        self.zygote, self.folder, self.raw = zygote, folder, folder / "raw"
        self.before, self.out = folder / "before", folder / "out"
        assert zygote("run", raw=night(self.raw, 0), out=self.before).result == "published"
        night(self.raw, 1)
        self.after = again(self.before, folder / "after")
        assert zygote("run", raw=self.raw, out=self.after).result == "published"
        self.unchanged = again(self.after, folder / "unchanged")
        assert zygote("run", raw=self.raw, out=self.unchanged).result == "unchanged"
        self.old, self.new = current(self.before), current(self.after)
        assert self.old != self.new
        self.seen = set()
        self.tries = Counter()

    def fresh(self):
        return again(self.before, self.out)

    def look(self, ended):
        """What must hold after a try and after the run that follows it."""
        self.tries["killed" if ended.code == -9 else "at its end already"] += 1
        assert ended.code in (-9, 0), ended.told
        found = current(self.out)
        assert found in (self.old, self.new)
        published = found == self.new
        self.tries["new release current" if published else "old release current"] += 1
        every_release_is_whole(self.out)
        # What comes next depends on only what is on the disk: two kills with a sync between them leave the same.
        state = hash(frozenset(tree(self.out).items()) | {published})
        if state in self.seen:
            return
        self.seen.add(state)
        assert self.zygote("run", raw=self.raw, out=self.out).result == ("unchanged" if published else "published")
        assert current(self.out) == self.new
        expected = tree(self.unchanged if published else self.after)
        if published:
            # Parts of the release before stay until the next release, and none of the new one may be kept yet.
            kept = {name for folder in (self.before, self.after) for name in tree(folder) if name[0].startswith(PARTS)}
            left = {name for name in tree(self.out) if name[0].startswith(PARTS)}
            assert left <= kept
            expected = Counter({name: n for name, n in expected.items() if not name[0].startswith(PARTS)})
            assert Counter({name: n for name, n in tree(self.out).items() if name not in left}) == expected
        else:
            assert tree(self.out) == expected
        assert Counter(reported(self.out)) == Counter(reported(self.unchanged if published else self.after))


PARTS = ".cache/parts"


@pytest.fixture(scope="module")
def nights(zygote, tmp_path_factory):
    return Nights(zygote, tmp_path_factory.mktemp("nights"))


def chosen(calls):
    """Every call that gives or takes a name, around the lock and from the note on what is put in place to the end.

    Some of those between; a sync or a new folder leaves what the next call finds, and `make soak` has all of them.
    """
    first = next(n for n, (_, path) in enumerate(calls, 1) if ".publishing.json" in path)
    # The note, quarantine, duplicates, report, index, release and LATEST.
    assert sum(name in ("rename", "replace") for name, _ in calls[first - 2 :]) >= 7
    some = [n for n in range(1, len(calls) + 1) if n <= 6 or n % 40 == 0 or n >= first - 2]
    return [n for n in some if calls[n - 1][0] not in ("fsync", "mkdir", "rmdir")]


def test_killed_at_every_call_that_puts_something_in_place(nights):
    calls = nights.zygote("counted", raw=nights.raw, out=nights.fresh()).result
    for number in chosen(calls):
        ended = nights.zygote("killed_at_call", raw=nights.raw, out=nights.fresh(), number=number)
        assert ended.code == -9, (number, calls[number - 1])
        nights.look(ended)
    assert nights.tries["old release current"] >= 8 and nights.tries["new release current"] >= 8
    print(f"\n{len(calls)} calls in a run, {dict(nights.tries)}, {len(nights.seen)} different states of the folder")


@pytest.mark.soak
def test_killed_at_every_call_at_all(nights):
    calls = nights.zygote("counted", raw=nights.raw, out=nights.fresh()).result
    for number in range(1, len(calls) + 1):
        nights.look(nights.zygote("killed_at_call", raw=nights.raw, out=nights.fresh(), number=number))
    print(f"\n{len(calls)} calls in a run, {dict(nights.tries)}, {len(nights.seen)} different states of the folder")


def test_killed_at_random_moments(nights):
    moments = random.Random(6)
    for _ in range(RANDOM_TRIES):
        seconds = moments.uniform(0, SECONDS_OF_A_RUN)
        nights.look(nights.zygote("killed_after", raw=nights.raw, out=nights.fresh(), seconds=seconds))
    assert nights.tries["killed"] >= RANDOM_TRIES // 2
    print(f"\n{RANDOM_TRIES} random moments, {dict(nights.tries)}")


@pytest.mark.parametrize("threaded", [True, False], ids=["in a thread", "in the main thread"])
def test_told_to_stop_while_it_puts_things_in_place(nights, threaded):
    """One line, the exit code of the signal, and nothing left even without another run: all is done, or nothing.

    Earlier moments are those of workers, which a fork does not have here: `test_cli` has them.
    """
    calls = nights.zygote("counted", raw=nights.raw, out=nights.fresh()).result
    first = next(n for n, (_, path) in enumerate(calls, 1) if ".publishing.json" in path)
    ends = Counter()
    for number in range(first - 1, first + 26, 5):
        told_to = (signal.SIGINT, signal.SIGTERM)[number % 2]
        arguments = {"number": number, "signal_number": told_to, "threaded": threaded}
        ended = nights.zygote("stopped_at_call", raw=nights.raw, out=nights.fresh(), **arguments)
        assert ended.code == 128 + told_to, ended
        published = current(nights.out) == nights.new
        release = (nights.out / "LATEST").read_text().strip()
        said = f"release {release} was published already" if published else "nothing was published"
        assert ended.told == f"\nstopped; {said}\n"
        found = {name for name in tree(nights.out) if not name[0].startswith(".cache")}
        assert found == {
            name for name in tree(nights.after if published else nights.before) if not name[0].startswith(".cache")
        }
        ends[said.split()[0]] += 1
    # A thread that began comes to its end; in the main thread the move is interrupted and taken back.
    assert ends["release" if threaded else "nothing"] >= 3
    print(f"\ntold to stop at {sum(ends.values())} moments: {dict(ends)}")


def newest(out):
    run_id = sorted(path.parent.name for path in out.glob("reports/*/report.json"))[-1]
    return json.loads((out / "reports" / run_id / "report.json").read_text("utf-8"))


def killed_at_each_call(nights, before, act, state_of=lambda out: None, **given):
    """The output folder after an act of a person that was killed at each of its calls; one of each state.

    A sync or a new folder leaves what the next call finds.
    """
    calls = nights.zygote("act_counted", act=act, out=again(before, nights.out), **given).result
    assert sum(name in ("rename", "replace") for name, _ in calls) >= 2
    seen = set()
    for number in (n for n, (name, _) in enumerate(calls, 1) if name not in ("fsync", "mkdir")):
        ended = nights.zygote("act_killed_at_call", act=act, number=number, out=again(before, nights.out), **given)
        assert ended.code == -9, (number, calls[number - 1], ended.told)
        decisions = nights.out / "decisions.json"
        decided = bool(decisions.exists() and json.loads(decisions.read_text("utf-8")))
        state = (decided, (nights.out / "LATEST").read_text("utf-8"), state_of(nights.out))
        if state not in seen:
            seen.add(state)
            yield decided
    print(f"\n{act} killed at {len(calls)} calls, {len(seen)} states")


def test_a_rollback_that_is_killed_holds_or_has_not_begun(nights):
    """Never between the two: that the old release is current and nobody is said to have left the new one."""
    old = next(path.name for path in (nights.before / "releases").iterdir())
    states = Counter()
    for decided in killed_at_each_call(nights, nights.after, "roll_back", release_id=old):
        took_effect = current(nights.out) == nights.old
        assert decided or not took_effect
        ended = nights.zygote("run", raw=nights.raw, out=nights.out).result
        assert ended == ("held" if took_effect else "unchanged")
        if took_effect:
            assert newest(nights.out)["gate"]["failed"] == ["rolled_back"] and current(nights.out) == nights.old
        every_release_is_whole(nights.out)
        states[decided, took_effect] += 1
    assert states.keys() == {(False, False), (True, False), (True, True)}


def test_a_rejection_that_is_killed_is_kept_or_was_not_made(nights, tmp_path):
    raw, before = night(tmp_path / "raw", 0), again(nights.after, tmp_path / "held")
    assert nights.zygote("run", raw=raw, out=before).result == "held"
    states = set()
    for decided in killed_at_each_call(nights, before, "reject"):
        assert newest(nights.out) == newest(before)
        assert nights.zygote("run", raw=raw, out=nights.out).result == "held"
        assert (newest(nights.out)["decision"] is not None) == decided
        states.add(decided)
    assert states == {False, True}


def test_an_act_on_a_finding_that_is_killed_is_kept_or_was_not_made(nights, tmp_path):
    raw, before = night(tmp_path / "raw", 0), again(nights.after, tmp_path / "held")
    assert nights.zygote("run", raw=raw, out=before).result == "held"

    def on_disk(out):
        return (out / "acts.jsonl").read_bytes() if (out / "acts.jsonl").exists() else b""

    states = set()
    for _ in killed_at_each_call(nights, before, "say_known", lambda out: bool(on_disk(out))):
        said = on_disk(nights.out)
        assert said.count(b"\n") == bool(said) and newest(nights.out) == newest(before)
        assert nights.zygote("run", raw=raw, out=nights.out).result == "held"
        assert (newest(nights.out)["findings"][0]["act"] is not None) == bool(said)
        states.add(bool(said))
    assert states == {False, True}


def test_a_pruning_that_is_killed_leaves_each_release_whole_or_gone(nights):
    """No page leads to rows that are gone, and the next one deletes what is left."""
    (old,) = (path.name for path in (nights.before / "releases").iterdir())
    reports = {path.name for path in (nights.after / "reports").iterdir()}
    first = min(reports - {"index.html"})
    rows = ("reports/{}/rows", "quarantine/{}", "duplicates/{}")

    def on_disk(out):
        return (out / "releases" / old).exists(), *((out / name.format(first)).exists() for name in rows)

    states = Counter()
    for _ in killed_at_each_call(nights, nights.after, "prune", on_disk):
        whole, *left = on_disk(nights.out)
        assert every_release_is_whole(nights.out) == 1 + whole and current(nights.out) == nights.new
        # The rows are shown, or said to be deleted before they are.
        said = "were deleted" in (nights.out / "reports" / first / "browse.html").read_text("utf-8")
        assert said or left == [True] * 3
        assert said <= (not whole)
        states[whole, sum(left)] += 1
        assert nights.zygote("prune", out=nights.out).code == 0
        assert on_disk(nights.out) == (False,) * 4 and every_release_is_whole(nights.out) == 1
        assert {path.name for path in (nights.out / "reports").iterdir()} == reports
        assert not (nights.out / ".staging").exists()
    assert states.keys() == {(True, 3), (False, 3), (False, 2), (False, 1), (False, 0)}
    assert nights.zygote("run", raw=nights.raw, out=nights.out).result == "unchanged"


def exported(out):
    """How many rows each export of the current release has, by its manifest."""
    release = out / "releases" / (out / "LATEST").read_text("utf-8").strip()
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    return {name: export["rows"] for name, export in manifest["exports"].items()}


def test_an_export_that_is_killed_is_there_or_not(nights, tmp_path):
    """What the manifest names is whole, also the export that was there before; a folder that it does not name goes."""
    before = again(nights.after, tmp_path / "exported")
    nights.zygote("export", out=before, take="all")
    with_all = exported(before)
    states = Counter()

    def on_disk(out):
        return str(exported(out)), len(list(out.glob("releases/*/exports/pairs"))), (out / ".staging").exists()

    for _ in killed_at_each_call(nights, before, "export", on_disk, take="best_against_worst"):
        told = exported(nights.out)
        assert nights.zygote("run", raw=nights.raw, out=nights.out).result == "unchanged"
        every_release_is_whole(nights.out)
        assert exported(nights.out) == told
        assert {name: rows for name, rows in told.items() if name != "pairs"} == {"messages": with_all["messages"]}
        states[told.get("pairs")] += 1
    assert with_all["pairs"] in states and len(states) == 3 and states[None] >= 2


def test_twenty_at_once(nights, tmp_path):
    """One writes, the others wait, or refuse where they may not wait; what the other folder has is gone here."""
    raws = [nights.raw, *[night(tmp_path / "raw", 2)] * 9] * 2
    ends = nights.zygote("side_by_side", raw_folders=raws, out=nights.fresh(), lock_seconds=120).result
    assert len(ends) == 20 and set(ends) <= {"published", "unchanged", "held"} and "published" in ends, ends
    assert every_release_is_whole(nights.out) >= 2
    assert Counter(reported(nights.out)) == Counter([*ends, "published"])
    waiting = Counter(ends)
    ends = nights.zygote("side_by_side", raw_folders=raws, out=nights.fresh(), lock_seconds=0).result
    refused = [end for end in ends if end.startswith("3: ") and "another run is still writing here" in end]
    assert refused and len(refused) + sum(map(ends.count, ("published", "unchanged", "held"))) == 20, ends
    assert Counter(reported(nights.out)) == Counter([*(end for end in ends if end not in refused), "published"])
    every_release_is_whole(nights.out)
    print(f"\n20 that may wait: {dict(waiting)}; 20 that may not: {20 - len(refused)} ran, {len(refused)} refused")


def test_the_lock_of_a_dead_process_is_free(nights):
    """Also where another process has its number since."""
    out = nights.fresh()
    (out / ".lock.json").write_text(json.dumps({"pid": 1, "started": "2026-01-01T00:00:00+00:00"}))
    assert nights.zygote("run", raw=nights.raw, out=out).result == "published"
    assert tree(out) == tree(nights.after)


@pytest.fixture
def sftrm(tmp_path):
    """Starts ``sftrm run`` in a process group of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    environment |= {"PREFECT_HOME": str(tmp_path / "prefect"), "PYTHONPATH": str(ROOT)}

    def start(raw, out, *settings):
        call = [sys.executable, "-m", "flows.cli", "run", raw, "--out", out, "--workers", "2", *settings]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(call, cwd=ROOT, env=environment, start_new_session=True, **pipes)

    return start


@pytest.mark.soak
def test_whole_commands_killed_at_random_moments(nights, sftrm):
    """With its worker processes, uniform over the length of a run."""
    began = time.monotonic()
    run = sftrm(nights.raw, nights.fresh())
    assert run.wait(600) == 0
    length = time.monotonic() - began
    moments, before, killed = random.Random(100), nights.tries.copy(), 0
    while killed < COMMANDS_KILLED:
        began = time.monotonic()
        run = sftrm(nights.raw, nights.fresh())
        try:
            run.wait(moments.uniform(0, length))
            length = min(length, time.monotonic() - began)  # the first one took longer: so fewer come too late
        except subprocess.TimeoutExpired:
            killed += 1
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        _, told = run.communicate(timeout=60)
        nights.look(Ended(run.returncode, told, 0))
    found = dict(nights.tries - before)
    print(f"\n{killed} commands of {length:.0f} s killed: {found}, {len(nights.seen)} states")


@pytest.mark.soak
def test_twenty_whole_commands_at_once(nights, sftrm, tmp_path):
    raws = [nights.raw, night(tmp_path / "raw", 2)] * (COMMANDS_AT_ONCE // 2)
    out = nights.fresh()
    runs = [sftrm(raw, out, "--set", "lock_seconds=3600") for raw in raws]
    told = [(*run.communicate(timeout=3600), run.returncode) for run in runs]
    assert [code for *_, code in told] == [0] * COMMANDS_AT_ONCE, told
    every_release_is_whole(out)
    assert len(reported(out)) == COMMANDS_AT_ONCE + 1
    assert not (out / ".staging").exists() and not (out / ".publishing.json").exists()
    print(f"\n{COMMANDS_AT_ONCE} commands at once: {dict(Counter(reported(out)))}")
