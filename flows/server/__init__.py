"""A Prefect server of our own: with a password, for nobody but us and the pages that it serves itself.

`sftrm serve` has one for as long as it lives, unless a server is configured. It listens where it is told to. A run at
the shell needs none.
"""

from flows.server.configured import configured_server
from flows.server.elsewhere import check_server, must_answer
from flows.server.names import HOST, address_of, bound, origin_of, own_origins
from flows.server.running import Server, for_the_service
from flows.server.services import servers_of_services

__all__ = [
    "HOST",
    "Server",
    "address_of",
    "bound",
    "check_server",
    "configured_server",
    "for_the_service",
    "must_answer",
    "origin_of",
    "own_origins",
    "servers_of_services",
]
