"""Under which names a server on loopback answers: another name that leads here is a trick (DNS rebinding)."""

import socket

from sftrm_quality.errors import ConfigError

HOST = "127.0.0.1"
# The page of `sign_in.py`.
SIGN_IN = "/sign-in"


def own_names(port: int) -> frozenset[str]:
    """How a request may call a server on this port in its Host header; a browser leaves out port 80."""
    names = {HOST, "localhost", "[::1]"}
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))


def bound(port: int, what: str, option: str) -> socket.socket:
    """A socket bound to a port of loopback; port 0 takes any that is free.

    Args:
        port: The port.
        what: Whose it is to be, for the message.
        option: The option that names another one.

    Raises:
        ConfigError: The port cannot be had.
    """
    taken = socket.socket()
    # As servers do: connections of the one before may still be closing.
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
    except (OSError, OverflowError) as error:
        taken.close()
        why = error.strerror if isinstance(error, OSError) else "a port is a number up to 65535"
        raise ConfigError(
            f"{what}: cannot listen on port {port} of {HOST}: {why}; name another one with {option}, 0 for any that is "
            "free"
        ) from error
    return taken
