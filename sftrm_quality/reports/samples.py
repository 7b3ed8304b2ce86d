"""A few real rows for every reason, from the quarantine and duplicate files of a run."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

# Five of a reason show whether it is one mistake or many; all of them stand in the quarantine files.
SAMPLES_A_REASON = 5
# A page of some hundred samples stays far below 1 MB, whatever the records are like.
SAMPLES = 300
EXCERPT_CHARACTERS = 400


def _excerpt(payload: str) -> str:
    return payload if len(payload) <= EXCERPT_CHARACTERS else payload[:EXCERPT_CHARACTERS] + "…"


def quarantine_samples(path: Path) -> list[dict[str, Any]]:
    """The first rows of every label kind and reason, in file order."""
    seen: Counter[tuple[str, str]] = Counter()
    samples: list[dict[str, Any]] = []
    for batch in pq.ParquetFile(path).iter_batches(batch_size=1024):
        for row, (kind, reasons) in enumerate(
            zip(batch["label_kind"].to_pylist(), batch["reasons"].to_pylist(), strict=True)
        ):
            wanted = [n for n, reason in enumerate(reasons) if seen[kind, reason] < SAMPLES_A_REASON]
            if not wanted or len(samples) >= SAMPLES:
                continue
            whole = batch.slice(row, 1).to_pylist()[0]
            for number in wanted:
                seen[kind, reasons[number]] += 1
                samples.append(
                    {
                        "reason": reasons[number],
                        "detail": whole["details"][number],
                        **{k: whole[k] for k in ("label_kind", "record_id", "source_file", "source_index", "stage")},
                        "excerpt": _excerpt(whole["payload"]),
                    }
                )
    return samples


def duplicate_samples(path: Path) -> list[dict[str, Any]]:
    """The first rows of every label kind and kind of duplicate, in file order."""
    seen: Counter[tuple[str, str]] = Counter()
    samples: list[dict[str, Any]] = []
    names = ("label_kind", "record_id", "duplicate_of", "kind", "similarity", "source_file", "source_index")
    for batch in pq.ParquetFile(path).iter_batches(batch_size=1024):
        for row, key in enumerate(zip(batch["label_kind"].to_pylist(), batch["kind"].to_pylist(), strict=True)):
            if seen[key] < SAMPLES_A_REASON:
                seen[key] += 1
                whole = batch.slice(row, 1).to_pylist()[0]
                samples.append({**{name: whole[name] for name in names}, "excerpt": _excerpt(whole["payload"])})
    return samples
