"""Defaults for Prefect, set before it is first imported: quiet, offline, patient. What the user has set wins."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

_DEFAULTS = {
    # Both are needed to keep it from calling home.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # Prefect would start a server that lets everybody in; ours are in `flows/server/`.
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "sftrm_quality",
}
# A shell user reads our lines; the flow's own would say the same again.
_QUIET = {
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    # Prefect's background services log below no name of Prefect's.
    "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}

# For the server that `sftrm serve` starts, and the runner beside it.
_SERVED = {
    # The UI would look for its server at port 4200, whatever the port is.
    "PREFECT_SERVER_UI_API_URL": "/api",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # A run that somebody clicked starts in 2 to 4 seconds instead of 10.
    "PREFECT_RUNNER_POLL_FREQUENCY": "2",
}


def set_defaults(quiet: bool = False) -> None:
    """Put the defaults into the environment, and let the library's lines into the log of a run, or nowhere."""
    _set({**_DEFAULTS, **(_QUIET if quiet else {})})
    # It writes what it sends into DEBUG lines, the password among it.
    logging.getLogger("websockets").setLevel(logging.INFO)
    library = logging.getLogger("sftrm_quality")
    if library.level == logging.NOTSET:
        library.setLevel(logging.CRITICAL if quiet else logging.INFO)


def set_served(pages: Path) -> None:
    """Put those of a server with pages into the environment, for it and for what runs beside it.

    Args:
        pages: The folder that Prefect copies its pages to, and serves them from.
    """
    _set({**_SERVED, "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(pages)})


def set_own_server(api_url: str, auth_string: str) -> None:
    """Name a server of ours to this process, its children and the server itself, with the password that it asks for."""
    os.environ["PREFECT_API_URL"] = api_url
    # Thousands of raw files can be named one by one; the system takes 2 MiB of arguments.
    os.environ.setdefault("PREFECT_SERVER_API_MAX_PARAMETER_SIZE", str(16 << 20))
    os.environ["PREFECT_API_AUTH_STRING"] = os.environ["PREFECT_SERVER_API_AUTH_STRING"] = auth_string
    host = urlsplit(api_url).hostname
    for name in ("NO_PROXY", "no_proxy"):
        # A proxy of the company would be asked for this machine, and get the password.
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), host)))
    # Prefect has read its settings when it was imported.
    from prefect.context import refresh_global_settings_context

    refresh_global_settings_context()


def _set(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        os.environ.setdefault(name, value)
