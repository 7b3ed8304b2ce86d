"""What Prefect's database is too busy for, behind a server of ours."""

import asyncio
import json
import os
import subprocess
import sys

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from flows.server import busy
from flows.server.busy import RetriesWhenBusy

# Its own server and its own database, and another program that commits between what a request reads and what it
# writes, as often as it is told. That is what SQLite refuses at once.
CONFLICTS = """
import asyncio, json, os, sqlite3, sys
import httpx
from prefect.server.api.server import create_app
from sqlalchemy import event
from sqlalchemy.engine import Engine
from flows.server.busy import RetriesWhenBusy

left = 0

@event.listens_for(Engine, "before_cursor_execute")
def commit_before_a_run_is_written(connection, cursor, statement, *_):
    global left
    if left and statement.startswith("INSERT INTO flow_run "):
        left -= 1
        with sqlite3.connect(os.path.join(os.environ["PREFECT_HOME"], "prefect.db")) as other:
            other.execute("UPDATE flow SET updated = updated")
        other.close()

async def start_a_run(server, name, conflicts):
    global left
    transport = httpx.ASGITransport(server, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://prefect/api") as client:
        flow = (await client.post("/flows/", json={"name": name})).json()["id"]
        left = conflicts
        started = await client.post("/flow_runs/", json={"flow_id": flow, "name": name})
        runs = (await client.post("/flow_runs/filter", json={"flows": {"id": {"any_": [flow]}}})).json()
    return [started.status_code, [run["name"] for run in runs], left]

async def main():
    prefect = create_app(ephemeral=True)
    print(json.dumps([
        await start_a_run(prefect, "by itself", 1),
        await start_a_run(RetriesWhenBusy(prefect), "asked again", 3),
    ]))

asyncio.run(main())
"""


def test_a_run_that_prefect_could_not_write_at_once_is_started_once(prefect_home, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment["PREFECT_HOME"] = str(prefect_home(tmp_path / "home"))
    ran = subprocess.run([sys.executable, "-c", CONFLICTS], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    by_itself, asked_again = json.loads(ran.stdout)
    # When Prefect asks again by itself, ours can go.
    assert by_itself == [503, [], 0]
    assert asked_again == [201, ["asked again"], 0]


class Busy:
    """Answers 503 so many times, as Prefect does: the answer, then the error for the log."""

    def __init__(self, times):
        self.times, self.bodies = times, []

    async def __call__(self, scope, receive, send):
        self.bodies.append((scope["path"], await Request(scope, receive).body()))
        # As routers do with what they have followed.
        scope["path"] += "followed"
        if len(self.bodies) <= self.times:
            await PlainTextResponse("busy", 503)(scope, receive, send)
            raise OSError("database is locked")
        await PlainTextResponse("done", 201)(scope, receive, send)


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """What was waited for, without waiting."""
    waited = []

    at_once = asyncio.sleep

    async def sleep(seconds):
        waited.append(seconds)
        await at_once(0)

    monkeypatch.setattr(busy.asyncio, "sleep", sleep)
    return waited


async def send_to(app, method="POST"):
    async def body():
        for part in (b"one ", b"two ", b"three"):
            yield part

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return await client.request(method, "http://prefect/api/flow_runs/", content=body())


def ask(app, method="POST"):
    return asyncio.run(send_to(RetriesWhenBusy(app), method))


@pytest.mark.parametrize("times", [0, 1, 7])
def test_it_is_asked_again_with_all_that_was_sent(times, waits):
    app = Busy(times)
    answer = ask(app)
    assert (answer.status_code, answer.text) == (201, "done")
    assert app.bodies == [("/api/flow_runs/", b"one two three")] * (times + 1)
    assert len(waits) == times and waits == sorted(waits)


def test_what_stays_busy_is_answered_so(waits):
    """Without the error that follows: a server ends the connection for it, and with it what is sent next."""
    app = Busy(99)
    answer = ask(app)
    assert (answer.status_code, answer.text) == (503, "busy")
    assert len(app.bodies) == 8 and 3 < sum(waits) < 10


def test_what_changes_nothing_is_asked_once(waits):
    app = Busy(99)
    with pytest.raises(OSError, match="database is locked"):
        ask(app, "GET")
    assert len(app.bodies) == 1 and waits == []


@pytest.mark.parametrize("status", [None, 200, 500])
def test_other_errors_are_no_matter_of_a_busy_database(status, waits):
    asked = []

    async def broken(scope, receive, send):
        asked.append(scope["path"])
        if status:
            await PlainTextResponse("no", status)(scope, receive, send)
        raise KeyError("x")

    with pytest.raises(KeyError):
        ask(broken)
    assert len(asked) == 1 and waits == []


def test_many_at_once_do_not_refuse_each_other_for_ever():
    """Each is refused that began before another one was written, as in SQLite."""
    written = tried = 0

    async def database(scope, receive, send):
        nonlocal written, tried
        tried += 1
        read = written
        for _ in range(5):
            await asyncio.sleep(0)
        if written == read:
            written += 1
            await PlainTextResponse("done", 201)(scope, receive, send)
        else:
            await PlainTextResponse("busy", 503)(scope, receive, send)

    async def all_at_once():
        ours = RetriesWhenBusy(database)
        first = [send_to(ours) for _ in range(20)]
        return [answer.status_code for answer in await asyncio.gather(*first)]

    assert asyncio.run(all_at_once()) == [201] * 20
    assert written == 20 and tried < 60


def test_as_long_as_one_is_refused_all_are_asked_one_after_the_other():
    asked = at_once = most = 0

    async def database(scope, receive, send):
        nonlocal asked, at_once, most
        asked += 1
        at_once += 1
        most = max(most, at_once)
        refused = asked < 4
        for _ in range(5):
            await asyncio.sleep(0)
        at_once -= 1
        await PlainTextResponse("", 503 if refused else 201)(scope, receive, send)

    async def five_after_one():
        nonlocal most
        ours = RetriesWhenBusy(database)
        one = asyncio.create_task(send_to(ours))
        while asked < 2:
            await asyncio.sleep(0)
        assert {answer.status_code for answer in await asyncio.gather(one, *(send_to(ours) for _ in range(5)))} == {201}
        assert most == 1
        await asyncio.gather(*(send_to(ours) for _ in range(5)))
        assert most == 5

    asyncio.run(five_after_one())
