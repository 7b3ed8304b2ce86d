"""Imports of large packages: without the garbage collector, and of some only when something of them is used."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


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


@contextmanager
def without(*names: str) -> Iterator[None]:
    """A context in which some packages are not there for whoever imports them; what is loaded already is.

    For a package that another one takes where it is installed, and that nobody needs it for here.

    Args:
        names: of packages.
    """
    absent = _Absent(names)
    sys.meta_path.insert(0, absent)
    try:
        yield
    finally:
        sys.meta_path.remove(absent)


@contextmanager
def imports_of_a_command() -> Iterator[None]:
    """A context for what a command imports that has no frames: `large_imports`, and pyarrow knows no pandas.

    It looks for pandas when it is given its first values, in case they are a frame, and that takes 0.3 CPU s. Once and
    for all: where it has looked already, it goes on to know what it found.
    """
    with large_imports():
        with without("pandas"):
            import pyarrow as pa

            pa.array([0])
        yield


class _Absent(MetaPathFinder):
    """Finds that packages are not there. Python's own sign of it, None in ``sys.modules``, is a module to Cython."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname in self._names:
            raise ModuleNotFoundError(fullname, name=fullname)


class _LoadedWhenUsed(ModuleType):
    """A module that is loaded by the first question for something of it.

    Python's own ``LazyLoader`` does this too, but takes the next ``import`` of the module for such a question.
    """

    def __getattr__(self, name: str) -> Any:
        self.__class__ = ModuleType  # type: ignore[assignment]  # Python takes it for modules
        spec = self.__spec__
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module(self)
        return getattr(self, name)


def load_when_used(*names: str) -> None:
    """Let modules that others import on their way be loaded when something of them is used, if that ever happens.

    Args:
        names: of modules, each with its packages. What is loaded already or is not installed stays as it is.
    """
    for name in names:
        package, _, own = name.rpartition(".")
        spec = None if name in sys.modules or (package and not find_spec(package)) else find_spec(name)
        if spec is None:
            continue
        module = sys.modules[name] = module_from_spec(spec)
        module.__class__ = _LoadedWhenUsed
        if package:
            setattr(sys.modules[package], own, module)
