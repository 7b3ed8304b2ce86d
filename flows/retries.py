"""When a step or a whole run is begun again: for storage errors that may pass, and for nothing else."""

import time
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar

from sftrm_quality.errors import TransientStorageError
from sftrm_quality.words import say

T = TypeVar("T")
# A file server that does not answer is asked for a file again this soon. More often is for whole nights.
READ_AGAIN_SECONDS = (2, 10)


def may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Prefect's condition for another try of a task: a full disk or bad configuration is the same the next time."""
    return isinstance(state.result(raise_on_failure=False), TransientStorageError)


def with_retries(run: Callable[[], T], retries: int, warn: Callable[[str], None]) -> T:
    """Call a function, and again after 30, 60, 120, … seconds when storage failed in a way that may pass.

    Args:
        run: What to call.
        retries: How often at most after the first time.
        warn: Told of each failure that is followed by another try.

    Returns:
        What the function returns.

    Raises:
        TransientStorageError: The last try failed like those before it.
    """
    for wait in chain((30 * 2**number for number in range(retries)), [None]):
        try:
            return run()
        except TransientStorageError as error:
            if wait is None:
                raise
            warn(say("{error}; beginning again in {wait} seconds", error=error, wait=wait))
            time.sleep(wait)
    raise AssertionError(say("the last try returns or raises"))
