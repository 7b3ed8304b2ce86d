"""Which pairs of the responses to a prompt are exported."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash
from numba import njit

from sftrm_quality.arrays import Floats, Ints, as_floats, list_offsets
from sftrm_quality.config import ExportSettings
from sftrm_quality.releases.profile import MOST_RESPONSES, TAKES

RULES = ("too_many_responses", "no_different_ranks", "score_missing", "difference_too_small")
"""Why a record makes no pair: more than MOST_RESPONSES responses (all pairs of so many would be most of an export), no
two of different ranks among those that are paired, no scores where they are asked for, too small
differences."""


@dataclass(frozen=True)
class Pairs:
    """Pairs of some records, in the order of their rows, of the better response, and of the worse one.

    row: of the record. chosen, rejected: places among the flat responses. margin: as asked for, else 0. reasons: of
    each record, 0 or one more than the place of its rule in RULES.
    """

    row: Ints
    chosen: Ints
    rejected: Ints
    margin: Floats
    reasons: npt.NDArray[np.int64]


def most_pairs(responses: pa.ListArray) -> Ints:
    """More than which no record can make, for each."""
    number: Ints = np.minimum(np.diff(list_offsets(responses)), MOST_RESPONSES)
    return number * (number - 1) // 2


def pairs_of(record_ids: pa.Array, responses: pa.ListArray, settings: ExportSettings) -> Pairs:
    """The pairs that some records make.

    Args:
        record_ids: string.
        responses: list<struct<text, rank, score>>.
        settings: Which of them.

    Returns:
        They.
    """
    flat = responses.flatten()
    seeds = np.array([xxhash.xxh3_64_intdigest(name.encode()) for name in record_ids.to_pylist()], np.uint64)
    row, chosen, rejected, margin, reasons = _pairs(
        list_offsets(responses),
        as_floats(flat.field("rank")),
        as_floats(flat.field("score")),
        seeds,
        TAKES.index(settings.pairs),
        float(settings.least_rank_difference),
        float(settings.least_score_difference),
        settings.margin == "rank",
        settings.margin == "score",
        settings.most_per_record,
        MOST_RESPONSES,
        int(most_pairs(responses).sum()),
    )
    return Pairs(row, chosen, rejected, margin, reasons)


@njit(cache=True, nogil=True)
def _mixed(seed, number):  # type: ignore[no-untyped-def]
    """The finaliser of SplitMix64, whose bits all depend on all bits of its input."""
    z = seed + np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def _pairs(  # type: ignore[no-untyped-def]
    ends, ranks, scores, seeds, take, least_rank, least_score, rank_margin, score_margin, most, most_responses, room
):
    row, chosen, rejected = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    margin, keys = np.zeros(room, np.float64), np.zeros(room, np.uint64)
    reasons = np.zeros(len(ends) - 1, np.int64)
    found = 0
    # ``take`` is a place in TAKES.
    for record in range(len(ends) - 1):
        first, end = ends[record], ends[record + 1]
        if end - first > most_responses:
            reasons[record] = 1
            continue
        # How many different ranks are better; of a response without a rank it is not looked at.
        level = np.zeros(end - first, np.int64)
        worst = 0
        for i in range(first, end):
            if np.isnan(ranks[i]):
                continue
            for j in range(first, end):
                if ranks[j] < ranks[i]:
                    new = True
                    for k in range(first, j):
                        if ranks[k] == ranks[j]:
                            new = False
                            break
                    level[i - first] += new
            worst = max(worst, level[i - first])
        begin, reason = found, 2
        for i in range(first, end):
            for j in range(first, end):
                if not ranks[i] < ranks[j]:  # also where either has none
                    continue
                better, worse = level[i - first], level[j - first]
                if (
                    (take == 1 and worse != better + 1)
                    or (take == 2 and better != 0)
                    or (take == 3 and (better != 0 or worse != worst))
                ):
                    continue
                apart = scores[i] - scores[j]
                if (score_margin or least_score > 0) and np.isnan(apart):
                    reason = max(reason, 3)
                    continue
                if ranks[j] - ranks[i] < least_rank or (least_score > 0 and apart < least_score):
                    reason = 4
                    continue
                row[found], chosen[found], rejected[found] = record, i, j
                margin[found] = ranks[j] - ranks[i] if rank_margin else (apart if score_margin else 0.0)
                keys[found] = _mixed(seeds[record], (i - first) * most_responses + (j - first) + 1)
                found += 1
        if found == begin:
            reasons[record] = reason
        elif most > 0 and found - begin > most:
            bound = np.sort(keys[begin:found])[most - 1]
            kept = begin
            for at in range(begin, found):
                if keys[at] <= bound and kept - begin < most:
                    row[kept], chosen[kept], rejected[kept] = row[at], chosen[at], rejected[at]
                    margin[kept] = margin[at]
                    kept += 1
            found = kept
    return row[:found], chosen[:found], rejected[:found], margin[:found], reasons
