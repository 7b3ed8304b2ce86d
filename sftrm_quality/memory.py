"""Peak memory of a run: this process and everything below it, together."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import psutil


class PeakMemory:
    """A context that samples the memory of this process and its children.

    Proportional set size where the system tells it (pages that forked workers share count once), else resident size.
    That also where a process has no children: no other one of the job has its pages.
    """

    # Often enough to see a shard come and go. Resident sizes are a question of microseconds.
    _SECONDS = 0.25
    # To ask for proportional sizes takes the kernel a walk over all pages, 14 ms of processes with a gigabyte: so only
    # where two percent more is resident than when it was asked last, and now and then, since a page that a worker has
    # written to is no longer shared though no more is resident.
    _MORE = 1.02
    _SECONDS_UNTIL_ASKED = 5.0
    # To list children is to look at every process of the machine, 12 µs each: where there are thousands, less often.
    _MOST_OF_A_CORE = 0.05

    def __init__(self) -> None:
        self._peak = 0
        self._most_resident = 0
        self._asked = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="peak-memory")

    @property
    def peak_mib(self) -> int:
        """The highest sum seen so far, in MiB."""
        self._ask(_family())
        return self._peak >> 20

    def _sample(self) -> None:
        family = _family()
        resident = _sum_of(family, _resident)
        grown = resident > self._most_resident * self._MORE
        if grown or time.monotonic() > self._asked + self._SECONDS_UNTIL_ASKED:
            self._ask(family)
            self._most_resident = max(self._most_resident, resident)

    def _ask(self, family: Sequence[psutil.Process]) -> None:
        self._peak = max(self._peak, _sum_of(family, _own_share if len(family) > 1 else _resident))
        self._asked = time.monotonic()

    def _watch(self) -> None:
        pause = self._SECONDS
        while not self._stop.wait(pause):
            began = time.thread_time()
            self._sample()
            pause = max(self._SECONDS, (time.thread_time() - began) / self._MOST_OF_A_CORE)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()


def _family() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def _resident(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def _own_share(process: psutil.Process) -> int:
    memory = process.memory_full_info()
    return int(getattr(memory, "pss", 0) or memory.rss)


def _sum_of(family: Sequence[psutil.Process], size: Callable[[psutil.Process], int]) -> int:
    total = 0
    for process in family:
        # It may have ended between listing and looking.
        with suppress(psutil.Error):
            total += size(process)
    return total
