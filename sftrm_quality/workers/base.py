"""What workers are to the rest of the product."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Workers(ABC):
    """Runs functions elsewhere, with back-pressure. A context: workers are up inside it and idle or gone after it.

    count: how many functions run at once. A function may be run again after its worker died, so it must write its
    results again from scratch and take away nothing that it was given.
    """

    count: int

    @abstractmethod
    def submit(self, function: Callable[..., R], *arguments: Any) -> "Future[R]":
        """Run a function elsewhere.

        Args:
            function: of a module, so that a worker can import it.
            arguments: that can be pickled, small ones.

        Returns:
            A future. It raises what the function raises, StorageError for an OSError, and BrokenExecutor for a worker
            that died for good.
        """

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def map(self, function: Callable[[A], R], items: Iterable[A]) -> Iterator[R]:
        """Results of a function in the order of the items, the first of which the workers get at once.

        Raises:
            Exception: what ``submit``'s futures raise, at the first item that failed.
        """
        return self.in_order(lambda item: self.submit(function, item), items)

    def in_order(self, submit: Callable[[A], "Future[R]"], items: Iterable[A]) -> Iterator[R]:
        """Results in the order of the items, of which one more than ``count`` are in flight at the most.

        Args:
            submit: hands an item to the workers.
            items: taken as workers become free; as many as may be in flight at once, before the first result is asked
                for.

        Raises:
            Exception: what the futures raise, at the first item that failed.
        """
        left = iter(items)
        return self._in_order(submit, left, [submit(item) for item in islice(left, self.count + 1)])

    def _in_order(
        self, submit: Callable[[A], "Future[R]"], left: Iterator[A], waiting: "list[Future[R]]"
    ) -> Iterator[R]:
        for item in left:
            while waiting and waiting[0].done():
                yield waiting.pop(0).result()
            while len([f for f in waiting if not f.done()]) > self.count:
                wait([f for f in waiting if not f.done()], return_when=FIRST_COMPLETED)
            waiting.append(submit(item))
        for future in waiting:
            yield future.result()
