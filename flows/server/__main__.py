"""The process of a Prefect server of ours. It ends when the process that started it does, however that happens.

``python -m flows.server FD`` serves on a bound socket. What is secret comes by the environment, which other accounts
cannot read, and not by arguments, which they can.
"""

import argparse
import os
import signal
import socket
import sys
import threading

from flows.server.busy import RetriesWhenBusy
from flows.server.guard import App, Guard, Receive, Scope, Send
from flows.server.names import SIGN_IN, own_origins
from flows.server.secret import SIGN_IN_CODE
from flows.server.sign_in import SignIn
from sftrm_quality.imports import large_imports
from sftrm_quality.words import say

with large_imports():
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

# Of pages that hold a connection when the server is told to end.
_GRACE_SECONDS = 5


def _end_with_parent() -> None:
    """Our standard input is a pipe that nobody writes to: its end is the end of whoever started us, killed or not."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _with_sign_in(prefect: App, sign_in: SignIn) -> App:
    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"] == SIGN_IN
        await (sign_in if asked else prefect)(scope, receive, send)

    return either


def main() -> None:
    """Serve until SIGTERM, or until the parent process is gone."""
    arguments = argparse.ArgumentParser(prog="python -m flows.server")
    arguments.add_argument("descriptor", type=int, help=say("A bound socket."))
    arguments.add_argument("--declared", action="append", default=[], help=say("An origin under which it is reached."))
    given = arguments.parse_args()
    threading.Thread(target=_end_with_parent, daemon=True, name="end-with-parent").start()
    listening = socket.socket(fileno=given.descriptor)
    host, port, *_ = listening.getsockname()
    settings = get_current_settings().server
    code = os.environ.pop(SIGN_IN_CODE, None)
    app: App = RetriesWhenBusy(create_app(final=True))
    if code and settings.api.auth_string:
        app = _with_sign_in(app, SignIn(code, settings.api.auth_string.get_secret_value()))
    config = uvicorn.Config(
        Guard(app, own_origins(port, host, given.declared)),
        log_level="warning",
        lifespan="on",
        server_header=False,
        timeout_keep_alive=settings.api.keepalive_timeout,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
