"""Where the work below the Prefect tasks runs: a process pool on this machine, or a Ray cluster.

Both run the same functions over the same paths, and hand out results in the same order, so that nothing that is
written can tell them apart. Arguments and results are small: paths, positions and counts, never tables of texts.
"""

from sftrm_quality.config import RunConfig
from sftrm_quality.workers.base import Workers
from sftrm_quality.workers.tasks import give_memory_back

__all__ = ["Workers", "give_memory_back", "workers_for"]


def workers_for(config: RunConfig) -> Workers:
    """The workers that the configuration asks for, not yet started: they are a context.

    Raises:
        ConfigError: Ray is asked for and not installed.
    """
    if config.engine == "ray":
        from sftrm_quality.workers.cluster import ClusterWorkers

        return ClusterWorkers(config.workers, config.ray_address)
    from sftrm_quality.workers.processes import ProcessWorkers

    return ProcessWorkers(config.workers)
