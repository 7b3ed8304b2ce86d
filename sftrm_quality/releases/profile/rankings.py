"""How responses are ranked, and what the ranks go along with: length and the place in the list."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sftrm_quality.arrays import Floats, Ints, Mask, as_floats, as_ints, list_offsets, row_of_each
from sftrm_quality.releases.profile.policies import of_policies
from sftrm_quality.releases.profile.tallies import Tally, of_lengths, of_numbers, sums

# All pairs of responses are compared. A prompt with more responses than this is no ranking by people; it is counted
# and left out, so that one record cannot cost a minute.
MOST_RESPONSES = 256
# Higher ranks are one row of a table.
LAST_RANK = 16

# What the kernel counts in each record.
COUNTED = (
    "compared",  # 1, unless it has more than MOST_RESPONSES or no two different ranks
    "pairs",  # of responses with different ranks
    "longer_wins",
    "shorter_wins",
    "tied_pairs",
    "first_is_best",  # the response listed first has the best rank
    "best",  # responses with the best rank; chance lists one of them first in `best` of `responses` times
    "best_far_shortest",  # every best response has less than half the characters of each other ranked one
    "worst_far_shortest",
    "best_length",  # characters of the only best response, -1 where there are several
)
_PAIRS, _TIED = COUNTED.index("pairs"), COUNTED.index("tied_pairs")
SUMMED = COUNTED[:-1]
LISTED = ("records", "first_is_best", "best", "best_squared")
"""What is counted of a file for each number of responses, to tell whether the one listed first is best by chance."""


def rankings(responses: pa.ListArray, source_file: pa.Array) -> dict[str, Tally]:
    """Tallies of the rankings of some records, their responses list<struct<text, rank, score>> with null ranks."""
    flat = responses.flatten()
    text, rank = flat.field("text"), flat.field("rank")
    ends = list_offsets(responses)
    per_record = np.diff(ends)
    ranks = as_floats(rank)
    ranked = ~np.isnan(ranks)
    lengths = as_ints(pc.utf8_length(text))
    counted: Ints = _compare(ends, ranks, lengths, MOST_RESPONSES)
    compared = counted[:, 0] > 0
    tallies = {
        "response_chars": of_lengths(lengths),
        "responses": of_numbers(np.minimum(per_record, MOST_RESPONSES + 1)),
        "records": {
            "all": len(responses),
            "too_many_responses": int(np.count_nonzero(per_record > MOST_RESPONSES)),
            "with_unranked": len(np.unique(row_of_each(responses)[~ranked])),
            "with_ties": int(np.count_nonzero(counted[:, _TIED])),
        },
        "ranking": sums(SUMMED, counted[:, : len(SUMMED)]),
        **of_policies(ends, ranks, MOST_RESPONSES),
        **_by_rank(ranks, lengths, np.repeat(counted[:, -1], per_record), ranked),
    }
    files = pc.dictionary_encode(source_file)
    codes = as_ints(files.indices)
    for code, name in enumerate(files.dictionary.to_pylist()):
        of_file = codes == code
        tallies[f"file:{name}"] = sums(SUMMED, counted[of_file, : len(SUMMED)])
        of_file &= compared
        tallies[f"listed:{name}"] = _by_number(per_record[of_file], counted[of_file])
    return tallies


def _by_rank(ranks: Floats, lengths: Ints, best_length: Ints, ranked: Mask) -> dict[str, Tally]:
    """For each rank: responses, their characters, and how many more these have than the only best response."""
    rank = np.minimum(ranks[ranked], LAST_RANK).astype(np.int64)
    has_best = best_length[ranked] >= 0
    gap = (lengths - best_length)[ranked][has_best]
    return {
        "ranks": {**of_numbers(rank), "unranked": int(np.count_nonzero(~ranked))},
        "rank_chars": _sum_by(rank, lengths[ranked]),
        "rank_beside_best": of_numbers(rank[has_best]),
        "rank_gap": _sum_by(rank[has_best], gap),
    }


def _by_number(per_record: Ints, counted: Ints) -> Tally:
    """For each number of responses in a record: records that are compared, and what chance needs to be told from.

    The keys are the number and one of ``LISTED``.
    """
    best = counted[:, COUNTED.index("best")]
    first = counted[:, COUNTED.index("first_is_best")]
    values = (np.ones_like(best), first, best, best * best)
    return {
        f"{number}:{name}": total
        for name, column in zip(LISTED, values, strict=True)
        for number, total in _sum_by(per_record, column).items()
    }


def _sum_by(keys: Ints, values: Ints) -> Tally:
    unique, place = np.unique(keys, return_inverse=True)
    total = np.zeros(len(unique), np.int64)
    np.add.at(total, place, values)
    return dict(zip(map(str, unique.tolist()), total.tolist(), strict=True))


@njit(cache=True, nogil=True)
def _compare(ends, ranks, lengths, most):  # type: ignore[no-untyped-def]
    """What `COUNTED` names, for each record.

    Args: where the responses of each record begin and end, and of every response its rank (NaN: none) and characters.
    """
    found = np.zeros((len(ends) - 1, 10), np.int64)
    for record in range(len(ends) - 1):
        first, end = ends[record], ends[record + 1]
        out = found[record]
        out[9] = -1
        if end - first > most:
            continue
        best, worst = np.inf, -np.inf
        for i in range(first, end):
            if not np.isnan(ranks[i]):
                best, worst = min(best, ranks[i]), max(worst, ranks[i])
                for j in range(first, i):
                    if ranks[i] == ranks[j]:
                        out[4] += 1
                    elif not np.isnan(ranks[j]):
                        out[1] += 1
                        winner, loser = (i, j) if ranks[i] < ranks[j] else (j, i)
                        out[2] += lengths[winner] > lengths[loser]
                        out[3] += lengths[winner] < lengths[loser]
        if not best < worst:
            continue
        out[0] = 1
        out[5] = ranks[first] == best
        longest_best, longest_worst, shortest_not_best, shortest_not_worst = -1, -1, 1 << 62, 1 << 62
        for i in range(first, end):
            if np.isnan(ranks[i]):
                continue
            if ranks[i] == best:
                out[6] += 1
                longest_best = max(longest_best, lengths[i])
            else:
                shortest_not_best = min(shortest_not_best, lengths[i])
            if ranks[i] == worst:
                longest_worst = max(longest_worst, lengths[i])
            else:
                shortest_not_worst = min(shortest_not_worst, lengths[i])
        out[7] = 2 * longest_best < shortest_not_best
        out[8] = 2 * longest_worst < shortest_not_worst
        if out[6] == 1:
            out[9] = longest_best
    return found
