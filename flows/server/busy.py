"""Behind the guard: what Prefect's database was too busy for is asked again, so that a click in its pages counts.

SQLite refuses to write in a transaction that has read what somebody else has changed since; waiting would not help, so
it does so at once (SQLITE_BUSY_SNAPSHOT, https://sqlite.org/rescode.html#busy_snapshot). Prefect undoes the transaction
and answers 503. Its own clients ask again after that; its pages say that something went wrong, and nothing was started.
"""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext

from flows.server.guard import SAFE_METHODS, App, Message, Receive, Scope, Send

_BUSY = 503
# Some six seconds in all: what else Prefect writes takes less, and whoever has clicked still waits.
_WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


class RetriesWhenBusy:
    """An ASGI application that asks another one again while that answers 503 to what would change something.

    Args:
        app: Prefect's.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        # While any was refused, all go one after the other: side by side they would refuse each other again.
        self._refused = 0
        self._in_turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        from_the_start = _kept(receive)
        async with self._in_turn if self._refused else nullcontext():
            answer = await self._asked(scope, from_the_start(), send)
        if answer:
            self._refused += 1
            try:
                answer = await self._asked_again(scope, from_the_start, send)
            finally:
                self._refused -= 1
        for message in answer:
            await send(message)

    async def _asked_again(self, scope: Scope, from_the_start: Callable[[], Receive], send: Send) -> list[Message]:
        answer: list[Message] = []
        for wait in _WAITS_SECONDS:
            await asyncio.sleep(wait)
            async with self._in_turn:
                answer = await self._asked(scope, from_the_start(), send)
            if not answer:
                break
        return answer

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> list[Message]:
        """The answer when it says that the database is busy; any other one is sent, and this is empty."""
        busy: list[Message] = []

        async def unless_busy(message: Message) -> None:
            if busy or message.get("status") == _BUSY:
                busy.append(message)
            else:
                await send(message)

        try:
            await self._app({**scope}, receive, unless_busy)
        except Exception:
            # Prefect raises once more what it has answered, for the log; its server would end the connection.
            if not busy:
                raise
        return busy


def _kept(receive: Receive) -> Callable[[], Receive]:
    """A request whose body can be read again, from its start, each time that this is called."""
    kept: list[Message] = []

    def from_the_start() -> Receive:
        read = 0

        async def again() -> Message:
            nonlocal read
            if read == len(kept):
                kept.append(await receive())
            read += 1
            return kept[read - 1]

        return again

    return from_the_start
