"""A run in this process, as at the shell: the steps of the flow, without Prefect."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from flows import stopping
from flows.retries import READ_AGAIN_SECONDS
from sftrm_quality.config import RunConfig
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.intake import FileIntake
from sftrm_quality.job import Job, Plan, RunResult
from sftrm_quality.reading import SourceFile
from sftrm_quality.run_record import Mode


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


def _side_by_side(job: Job, plan: Plan) -> Sequence[Sequence[FileIntake]]:
    """As many files at a time as there are workers to keep busy, and one that is read ahead."""
    with ThreadPoolExecutor(job.workers.count + 1) as readers:
        reading = [readers.submit(_patiently, job, plan, file) for file in plan.files]
        try:
            return [one.result() for one in reading]
        except BaseException:
            readers.shutdown(cancel_futures=True)
            raise


def _patiently(job: Job, plan: Plan, file: SourceFile) -> list[FileIntake]:
    for wait in READ_AGAIN_SECONDS:
        try:
            return job.intake_file(plan, file)
        except TransientStorageError:
            time.sleep(wait)
    return job.intake_file(plan, file)
