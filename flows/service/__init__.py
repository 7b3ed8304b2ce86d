"""``sftrm serve``: the deployment of the nightly job, the runner that works on it, and the report site."""

from flows.service.reach import declared_reach
from flows.service.serving import Service, absolute, serve

__all__ = ["Service", "absolute", "declared_reach", "serve"]
