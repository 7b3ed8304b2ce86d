"""Defaults for Prefect, set before it is first imported: quiet, offline, patient. What the user has set wins."""

import os

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


def set_defaults(quiet: bool = False) -> None:
    """Put the defaults into the environment."""
    for name, value in {**_DEFAULTS, **(_QUIET if quiet else {})}.items():
        os.environ.setdefault(name, value)
