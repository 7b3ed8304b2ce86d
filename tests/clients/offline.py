"""What every client is told before it is imported: nothing asks a network, and nothing is kept in anybody's home."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO


@contextmanager
def offline() -> Iterator[TextIO]:
    """A folder of its own for caches, and stdout for results only: what clients print goes to stderr.

    Yields:
        Where results are printed.
    """
    results = sys.stdout
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        os.environ |= {
            "HF_HOME": folder,
            "HF_HUB_OFFLINE": "1",
            "HF_DATASETS_OFFLINE": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "MODELSCOPE_CACHE": folder,
            "DO_NOT_TRACK": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "CUDA_VISIBLE_DEVICES": "",
            # LLaMA-Factory wants older versions of what TRL wants newer ones of; both read records with these.
            "DISABLE_VERSION_CHECK": "1",
        }
        yield results
