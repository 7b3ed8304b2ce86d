"""A Prefect server of our own: on loopback, for as long as `sftrm serve` lives, and its pages ask nobody else."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from flows.companions import end_with_us
from flows.prefect_settings import set_server_defaults
from sftrm_quality.errors import ConfigError

_HOST = "127.0.0.1"
# The first start makes the database; 15 s here, and several times that on a slow disk.
_START_SECONDS = 180
# The newer of Prefect's two UIs fetches a configuration from an analytics company (amplitude.com) with every page, and
# no setting of Prefect's keeps it from that. The browser does, when the page says so.
_POLICY = """<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">"""


@contextmanager
def prefect_server(port: int) -> Iterator[str]:
    """Start it, and give its address when it answers; it ends with us. Port 0: any that is free.

    Raises ConfigError when the port is taken, or the server does not start.
    """
    port = _free(port)
    address = f"http://{_HOST}:{port}"
    pages = _folder_of_pages()
    set_server_defaults(port, pages)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", _HOST, "--port", str(port)]
    # A session of its own: Ctrl-C is ours to handle, and a run that ends with it still has a server to tell.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    end_with_us(process.pid)
    try:
        _wait_until_it_answers(process, address)
        _keep_to_this_server(pages)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def _free(port: int) -> int:
    """The port, if we can have it. Prefect would only say so in a traceback, while whoever has it answers for us."""
    with socket.socket() as asked:
        # As the server itself does: connections of the one before may still be closing.
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((_HOST, port))
        except (OSError, OverflowError) as error:
            why = error.strerror if isinstance(error, OSError) else "a port is a number up to 65535"
            raise ConfigError(
                f"Prefect server: cannot listen on port {port} of {_HOST}: {why}; name another one with "
                "--prefect-port, 0 for any that is free, or a server that runs already with PREFECT_API_URL"
            ) from error
        return int(asked.getsockname()[1])


def _folder_of_pages() -> Path:
    """Where Prefect copies its pages to. By default that is its own package, which not everybody may write to."""
    from prefect.settings import get_current_settings

    return get_current_settings().home / "sftrm-ui"


def _keep_to_this_server(pages: Path) -> None:
    """Tell browsers to connect to nothing but the server that a page came from."""
    for page in pages.glob("v*/index.html"):
        text = page.read_text("utf-8")
        if _POLICY not in text:
            changed = page.with_suffix(".new")
            changed.write_text(text.replace("<head>", f"<head>{_POLICY}", 1), "utf-8")
            changed.replace(page)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/health", timeout=2).is_success
    except httpx.HTTPError:
        return False


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", address: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ConfigError(f"{address}: the Prefect server did not start; what it said is above")
        if _answers(address):
            return
        time.sleep(0.3)
    raise ConfigError(f"{address}: the Prefect server did not answer in {_START_SECONDS} seconds")
