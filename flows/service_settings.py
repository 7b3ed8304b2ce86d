"""What runs of a served deployment need beside their parameters: environment variables, which `sftrm serve` sets.

They are no parameters because addresses of channels hold secrets, which the Prefect UI would show.
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

# White space between apprise URLs, https://github.com/caronc/apprise/wiki
NOTIFY = "SFTRM_NOTIFY"
NOTIFY_FINDINGS = "SFTRM_NOTIFY_FINDINGS"
# The address at which OUT/reports is served, for links in the Prefect UI and in messages.
REPORT_SITE = "SFTRM_REPORT_SITE"
TIMEOUT_HOURS = "SFTRM_TIMEOUT_HOURS"


def out_of_the_process_list(option: str, urls: Sequence[str]) -> NoReturn:
    """Begin this command again with the addresses in the environment instead: every account can read its arguments.

    Args:
        option: The option by which they were given, once for each.
        urls: The addresses; they replace those of the environment.
    """
    os.environ[NOTIFY] = " ".join(urls)
    kept, arguments = [], iter(sys.orig_argv[1:])
    for argument in arguments:
        if argument == option:
            next(arguments, None)
        elif not argument.startswith(f"{option}="):
            kept.append(argument)
    os.execv(sys.executable, [sys.executable, *kept])


def channels() -> list[str]:
    """Where to tell people of held, failed and recovered runs and of new findings; nowhere unless it is set."""
    return os.environ.get(NOTIFY, "").split()


def tells_of_findings() -> bool:
    """Whether people are told of new findings of a run that published; they are unless it is set to 0."""
    return os.environ.get(NOTIFY_FINDINGS) != "0"


def report_url(run_id: str) -> str | None:
    """The page of a run, where reports are served."""
    site = os.environ.get(REPORT_SITE)
    return f"{site.rstrip('/')}/{run_id}/index.html" if site else None


def timeout_seconds() -> float | None:
    """After which time a run is stopped; never unless it is set."""
    hours = os.environ.get(TIMEOUT_HOURS)
    return float(hours) * 3600 if hours else None
