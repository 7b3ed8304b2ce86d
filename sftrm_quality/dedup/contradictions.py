"""The same two responses to the same prompt, ranked one way in one record and the other way in another."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.dedup.keys import (
    NONE,
    ShardKeys,
    group_rows,
    read_digests,
    rows_of_kind,
    shard_columns,
    shard_starts,
)
from sftrm_quality.dedup.parts import list_offsets
from sftrm_quality.records import LabelKind


def contradictions(shards: Sequence[ShardKeys]) -> npt.NDArray[np.int64]:
    """For an RM row that another one contradicts, the first row that does so (int64, -1: none).

    Two rows contradict each other when they have the same ``prompt_key`` and rank two of the same responses in
    strictly opposite order. Ties and responses without a rank say nothing. A row never contradicts itself.

    Only prompts that several records rank are looked into, at 25 bytes an ordered pair of responses.
    """
    prompts, _ = read_digests(shards, "prompt_key")
    groups = group_rows(np.flatnonzero(rows_of_kind(shards, LabelKind.RM)), prompts[:, 0], prompts[:, 1])
    del prompts
    repeated = np.repeat(np.diff(groups.starts) > 1, np.diff(groups.starts))
    prompt_of = np.full(shard_starts(shards)[-1], NONE, np.int64)
    prompt_of[groups.rows[repeated]] = groups.firsts()[repeated]

    orders = _preferences(shards, prompt_of)
    found = np.full(len(prompt_of), NONE, np.int64)
    if orders:
        rows, better, worse = (np.concatenate(column) for column in zip(*orders, strict=True))
        low, high = np.minimum(better, worse), np.maximum(better, worse)
        prompt = prompt_of[rows]
        order = np.lexsort((rows, high, low, prompt))
        _mark_opposites(rows[order], prompt[order], low[order], high[order], (better < worse)[order], found)
    return found


def _preferences(
    shards: Sequence[ShardKeys], prompt_of: npt.NDArray[np.int64]
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64], npt.NDArray[np.uint64]]]:
    """By RM shard: row, better and worse response of each strict preference of the rows whose prompt is repeated."""
    starts = shard_starts(shards)
    places = [place for place, shard in enumerate(shards) if shard.label_kind is LabelKind.RM]
    ranked = [shards[place] for place in places]
    columns = zip(shard_columns(ranked, "response_keys"), shard_columns(ranked, "response_ranks"), strict=True)
    found = []
    for place, (keys, ranks) in zip(places, columns, strict=True):
        rows = np.flatnonzero(prompt_of[starts[place] : starts[place + 1]] != NONE)
        if len(rows):
            flat_ranks = ranks.flatten().cast("float64").to_numpy(zero_copy_only=False)
            found.append(_explode(rows, starts[place], list_offsets(keys), keys.flatten().to_numpy(), flat_ranks))
    return found


@njit(cache=True, nogil=True)
def _explode(rows, first_row, offsets, keys, ranks):  # type: ignore[no-untyped-def]
    """Every two responses of a row with different ranks, the better (lower) first. An absent rank is NaN."""
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
                    of_row[at] = first_row + row
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
