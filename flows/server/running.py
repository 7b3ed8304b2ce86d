"""Starts a Prefect server of ours, sees to it that it answers and that its end is noticed, and ends it with us."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from flows.prefect_settings import set_own_server, set_served
from flows.server.names import SIGN_IN, address_of, bound
from flows.server.secret import SIGN_IN_CODE, auth_string, new_code, password_file
from flows.server.services import server_command
from sftrm_quality.errors import SftrmError
from sftrm_quality.words import say

# The first start makes the database; 15 s here, and several times that on a slow disk.
_START_SECONDS = 180
_END_SECONDS = 20
_LOOK_AGAIN_SECONDS = 0.1


class ServerError(SftrmError):
    """A Prefect server of ours does not start."""


@dataclass(frozen=True)
class Server:
    """A server of ours that answers.

    Attributes:
        address: ``http://127.0.0.1:PORT``, as this machine reaches it.
        sign_in: A link that signs a browser in, once.
        password_file: Where the password for other browsers is.
    """

    address: str
    sign_in: str
    password_file: Path


@contextmanager
def for_the_service(
    port: int, ended: Callable[[], None], host: str, declared: Sequence[str], say: Callable[[str], None]
) -> Iterator[Server]:
    """A server with pages and schedules, while the context lasts.

    Args:
        port: Where it listens; 0: any that is free.
        ended: Called in a thread of its own when the server ends before the context does.
        host: The IP address at which it listens.
        declared: Origins under which it is reached besides its own names.
        say: Told what is waited for.

    Raises:
        ConfigError: The port is taken.
        ServerError: The server does not start.
    """
    home = _home()
    # Prefect copies its pages there. By default into its own package, which not everybody may write to.
    set_served(home / "sftrm-ui")
    code = new_code()
    options = [part for origin in declared for part in ("--declared", origin)]
    with _running((host, port), options, {SIGN_IN_CODE: code}, ended) as wait:
        say("waiting until it answers; the first start makes its database")
        address = wait()
        yield Server(address, f"{address}{SIGN_IN}#{code}", password_file(home))


def _home() -> Path:
    from prefect.settings import get_current_settings

    return get_current_settings().home


def _secret() -> str:
    """Prefect's auth string: the user's own where one is set."""
    from prefect.settings import get_current_settings

    settings = get_current_settings()
    given = settings.server.api.auth_string or settings.api.auth_string
    return given.get_secret_value() if given else auth_string(_home())


@contextmanager
def _running(
    place: tuple[str, int], options: list[str], environment: dict[str, str], ended: Callable[[], None]
) -> Iterator[Callable[[], str]]:
    host, port = place
    with bound(port, say("Prefect server"), "--prefect-port", host) as listening:
        address = address_of(host, listening.getsockname()[1])
        set_own_server(f"{address}/api", _secret())
        process = subprocess.Popen(
            server_command(listening.fileno(), options),
            env={**os.environ, **environment},
            # Open for as long as we live; see flows/server/__main__.py.
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[listening.fileno()],
            # Ctrl-C is ours to handle, and a run that ends with it still has a server to tell.
            start_new_session=True,
        )
    over = False
    # Held while somebody acts on it: a server that ends just when we do is no news.
    deciding = threading.Lock()

    def watch() -> None:
        process.wait()
        with deciding:
            if not over:
                ended()

    def wait() -> str:
        _wait_until_it_answers(process, address)
        if not watcher.is_alive():
            watcher.start()
        return address

    watcher = threading.Thread(target=watch, daemon=True, name="watch-prefect-server")
    try:
        yield wait
    finally:
        with deciding:
            over = True
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/health", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", address: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ServerError(
                say("{address}: the Prefect server did not start; what it said is above", address=address)
            )
        if _answers(address):
            return
        time.sleep(_LOOK_AGAIN_SECONDS)
    raise ServerError(
        say(
            "{address}: the Prefect server did not answer in {start_seconds} seconds",
            address=address,
            start_seconds=_START_SECONDS,
        )
    )
