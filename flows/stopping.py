"""Ctrl-C and SIGTERM: the run ends at once, with one line, and what it had staged is deleted."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from sftrm_quality.words import say

if TYPE_CHECKING:
    import psutil

    from sftrm_quality.output import OutputFolder

_TRIES = 5
_handler: Callable[[int, FrameType | None], None] | None = None


def again() -> None:
    """Take the signals back from Prefect, which claims SIGTERM for each flow, and from Ray, which claims it when it
    starts; nothing where nobody asked for it."""
    if _handler is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _handler)


def stop_before_the_start() -> None:
    """The same while everything is still being imported, when there is nothing to clean up."""

    def stop(number: int, _frame: FrameType | None) -> None:
        end_imports()
        print("\n" + say("stopped; nothing was published"), file=sys.stderr, flush=True)
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def end_imports() -> None:
    """End the fork server of the workers, if one was started: it would go on with its imports for two seconds."""
    processes = sys.modules.get("sftrm_quality.workers.processes")
    if processes is not None:
        processes.end_fork_server()


def stop_on_signals(output: "OutputFolder") -> None:
    """End this process and its children when the user or the system says so; exit code 128 + the signal's number.

    Not an exception: the flow would go on talking to Prefect's server for minutes. The current release cannot be
    half-written, whenever this happens (see `releases`), and the kernel frees the lock.
    """
    before = output.current_release_id()

    def stop(number: int, _frame: FrameType | None) -> None:
        for ignored in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ignored, signal.SIG_IGN)

        def last_words() -> int:
            now = output.current_release_id()
            said = (
                say("stopped; nothing was published")
                if now == before
                else say("stopped; release {release_id} was published already", release_id=now)
            )
            print(f"\n{said}", file=sys.stderr, flush=True)
            return 128 + number

        _end(output, last_words)

    global _handler
    _handler = stop
    again()


def _end(output: "OutputFolder", last_words: Callable[[], int]) -> NoReturn:
    """End this process and its children, and take back what it left half in place.

    Args:
        output: The run's.
        last_words: Says what people should know, and returns the exit code.
    """
    from sftrm_quality.releases import nothing_moving
    from sftrm_quality.reports import take_back

    _end_children()
    # Another thread that is putting a release in place comes to its end first: it takes milliseconds.
    with nothing_moving():
        # A run that only waits for another one must not take that one's work away.
        ours = output.writer() == os.getpid()
        if ours:
            with suppress(OSError):
                take_back(output)
        code = last_words()
        sys.stdout.flush()
        # Last of all, and again: other threads go on until the process is gone, and may be deleting the same.
        for _ in range(_TRIES if ours else 0):
            output.clear()
            if not output.staging.exists():
                break
        # Another thread may have started one since.
        _end_children()
        os._exit(code)


def _end_children() -> None:
    """Kill what this process started, and wait until it is gone: until then it may still write.

    All of it is halted first, and looked for again until nothing new is found: a fork server that is killed while it
    makes a worker leaves one behind that is nobody's child any more, and holds the pipes of whoever waits for our end.
    """
    import psutil

    halted: dict[int, psutil.Process] = {}
    while found := [child for child in _children() if child.pid not in halted]:
        for child in found:
            halted[child.pid] = child
            with suppress(psutil.Error):  # gone by itself since
                child.suspend()
    for child in halted.values():
        with suppress(psutil.Error):
            child.kill()
    psutil.wait_procs(list(halted.values()), timeout=5)


def _children() -> "list[psutil.Process]":
    import psutil

    return [child for child in psutil.Process().children(recursive=True) if not _is_resource_tracker(child)]


def _is_resource_tracker(child: "psutil.Process") -> bool:
    """Python's own, which removes the semaphores of the workers and ends behind us; threads miss it loudly."""
    import psutil

    try:
        return any("multiprocessing.resource_tracker" in argument for argument in child.cmdline())
    except psutil.Error:
        return False
