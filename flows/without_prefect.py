"""A run in this process, as at the shell: the steps of the flow, without Prefect."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from flows import stopping
from flows.retries import READ_AGAIN_SECONDS
from sftrm_quality.config import RunConfig
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.intake import FileIntake
from sftrm_quality.job import Job, Plan, RunResult
from sftrm_quality.reading import SourceFile
from sftrm_quality.run_record import Mode

# As much as a large shard: the files of a group are opened one after the other, by one thread.
_BYTES_TOGETHER = 8 << 20


def run_here(config: RunConfig, mode: Mode, decided_release_id: str | None) -> RunResult:
    """Take all steps.

    Args:
        config: The settings.
        mode: Whether it publishes.
        decided_release_id: The only release that may be published, where a person decided on one.

    Returns:
        How it ended.

    Raises:
        SftrmError: As `Job.all_steps` does.
    """
    with Job(config, mode) as job:
        # Ray claims SIGTERM when it starts.
        stopping.again()
        return job.all_steps(decided_release_id, _side_by_side)


def _side_by_side(job: Job, plan: Plan) -> Sequence[FileIntake]:
    """As many groups of files at a time as there are workers to keep busy, and one that is read ahead."""
    with ThreadPoolExecutor(job.workers.count + 1) as readers:
        reading = [readers.submit(_patiently, job, plan, files) for files in _groups(plan.files)]
        try:
            return [intake for one in reading for intake in one.result()]
        except BaseException:
            readers.shutdown(cancel_futures=True)
            raise


def _groups(files: Sequence[SourceFile]) -> Iterator[Sequence[SourceFile]]:
    """Neighbouring files, those that are small together, so that they are checked together."""
    start = size = 0
    for end, file in enumerate(files):
        if end > start and size + file.size > _BYTES_TOGETHER:
            yield files[start:end]
            start, size = end, 0
        size += file.size
    if files:
        yield files[start:]


def _patiently(job: Job, plan: Plan, files: Sequence[SourceFile]) -> list[FileIntake]:
    for wait in READ_AGAIN_SECONDS:
        try:
            return job.intake_files(plan, files)
        except TransientStorageError:
            time.sleep(wait)
    return job.intake_files(plan, files)
