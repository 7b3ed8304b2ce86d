"""Telling people: what arrives at an endpoint, and that no endpoint can hold, break or betray a run."""

import json
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import apprise
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.notification import telling
from flows.notification.telling import check_urls, tell
from sftrm_quality.errors import ConfigError

FACTS = ["Held by ranks_have_gaps; release r-5c1e9b7a30d4f26e stays current.", "rm ranks_have_gaps: 1,204 of 9,000"]
LINK = "http://127.0.0.1:4280/20261122T170000Z-8f3a2b/index.html"
SECRET = "T0kenThatNobodyMaySee"


class Endpoint:
    """A server on loopback that records what is posted and answers in one way."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.received: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.arrived, self.over = threading.Event(), threading.Event()

    def url(self, path: str = "") -> str:
        return f"json://127.0.0.1:{self.port}/{path}"


@contextmanager
def endpoint(answer: str = "200") -> Iterator[Endpoint]:
    """answer: a status; ``silence``; ``drip``, a header that never ends; or the address to redirect to."""
    here = Endpoint(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            here.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            here.headers.append(dict(self.headers))
            here.arrived.set()
            if answer == "silence":
                here.over.wait()
            elif answer == "drip":
                try:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                    while not here.over.wait(0.05):
                        self.wfile.write(b"x")
                except OSError:
                    pass
            else:
                self.send_response(int(answer) if answer.isdigit() else 302)
                if not answer.isdigit():
                    self.send_header("Location", answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def do_GET(self):
            here.received.append({})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        here.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield here
        finally:
            here.over.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def log(caplog):
    """All that is logged, by whomever, at every level."""
    caplog.set_level(0)
    for name in ("apprise", "urllib3", "sftrm_quality.telling"):
        caplog.set_level(0, name)
    return caplog


def warnings_in(log) -> list[str]:
    assert {record.levelname for record in log.records if record.name != "asyncio"} <= {"WARNING"}
    assert {record.threadName for record in log.records} <= {threading.current_thread().name}
    return [record.getMessage() for record in log.records]


@pytest.mark.parametrize("event, kind", [("held", "warning"), ("failed", "failure"), ("recovered", "success")])
def test_title_facts_and_link_arrive_as_plain_text(event, kind, log):
    with endpoint() as channel:
        tell([channel.url()], event, "2026-11-22 02:00", FACTS, LINK)
    (message,) = channel.received
    assert message["title"] == f"{event.capitalize()}: 2026-11-22 02:00"
    assert message["message"] == "\n".join([*FACTS, f"Report: {LINK}"])
    assert message["type"] == kind
    assert not message["attachments"]
    assert channel.headers[0]["User-Agent"] == "sftrm-quality"
    assert warnings_in(log) == []


def test_without_a_link_there_is_none():
    with endpoint() as channel:
        tell([channel.url()], "failed", "night", ["Crashed: out of memory"], None)
    assert channel.received[0]["message"] == "Crashed: out of memory"


def test_every_channel_is_told_once():
    with endpoint() as one, endpoint() as other:
        tell((url for url in (one.url(), other.url("x"))), "held", "night", FACTS, LINK)
    assert len(one.received) == len(other.received) == 1


def test_messages_are_short_however_much_there_is_to_say():
    facts = ["word " * 1000, *(f"sft reason_{n}: {n:,} of 9,000" for n in range(40))]
    with endpoint() as channel:
        tell([channel.url()], "held", "night " * 100, facts, LINK)
    lines = channel.received[0]["message"].split("\n")
    assert lines[0].startswith("word word") and lines[0].endswith("…") and len(lines[0]) == 250
    assert lines[1:6] == facts[1:6]
    assert lines[6:] == ["and 35 more", f"Report: {LINK}"]
    assert len(channel.received[0]["title"]) == 120


def test_a_fact_is_one_line_without_control_characters():
    with endpoint() as channel:
        tell(
            [channel.url()],
            "held",
            "a\nb\x1b[31m",
            ["one\r\n two\t\x1b]0;x\x07\u202ethree\ud800", "\\n :smile: <b>&"],
            None,
        )
    assert channel.received[0]["title"] == "Held: a b\\x1b[31m"
    assert channel.received[0]["message"] == "one two \\x1b]0;x\\x07\\x202ethree\\xd800\n\\n :smile: <b>&"


def test_nothing_is_loaded_where_nobody_is_to_be_told():
    code = (
        "import sys; from flows.notification.telling import check_urls, tell; check_urls([]); "
        "tell([], 'held', 'night', ['x'], None); sys.exit('apprise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0


@pytest.mark.parametrize("status", ["404", "500"])
def test_a_service_that_refuses_is_a_warning_with_its_status(status, log):
    with endpoint(status) as channel, endpoint() as other:
        tell([channel.url(SECRET), other.url()], "held", "night", FACTS, LINK)
    assert warnings_in(log) == [
        f"notify: channel 1 (json://****) was not told: the service answered HTTP status {status}"
    ]
    assert len(other.received) == 1


def test_nobody_there_is_a_warning(log):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tell([f"json://user:{SECRET}@127.0.0.1:{port}/{SECRET}?+X-Key={SECRET}"], "failed", "night", FACTS, LINK)
    assert warnings_in(log) == ["notify: channel 1 (json://****) was not told: the service was not reached, or refused"]


@pytest.mark.parametrize("way", ["silence", "drip"])
def test_a_service_that_never_answers_does_not_hold_the_run(way, log, monkeypatch):
    monkeypatch.setattr(telling, "_SECONDS", 0.6)
    with endpoint(way) as channel, endpoint() as other:
        # It would answer when the block is left, so that coming to the next line is the test.
        tell(
            [f"{channel.url(SECRET)}?rto=0&cto=9", channel.url() + "?rto=600", other.url()],
            "held",
            "night",
            FACTS,
            LINK,
        )
        assert not channel.over.is_set()
        assert channel.arrived.is_set()
        assert len(other.received) == 1
        said = warnings_in(log)
    assert said[-1] == "notify: channel 2 (json://****) was not told: no answer within 0.6 seconds"
    assert SECRET not in "".join(said)


def test_a_service_that_never_answers_does_not_hold_the_end_of_the_process():
    with endpoint("drip") as channel:
        code = (
            "import sys, flows.notification.telling; flows.notification.telling._SECONDS = 4.0\n"
            "flows.notification.telling.tell(sys.argv[1:], 'failed', 'night', ['x'], None)"
        )
        ended = subprocess.run(
            [sys.executable, "-c", code, channel.url(SECRET)], timeout=120, capture_output=True, text=True
        )
        assert channel.arrived.is_set()
    assert ended.returncode == 0
    assert ended.stdout == ""
    assert ended.stderr.startswith("notify: channel 1 (json://****) was not told: no answer within 4 seconds")
    assert SECRET not in ended.stderr


def test_many_that_never_answer_hold_the_run_no_longer_than_one(log, monkeypatch):
    monkeypatch.setattr(telling, "_SECONDS", 0.6)
    waits: list[float] = []
    join = threading.Thread.join
    monkeypatch.setattr(telling._Letter, "join", lambda self, wait: (waits.append(wait), join(self, wait)))
    with endpoint("drip") as channel:
        tell([channel.url()] * 3, "held", "night", FACTS, LINK)
        assert not channel.over.is_set()
        assert len(channel.received) == 3
    assert sum(waits) < 2 * 0.6
    assert len(warnings_in(log)) == 3


def test_a_redirect_is_not_taken_for_an_answer(log):
    with endpoint() as other, endpoint(f"http://127.0.0.1:{other.port}/") as channel:
        tell([channel.url()], "held", "night", FACTS, LINK)
        assert other.received == []
    assert "HTTP status 302" in warnings_in(log)[0]


def test_what_a_service_module_raises_is_a_warning_without_its_text(log, monkeypatch):
    def fall(*_, **__):
        raise KeyError(f"https://hooks.example/{SECRET}")

    monkeypatch.setattr(apprise.plugins.custom_json.NotifyJSON, "send", fall)
    monkeypatch.setattr(apprise.Apprise, "notify", fall)
    tell(["json://127.0.0.1:1/"], "held", "night", FACTS, LINK)
    assert warnings_in(log) == ["notify: channel 1 (json://****) was not told: KeyError"]


def test_what_others_log_of_their_connections_is_kept(log):
    with endpoint() as channel:
        tell([channel.url()], "held", "night", FACTS, LINK)
    logging.getLogger("urllib3.connectionpool").warning("somebody else's")
    assert log.messages == ["somebody else's"]


def test_apprise_keeps_nothing_on_this_machine():
    """Some services remember logins or make keys where they are given a folder."""
    for url in GOOD:
        store = telling._channel(url).store
        assert (store.path, store.mode) == (None, apprise.PersistentStoreMode.MEMORY)


def test_services_are_given_no_pictures_to_fetch():
    asset = telling._asset()
    for logo in (False, True):
        assert asset.image_url(apprise.NotifyType.WARNING, logo=logo) is None


def test_an_address_that_is_none_is_a_warning_and_the_others_are_told(log):
    with endpoint() as channel:
        tell([f"nosuch://{SECRET}", channel.url()], "held", "night", FACTS, LINK)
    assert len(channel.received) == 1
    assert warnings_in(log) == [
        "notify: channel 1 (nosuch://****) was not told: not an address that apprise understands"
    ]


GOOD = [
    "json://127.0.0.1:9/",
    "jsons://user:pass@example.org/hook?+X-Key=1",
    "mailto://user:pass@gmail.com",
    "slack://T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX/",
    "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "tgram://123456789:abcdefg_hijklmnop/12315544/",
]


def test_addresses_of_services_are_understood_without_a_connection(monkeypatch):
    def connected(*_, **__):
        raise AssertionError("something was asked over the network")

    monkeypatch.setattr(socket.socket, "connect", connected)
    monkeypatch.setattr(socket, "getaddrinfo", connected)
    check_urls(GOOD)


BAD = [
    f"nosuch://user:{SECRET}@host/{SECRET}?token={SECRET}",
    f"slack://{SECRET}",
    f"slack://{SECRET}/{SECRET}",
    f"discord://{SECRET}",
    f"tgram://{SECRET}/",
    f"pover://{SECRET}",
    f"mailto:user:{SECRET}@host",
    f"user:{SECRET}@host",
    f"https://example.org/{SECRET}",
    f"/etc/{SECRET}.yaml",
    f"file:///{SECRET}",
    f"jsons://[{SECRET}",
    f"json://:{SECRET}@",
    f"dingtalk://toka=%%/{SECRET}\udcff",
    SECRET,
    "",
    "://",
]


@pytest.mark.parametrize("url", BAD)
def test_what_apprise_does_not_understand_is_refused_by_number_and_service(url, log, capfd):
    with pytest.raises(ConfigError) as refused:
        check_urls([GOOD[0], url])
    service = url.partition("//")[0] + "//" if "://" in url[1:] else ""
    assert str(refused.value).startswith(f"notify: channel 2 ({service}****) is not an address that apprise")
    assert "https://github.com/caronc/apprise/wiki" in str(refused.value)
    assert SECRET not in str(refused.value) + log.text + "".join(capfd.readouterr())
    assert refused.value.__cause__ is None and refused.value.__context__ is None


_schemas = sorted(schema for plugin in apprise.Apprise().details()["schemas"] for schema in plugin["protocols"] or [])


@settings(max_examples=300)
@given(
    st.sampled_from([*_schemas, "nosuch", "http"]),
    st.lists(st.sampled_from(["/", ":", "@", "?", "&", "=", "#", "%", "[", "]", " ", "a", "+x=", SECRET]), max_size=8),
)
def test_no_secret_is_ever_shown(schema, pieces):
    url = f"{schema}://{''.join(pieces)}"
    assert SECRET not in telling._channel_name(1, url)
    heard: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(record.getMessage())
    logging.getLogger().addHandler(listener)
    try:
        check_urls([url])
    except ConfigError as error:
        assert SECRET not in str(error)
    finally:
        logging.getLogger().removeHandler(listener)
    assert SECRET not in "".join(heard)
