"""Where servers of ours listen, and under which names they answer: another name that leads here is a trick.

A page whose name leads here since a moment ago would read what we answer as its own (DNS rebinding). So a name is our
own, as the address that we listen at has it, or somebody has declared it.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from sftrm_quality.errors import ConfigError
from sftrm_quality.words import say

HOST = "127.0.0.1"
# The page of `sign_in.py`.
SIGN_IN = "/sign-in"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PORT = re.compile(r":\d+$")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def address_of(host: str, port: int) -> str:
    """How this machine itself reaches what listens there.

    Args:
        host: An IP address; that of all networks is reached by loopback.
        port: The port.

    Returns:
        ``http://127.0.0.1:4200``.
    """
    address = ipaddress.ip_address(host)
    if address.is_unspecified:
        return f"http://{'[::1]' if address.version == 6 else HOST}:{port}"
    return f"http://{f'[{address}]' if address.version == 6 else address}:{port}"


def origin_of(text: str, scheme: str) -> str:
    """The origin that pages under a declared name have, as a browser writes it.

    Args:
        text: ``labels.example.com``, ``labels.example.com:8443``, or such with a scheme in front.
        scheme: The one of a name without.

    Returns:
        ``https://labels.example.com``; a port only where it is not the scheme's own.

    Raises:
        ValueError: It is no such name; the message says what was expected.
    """
    try:
        parts = urlsplit(text if "://" in text else f"{scheme}://{text}")
        port, name = parts.port, parts.hostname or ""
        if parts.scheme not in _DEFAULT_PORTS or parts.username is not None or not _is_host(name):
            raise ValueError
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError
    except ValueError:
        raise ValueError(say("expected a host like labels.example.com, labels.example.com:8443 or https://…")) from None
    host = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{host}" + ("" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}")


def _is_host(name: str) -> bool:
    if _NAME.fullmatch(name):
        return True
    try:
        return ipaddress.ip_address(name).version == 6
    except ValueError:
        return False


def own_origins(port: int, host: str = HOST, declared: Sequence[str] = ()) -> dict[str, str]:
    """How a request may call a server in its Host header, and the origin of the pages that are called so.

    Args:
        port: Where it listens; a browser leaves out port 80.
        host: The IP address at which it does.
        declared: Origins under which it is reached besides.

    Returns:
        For instance ``localhost:4200`` → ``http://localhost:4200``.
    """
    address = ipaddress.ip_address(host)
    names = {address_of(host, port).removeprefix("http://").removesuffix(f":{port}")}
    if address.is_loopback or address.is_unspecified:
        names |= {HOST, "localhost", "[::1]"}
    found = {f"{name}:{port}": f"http://{name}:{port}" for name in names}
    if port == 80:
        found |= {name: f"http://{name}" for name in names}
    for origin in declared:
        scheme, _, called = origin.partition("://")
        found[called] = origin
        if scheme == "http":
            # Reached without a proxy, and so at this port.
            here = f"{_PORT.sub('', called)}:{port}"
            found[here] = f"http://{here}"
    return found


def bound(port: int, what: str, option: str, host: str = HOST) -> socket.socket:
    """A socket bound to a port of this machine; port 0 takes any that is free.

    Args:
        port: The port.
        what: Whose it is to be, for the message.
        option: The option that names another one.
        host: The IP address to listen at.

    Raises:
        ConfigError: The port cannot be had.
    """
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    # As servers do: connections of the one before may still be closing.
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except (OSError, OverflowError) as error:
        taken.close()
        why = error.strerror if isinstance(error, OSError) else say("a port is a number up to 65535")
        raise ConfigError(
            say(
                "{what}: cannot listen on port {port} of {host}: {why}; name another one with {option}, 0 "
                "for any that is free",
                what=what,
                port=port,
                host=host,
                why=why,
                option=option,
            )
            + ("" if host == HOST else ", " + say("or another address of this machine with --host"))
        ) from error
    return taken
