"""Ctrl-C and SIGTERM: the run ends at once, with one line, and what it wrote aside is taken away."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
        print("\nstopped; nothing was published", file=sys.stderr, flush=True)
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def stop_on_signals(output: "OutputFolder") -> None:
    """End this process and its children when the user or the system says so; exit code 128 + the signal's number.

    Not an exception: Prefect's server is a child of this process and gets the same Ctrl-C, and the flow would spend
    minutes asking it again. Nothing that is in force can be half-written, whenever this happens (see `releases`), and
    the kernel frees the lock.
    """
    from sftrm_quality.releases.unfinished import nothing_moving
    from sftrm_quality.reports.write import take_back

    before = output.release_in_force()

    def stop(number: int, _frame: FrameType | None) -> None:
        for ignored in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ignored, signal.SIG_IGN)
        _end_children()
        # Another thread that is putting a release in place comes to its end first: it takes milliseconds.
        with nothing_moving():
            # A run that only waits for another one must not take that one's work away.
            ours = output.writer() == os.getpid()
            if ours:
                with suppress(OSError):
                    take_back(output)
            now = output.release_in_force()
            published = "nothing was published" if now == before else f"release {now} was published already"
            print(f"\nstopped; {published}", file=sys.stderr, flush=True)
            # Last of all, and again: other threads go on until the process is gone, and may be deleting the same.
            for _ in range(_TRIES if ours else 0):
                output.clear()
                if not output.staging.exists():
                    break
            os._exit(128 + number)

    global _handler
    _handler = stop
    again()


def _end_children() -> None:
    """Kill what this process started, and wait until it is gone: until then it may still write."""
    import psutil

    children = psutil.Process().children(recursive=True)
    for child in children:
        with suppress(psutil.Error):  # gone by itself since
            child.kill()
    psutil.wait_procs(children, timeout=5)
