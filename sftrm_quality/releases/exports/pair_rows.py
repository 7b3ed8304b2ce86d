"""Rows of pairs, some at a time: a pair repeats its prompt, so that a few records can make more text than they have."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Ints, as_ints, one_array, row_of_each
from sftrm_quality.config import ExportSettings
from sftrm_quality.releases.exports.pairing import RULES, Pairs, most_pairs, pairs_of
from sftrm_quality.releases.exports.target import Converted

# Pairs that are found together: 3 MiB of numbers; one record makes at most half as many.
_PAIRS_TOGETHER = 1 << 16
# Of a table: as many rows as other exports have at once, or so much text.
_TABLE_ROWS = 2_048
_TABLE_BYTES = 16 << 20
MARGIN = pa.field("margin", pa.float64())

Build = Callable[[pa.Table, pa.Array, pa.Array], pa.Table]
"""From the record of each pair, and the texts of the better and of the worse response."""


def with_margin(schema: pa.Schema, settings: ExportSettings) -> pa.Schema:
    """The columns, and the one for the margin where it is asked for."""
    return schema if settings.margin == "none" else schema.append(MARGIN)


def pair_rows(records: pa.Table, settings: ExportSettings, build: Build) -> Converted:
    """Rows for the pairs of some records.

    Args:
        records: In the columns of RM in `Target.read`.
        settings: Which pairs, and whether their margin is told.
        build: Makes the columns of the target.

    Returns:
        The rows, and the records that make no pair.
    """
    left_out: Counter[str] = Counter()
    return Converted(_all_rows(records, settings, build, left_out), left_out)


def _all_rows(records: pa.Table, settings: ExportSettings, build: Build, left_out: Counter[str]) -> Iterator[pa.Table]:
    most = most_pairs(one_array(records["responses"]))
    bounds = np.searchsorted(np.cumsum(most), np.arange(0, most.sum(), _PAIRS_TOGETHER))
    for first, end in pairwise(sorted({0, *bounds.tolist(), len(records)})):
        some = records.slice(first, end - first)
        pairs = pairs_of(one_array(some["record_id"]), one_array(some["responses"]), settings)
        left_out.update(RULES[reason - 1] for reason in pairs.reasons.tolist() if reason)
        yield from _rows(some, pairs, settings, build)


def _rows(records: pa.Table, pairs: Pairs, settings: ExportSettings, build: Build) -> Iterator[pa.Table]:
    texts = one_array(records["responses"]).flatten().field("text")
    length = as_ints(pc.binary_length(texts))
    ends = np.cumsum(_prompt_bytes(records)[pairs.row] + length[pairs.chosen] + length[pairs.rejected])
    number, first = np.arange(len(ends)), 0
    while first < len(ends):
        before = ends[first - 1] if first else 0
        room = int(np.searchsorted(ends, before + _TABLE_BYTES, "right"))
        end = max(first + 1, min(room, first + _TABLE_ROWS))
        some = number[first:end]
        of_each = records.take(pa.array(pairs.row[some]))
        rows = build(of_each, texts.take(pa.array(pairs.chosen[some])), texts.take(pa.array(pairs.rejected[some])))
        if settings.margin != "none":
            rows = rows.append_column(MARGIN, pa.array(pairs.margin[some]))
        yield rows
        first = end


def _prompt_bytes(records: pa.Table) -> Ints:
    history = one_array(records["history"])
    earlier = np.zeros(len(records), np.int64)
    np.add.at(earlier, row_of_each(history), as_ints(pc.binary_length(history.flatten().field("content"))))
    system, prompt = (as_ints(pc.binary_length(one_array(records[name]))) for name in ("system", "prompt"))
    return earlier + system + prompt
