"""The deployment of the nightly job, and the runner that works on it."""

import logging
import warnings
from typing import cast

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.ingest import ingest
from sftrm_quality.config import RunConfig

NAME = "nightly"
DESCRIPTION = """\
Raw SFT and RM label files in; a release with Parquet splits, quarantine, duplicates and a report out.

**By hand**: Run → Custom run. Everything is filled in as the nightly run has it; *mode* `check` publishes nothing.
One run at a time writes: a second one waits.

**What it found**: the page of a run → Artifacts. `sftrm-summary` has the numbers, `sftrm-report` leads to the report.

**Held** is a run whose checks failed: nothing was published, and the previous release stays current.
**Suspended** is one that waits for your decision: its page → ⋮ → Resume."""


def nightly(config: RunConfig, cron: str, timezone: str, on_hold: str, storage_retries: int) -> RunnerDeployment:
    """The deployment ``ingest/nightly``, scheduled.

    cron: five fields, in the time zone ``timezone``.
    """
    deployment = ingest.to_deployment(
        NAME,
        schedules=[Cron(cron, timezone=timezone, slug="nightly")],
        parameters={
            "config": config.model_dump(mode="json"),
            "mode": "run",
            "on_hold": on_hold,
            "storage_retries": storage_retries,
        },
        description=DESCRIPTION,
        tags=["sftrm-quality"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    # Prefect's annotation has the coroutine of its other colour in it.
    return cast(RunnerDeployment, deployment)


def work_on(deployment: RunnerDeployment) -> None:
    """Start its runs as they come due, one after the other, each as a process of its own, until a signal comes."""
    # Prefect's own handler of SIGTERM; it says so to everybody who stops the service.
    warnings.filterwarnings("ignore", "coroutine 'Runner.astop' was never awaited", RuntimeWarning)
    # It is stopped while runs talk to it, which asyncio tells at length.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    # Each two seconds, for as long as a run waits for another one.
    logging.getLogger("prefect.runner").addFilter(lambda line: "at capacity" not in line.getMessage())
    # A pause on shutdown would need somebody to switch the schedule on again after each restart. The limit of this
    # process and not the deployment's: the server keeps the leases of that one in memory and never gives back a slot
    # whose lease it has lost, and then no night begins any more: seen with 3.8 after it was killed in a run.
    serve(deployment, pause_on_shutdown=False, print_starting_message=False, limit=1)
