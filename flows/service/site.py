"""The report site: ``OUT/reports`` over HTTP, since browsers follow no link to a file from the Prefect UI.

On loopback, unless somebody says otherwise (`reach.py`). Any page in the user's browser and any process of this machine
can send requests here. So what may be asked for is a short list, and the rest is refused before a path is looked at.
"""

import io
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from flows.server import address_of, bound, own_origins
from flows.service.reach import ON_LOOPBACK, Reach
from flows.service.served_files import HTML, PATH, SVG, content_type_of, open_below
from sftrm_quality.reports import render_index
from sftrm_quality.words import phrase, say

_log = logging.getLogger("sftrm_quality.site")
# For a whole request to arrive, and for each chunk of an answer to be taken.
_SECONDS = 10.0
_CHUNK = 256 << 10

_PLAIN = "text/plain; charset=utf-8"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Pages bring the rest of their policy; this part counts only in a header.
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Connection": "close",
}
# An SVG opened by itself is a document too, and can hold a script.
_SVG_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
}
_NO_HEADERS: Mapping[str, str] = {}
_HINTS = {
    HTTPStatus.NOT_FOUND: phrase(
        "Only reports are served here. Releases, quarantine and duplicates are in the output folder."
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: phrase("GET and HEAD are answered."),
}


class ReportSite:
    """A context in which ``out/reports`` is served. Nothing has to be there yet; what comes is served at once.

    Args:
        out: The output folder.
        port: Where to listen; 0 takes a free one.
        reach: At which address, and under which names it answers. Pages are found below the path of its URL and
            without it, since some proxies leave it out.
    """

    def __init__(self, out: Path, port: int, reach: Reach = ON_LOOPBACK) -> None:
        self._reports = out / "reports"
        self._port = port
        self._reach = reach

    def __enter__(self) -> Self:
        """Raises ConfigError when the port cannot be had."""
        listening = bound(self._port, say("report site"), "--report-port", self._reach.host)
        self._server = _Server(self._reports, listening, self._reach)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="report-site", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where people open it; the report of a run is below that at ``/<run_id>/index.html``, the index at ``/``."""
        return self._server.address

    @property
    def port(self) -> int:
        """The port at which it listens."""
        return self._server.server_port


class _Server(ThreadingHTTPServer):
    # A browser opens several connections at once.
    request_queue_size = 64

    def __init__(self, reports: Path, listening: socket.socket, reach: Reach) -> None:
        self.reports = reports
        # Its own binding would ask the name service for the name of this machine.
        super().__init__(listening.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_name, self.server_port = listening.getsockname()[:2]
        self.hosts = own_origins(self.server_port, reach.host, reach.declared)
        self.address = reach.site_url or address_of(reach.host, self.server_port)
        self.prefix = urlsplit(self.address).path
        self.server_activate()

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Clients leave and fall silent as they like; anything else is a fault of ours.
        if isinstance(sys.exception(), OSError):
            _log.debug("client gone: %r", sys.exception())
        else:
            _log.exception("a request could not be answered")


class _Handler(BaseHTTPRequestHandler):
    """One request, then the connection is closed: no body is ever read, so what follows must not be taken for one."""

    server: _Server
    # Else what cannot be parsed is answered without a status line.
    default_request_version = "HTTP/1.0"

    def setup(self) -> None:
        super().setup()
        self.rfile = io.BufferedReader(_UntilDeadline(self.connection, _SECONDS))

    def do_GET(self) -> None:
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0].strip().lower() not in self.server.hosts:
            # A foreign name that leads here is how a web site would read the reports (DNS rebinding).
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = self.path.partition("?")[0]
        if not PATH.fullmatch(path):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        if self.server.prefix == path:
            self._send_to_folder(path.rpartition("/")[2])
            return
        if path.startswith(f"{self.server.prefix}/"):
            path = path.removeprefix(self.server.prefix)
        names = (path + "index.html" if path.endswith("/") else path).split("/")[1:]
        try:
            descriptor = open_below(self.server.reports, names)
        except FileNotFoundError:
            if names == ["index.html"]:
                self._send(HTTPStatus.OK, HTML, render_index([]).encode())
            else:
                self.send_error(HTTPStatus.NOT_FOUND)
        except IsADirectoryError:
            self._send_to_folder(names[-1])
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            with os.fdopen(descriptor, "rb") as file:
                self._send_file(file, names)

    do_HEAD = do_GET

    def _send_to_folder(self, name: str) -> None:
        """With a slash at its end, or the links of the page would lead elsewhere. From where the browser is: a proxy
        may serve all this below a path of its own."""
        self._send(HTTPStatus.MOVED_PERMANENTLY, _PLAIN, headers={"Location": f"./{name}/"})

    def _send_file(self, file: io.BufferedReader, names: Sequence[str]) -> None:
        content_type = content_type_of(names)
        if content_type is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        size = os.fstat(file.fileno()).st_size
        self._begin(HTTPStatus.OK, content_type, size, _SVG_POLICY if content_type == SVG else _NO_HEADERS)
        # Its size is promised: a file that grows meanwhile is sent as it was, one that shrinks ends the connection.
        while self.command != "HEAD" and size and (chunk := file.read(min(size, _CHUNK))):
            self.wfile.write(chunk)
            size -= len(chunk)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The number and its name; the base class would repeat what the client has sent."""
        headers = {}
        if code == HTTPStatus.NOT_IMPLEMENTED:
            code = HTTPStatus.METHOD_NOT_ALLOWED
            headers["Allow"] = "GET, HEAD"
        status = HTTPStatus(code)
        hint = say(_HINTS[status]) if status in _HINTS else ""
        if status == HTTPStatus.MISDIRECTED_REQUEST:
            hint = say(
                "This site is {address}; sftrm serve --allowed-host declares other names.", address=self.server.address
            )
        text = f"{status} {status.phrase}\n{hint}".strip() + "\n"
        self._send(status, _PLAIN, text.encode(), headers)

    def _send(
        self, status: HTTPStatus, content_type: str, body: bytes = b"", headers: Mapping[str, str] = _NO_HEADERS
    ) -> None:
        self._begin(status, content_type, len(body), headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _begin(self, status: HTTPStatus, content_type: str, length: int, headers: Mapping[str, str]) -> None:
        self.connection.settimeout(_SECONDS)
        # Not send_response, which adds the versions of this server and of Python.
        self.send_response_only(status)
        self.send_header("Date", self.date_time_string())
        about = {"Content-Type": content_type, "Content-Length": str(length)}
        for name, value in {**about, **_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.log_request(status)

    def log_message(self, format: str, *args: Any) -> None:
        _log.debug("%r", format % args)


class _UntilDeadline(io.RawIOBase):
    """What a connection sends up to a moment: a timeout for each byte would let a client hold on for ever."""

    def __init__(self, connection: Any, seconds: float) -> None:
        self._connection = connection
        self._deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # No timeout at all would be 0, so there is always a little left.
        self._connection.settimeout(max(0.001, self._deadline - time.monotonic()))
        received: int = self._connection.recv_into(buffer)
        return received
