"""How a task runs in any worker: as few threads as possible, and its memory given back at the end."""

import ctypes
import gc
import os
from collections.abc import Callable
from typing import Any, TypeVar

from sftrm_quality.errors import storage_error
from sftrm_quality.words import say

R = TypeVar("R")

# Libraries must not start a thread per core in every worker: the workers are the parallelism.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "ARROW_NUM_THREADS")
# Arrow's allocator keeps freed pages for a while. At once costs 1 % more CPU time and saves 40 MiB a writing worker
# (1M records, 2 workers: 1,233 → 1,163 MiB over all processes).
_ENVIRONMENT = {**dict.fromkeys(_ONE_THREAD, "1"), "MIMALLOC_PURGE_DELAY": "0", "GX_ANALYTICS_ENABLED": "false"}


# Python's resource tracker tells on the terminal that a killed process has left semaphores, which it then removes.
_NO_NEWS = "ignore:resource_tracker:UserWarning"


def set_environment() -> None:
    """For libraries that read it when they are first imported, here and in children. What the user has set wins."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    warnings = os.environ.get("PYTHONWARNINGS", "")
    if _NO_NEWS not in warnings:
        os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (warnings, _NO_NEWS)))


def use_one_thread() -> None:
    """For libraries that do not ask the environment."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


def tidy(function: Callable[..., R], *arguments: Any) -> R:
    """Call a function and give its memory back to the system.

    Great Expectations leaves its frames in reference cycles, 30 MB per shard, which wait for a full collection; and
    what is freed stays with the allocators. Without this a worker grows to several times what a shard needs.

    Args:
        function: what is to be done.
        arguments: what it takes.

    Raises:
        StorageError: in place of an OSError; everything else that the function raises goes through.
    """
    try:
        return function(*arguments)
    except OSError as error:
        raise storage_error(error, say("the output folder")) from error
    finally:
        gc.collect()
        # What is left stays for as long as the process: the next collection looks at what its task has made only.
        gc.freeze()
        give_memory_back()


def give_memory_back() -> None:
    """Return what the allocators hold and nobody uses; a wish, not a command, and only glibc knows it."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
