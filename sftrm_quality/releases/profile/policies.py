"""How many pairs the records make by each way to take them: what `exports` would write, before anybody writes it."""

import numpy as np
from numba import njit

from sftrm_quality.arrays import Floats, Ints
from sftrm_quality.releases.profile.tallies import Tally, of_lengths, sums

TAKES = ("all", "adjacent", "best_against_each", "best_against_worst")
"""As `config.PairTake`."""


def of_policies(ends: Ints, ranks: Floats, most: int) -> dict[str, Tally]:
    """Tallies of the pairs that some records make by each of TAKES.

    Args:
        ends: Where the responses of each record begin and end.
        ranks: Of every response; NaN: none.
        most: Records with more responses are left out.

    Returns:
        ``pairs``: how many by each; ``pairs:NAME``: records by their pairs, of those that make any.
    """
    counted: Ints = _counted(ends, ranks, most)
    by_record = {f"pairs:{take}": of_lengths(found[found > 0]) for take, found in zip(TAKES, counted.T, strict=True)}
    return {"pairs": sums(TAKES, counted), **by_record}


@njit(cache=True, nogil=True)
def _counted(ends, ranks, most):  # type: ignore[no-untyped-def]
    """Pairs of each record (records x TAKES)."""
    found = np.zeros((len(ends) - 1, 4), np.int64)
    for record in range(len(ends) - 1):
        first, end = ends[record], ends[record + 1]
        if end - first > most:
            continue
        ranked = ranks[first:end]
        ranked = np.sort(ranked[~np.isnan(ranked)])
        best = before = at = 0
        while at < len(ranked):
            following = at
            while following < len(ranked) and ranked[following] == ranked[at]:
                following += 1
            tied = following - at
            found[record, 0] += tied * at
            found[record, 1] += tied * before
            found[record, 2] += tied * best
            found[record, 3] = tied * best
            best = best or tied
            before, at = tied, following
    return found
