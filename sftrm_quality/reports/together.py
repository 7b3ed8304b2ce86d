"""Which reasons occur on the same records."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.records import LabelKind
from sftrm_quality.releases import STREAMED
from sftrm_quality.run_record import ReasonsTogether


def reasons_together(quarantine: Path) -> dict[LabelKind, tuple[ReasonsTogether, ...]]:
    """By label kind, the pairs of reasons that records carry together, the most frequent first, over the whole file.

    A record with three reasons has three pairs.

    Args:
        quarantine: The file.

    Returns:
        The pairs, of every label kind.
    """
    counts: dict[LabelKind, Counter[tuple[str, str]]] = {kind: Counter() for kind in LabelKind}
    with pq.ParquetFile(quarantine, **STREAMED) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=["label_kind", "reasons"])
            table = table.filter(pc.greater(pc.list_value_length(table["reasons"]), 1))
            for kind in LabelKind:
                _count(table.filter(pc.equal(table["label_kind"], kind))["reasons"], counts[kind])
    return {
        kind: tuple(
            ReasonsTogether(reasons=pair, records=records)
            for pair, records in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        )
        for kind, found in counts.items()
    }


def _count(reasons: pa.ChunkedArray, counts: Counter[tuple[str, str]]) -> None:
    lengths = pc.list_value_length(reasons)
    for length in pc.unique(lengths).to_pylist():
        same = pc.list_flatten(reasons.filter(pc.equal(lengths, length))).combine_chunks().dictionary_encode()
        names = same.dictionary.to_pylist()
        codes = same.indices.to_numpy().reshape(-1, length).astype(np.int64)
        for one, other in combinations(range(length), 2):
            pairs, records = np.unique(codes[:, one] * len(names) + codes[:, other], return_counts=True)
            for pair, number in zip(pairs.tolist(), records.tolist(), strict=True):
                first, second = sorted((names[pair // len(names)], names[pair % len(names)]))
                counts[first, second] += number
