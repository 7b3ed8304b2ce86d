"""The process pool of one machine. Workers are forked from a server that has imported everything once."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self, TypeVar

from sftrm_quality.workers.base import Workers
from sftrm_quality.workers.tasks import set_environment, tidy, use_one_thread

R = TypeVar("R")

_LOOK_AROUND_SECONDS = 2
# Every worker is a fork of the process that imported this, and pays nothing.
_OF_A_RUN = "sftrm_quality.preload"


def _end_with(main: int, server: int) -> None:
    """End this worker and the fork server when the main process is gone, killed by the system or by somebody.

    Args:
        main: The process that the tasks come from.
        server: The fork server. When it is gone, this worker has another parent: the first process of the system or
            of a container, or a session's, which is nobody's to kill.
    """
    while os.getppid() == server and _is_there(main):
        time.sleep(_LOOK_AROUND_SECONDS)
    if os.getppid() == server:
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGKILL)
    os._exit(1)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _start_worker(main: int) -> None:
    parents = (main, os.getppid())
    threading.Thread(target=_end_with, args=parents, daemon=True, name="end-with-main").start()
    use_one_thread()
    # Ctrl-C is the main process's to handle; it stops the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# Held while the script has no name by which a worker could find it.
_nameless = threading.Lock()


class _Worker(ForkServerProcess):
    """A process that does not import the script that it works for, as Python lets each one do.

    No task is in a script. One from standard input is in no file, one that begins at once would do so again, and in a
    run of the service it is Prefect: more than a CPU second of each worker.
    """

    @staticmethod
    def _Popen(process: BaseProcess) -> Any:
        main = vars(sys.modules["__main__"])
        with _nameless:
            named: dict[str, Any] = {name: main[name] for name in ("__spec__", "__file__") if name in main}
            main.update(dict.fromkeys(named))
            try:
                return ForkServerProcess._Popen(process)
            finally:
                main.update(named)


class _Context(ForkServerContext):
    Process = _Worker


def _context(preload: str = _OF_A_RUN) -> ForkServerContext:
    set_environment()
    context = _Context()
    context.set_forkserver_preload([preload])
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


def end_fork_server() -> None:
    """End it before its time, where a run comes to nothing; nothing where there is none.

    It has our output, and whoever reads that would wait for the end of its imports.
    """
    process = getattr(forkserver._forkserver, "_forkserver_pid", None)
    if process is not None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


class ProcessWorkers(Workers):
    """A pool of worker processes. One that dies breaks the pool: on one machine it died for want of memory.

    preload: the module that is imported once for all of them, where they do less than a run does.
    """

    def __init__(self, count: int, preload: str = _OF_A_RUN) -> None:
        self.count = count
        self._pool = ProcessPoolExecutor(
            count, mp_context=_context(preload), initializer=_start_worker, initargs=(os.getpid(),)
        )

    def submit(self, function: Callable[..., R], *arguments: Any) -> "Future[R]":
        return self._pool.submit(tidy, function, *arguments)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Also after an error: a worker that still writes must not meet the next run.
        self._pool.shutdown(wait=True, cancel_futures=True)
