"""The product's tasks, one after the other in the process that asks for them.

A run of a handful of records in a pool of its own costs twice the CPU time, for forks and for answers that are waited
for. What a pool adds is shown where a test names a number of workers, by the commands, and by the services.
"""

import functools
import gc
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

from sftrm_quality.job import opening
from sftrm_quality.workers import Workers
from sftrm_quality.workers.tasks import tidy

R = TypeVar("R")


class InlineWorkers(Workers):
    """Workers without a process: every call of a run is in this one."""

    def __init__(self, count: int) -> None:
        self.count = count

    def submit(self, function: Callable[..., R], *arguments: Any) -> "Future[R]":
        future: Future[R] = Future()
        try:
            # As on the way to a process and back: what cannot be pickled is an error here too.
            called, given = pickle.loads(pickle.dumps((function, arguments)))  # noqa: S301
            future.set_result(pickle.loads(pickle.dumps(tidy(called, *given))))  # noqa: S301
        except Exception as error:
            future.set_exception(error)
        return future

    def __enter__(self) -> "InlineWorkers":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@functools.cache
def _preload() -> None:
    from sftrm_quality import preload  # noqa: F401


@contextmanager
def tasks_here() -> Iterator[None]:
    """Jobs that begin in this context have their tasks in this process."""
    _preload()
    # Each task looks through what is not frozen: the tests that were collected, and what those before have imported.
    # That was a third of a run at first, and three quarters of it late in `make test`.
    gc.collect()
    gc.freeze()
    before = opening.workers_for
    opening.workers_for = lambda config: InlineWorkers(config.workers)
    try:
        yield
    finally:
        opening.workers_for = before
