"""Defaults for Prefect, set before it is first imported: quiet, offline, patient. What the user has set wins."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

_DEFAULTS = {
    # Both are needed to keep it from calling home.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The first start migrates a database, which takes longer than the default 20 s on a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "sftrm_quality",
    # Great Expectations' own telemetry.
    "GX_ANALYTICS_ENABLED": "false",
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
    # Where its pages are copied to, and from where they are served.
    "PREFECT_SERVER_UI_STATIC_DIRECTORY": "{pages}",
    # A page of another site in the user's browser must not start runs here.
    "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": "http://127.0.0.1:{port}",
    # A run that somebody clicked starts in 2 to 4 seconds instead of 10.
    "PREFECT_RUNNER_POLL_FREQUENCY": "2",
}


def set_defaults(quiet: bool = False) -> None:
    """Put the defaults into the environment, and let the library's lines into the log of a run, or nowhere."""
    _set({**_DEFAULTS, **(_QUIET if quiet else {})})
    library = logging.getLogger("sftrm_quality")
    if library.level == logging.NOTSET:
        library.setLevel(logging.CRITICAL if quiet else logging.INFO)


def set_server_defaults(port: int, pages: Path) -> None:
    """Put those of a server of our own into the environment, for it and for what runs beside it."""
    _set({name: value.format(port=port, pages=pages) for name, value in _SERVED.items()})


def _set(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        os.environ.setdefault(name, value)
