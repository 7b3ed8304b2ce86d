"""The deployment of the nightly job, and the runner that works on it."""

import asyncio
import logging
import sys
from contextlib import suppress
from typing import Any, cast

from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.ingest import ingest
from sftrm_quality.config import RunConfig
from sftrm_quality.words import phrase, say

NAME = "nightly"
DESCRIPTION = phrase(
    "Raw SFT and RM label files in; a release with Parquet splits, quarantine, duplicates and "
    "a report out.\n\n**By hand**: Run → Quick run does just what the nightly run does. Run → "
    "Custom run is filled in with the same, to be\nchanged; *mode* `check` publishes nothing. "
    "One run at a time writes: a second one waits.\n\n**What it found**: the page of a run → "
    "Artifacts. `sftrm-summary` has the numbers, `sftrm-report` leads to the report.\n\n"
    "**Held** is a run whose checks failed: nothing was published, and the previous release "
    "stays current.\n**Suspended** is one that waits for your decision: its page → ⋮ → Resume."
)


def nightly(config: RunConfig, cron: str, on_hold: str, storage_retries: int, site: str) -> RunnerDeployment:
    """The deployment ``ingest/nightly``, scheduled.

    Args:
        config: The settings of each night.
        cron: Five fields, in the time zone of the settings.
        on_hold: What happens to a run that the gate holds.
        storage_retries: How often a run begins again.
        site: Where people open the report site.
    """
    deployment = ingest.to_deployment(
        NAME,
        schedules=[Cron(cron, timezone=config.timezone, slug="nightly")],
        parameters={
            "config": config.model_dump(mode="json"),
            "mode": "run",
            "on_hold": on_hold,
            "storage_retries": storage_retries,
        },
        description=say(DESCRIPTION) + "\n\n" + say("**All reports**: [{site}]({site}/)", site=site),
        tags=["sftrm-quality"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    # Prefect's annotation has the coroutine of its other colour in it.
    return cast(RunnerDeployment, deployment)


class _Runner(Runner):
    """Prefect's, but that the end of the service cancels no run.

    Prefect 3.9's own sets the runs that it works on to Cancelled at SIGTERM, for good: one that is under way would not
    begin again at the next start, and one that was suspended a moment ago, and whose process has not ended yet, would
    not wait for a person any more.
    """

    def handle_sigterm(self, *_args: Any, **_kwargs: Any) -> None:
        """End the process; the processes of its runs end with it.

        Between two steps of the loop: raised in the middle of one, as Prefect does, an exit can come out of it as
        another error.
        """
        with suppress(RuntimeError):  # the loop is over: the process is on its way out already
            asyncio.get_running_loop().call_soon_threadsafe(sys.exit, 0)


def registered(deployment: RunnerDeployment) -> Runner:
    """Tell Prefect's server of a deployment.

    Returns:
        What can work on it.
    """
    # A pause on shutdown would need somebody to switch the schedule on again after each restart. The limit of this
    # process and not the deployment's: the server keeps the leases of that one in memory and never gives back a slot
    # whose lease it has lost, and then no night begins any more: seen with 3.8 after it was killed in a run.
    runner = _Runner(pause_on_shutdown=False, limit=1)
    runner.add_deployment(deployment)
    return runner


def work(runner: Runner) -> None:
    """Start its runs as they come due, one after the other, each as a process of its own, until a signal comes."""
    # It is stopped while runs talk to it, which asyncio tells at length.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    # Each two seconds, for as long as a run waits for another one.
    logging.getLogger("prefect.runner").addFilter(lambda line: "at capacity" not in line.getMessage())
    with suppress(KeyboardInterrupt):
        asyncio.run(runner.start())
