"""Prefect servers of services of ours on this machine, found among the processes of this account."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psutil

_MODULE = ("-m", "flows.server")


@dataclass(frozen=True)
class ServiceServer:
    """One of them, and what it asks for."""

    api_url: str
    auth_string: str


def servers_of_services() -> Iterator[ServiceServer]:
    """The servers that `sftrm serve` has started here, by their processes and not by their ports.

    Who listens on a port may be anybody; a process of this account, who may read its environment, is ours.
    """
    for process in psutil.process_iter():
        try:
            if process.uids().real != os.getuid() or not _is_server(process.cmdline()):
                continue
            environment = process.environ()
        except psutil.Error:
            continue
        if "PREFECT_API_URL" in environment and "PREFECT_API_AUTH_STRING" in environment:
            yield ServiceServer(environment["PREFECT_API_URL"], environment["PREFECT_API_AUTH_STRING"])


def server_command(descriptor: int, options: Sequence[str]) -> list[str]:
    """How the process of a server of ours is started, by which it is found again.

    Args:
        descriptor: Of a bound socket.
        options: Of ``flows/server/__main__.py``.

    Returns:
        The arguments.
    """
    return [sys.executable, *_MODULE, str(descriptor), *options]


def _is_server(arguments: Sequence[str]) -> bool:
    return tuple(arguments[1:3]) == _MODULE
