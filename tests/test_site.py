"""The report site: what it serves, and that it serves nothing else, asked with raw bytes over real sockets."""

import errno
import http.client
import logging
import os
import re
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.server.names import own_origins
from flows.service import declared_reach
from flows.service import site as report_site
from flows.service.site import ReportSite
from sftrm_quality.errors import ConfigError
from sftrm_quality.output import OutputFolder
from sftrm_quality.reports.write import put_in_place, write_report
from tests.report_example import published, read

SECRET = b"not to be seen by anybody"
TYPES = {
    "index.html": "text/html; charset=utf-8",
    "report.json": "application/json; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "script.js": "text/javascript; charset=utf-8",
    "chart.svg": "image/svg+xml; charset=utf-8",
    "chart.png": "image/png",
    "split_moves.parquet": "application/vnd.apache.parquet",
}


def plant(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SECRET)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Reports of one run, and files with the same names that hold the secret, in all places that must not be seen."""
    out = tmp_path_factory.mktemp("site") / "out"
    run = out / "reports" / "run1"
    run.mkdir(parents=True)
    (out / "reports" / "index.html").write_text("all runs: 한국어", "utf-8")
    for name in TYPES:
        (run / name).write_text(f"content of {name}", "utf-8")
    for above in (out.parent, out, out / "reports2", out / "quarantine" / "run1", out / "reports" / ".hidden"):
        for name in ("index.html", "report.json", "secret.css"):
            plant(above / name)
    for hidden in (".index.html", ".style.css", "notes.txt", "other.html", "other.json", "no_suffix", "deep/.css"):
        plant(run / hidden)
    (run / "link.css").symlink_to(out / "secret.css")
    (run / "link2.css").symlink_to("../../secret.css")
    (run / "link3.css").symlink_to("../.hidden/secret.css")
    (out / "reports" / "linked").symlink_to(out / "quarantine")
    (out / "reports" / "up").symlink_to("..")
    (out / "reports" / "empty").mkdir()
    (out / "reports" / "nested").mkdir()
    (out / "reports" / "nested" / "index.html").symlink_to(out / "index.html")
    os.mkfifo(run / "pipe.css")
    return out


@pytest.fixture(scope="module")
def site(out):
    with ReportSite(out, 0) as site:
        yield site


def port_of(site) -> int:
    return site.port


def exchange(site, sent: bytes) -> bytes:
    """All that comes back on one connection."""
    with socket.create_connection(("127.0.0.1", port_of(site)), timeout=30) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))
        except ConnectionError:
            return b""
        except OSError as error:
            if error.errno != errno.ENOTCONN:  # cut before the shutdown, and no ConnectionError
                raise
            return b""


def ask(site, target: bytes | str = b"/", method: bytes = b"GET", host: bytes | None = None, more: bytes = b""):
    """(status, headers, body) for one raw request."""
    target = target.encode() if isinstance(target, str) else target
    host = f"127.0.0.1:{port_of(site)}".encode() if host is None else host
    answer = exchange(site, method + b" " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + more + b"\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return int(status.split()[1]), headers, body


@pytest.mark.parametrize("name", TYPES)
def test_files_of_a_run_are_served_whole_with_their_types(site, name):
    status, headers, body = ask(site, f"/run1/{name}")
    assert (status, body) == (200, f"content of {name}".encode())
    assert headers["content-type"] == TYPES[name]
    assert headers["content-length"] == str(len(body))


def test_the_index_is_served_at_the_root_and_by_name(site):
    for target in ("/", "/index.html", "/?page=1", "/index.html?../../secret.css"):
        status, headers, body = ask(site, target)
        assert (status, body.decode(), headers["content-type"]) == (200, "all runs: 한국어", TYPES["index.html"])


def test_a_folder_is_its_page_with_a_slash_and_sent_there_without_one(site):
    assert ask(site, "/run1/")[2] == b"content of index.html"
    status, headers, body = ask(site, "/run1?x=1")
    assert (status, headers["location"], body) == (301, "./run1/", b"")


def test_a_folder_without_a_page_is_not_listed(site):
    assert ask(site, "/empty/")[0] == 404
    assert ask(site, "/run1/deep/")[0] == 404


def test_a_page_that_is_a_folder_leads_to_no_other_site(tmp_path):
    (tmp_path / "reports" / "index.html").mkdir(parents=True)
    with ReportSite(tmp_path, 0) as site:
        assert ask(site, "/")[1]["location"] == "./index.html/"


@pytest.mark.parametrize("target", ["/", "/run1/chart.svg", "/nowhere", "/run1", "/..", "/%00"])
def test_every_answer_says_how_a_browser_may_use_it(site, target):
    for method in (b"GET", b"HEAD", b"POST"):
        _, headers, _ = ask(site, target, method)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-cache"
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_an_svg_may_run_no_script_and_pages_keep_their_own_policy(site):
    assert "sandbox" in ask(site, "/run1/chart.svg")[1]["content-security-policy"]
    assert ask(site, "/run1/index.html")[1]["content-security-policy"] == "frame-ancestors 'none'"


@pytest.mark.parametrize("target", ["/", "/run1/", "/run1/chart.svg", "/run1/report.json", "/nowhere", "/run1"])
def test_no_page_of_another_site_can_frame_one_of_ours(site, target):
    headers = ask(site, target)[1]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("target", ["/", "/run1/report.json", "/run1", "/nowhere"])
def test_head_is_get_without_the_body(site, target):
    status, headers, body = ask(site, target, b"HEAD")
    get_status, get_headers, get_body = ask(site, target)
    assert (status, body) == (get_status, b"")
    assert headers["content-length"] == get_headers["content-length"] == str(len(get_body))


@pytest.mark.parametrize(
    "method", [b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT", b"get", b"PROPFIND"]
)
def test_other_methods_are_refused(site, method):
    status, headers, body = ask(site, "/index.html", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert b"all runs" not in body


def test_no_body_is_waited_for_nor_taken_for_a_request(site):
    smuggled = b"GET /run1/report.json HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port_of(site)
    with socket.create_connection(("127.0.0.1", port_of(site)), timeout=30) as connection:
        head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 1000000000\r\n\r\n" % port_of(site)
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.0 405")
    for method in (b"GET", b"POST"):
        sent = method + b" / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: keep-alive\r\n" % port_of(site)
        answer = exchange(site, sent + b"Content-Length: %d\r\n\r\n" % len(smuggled) + smuggled)
        assert answer.count(b"HTTP/1.0 ") <= 1
        assert b"content of" not in answer


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LocalHost"])
def test_names_of_this_machine_are_answered(site, name):
    assert ask(site, host=f"{name}:{port_of(site)}".encode())[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:{port}"),
        *("localhost:{port}@evil.example", "127.0.0.2:{port}", "0.0.0.0:{port}", "localhost.:{port}"),
    ],
)
def test_other_names_are_not_ours(site, host):
    status, _, body = ask(site, host=host.format(port=port_of(site)).encode())
    assert status == 421
    assert b"all runs" not in body
    assert site.address.encode() in body
    assert b"evil" not in body


def test_one_host_is_named_and_no_more(site):
    assert ask(site, more=b"Host: 127.0.0.1:%d\r\n" % port_of(site))[0] == 421
    assert b" 421 " in exchange(site, b"GET / HTTP/1.0\r\n\r\n")
    assert b" 421 " in exchange(site, b"GET /\r\n\r\n")


def test_port_80_may_go_unnamed():
    assert set(own_origins(4280)) == {"127.0.0.1:4280", "localhost:4280", "[::1]:4280"}
    assert {"localhost", "localhost:80"} < set(own_origins(80))


REFUSED = [
    *(b"/../secret.css", b"/run1/../../secret.css", b"/..", b"/../", b"/run1/..", b"/./index.html", b"/../index.html"),
    *(b"/%2e%2e/secret.css", b"/%2E%2E%2Fsecret.css", b"/..%2fsecret.css", b"/..%5csecret.css", b"/..\\secret.css"),
    *(b"/%252e%252e%252fsecret.css", b"/..%c0%afsecret.css", b"/\xc0\xae\xc0\xae/secret.css", b"/run1%2findex.html"),
    *(
        b"/run1/index.html%00",
        b"/run1/index.html\x00.css",
        b"/\x00",
        b"/run1/index.html%0d%0aX:y",
        b"/run1\\index.html",
    ),
    *(
        b"/run1//index.html",
        b"/run1/./index.html",
        b"index.html",
        b"../secret.css",
        b"*",
        b"C:/secret.css",
        b"~/index.html",
    ),
    *(b"http://127.0.0.1/index.html", b"file:///index.html", b"/index.html/", b"/run1/style.css/", b"/index.html;x"),
    *(b"/run1/.index.html", b"/.hidden/index.html", b"/.hidden/", b"/.hidden", b"/run1/.style.css", b"/run1/deep/.css"),
    *(
        b"/run1/notes.txt",
        b"/run1/other.html",
        b"/run1/other.json",
        b"/run1/no_suffix",
        b"/run1/index.html.",
        b"/run1/css",
    ),
    *(
        b"/run1/link.css",
        b"/run1/link2.css",
        b"/run1/link3.css",
        b"/linked/run1/index.html",
        b"/linked/run1/",
        b"/linked",
    ),
    *(b"/up/secret.css", b"/up/", b"/up", b"/nested/", b"/nested/index.html", b"/run1/pipe.css", b"/run1/INDEX.HTML"),
    *(b"/index.html#x", b"/%69ndex.html", "/ｉndex.html".encode(), b"/" + b"a" * 300, b"/" + b"a/" * 9000),
]


@pytest.mark.parametrize("target", REFUSED)
def test_whatever_is_not_a_report_is_not_found(site, target):
    status, headers, body = ask(site, target)
    assert status == 404
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert body == (
        b"404 Not Found\nOnly reports are served here. Releases, quarantine and duplicates are in the output folder.\n"
    )


@pytest.fixture(scope="module")
def proxied(out):
    with ReportSite(out, 0, declared_reach(site_url="https://tools.example.com/sftrm/")) as site:
        yield site


@pytest.mark.parametrize("path", ["/sftrm", ""])
def test_it_is_found_below_the_path_of_a_proxy_and_without_it(proxied, path):
    """Some proxies leave the path out, and some do not."""
    host = b"tools.example.com"
    assert ask(proxied, f"{path}/", host=host)[2].decode() == "all runs: 한국어"
    assert ask(proxied, f"{path}/run1/style.css", host=host)[2] == b"content of style.css"
    assert ask(proxied, f"{path}/run1?x=1", host=host)[1]["location"] == "./run1/"
    for target in REFUSED:
        if target.startswith(b"/"):
            assert ask(proxied, path.encode() + target, host=host)[0] == 404, target


def test_the_path_of_a_proxy_without_its_slash_and_paths_like_it(proxied):
    host = b"tools.example.com"
    status, headers, _ = ask(proxied, "/sftrm", host=host)
    assert (status, headers["location"]) == (301, "./sftrm/")
    for target in ("/sftrm2/run1/style.css", "/sftrmrun1/style.css", "/x/sftrm/", "/sftrm/sftrm/run1/style.css"):
        assert ask(proxied, target, host=host)[0] == 404, target


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("tools.example.com", 200), ("Tools.Example.com", 200), ("localhost:{port}", 200)),
        *(("tools.example.com:{port}", 421), ("evil.example", 421), ("x.tools.example.com", 421), ("", 421)),
    ],
)
def test_it_answers_under_the_name_that_is_declared_and_under_no_other(proxied, host, status):
    found, _, body = ask(proxied, host=host.format(port=port_of(proxied)).encode())
    assert found == status
    assert (b"all runs" in body) == (status == 200)
    assert (b"https://tools.example.com/sftrm" in body) == (status == 421)


@pytest.mark.skipif(sys.platform != "linux", reason="another system has one address of loopback")
def test_it_listens_at_the_address_that_it_is_told_and_at_no_other(out):
    with ReportSite(out, 0, declared_reach(host="127.0.0.2")) as site:
        for address, status in (("127.0.0.2", 200), ("127.0.0.1", None)):
            client = http.client.HTTPConnection(address, site.port, timeout=30)
            try:
                client.request("GET", "/")
                assert client.getresponse().status == status
            except ConnectionRefusedError:
                assert status is None
            client.close()
        assert site.address == f"http://127.0.0.2:{site.port}"


def test_absolute_paths_are_paths_below_reports(site, out):
    for target in (str(out / "secret.css"), f"/{out / 'secret.css'}", "//etc/passwd", f"/run1/{out}/secret.css"):
        assert ask(site, target)[0] == 404


_PIECES = (
    *(
        b"/",
        b"//",
        b"..",
        b".",
        b"%2e",
        b"%2E%2e",
        b"%2f",
        b"%252f",
        b"\\",
        b"%5c",
        b"%00",
        b"\x00",
        b"..;",
        b"?",
        b"#",
    ),
    *(b"run1", b"reports", b"reports2", b"out", b"quarantine", b"up", b"linked", b"nested", b".hidden", b"deep", b"~"),
    *(b"index.html", b"report.json", b"secret.css", b"notes.txt", b".index.html", b"link.css", b"link2.css"),
)
_targets = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=12).map(b"".join), st.binary(max_size=40))


@settings(max_examples=400)
@given(_targets, st.booleans())
def test_no_request_gets_a_byte_from_outside(site, target, rooted):
    """No path, and no bytes that are no request at all."""
    answer = exchange(
        site,
        b"GET " + (b"/" if rooted else b"") + target + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port_of(site),
    )
    assert SECRET not in answer
    if answer:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert re.match(rb"HTTP/1\.0 (200|301|400|404|421|505) [A-Za-z ]+\r\n", answer)
        if b" 200 " in head.split(b"\r\n")[0]:
            assert body.startswith((b"content of ", b"all runs"))
        if b" 301 " in head.split(b"\r\n")[0]:
            assert re.search(rb"\r\nLocation: \./[A-Za-z0-9][^/]*/$", head)


@pytest.mark.parametrize(
    "request_line, status",
    [
        (b"GET /MARK MARK HTTP/1.1", 400),
        (b"MARK", 400),
        (b"GET /MARK HTTP/MARK", 400),
        (b"GET /MARK HTTP/2.0", 505),
        (b"MARK /MARK HTTP/1.1", 405),
        (b"GET /MARK HTTP/1.1", 404),
        (b"GET /" + b"MARK" * 20_000 + b" HTTP/1.1", 414),
        (b"GET / HTTP/1.1\r\nMARK: " + b"MARK" * 20_000, 431),
        (b"GET / HTTP/1.1\r\n" + b"\r\n".join(b"MARK-%d: x" % i for i in range(200)), 431),
    ],
)
def test_errors_are_short_and_repeat_nothing(site, request_line, status):
    answer = exchange(site, request_line + b"\r\nHost: 127.0.0.1:%d\r\n\r\n" % port_of(site))
    # What was not read makes the system cut the connection, sometimes before the answer has been taken.
    if answer or status not in (414, 431):
        assert answer.startswith(b"HTTP/1.0 %d " % status)
        assert b"MARK" not in answer
        assert len(answer) < 800


def test_before_the_first_run_there_is_a_page_that_says_so(tmp_path):
    with ReportSite(tmp_path / "out", 0) as site:
        for target in ("/", "/index.html"):
            status, headers, body = ask(site, target)
            assert (status, headers["content-type"]) == (200, TYPES["index.html"])
            assert b"There is no run yet." in body
            assert b"Content-Security-Policy" in body
        assert ask(site, "/run1/")[0] == 404


def test_a_report_is_there_when_it_is_written_and_its_links_lead_somewhere(tmp_path):
    output = OutputFolder(tmp_path / "out")
    with ReportSite(output.root, 0) as site:
        report = read(published() | {"history": {"runs": [], "files": {}}})
        (tmp_path / "written" / "rows").mkdir(parents=True)
        write_report(report, tmp_path / "written")
        put_in_place(tmp_path / "written", output, report.run_id)
        run = f"/{report.run_id}"
        for page in ("/", f"{run}/index.html", f"{run}/browse.html"):
            status, _, body = ask(site, page)
            assert status == 200
            links = {link for link in re.findall(r'(?:href|src)="([^"#]+)"', body.decode()) if "../../" not in link}
            assert links
            for link in links:
                assert ask(site, urljoin(page, link))[0] == 200


def test_ordinary_clients_understand_the_answers(site):
    for method, target, status in (("GET", "/run1/", 200), ("HEAD", "/", 200), ("POST", "/", 405)):
        client = http.client.HTTPConnection("127.0.0.1", port_of(site), timeout=30)
        client.request(method, target)
        with client.getresponse() as answer:
            assert answer.status == status
            answer.read()
        client.close()


def test_large_files_arrive_whole(site, out):
    content = os.urandom(3_000_000)
    (out / "reports" / "run1" / "large.parquet").write_bytes(content)
    assert ask(site, "/run1/large.parquet")[2] == content


def test_a_file_that_grows_is_sent_as_long_as_was_promised(site, out):
    growing = out / "reports" / "run1" / "growing.parquet"
    growing.write_bytes(bytes(40_000_000))
    with socket.create_connection(("127.0.0.1", port_of(site)), timeout=30) as connection:
        connection.sendall(b"GET /run1/growing.parquet HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port_of(site))
        answer = connection.recv(1)
        with growing.open("ab") as file:
            file.write(bytes(1_000_000))
        answer += b"".join(iter(lambda: connection.recv(1 << 20), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Length: 40000000" in head
    assert len(body) == 40_000_000


def test_who_sends_too_slowly_is_cut_off_however_steadily(out, monkeypatch):
    monkeypatch.setattr(report_site, "_SECONDS", 0.4)
    stop = threading.Event()
    with ReportSite(out, 0) as site, socket.create_connection(("127.0.0.1", port_of(site)), timeout=30) as connection:

        def drip():
            try:
                while not stop.wait(0.05):
                    connection.send(b"X")
            except OSError:
                pass

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert connection.recv(100) == b""
        except ConnectionResetError:
            pass
        finally:
            stop.set()
            thread.join()
        assert ask(site)[0] == 200


def test_who_does_not_take_the_answer_is_cut_off(out, monkeypatch):
    monkeypatch.setattr(report_site, "_SECONDS", 0.4)
    with (out / "reports" / "run1" / "huge.parquet").open("wb") as file:
        file.truncate(200_000_000)
    gone = threading.Event()
    monkeypatch.setattr(report_site._Handler, "finish", lambda _: gone.set())
    with ReportSite(out, 0) as site, socket.create_connection(("127.0.0.1", port_of(site)), timeout=30) as connection:
        connection.sendall(b"GET /run1/huge.parquet HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port_of(site))
        assert gone.wait(60)


def test_a_slow_client_keeps_nobody_waiting(site):
    with socket.create_connection(("127.0.0.1", port_of(site)), timeout=30) as silent:
        silent.sendall(b"GET /")
        assert ask(site)[0] == 200


def test_a_port_in_use_is_named_with_the_option_to_change(tmp_path, site):
    port = port_of(site)
    with pytest.raises(ConfigError, match=rf"port {port} of 127.0.0.1: Address already in use.*--report-port"):
        ReportSite(tmp_path, port).__enter__()
    with pytest.raises(ConfigError, match=r"port 70000 .*65535.*--report-port"):
        ReportSite(tmp_path, 70_000).__enter__()


def test_only_loopback_listens_and_only_within_the_context(out):
    with ReportSite(out, 0) as site:
        port = port_of(site)
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.2", port), timeout=5)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    with ReportSite(out, port) as again:
        assert again.address == f"http://127.0.0.1:{port}"


def test_no_name_service_is_asked(out, monkeypatch):
    def asked(*_):
        raise AssertionError("the name service was asked")

    monkeypatch.setattr(socket, "getfqdn", asked)
    monkeypatch.setattr(socket, "gethostbyaddr", asked)
    with ReportSite(out, 0) as site:
        assert ask(site)[0] == 200


def test_requests_are_logged_for_us_and_not_on_the_terminal(site, capfd, caplog):
    with caplog.at_level(logging.DEBUG, "sftrm_quality.site"):
        ask(site, b"/\x1b[31mred")
        exchange(site, b"GET / HT")
    assert capfd.readouterr() == ("", "")
    assert {record.levelname for record in caplog.records} == {"DEBUG"}
    assert "\x1b" not in "".join(caplog.messages)
    assert "red" in caplog.text


def test_who_leaves_early_is_no_fault(out, monkeypatch, caplog, capfd):
    with (out / "reports" / "run1" / "huge.parquet").open("wb") as file:
        file.truncate(200_000_000)
    handled = threading.Event()
    handle = report_site._Server.handle_error
    monkeypatch.setattr(report_site._Server, "handle_error", lambda *given: (handle(*given), handled.set()))
    with ReportSite(out, 0) as site, socket.create_connection(("127.0.0.1", port_of(site)), timeout=30) as connection:
        connection.sendall(b"GET /run1/huge.parquet HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port_of(site))
        connection.recv(1)
        connection.close()
        assert handled.wait(60)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_a_fault_of_ours_is_logged_and_the_next_request_answered(site, monkeypatch, caplog, capfd):
    with monkeypatch.context() as broken:
        broken.setattr(report_site, "open_below", lambda *_: 1 / 0)
        assert exchange(site, b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port_of(site)) == b""
    assert "ZeroDivisionError" in caplog.text
    assert "Traceback" not in capfd.readouterr().err
    assert ask(site)[0] == 200


def test_no_descriptor_is_left_open(site):
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("needs /proc")
    before = len(list(descriptors.iterdir()))
    for target in ("/", "/run1", "/run1/link.css", "/nowhere/x", "/run1/index.html/x", "/run1/pipe.css"):
        for _ in range(20):
            ask(site, target)
    assert len(list(descriptors.iterdir())) < before + 20
