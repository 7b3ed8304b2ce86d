"""The process pool below the Prefect tasks: work that holds the interpreter runs here, over paths, never tables."""

import ctypes
import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Any, Self, TypeVar

from sftrm_quality.errors import StorageError

A = TypeVar("A")
R = TypeVar("R")

# Libraries must not start a thread per core in every worker: the workers are the parallelism.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "ARROW_NUM_THREADS")
# Imported once in the fork server; every worker is a fork of it and pays nothing. Great Expectations takes seconds.
_LOOK_AROUND_SECONDS = 2
_PRELOAD = ["sftrm_quality.intake.preload"]


def _tidy(function: Callable[..., R], *arguments: Any) -> R:
    """Call a function and give its memory back to the system.

    Great Expectations leaves its frames in reference cycles, 30 MB a shard, which wait for a full collection; and what
    is freed stays with the allocators. Without this a worker grows to several times what a shard needs.
    """
    try:
        return function(*arguments)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        raise StorageError(f"{name}{error.strerror or error}; nothing is published") from error
    finally:
        gc.collect()
        give_memory_back()


def give_memory_back() -> None:
    """Return what the allocators hold and nobody uses; a wish, not a command, and only glibc knows it."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _end_with(main: int) -> None:
    """End this worker and the fork server when the main process is gone, killed by the system or by somebody."""
    while os.getppid() != 1:
        time.sleep(_LOOK_AROUND_SECONDS)
        try:
            os.kill(main, 0)
        except ProcessLookupError:
            with suppress(ProcessLookupError):
                os.kill(os.getppid(), signal.SIGKILL)
            os._exit(1)
    os._exit(1)


def _start_worker(main: int) -> None:
    import pyarrow as pa

    threading.Thread(target=_end_with, args=(main,), daemon=True, name="end-with-main").start()

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    # Ctrl-C is the main process's to handle; it stops the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _context() -> ForkServerContext:
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOAD)
    return context


def start_fork_server() -> None:
    """Begin its imports now, beside whatever the caller does next. Workers of this process use it later.

    It ignores Ctrl-C from its first moment, which is the main process's to handle. To be called in the main thread.
    """
    _context()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


class Workers:
    """A pool of worker processes with back-pressure. Use it as a context."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ProcessPoolExecutor(
            count, mp_context=_context(), initializer=_start_worker, initargs=(os.getpid(),)
        )

    def submit(self, function: Callable[..., R], *arguments: Any) -> Future[R]:
        return self._pool.submit(_tidy, function, *arguments)

    def map(self, function: Callable[[A], R], items: Iterable[A]) -> Iterator[R]:
        """Results in the order of the items, with at most two items a worker in flight."""
        yield from self.in_order(lambda item: self.submit(function, item), items)

    def in_order(self, submit: Callable[[A], "Future[R]"], items: Iterable[A]) -> Iterator[R]:
        """Submit items as they come, hold back while enough are in flight, yield results in order."""
        waiting: list[Future[R]] = []
        for item in items:
            waiting.append(submit(item))
            while len([f for f in waiting if not f.done()]) > self.count:
                wait([f for f in waiting if not f.done()], return_when=FIRST_COMPLETED)
            while waiting and waiting[0].done():
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        # Also after an error: a worker that still writes must not meet the next run.
        self._pool.shutdown(wait=True, cancel_futures=True)
