"""What a command costs, with all processes that it starts: wall and CPU seconds, peak memory.

CPU is what the kernel counts (getrusage) of a small runner's children once they are reaped. The runner adopts processes
whose parent has died (Linux: child subreaper), so that servers and workers left behind are counted, and ended, as well.
Memory is the sum of PSS over all of them (shared pages counted once), sampled four times per second.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

_INTERVAL_SECONDS = 0.25
# How long what a command left behind may take to end by itself.
_PATIENCE_SECONDS = 15.0
_PR_SET_CHILD_SUBREAPER = 36


class Usage(NamedTuple):
    """The cost of a command. MiB are 2**20 bytes."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float


class CommandFailedError(Exception):
    """A measured command ended with an exit code that was not expected."""


def measure(command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None) -> Usage:
    """Runs a command to its end, its output in ``log``, and tells its cost.

    Raises:
        CommandFailedError: its exit code is not 0.
    """
    if sys.platform != "linux":
        raise CommandFailedError("the benchmarks read memory and adopt processes in ways that only Linux has")
    with tempfile.NamedTemporaryFile("r") as told, log.open("wb") as output:
        runner = [sys.executable, "-m", "benchmarks.measure", told.name, *map(str, command)]
        folder = Path(__file__).resolve().parent.parent
        done = subprocess.run(runner, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=folder)
        if done.returncode:
            end = log.read_text("utf-8", errors="replace")[-2000:]
            raise CommandFailedError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{end}")
        return Usage(**json.load(told))


def _pss_of_descendants() -> int:
    total = 0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total


class _PeakMemory(threading.Thread):
    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_INTERVAL_SECONDS):
            self.bytes = max(self.bytes, _pss_of_descendants())

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _reap_everything() -> None:
    """Waits for adopted processes, asks late ones to end, then makes them."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            late = time.monotonic() - deadline
            if late > 0:
                for process in psutil.Process().children(recursive=True):
                    with suppress(psutil.Error):
                        process.kill() if late > _PATIENCE_SECONDS else process.terminate()
            time.sleep(0.05)


def _run(told: Path, command: list[str]) -> int:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    memory = _PeakMemory()
    started = time.perf_counter()
    process = subprocess.Popen(command)
    memory.start()
    code = process.wait()
    wall = time.perf_counter() - started
    _reap_everything()
    memory.stop()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    usage = Usage(wall, used.ru_utime + used.ru_stime, memory.bytes / 2**20)
    told.write_text(json.dumps(usage._asdict()))
    return code


if __name__ == "__main__":
    sys.exit(_run(Path(sys.argv[1]), sys.argv[2:]))
