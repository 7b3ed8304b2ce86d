"""Imports of large packages, without the garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def large_imports() -> Iterator[None]:
    """A context for them. What exists at its end is taken to stay for as long as the process.

    Classes and functions do, and the collector would look through all of them again and again: 0.8 of the 4.1 CPU
    seconds to load what a worker needs, 0.6 of the 3.6 until Prefect's server answers, 0.2 of the 2.0 until the flow is
    imported (Python 3.11, Great Expectations 1.24, Prefect 3.9).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()
