"""Who may ask a Prefect server of ours, request by request; its password; and the link that signs a browser in."""

import asyncio
import json
import os
import threading

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse

from flows.server.guard import Guard
from flows.server.names import own_origins
from flows.server.secret import auth_string, password_file
from flows.server.sign_in import SignIn
from sftrm_quality.errors import ConfigError, StorageError

OWN = "127.0.0.1:4200"


async def answer_everything(scope, receive, send):
    headers = [(b"access-control-allow-origin", b"*"), (b"x-frame-options", b"SAMEORIGIN"), (b"x-kept", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"let in"})


def ask(method="GET", path="/api/flows/", host=OWN, headers=(), app=answer_everything, content=b"", declared=()):
    async def asked():
        transport = httpx.ASGITransport(Guard(app, own_origins(4200, "127.0.0.1", declared)))
        async with httpx.AsyncClient(transport=transport) as client:
            request = httpx.Request(method, f"http://{OWN}{path}", headers=[("Host", host), *headers], content=content)
            return await client.send(request)

    return asyncio.run(asked())


JSON = ("Content-Type", "application/json")
NAVIGATION = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]


@pytest.mark.parametrize("host", [OWN, "localhost:4200", "[::1]:4200", "LocalHost:4200"])
def test_own_names_are_answered(host):
    assert ask(host=host).text == "let in"


@pytest.mark.parametrize(
    "host", ["evil.example:4200", "127.0.0.1", "127.0.0.1:4201", "", "localhost.:4200", "127.0.0.1:4200.evil.example"]
)
def test_other_names_are_misdirected(host):
    assert ask(host=host).status_code == 421


def test_one_name_and_no_more():
    assert ask(headers=[("Host", OWN)]).status_code == 421
    assert set(own_origins(80)) == {"127.0.0.1", "localhost", "[::1]", "127.0.0.1:80", "localhost:80", "[::1]:80"}


DECLARED = ["https://prefect.example.com", "http://labels.example.com:8080"]


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("prefect.example.com", "https://prefect.example.com"),
        ("Prefect.Example.com", "https://prefect.example.com"),
        ("labels.example.com:8080", "http://labels.example.com:8080"),
        # The host of the report site leads to Prefect at its own port, too, where there is no proxy.
        ("labels.example.com:4200", "http://labels.example.com:4200"),
        (OWN, f"http://{OWN}"),
    ],
)
def test_a_declared_name_is_answered_to_its_own_pages(host, origin):
    assert ask(host=host, declared=DECLARED).text == "let in"
    page = [JSON, ("Origin", origin), ("Sec-Fetch-Site", "same-origin")]
    assert ask("POST", host=host, headers=page, declared=DECLARED).text == "let in"
    assert ask(host=host).status_code == (200 if host == OWN else 421)
    for other in (origin.replace("//", "//x."), f"{origin}0", origin.replace("http", "ws"), "null"):
        answer = ask("POST", host=host, headers=[JSON, ("Origin", other)], declared=DECLARED)
        assert answer.status_code == 403 and origin in answer.text, other


@pytest.mark.parametrize(
    "host",
    [
        *(
            "prefect.example.com:4200",
            "prefect.example.com:443",
            "x.prefect.example.com",
            "prefect.example.com.evil.io",
        ),
        *("labels.example.com", "evil.example", "prefect.example.com.", "https://prefect.example.com", ""),
    ],
)
def test_what_is_not_declared_is_refused_as_ever_and_not_told_what_is(host):
    answer = ask(host=host, declared=DECLARED)
    assert answer.status_code == 421
    assert "example" not in answer.text and "--allowed-host" in answer.text


@pytest.mark.parametrize(("host", "scheme"), [("prefect.example.com", "https"), (OWN, "http")])
def test_a_redirect_leads_to_where_the_page_is(host, scheme):
    async def redirecting(scope, receive, send):
        await RedirectResponse(Request(scope).url.replace(path="/v2/"))(scope, receive, send)

    assert ask(host=host, app=redirecting, declared=DECLARED).headers["location"] == f"{scheme}://{host}/v2/"


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:4280", "https://127.0.0.1:4200", "http://localhost:4200", "null", "", "http://evil.example"],
)
def test_another_origin_gets_nothing(origin, method):
    answer = ask(method, headers=[JSON, ("Origin", origin)])
    assert answer.status_code == 403 and "access-control-allow-origin" not in answer.headers


def test_the_own_origin_is_the_name_that_is_asked():
    assert ask("POST", headers=[JSON, ("Origin", f"http://{OWN}"), ("Sec-Fetch-Site", "same-origin")]).is_success
    assert ask("POST", host="localhost:4200", headers=[JSON, ("Origin", "http://localhost:4200")]).is_success


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_another_site_gets_nothing(site):
    assert ask(headers=[("Sec-Fetch-Site", site)]).status_code == 403
    assert ask(path="/v2/runs", headers=[("Sec-Fetch-Site", site)]).status_code == 403


def test_a_link_from_elsewhere_leads_to_a_page_in_a_window_of_its_own_and_to_nothing_else():
    assert ask(path="/v2/runs", headers=NAVIGATION).is_success
    assert ask(path="/api/flows/", headers=NAVIGATION).status_code == 403
    assert ask("POST", path="/v2/runs", headers=[*NAVIGATION, JSON]).status_code == 403
    framed = [*NAVIGATION[:2], ("Sec-Fetch-Dest", "iframe")]
    assert ask(path="/v2/runs", headers=framed).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "ANYTHING"])
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Content-Type", "text/plain")],
        [("Content-Type", "text/plain;application/json")],
        [("Content-Type", "application/x-www-form-urlencoded")],
        [("Content-Type", "multipart/form-data; boundary=application/json")],
        # A browser adds this one by itself.
        [("Authorization", "Basic eDp5")],
        [JSON, ("Content-Type", "text/plain")],
    ],
)
def test_what_changes_something_needs_what_no_foreign_page_can_send(method, headers):
    assert ask(method, headers=headers, content=b'{"name": "evil"}').status_code == 415


@pytest.mark.parametrize(
    "header", [JSON, ("Content-Type", "Application/JSON; charset=utf-8"), ("X-Prefect-Api-Version", "0.8.4")]
)
def test_clients_and_our_own_pages_send_it(header):
    assert ask("POST", headers=[header]).text == "let in"


def test_every_answer_says_what_browsers_must_not_do():
    for answer in (ask(), ask(host="evil.example")):
        assert answer.headers.get_list("x-frame-options") == ["DENY"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "img-src 'self' data: blob:" in answer.headers["content-security-policy"]
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert ask().headers["x-kept"] == "1"


@pytest.mark.parametrize(
    "headers", [[("Origin", "http://evil.example")], [("Sec-Fetch-Site", "same-site")], [("Host", "evil.example")]]
)
def test_a_socket_of_another_page_is_closed_before_it_is_open(headers):
    sent = []

    async def connect():
        own = [] if headers[0][0] == "Host" else [(b"host", OWN.encode())]
        scope = {"type": "websocket", "path": "/api/events/out"}
        scope["headers"] = own + [(name.lower().encode(), value.encode()) for name, value in headers]

        async def receive():
            return {"type": "websocket.connect"}

        async def send(message):
            sent.append(message["type"])

        await Guard(answer_everything, own_origins(4200))(scope, receive, send)

    asyncio.run(connect())
    assert sent == ["websocket.close"]


def test_the_password_is_made_once_and_only_for_the_owner(tmp_path):
    home = tmp_path / "new" / "home"
    found = []
    threads = [threading.Thread(target=lambda: found.append(auth_string(home))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20 and len(set(found)) == 1
    assert len(found[0].split(":")[1]) >= 40
    assert password_file(home).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["sftrm-password"]
    assert auth_string(home) == found[0] != auth_string(tmp_path / "another")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_password_that_others_can_read_or_change_is_refused(tmp_path, mode):
    auth_string(tmp_path)
    password_file(tmp_path).chmod(mode)
    with pytest.raises(ConfigError, match=rf"mode {mode:o}, expected 600"):
        auth_string(tmp_path)


@pytest.mark.parametrize("content", ["", "no colon in all of this text", "user:short", "user:" + "가" * 30])
def test_a_file_that_holds_no_password_is_refused(tmp_path, content):
    auth_string(tmp_path)
    password_file(tmp_path).write_text(content, "utf-8")
    with pytest.raises(ConfigError, match="delete it, a new one is made"):
        auth_string(tmp_path)


def test_a_password_behind_a_link_is_not_ours(tmp_path):
    auth_string(tmp_path / "real")
    (tmp_path / "home").mkdir()
    password_file(tmp_path / "home").symlink_to(password_file(tmp_path / "real"))
    with pytest.raises(StorageError, match="cannot keep the password"):
        auth_string(tmp_path / "home")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="PREFECT_HOME"):
        auth_string(tmp_path / "home")


def test_the_link_works_once_and_only_for_its_code():
    app = SignIn("right", "user:password")

    def exchange(body):
        return ask("POST", "/sign-in", headers=[JSON], app=app, content=body)

    assert exchange(b'{"code": "wrong"}').status_code == 403
    for broken in (b"", b"[]", b"{}", b"\xff", b'"right"'):
        assert exchange(broken).status_code == 400
    assert exchange(b'{"code": "' + b"x" * 2000 + b'"}').status_code == 413
    assert json.loads(exchange(b'{"code": "right"}').content) == {"password": "dXNlcjpwYXNzd29yZA=="}
    assert exchange(b'{"code": "right"}').status_code == 403
    page = ask("GET", "/sign-in", app=app)
    assert "password" not in page.headers.get("set-cookie", "") and "right" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert ask("DELETE", "/sign-in", headers=[JSON], app=app).status_code == 405
