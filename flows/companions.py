"""Servers beside a run: they end when it does, also when it is killed and can do nothing about it any more."""

import atexit
import subprocess
from contextlib import suppress

import psutil

_PREFECTS_OWN = "prefect.server.api.server:create_app"


def end_with_us(pid: int) -> None:
    """See to it that a process gets SIGTERM when this one ends, however that happens.

    By a shell that waits for the end of a pipe which nobody but us holds open: what a signal handler or `atexit` would
    do is not done after SIGKILL, and Prefect's server would stay for ever, with 170 MiB.
    """
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", 'read _; kill "$0"', str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Where we end in good order the server is gone before, and its number may be somebody else's.
    atexit.register(watcher.kill)


def end_prefects_server_with_us() -> None:
    """The same for the server that Prefect starts beside a flow when none is configured, if there is one."""
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # ended meanwhile
            if _PREFECTS_OWN in child.cmdline():
                end_with_us(child.pid)
