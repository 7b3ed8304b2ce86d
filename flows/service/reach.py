"""Where the service listens and under which addresses people reach it: on loopback, unless told otherwise.

The report site has no password. So it leaves this machine only behind a proxy that asks for one, or where somebody
has said in so many words that everybody may read.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.server import HOST, origin_of, own_origins
from sftrm_quality.errors import ConfigError
from sftrm_quality.words import say

# What the report site finds below it needs no escape either.
_PATH = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")


@dataclass(frozen=True)
class Reach:
    """Where a service listens, and what it is called by those who reach it.

    Attributes:
        host: The IP address that it listens at.
        site_url: Of the report site as people open it, without a slash at its end; None: by its own address.
        declared: Origins of pages under which it is reached besides its own names.
    """

    host: str = HOST
    site_url: str | None = None
    declared: tuple[str, ...] = ()

    def other_addresses(self, address: str) -> list[str]:
        """Where people reach a server that listens here, besides its own address and that of the report site.

        Args:
            address: Its own.

        Returns:
            What is declared; a name without a proxy with the port of that server.
        """
        port = urlsplit(address).port or 80
        declared = set(own_origins(port, self.host, self.declared).values())
        taken = {_without_path(self.site_url)} if self.site_url else set()
        return sorted(declared - set(own_origins(port, self.host).values()) - taken)


ON_LOOPBACK = Reach()


def declared_reach(
    host: str = HOST,
    site_url: str | None = None,
    allowed_hosts: Sequence[str] = (),
    behind_login_proxy: bool = False,
    reports_without_password: bool = False,
) -> Reach:
    """What was said on the command line, checked.

    Args:
        host: The address to listen at.
        site_url: Where people open the report site.
        allowed_hosts: Further names under which the service is reached.
        behind_login_proxy: A proxy in front of it asks people who they are.
        reports_without_password: Whoever reaches the report site may read it.

    Returns:
        It.

    Raises:
        ConfigError: One line that says what to do.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise ConfigError(
            say(
                "--host {host!r}: expected an IP address of this machine: {here} for this machine only, "
                "0.0.0.0 for every network that it is on",
                host=host,
                here=HOST,
            )
        ) from None
    url = _site_url(site_url) if site_url else None
    is_https = bool(url and url.startswith("https://"))
    if behind_login_proxy and not is_https:
        raise ConfigError(
            say("--behind-login-proxy: say also where people reach the proxy, --site-url https://…; links lead there")
        )
    if not address.is_loopback:
        if not (behind_login_proxy or reports_without_password):
            raise ConfigError(
                say(
                    "--host {host}: the report site has no password, so whoever reaches this machine would "
                    "read the reports. Put a proxy with a login in front (--site-url https://… "
                    "--behind-login-proxy), or say --reports-without-password; see docs/nightly.md",
                    host=host,
                )
            )
        if address.is_unspecified and url is None:
            raise ConfigError(
                say(
                    "--host {host}: links would lead to {here}: say with --site-url how people call this "
                    "machine, for instance --site-url http://labels.example.com:4280",
                    host=host,
                    here=HOST,
                )
            )
    declared = [origin_of(_without_path(url), "")] if url else []
    for name in allowed_hosts:
        try:
            declared.append(origin_of(name, "https" if is_https else "http"))
        except ValueError as error:
            raise ConfigError(say("--allowed-host {name!r}: {error}", name=name, error=error)) from None
    return Reach(str(address), url, tuple(dict.fromkeys(declared)))


def _site_url(text: str) -> str:
    url = text.rstrip("/")
    try:
        if "://" not in url or not _PATH.fullmatch(urlsplit(url).path):
            raise ValueError
        origin = origin_of(_without_path(url), "")
    except ValueError:
        raise ConfigError(
            say(
                "--site-url {text!r} (or SFTRM_REPORT_SITE): expected an address like "
                "https://tools.example.com/sftrm/, of letters, digits and .-_ below the host",
                text=text,
            )
        ) from None
    return origin + urlsplit(url).path


def _without_path(url: str) -> str:
    path = urlsplit(url).path
    return url.removesuffix(path) if path else url
