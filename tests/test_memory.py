"""Memory does not grow with the number of records: a worker takes one shard at a time, a writer one row group."""

import json
import resource

import pytest

from sftrm_quality.config import Limits, RunConfig
from sftrm_quality.job import Job

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
