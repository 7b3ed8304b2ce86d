"""Memory does not grow with the number of records: a worker takes one shard at a time, a writer one row group."""

import json
import resource
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from sftrm_quality.config import Limits, RunConfig
from sftrm_quality.job import Job
from sftrm_quality.memory import PeakMemory, _own_share

SHARD_BYTES = 2 << 20
# Without digits: to tell a hundred numbers apart in each record would be most of the work.
WORDS = [f"word{number}".translate(str.maketrans("0123456789", "abcdefghij")) for number in range(99_991)]
STEPS = [i * i * 31 for i in range(120)]


def peak_mib():
    """The most that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def worker_peak(folder, shards):
    """Peak of the one worker that took in, deduplicated, split and wrote so many full shards."""
    folder.mkdir(parents=True)
    with (folder / "sft.jsonl").open("w", encoding="utf-8") as file:
        written = number = 0
        while written < shards * SHARD_BYTES:
            answer = " ".join([WORDS[(number * 7919 + step) % len(WORDS)] for step in STEPS])
            record = {"data_id": f"s{number}", "question": f"What is the meaning of case {number}?", "answer": answer}
            written += file.write(json.dumps(record) + "\n")
            number += 1
    config = RunConfig(
        raw=[folder], out=folder.parent / f"out-{shards}", workers=1, limits=Limits(shard_bytes=SHARD_BYTES)
    )
    with Job(config) as job:
        plan = job.plan()
        intakes = job.intake_files(plan, plan.files)
        assert sum(len(intake.shards) for intake in intakes) >= shards
        job.stage(plan, job.assign_splits(job.deduplicate(intakes)))
        return job.workers.submit(peak_mib).result()


@pytest.mark.skipif(not resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, reason="the system counts no peak memory")
def test_more_shards_take_no_more_memory(tmp_path):
    # The second fills a row group, the first two thirds of one. Seen: 306 and 338 MiB.
    few, many = worker_peak(tmp_path / "few", 22), worker_peak(tmp_path / "many", 44)
    assert many < few + 60, f"{few} MiB with 22 shards, {many} MiB with 44"


def waited(look, seconds=60):
    end = time.monotonic() + seconds
    while not look() and time.monotonic() < end:
        time.sleep(0.01)
    return look()


@pytest.fixture
def watching(monkeypatch):
    """A peak that is watched all the time; what it is without being asked for it."""
    monkeypatch.setattr(PeakMemory, "_SECONDS", 0.01)
    with PeakMemory() as memory:
        assert waited(lambda: memory._peak)
        yield memory, lambda: memory._peak >> 20


def test_what_this_process_had_for_a_while_is_the_peak(watching):
    memory, peak = watching
    before = peak()
    block = np.ones(200 << 17)
    assert waited(lambda: peak() >= before + 190)
    del block
    assert before + 190 <= memory.peak_mib < before + 300


def test_what_a_child_had_counts_also_when_it_is_gone(watching):
    memory, peak = watching
    own_share = _own_share(psutil.Process()) >> 20  # what it shares with other processes of the tests counts in parts
    code = "import sys; block = bytearray(b'x') * (400 << 20); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        assert waited(lambda: peak() >= own_share + 390)
        child.communicate()
    assert memory.peak_mib >= own_share + 390


def test_a_process_by_itself_is_asked_without_a_walk_over_its_pages(monkeypatch):
    asked, family = [], []
    monkeypatch.setattr("sftrm_quality.memory._own_share", lambda process: asked.append(process) or 1 << 30)
    monkeypatch.setattr(psutil.Process, "children", lambda process, recursive: family)
    assert 0 < PeakMemory().peak_mib < 1 << 10 and not asked
    family.append(psutil.Process())
    assert PeakMemory().peak_mib == 2 << 10 and len(asked) == 2


def test_pages_that_are_no_longer_shared_are_seen_though_no_more_is_resident(monkeypatch):
    """As of a worker that writes to what it has of its parent: asked for now and then."""
    resident, shares = iter([100 << 20] * 4), iter([60 << 20, 80 << 20])
    clock = iter([10.0, 10.0, 11.0, 16.0, 16.0])
    memory = PeakMemory()
    monkeypatch.setattr("sftrm_quality.memory._family", lambda: [None, None])
    monkeypatch.setattr(
        "sftrm_quality.memory._sum_of", lambda family, size: next(shares if size.__name__ == "_own_share" else resident)
    )
    monkeypatch.setattr("sftrm_quality.memory.time.monotonic", lambda: next(clock))
    seen = []
    for _ in range(4):
        memory._sample()
        seen.append(memory._peak >> 20)
    assert seen == [60, 60, 60, 80]


def test_where_a_look_takes_long_it_is_taken_less_often(monkeypatch):
    waits, clock = [], iter([0.0, 0.001, 5.0, 5.1])
    memory = PeakMemory()
    monkeypatch.setattr(memory, "_sample", lambda: None)
    monkeypatch.setattr(memory._stop, "wait", lambda seconds: waits.append(seconds) or len(waits) > 2)
    monkeypatch.setattr("sftrm_quality.memory.time.thread_time", lambda: next(clock))
    memory._watch()
    assert waits == [0.25, 0.25, pytest.approx(2.0)]
