"""The gate in front of training: check, deduplicate, split and account for SFT and RM label files.

The library knows nothing of Prefect; the flows and the command line are in ``flows/``.
"""

__version__ = "0.2.0"
