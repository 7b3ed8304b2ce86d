"""A Prefect server of our own: on loopback, with a password, for nobody but us and the pages that it serves itself.

`sftrm serve` has one for as long as it lives, and a run at the shell one beside it, unless a server is configured.
"""

from flows.server.elsewhere import check_server, must_answer
from flows.server.running import Server, beside_a_run, configured_server, for_the_service
from flows.server.services import servers_of_services

__all__ = [
    "Server",
    "beside_a_run",
    "check_server",
    "configured_server",
    "for_the_service",
    "must_answer",
    "servers_of_services",
]
