"""The report site: ``OUT/reports`` over HTTP on loopback, since browsers follow no link to a file from the Prefect UI.

Any page in the user's browser and any process of this machine can send requests here. So what may be asked for is a
short list, and the rest is refused before a path is looked at.
"""

import io
import logging
import os
import re
import socket
import stat
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flows.server.names import HOST, bound, own_names
from sftrm_quality.reports import render_index

_log = logging.getLogger("sftrm_quality.site")
# For a whole request to arrive, and for each chunk of an answer to be taken.
_SECONDS = 10.0
_CHUNK = 256 << 10

# By name where only that name is served, else by suffix.
_TYPES = {
    "index.html": "text/html; charset=utf-8",
    "browse.html": "text/html; charset=utf-8",
    "report.json": "application/json; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".parquet": "application/vnd.apache.parquet",
}
_PLAIN = "text/plain; charset=utf-8"
# Every name that we write fits, and needs no escape in a URL. So nothing is decoded, and there is no way to write
# "..", a hidden file, a backslash or a NUL.
_PATH = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9._-]*/)*(?:[A-Za-z0-9][A-Za-z0-9._-]*)?")
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
    HTTPStatus.NOT_FOUND: "Only reports are served here. Releases, quarantine and duplicates are in the output folder.",
    HTTPStatus.METHOD_NOT_ALLOWED: "GET and HEAD are answered.",
}


class ReportSite:
    """A context in which ``out/reports`` is served. Nothing has to be there yet; what comes is served at once.

    port: of 127.0.0.1; 0 takes a free one.
    """

    def __init__(self, out: Path, port: int) -> None:
        self._reports = out / "reports"
        self._port = port

    def __enter__(self) -> Self:
        """Raises ConfigError when the port cannot be had."""
        self._server = _Server(self._reports, bound(self._port, "report site", "--report-port"))
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
        """``http://127.0.0.1:PORT``; the report of a run is at ``/<run_id>/index.html``, the index at ``/``."""
        return f"http://{HOST}:{self._server.server_port}"


class _Server(ThreadingHTTPServer):
    # A browser opens several connections at once.
    request_queue_size = 64

    def __init__(self, reports: Path, listening: socket.socket) -> None:
        self.reports = reports
        # Its own binding would ask the name service for the name of this machine.
        super().__init__(listening.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_name, self.server_port = listening.getsockname()
        self.hosts = own_names(self.server_port)
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
        if not _PATH.fullmatch(path):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        names = (path + "index.html" if path.endswith("/") else path).split("/")[1:]
        try:
            descriptor = _open(self.server.reports, names)
        except FileNotFoundError:
            if names == ["index.html"]:
                self._send(HTTPStatus.OK, _TYPES["index.html"], render_index([]).encode())
            else:
                self.send_error(HTTPStatus.NOT_FOUND)
        except IsADirectoryError:
            # With a slash at its end, or the links of the page would lead elsewhere.
            self._send(HTTPStatus.MOVED_PERMANENTLY, _PLAIN, headers={"Location": f"/{'/'.join(names)}/"})
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            with os.fdopen(descriptor, "rb") as file:
                self._send_file(file, names[-1])

    do_HEAD = do_GET

    def _send_file(self, file: io.BufferedReader, name: str) -> None:
        suffix = Path(name).suffix
        content_type = _TYPES.get(name) or _TYPES.get(suffix)
        if content_type is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        size = os.fstat(file.fileno()).st_size
        self._begin(HTTPStatus.OK, content_type, size, _SVG_POLICY if suffix == ".svg" else _NO_HEADERS)
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
        hint = _HINTS.get(status, "")
        if status == HTTPStatus.MISDIRECTED_REQUEST:
            hint = f"This site is http://{HOST}:{self.server.server_port} and has no other name."
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


def _open(root: Path, names: Sequence[str]) -> int:
    """A descriptor of the file ``root/name/…``, following no symbolic link below root.

    Name by name from the folder before it, so that nothing can be exchanged between a look and the opening.

    Raises OSError for whatever is not a plain file; IsADirectoryError for a folder.
    """
    opened = os.open(root, os.O_RDONLY)
    for name in names:
        try:
            # Opening a pipe must not wait for its other end.
            inner = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=opened)
        finally:
            os.close(opened)
        opened = inner
    mode = os.fstat(opened).st_mode
    if stat.S_ISREG(mode):
        return opened
    os.close(opened)
    raise IsADirectoryError if stat.S_ISDIR(mode) else PermissionError
