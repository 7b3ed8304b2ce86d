"""The gate in front of training: judge, deduplicate, split and account for SFT and RM label files.

The library knows nothing of Prefect; the flows and the command line are in ``flows/``.
"""

__version__ = "0.1.0"
