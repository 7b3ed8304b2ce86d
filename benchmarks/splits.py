"""Prompts that are in two splits, counted in the published files by plain code."""

from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.label_texts import normalise
from benchmarks.product import release_files

_PROMPT = {"sft": "question", "rm": "prompt"}


def prompts_in_two_splits(out: Path) -> int:
    """Normalised prompts of the current release, SFT and RM together, that are in more than one split."""
    split_of: dict[str, str] = {}
    shared: set[str] = set()
    for path in release_files(out):
        split, column = path.name.partition("-")[0], _PROMPT[path.parent.name]
        for batch in pq.ParquetFile(path).iter_batches(columns=[column]):
            for prompt in map(normalise, batch[column].to_pylist()):
                if split_of.setdefault(prompt, split) != split:
                    shared.add(prompt)
    return len(shared)
