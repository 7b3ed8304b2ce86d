"""Loops over bytes, compiled."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """``numba.njit`` that keeps the types: without the GIL, and compiled once a machine, not once a process."""
    return cast(_Function, njit(nogil=True, cache=True)(function))
