"""Peak memory of a run: this process and everything below it, together."""

import threading
from types import TracebackType
from typing import Self

import psutil


class PeakMemory:
    """A context that samples the memory of this process and its children.

    Proportional set size where the system tells it (pages that forked workers share count once), else resident size.
    """

    # Often enough to see a shard come and go, seldom enough to cost under a percent of one core.
    _SECONDS = 0.5

    def __init__(self) -> None:
        self._peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="peak-memory")

    @property
    def peak_mib(self) -> int:
        """The highest sum seen so far, in MiB."""
        self._sample()
        return self._peak >> 20

    def _sample(self) -> None:
        own = psutil.Process()
        total = 0
        for process in [own, *own.children(recursive=True)]:
            try:
                memory = process.memory_full_info()
                total += getattr(memory, "pss", 0) or memory.rss
            except psutil.Error:
                continue  # ended between listing and looking
        self._peak = max(self._peak, total)

    def _watch(self) -> None:
        while not self._stop.wait(self._SECONDS):
            self._sample()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
