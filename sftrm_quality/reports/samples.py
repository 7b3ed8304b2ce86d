"""A few real rows for every reason, from the quarantine and duplicate files of a run."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sftrm_quality.personal_data import mask_personal_data
from sftrm_quality.releases.parts import STREAMED

# Five of a reason show whether it is one mistake or many; all of them stand in the quarantine files.
SAMPLES_A_REASON = 5
# A page of some hundred samples stays far below 1 MB, whatever the records are like.
SAMPLES = 300
EXCERPT_CHARACTERS = 400


# More than the longest finding of personal data has: what begins in the excerpt is masked whole.
_BEYOND = 700


def _excerpt(payload: str) -> str:
    shown = mask_personal_data(payload[: EXCERPT_CHARACTERS + _BEYOND])[:EXCERPT_CHARACTERS]
    return shown if len(payload) <= EXCERPT_CHARACTERS else shown + "…"


def _rows(path: Path, columns: Sequence[str], want: Callable[..., list[int]]) -> Iterator[tuple[dict[str, Any], int]]:
    """The rows of a Parquet file that are wanted by some columns, whole, each with every number that ``want`` gave it.

    Payloads are read for row groups with a wanted row alone: they are nearly all of the file.
    """
    with pq.ParquetFile(path, **STREAMED) as file:
        for group in range(file.num_row_groups):
            values = file.read_row_group(group, columns=list(columns)).to_pydict()
            wanted = [(row, want(*row_values)) for row, row_values in enumerate(zip(*values.values(), strict=True))]
            if any(numbers for _, numbers in wanted):
                table = file.read_row_group(group)
                for row, numbers in wanted:
                    for number in numbers:
                        yield table.slice(row, 1).to_pylist()[0], number


def quarantine_samples(path: Path) -> list[dict[str, Any]]:
    """The first rows of every label kind and reason, in file order."""
    seen: Counter[tuple[str, str]] = Counter()

    def want(kind: str, reasons: list[str]) -> list[int]:
        numbers = [n for n, reason in enumerate(reasons) if seen[kind, reason] < SAMPLES_A_REASON]
        if seen.total() >= SAMPLES:
            return []
        seen.update((kind, reasons[n]) for n in numbers)
        return numbers

    return [
        {
            "reason": row["reasons"][number],
            "detail": row["details"][number],
            **{k: row[k] for k in ("label_kind", "record_id", "source_file", "source_index", "stage")},
            "excerpt": _excerpt(row["payload"]),
        }
        for row, number in _rows(path, ("label_kind", "reasons"), want)
    ]


def duplicate_samples(path: Path) -> list[dict[str, Any]]:
    """The first rows of every label kind and kind of duplicate, in file order."""
    seen: Counter[tuple[str, str]] = Counter()
    names = ("label_kind", "record_id", "duplicate_of", "kind", "similarity", "source_file", "source_index")

    def want(kind: str, duplicate_kind: str) -> list[int]:
        seen[kind, duplicate_kind] += 1
        return [0] if seen[kind, duplicate_kind] <= SAMPLES_A_REASON else []

    return [
        {**{name: row[name] for name in names}, "excerpt": _excerpt(row["payload"])}
        for row, _ in _rows(path, ("label_kind", "kind"), want)
    ]
