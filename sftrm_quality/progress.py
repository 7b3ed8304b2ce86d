"""How long work tells that it goes on: the library reports here, an edge (command line, Prefect) listens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` units of one stage of the run; bytes while reading, steps elsewhere."""

    stage: str
    done: int
    total: int
    unit: str


Listener = Callable[[Progress], None]
_listeners: list[Listener] = []


def report(stage: str, done: int, total: int, unit: str) -> None:
    """Tell every listener. Cheap without one; may be called from any thread."""
    for listener in tuple(_listeners):
        listener(Progress(stage, done, total, unit))


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Be told of all progress in this process while the context lasts."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


Messages = Callable[[str], None]
_message_listeners: list[Messages] = []


def tell(message: str) -> None:
    """One sentence that somebody who waits should read: the lock is taken, a release is damaged."""
    for listener in tuple(_message_listeners):
        listener(message)


@contextmanager
def hearing(listener: Messages) -> Iterator[None]:
    """Be told of all messages in this process while the context lasts."""
    _message_listeners.append(listener)
    try:
        yield
    finally:
        _message_listeners.remove(listener)
