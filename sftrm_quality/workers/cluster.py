"""Workers on a Ray cluster, or on a small one that is started here. Needs the extra ``cluster``.

Every node sees the raw files, the output folder and this package under the same paths: a shared file system. What
goes over Ray itself are paths, positions and counts, below a megabyte a task.
"""

import logging
import os
import socket
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sftrm_quality.errors import ConfigError
from sftrm_quality.words import say
from sftrm_quality.workers.base import Workers
from sftrm_quality.workers.tasks import tidy, use_one_thread

R = TypeVar("R")

# A node that fails every task would keep a run busy for ever; a night with five failures of one task needs a person.
_TRIES_AGAIN = 5
_CONNECT_SECONDS = 10
# Ray's smallest. Arguments and results are all that it holds.
_OBJECT_STORE_BYTES = 80 << 20
# Read by Ray when it is imported: it must not call home, and a cluster of one machine needs no web page.
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "RAY_DEDUP_LOGS": "0"}


def _run_task(folder: str, function: Callable[..., R], *arguments: Any) -> R:
    # A relative path means the same in a worker as in the process that sent it. Where the folder is not on the shared
    # file system, no path that matters is relative to it.
    with suppress(OSError):
        os.chdir(folder)
    use_one_thread()
    return tidy(function, *arguments)


class ClusterWorkers(Workers):
    """Ray tasks of one core each. A task whose worker or node died is run again elsewhere."""

    def __init__(self, count: int, address: str) -> None:
        """Workers that are not yet connected.

        Args:
            count: cores of a cluster that is started here.
            address: of a running cluster as Ray takes it, or ``local`` for one that is started here.

        Raises:
            ConfigError: Ray is not installed.
        """
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        try:
            import ray
        except ImportError as error:
            raise ConfigError(
                say(
                    "engine: ray is asked for and not installed; pip install 'sftrm-quality[cluster]', or "
                    "engine=processes"
                )
            ) from error
        self._ray = ray
        self._address = address
        self.count = count
        self._open: set[Any] = set()

    def _answers(self) -> None:
        """Raise OSError where nothing listens: Ray itself would try again for minutes."""
        host, _, port = self._address.removeprefix("ray://").rpartition(":")
        if port.isdecimal():
            with socket.create_connection((host, int(port)), _CONNECT_SECONDS):
                pass

    def __enter__(self) -> Self:
        local = self._address == "local"
        here: dict[str, Any] = {"num_cpus": self.count, "object_store_memory": _OBJECT_STORE_BYTES} if local else {}
        try:
            self._answers()
            self._ray.init(
                address=self._address, include_dashboard=False if local else None, log_to_driver=False,
                logging_level=logging.ERROR, **here,
            )  # fmt: skip
        except (OSError, ValueError, RuntimeError) as error:
            raise ConfigError(
                say("ray_address: no Ray cluster answers at {address}: {error}", address=self._address, error=error)
            ) from error
        resources: dict[str, float] = self._ray.cluster_resources()  # type: ignore[no-untyped-call]  # Ray's own gap
        self.count = max(1, int(resources.get("CPU", 1)))
        self._task = self._ray.remote(num_cpus=1, max_retries=_TRIES_AGAIN)(_run_task)
        return self

    def submit(self, function: Callable[..., R], *arguments: Any) -> "Future[R]":
        reference = self._task.remote(str(Path.cwd()), function, *arguments)
        self._open.add(reference)
        given: Future[R] = Future()

        def hand_over(done: "Future[R]") -> None:
            self._open.discard(reference)
            error = done.exception()
            if error is None:
                given.set_result(done.result())
            elif isinstance(error, self._ray.exceptions.RayTaskError):
                # Ray's own wrapping would print the worker's traceback where a sentence belongs.
                given.set_exception(error.cause or error)
            else:
                given.set_exception(
                    BrokenExecutor(
                        say(
                            "Ray gave up after {tries_again} more tries: {error}", tries_again=_TRIES_AGAIN, error=error
                        )
                    )
                )

        reference.future().add_done_callback(hand_over)
        return given

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Also after an error: a task that still writes must not meet the next run.
        waiting = list(self._open)
        for reference in waiting:
            self._ray.cancel(reference, force=True)
        if waiting:
            self._ray.wait(waiting, num_returns=len(waiting), timeout=60)
        self._ray.shutdown()
