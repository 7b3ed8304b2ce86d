"""A Prefect server of the team's own: whether whoever reaches it can run code here."""

import sys

import httpx

from sftrm_quality.errors import ConfigError
from sftrm_quality.words import say

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECONDS = 10.0


def check_server(address: str, open_is_fine: bool) -> None:
    """Look whether a configured server asks for a password, as it answers somebody who sends none.

    Args:
        address: The server's, without ``/api``.
        open_is_fine: The user says that nobody reaches it who may not run code here.

    Raises:
        ConfigError: It is on another host and lets everybody in, and nobody said that this is fine; or no password is
            set here and it cannot be asked.
    """
    is_open = _lets_everybody_in(address)
    if is_open is None:
        # It may be down for the moment. What we send tells as much.
        is_open = not _sends_a_password()
    if not is_open:
        return
    if httpx.URL(address).host in _LOOPBACK:
        print(
            say(
                "warning: {address} has no password: every account of this machine, and on some browsers "
                "any page that you open, can run code here. Set PREFECT_SERVER_API_AUTH_STRING for it and "
                "PREFECT_API_AUTH_STRING here, see docs/nightly.md",
                address=address,
            ),
            file=sys.stderr,
        )
    elif not open_is_fine:
        raise ConfigError(
            say(
                "{address}: this Prefect server has no password: whoever reaches it, and whoever's page "
                "one of you opens, can run code here. Set PREFECT_SERVER_API_AUTH_STRING on it and "
                "PREFECT_API_AUTH_STRING here (see docs/nightly.md), or say --open-server when something "
                "else keeps people out",
                address=address,
            )
        )


def must_answer(address: str) -> None:
    """Raise ConfigError when a configured server cannot be reached, before a run finds that out in the middle."""
    try:
        httpx.get(f"{address}/api/health", timeout=_SECONDS)
    except httpx.HTTPError as error:
        raise ConfigError(
            say(
                "{address}: the Prefect server that PREFECT_API_URL or a profile of Prefect's names does "
                "not answer ({trouble}); start it, or unset that to run without one",
                address=address,
                trouble=type(error).__name__,
            )
        ) from error


def _sends_a_password() -> bool:
    from prefect.settings import get_current_settings

    api = get_current_settings().api
    return bool(api.auth_string or api.key)


def _lets_everybody_in(address: str) -> bool | None:
    """None when there is no answer."""
    try:
        return httpx.get(f"{address}/api/admin/version", timeout=_SECONDS).is_success
    except httpx.HTTPError:
        return None
