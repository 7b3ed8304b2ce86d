"""The same two responses to the same prompt, ranked one way in one record and the other way in another."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit

from sftrm_quality.arrays import Ints, as_floats, list_offsets, one_array
from sftrm_quality.dedup.exact import Found, equal_rows
from sftrm_quality.dedup.exchange import (
    BOUNDS,
    Block,
    Bounds,
    Exchanged,
    Map,
    Partition,
    cut_blocks,
    read_array,
    run,
    scattered,
    scratch_folder,
    write_array,
)
from sftrm_quality.dedup.keys import NONE, ShardKeys, open_keys
from sftrm_quality.records import LabelKind

# One strict preference of a row between two responses, by the first row that has its prompt.
_PREFERENCE = np.dtype(
    [("row", np.uint32), ("prompt", np.uint32), ("low", np.uint64), ("high", np.uint64), ("low_is_better", np.bool_)]
)
# A ranking of five responses has ten pairs.
_PAIRS_A_ROW = 10


def contradictions(shards: Sequence[ShardKeys], scratch: Path, map: Map = map, bounds: Bounds = BOUNDS) -> Ints:
    """For an RM row that another one contradicts, the first row that does so.

    Two rows contradict each other when they have the same ``prompt_key`` and rank two of the same responses in
    strictly opposite order. Ties and responses without a rank say nothing. A row never contradicts itself.

    Only prompts that several records rank are looked into, at 25 bytes per ordered pair of responses.

    Args:
        shards: All of them, in the order of global rows.
        scratch: A folder for what tasks hand each other; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Returns:
        By global row, -1 for none.

    Raises:
        StorageError: A shard's fingerprints are missing or broken.
    """
    prompt_of = equal_rows(shards, "prompt_key", None, scratch, map, bounds, LabelKind.RM)
    firsts = np.unique(prompt_of[prompt_of != NONE])
    prompt_of[firsts] = firsts
    entries = int(np.count_nonzero(prompt_of != NONE)) * _PAIRS_A_ROW
    blocks = cut_blocks(shards, bounds.block_rows, LabelKind.RM)
    with scratch_folder(scratch) as folder:
        files = Exchanged(folder, len(blocks), bounds.partitions(entries))
        path = write_array(folder / "prompts", prompt_of)
        run(map, _write_preferences, [_Task(block, path, files) for block in blocks])
        return scattered(len(prompt_of), map(_opposites, files.partitions_of(0)))


class _Task(NamedTuple):
    """A block of RM shards, and the file of the first row with the same prompt of each global row (int64)."""

    block: Block
    prompts: Path
    files: Exchanged


def _write_preferences(task: _Task) -> None:
    parts = [np.zeros(0, _PREFERENCE)]
    for shard, start in zip(task.block.shards, task.block.starts, strict=True):
        prompts = read_array(task.prompts, np.int64, start, shard.rows)
        rows = np.flatnonzero(prompts != NONE)
        if len(rows):
            table = open_keys(shard)
            keys, ranks = (one_array(table[name]) for name in ("response_keys", "response_ranks"))
            flat_ranks = as_floats(ranks.flatten())
            own, better, worse = _explode(rows, list_offsets(keys), keys.flatten().to_numpy(), flat_ranks)
            entries = np.empty(len(own), _PREFERENCE)
            entries["row"], entries["prompt"] = start + own, prompts[own]
            entries["low"], entries["high"] = np.minimum(better, worse), np.maximum(better, worse)
            entries["low_is_better"] = better < worse
            parts.append(entries)
    entries = np.concatenate(parts)
    # Fibonacci hashing (Knuth): 2**32 / golden ratio spreads row numbers over the first bits.
    task.files.write(task.block.number, 1, [(entries, entries["prompt"] * np.uint32(0x9E3779B1))])


def _opposites(partition: Partition) -> Found:
    """The rows that another one contradicts, and the first that does."""
    entries = partition.read(_PREFERENCE)
    entries = entries[np.lexsort([entries[name] for name in ("row", "high", "low", "prompt")])]
    rows, prompts, low, high, low_is_better = (np.ascontiguousarray(entries[name]) for name in _PREFERENCE.names or ())
    distinct, places = np.unique(rows.astype(np.int64), return_inverse=True)
    found = np.full(len(distinct), NONE, np.int64)
    _mark_opposites(places, prompts, low, high, low_is_better, found)
    contradicted = found != NONE
    return distinct[contradicted], distinct[found[contradicted]]


@njit(cache=True, nogil=True)
def _explode(rows, offsets, keys, ranks):  # type: ignore[no-untyped-def]
    """Row, better (lower ranked) and worse of every two responses of different ranks. An absent rank is NaN."""
    count = 0
    for row in rows:
        size = offsets[row + 1] - offsets[row]
        count += size * (size - 1) // 2
    of_row = np.empty(count, np.int64)
    better = np.empty(count, np.uint64)
    worse = np.empty(count, np.uint64)
    at = 0
    for row in rows:
        for i in range(offsets[row], offsets[row + 1]):
            for j in range(i + 1, offsets[row + 1]):
                if keys[i] != keys[j] and (ranks[i] < ranks[j] or ranks[j] < ranks[i]):
                    of_row[at] = row
                    better[at], worse[at] = (keys[i], keys[j]) if ranks[i] < ranks[j] else (keys[j], keys[i])
                    at += 1
    return of_row[:at], better[:at], worse[:at]


@njit(cache=True, nogil=True)
def _mark_opposites(rows, prompt, low, high, low_is_better, found):  # type: ignore[no-untyped-def]
    """Takes preferences sorted by prompt, pair and row; lowers ``found`` to the first other row that disagrees."""
    start = 0
    while start < len(rows):
        end = start
        # The first two rows that prefer the low key [1] and the high key [0]: the second in case the first is oneself.
        first = np.full((2, 2), -1, np.int64)
        while end < len(rows) and prompt[end] == prompt[start] and low[end] == low[start] and high[end] == high[start]:
            side = first[1 if low_is_better[end] else 0]
            if side[0] < 0:
                side[0] = rows[end]
            elif side[1] < 0 and side[0] != rows[end]:
                side[1] = rows[end]
            end += 1
        for i in range(start, end):
            opposite = first[0 if low_is_better[i] else 1]
            other = opposite[1] if opposite[0] == rows[i] else opposite[0]
            if other >= 0 and (found[rows[i]] < 0 or other < found[rows[i]]):
                found[rows[i]] = other
        start = end
