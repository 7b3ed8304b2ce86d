"""Ranks as declared by the source → ranks in which 1 is best. Invalid ranks stay invalid: the suite checks them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Floats, Ints, Mask, as_floats, list_offsets, lists_of, row_of_each
from sftrm_quality.config import SourceSettings


def _ties(group: Ints, values: Floats) -> tuple[Ints, Ints, Ints, Ints]:
    """For each value of a ragged array: how many of its group are equal to it, how many distinct ones and how many at
    all are smaller, and how many distinct ones the group has. NaN values are a group's last and equal to nothing."""
    order = np.lexsort((values, group))
    g, v = group[order], values[order]
    n = len(order)
    first_of_group = np.r_[True, g[1:] != g[:-1]] if n else np.zeros(0, bool)
    new_value = first_of_group | np.r_[True, v[1:] != v[:-1]] if n else first_of_group
    position = np.arange(n)
    group_start = np.maximum.accumulate(np.where(first_of_group, position, 0))
    run_start = np.maximum.accumulate(np.where(new_value, position, 0))
    run = np.cumsum(new_value) - 1
    run_size = np.bincount(run, minlength=1)[run] if n else run
    distinct_smaller = run - run[group_start] if n else run
    real = new_value & ~np.isnan(v)
    distinct = np.bincount(g[real], minlength=int(g[-1]) + 1)[g] if n else run
    results = [np.empty(n, np.int64) for _ in range(4)]
    for result, values_in_order in zip(
        results, (run_size, distinct_smaller, run_start - group_start, distinct), strict=True
    ):
        result[order] = values_in_order
    return results[0], results[1], results[2], results[3]


def _count_ranked(group: Ints, ranks: Floats) -> Ints:
    return np.bincount(group, weights=~np.isnan(ranks), minlength=int(group[-1]) + 1 if len(group) else 0)[
        group
    ].astype(np.int64)


def _turn_around(group: Ints, ranks: Floats, ties: str) -> Floats:
    """Highest-is-best ranks counted from the other end; equal ranks stay equal, and what is invalid stays invalid.

    With K different ranks (K ranked responses under ``competition``), rank r becomes K + 1 - r. Sources that count
    ``competition`` from the worst response (1,2,2,4 with 4 the best) do not mirror into it: there each response gets
    one more than the number of better ones (4,2,2,1).
    """
    equal, _, smaller, distinct = _ties(group, ranks)
    if ties != "competition":
        return distinct + 1 - ranks
    ranked = _count_ranked(group, ranks)
    # Whole records are counted from the worst, or not: one rank that does not fit keeps its record as it was.
    fits = np.isnan(ranks) | (ranks == smaller + 1)
    counted_from_worst = np.bincount(group, weights=~fits, minlength=1)[group] == 0 if len(group) else fits
    from_worst = np.where(np.isnan(ranks), np.nan, ranked - smaller - equal + 1.0)
    return np.where(counted_from_worst, from_worst, ranked + 1 - ranks)


def _from_scores(group: Ints, scores: Floats, ties: str) -> Floats:
    """Higher score, better rank. Equal scores share a rank, which the policy ``forbid`` then refuses."""
    _, distinct_better, better, _ = _ties(group, -scores)
    return np.where(np.isnan(scores), np.nan, 1.0 + (better if ties == "competition" else distinct_better))


def tied(responses: pa.ListArray) -> Mask:
    """Which rows have two responses of one rank. Those without a rank share none."""
    group = row_of_each(responses)
    ranks = as_floats(pc.struct_field(responses.flatten(), "rank"))
    shared = _ties(group, ranks)[0] > 1
    return np.bincount(group[shared], minlength=len(responses)) > 0


def declared_ranks(responses: pa.ListArray, source: SourceSettings) -> pa.ListArray:
    """Ranks of list<struct<text, rank, score>> in our direction and base (1 is best).

    Where a record has scores and no rank at all, its ranks come from the scores; a score for some of the responses
    only leaves the others unranked.
    """
    flat = responses.flatten()
    group = row_of_each(responses)
    ranks = as_floats(pc.struct_field(flat, "rank"))
    scores = pc.struct_field(flat, "score")
    ranks = ranks + (1 - source.rank_base)
    if source.rank_direction == "highest_is_best" and len(ranks):
        ranks = _turn_around(group, ranks, source.ties)
    if scores.null_count < len(scores):
        ranks = np.where(_count_ranked(group, ranks) == 0, _from_scores(group, as_floats(scores), source.ties), ranks)
    values = pa.StructArray.from_arrays(
        [pc.struct_field(flat, "text"), pa.array(ranks, mask=np.isnan(ranks)), scores], names=["text", "rank", "score"]
    )
    return lists_of(list_offsets(responses), values, nulls_of=responses)
