"""Removed rows against the truth: recall, precision, originals lost."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.label_texts import shingles

Mask = npt.NDArray[np.bool_]
Texts = Callable[[], Iterable[tuple[int, str]]]
"""Gives every row with its compared text, in order, each time that it is called."""


class Outcome(NamedTuple):
    """By row: kept, and removed as a duplicate. What is neither is failing (blank, quarantined)."""

    kept: Mask
    removed: Mask


class Score(NamedTuple):
    """Shares are None where there was nothing to find.

    exact_recall, near_recall, lower_recall: pairs of (copy, source) of which not both are kept, of all pairs with
    neither failing: exact copies (also after normalisation), near copies of a true Jaccard of at least 0.8, and of
    0.7 to 0.8. ``precision``: rows rightly removed of all that were; right is a row that the truth knows as a copy, or
    that is alike by at least the threshold to a row that is kept. ``originals_lost``: originals removed, to none of
    which such a row is left.
    """

    exact_recall: float | None
    near_recall: float | None
    lower_recall: float | None
    precision: float | None
    originals_lost: int
    pairs: dict[str, int]


def score(truth: pa.Table, outcome: Outcome, texts: Texts, threshold: float) -> Score:
    """Compares an outcome with a truth table of ``make_labels`` (rows in order).

    ``texts`` are read only where the truth by itself does not settle that a removed row was rightly removed.
    """
    kind = truth["kind"].to_numpy(zero_copy_only=False)
    source, alike = truth["src"].to_numpy(), truth["jac5"].to_numpy()
    copies = np.flatnonzero((source >= 0) & (outcome.kept | outcome.removed))
    copies = copies[(outcome.kept | outcome.removed)[source[copies]]]
    found = ~(outcome.kept[copies] & outcome.kept[source[copies]])
    near = kind[copies] == "near"
    # The table holds float32, where 0.7 is a little less than 0.7.
    jaccard = alike[copies].astype(np.float64) + 1e-7
    asked = {
        "exact": ~near,
        "near": near & (jaccard >= 0.8),
        "lower": near & (jaccard >= 0.7) & (jaccard < 0.8),
    }
    unsettled = np.flatnonzero(outcome.removed & (source < 0))
    wrong = set(unsettled.tolist()) - rows_with_survivor(unsettled, outcome.kept, texts, threshold)
    removed = int(outcome.removed.sum())
    exact, near_enough, lower = (_share(int(found[mask].sum()), int(mask.sum())) for mask in asked.values())
    return Score(
        exact_recall=exact,
        near_recall=near_enough,
        lower_recall=lower,
        precision=_share(removed - len(wrong), removed),
        originals_lost=sum(kind[row] == "orig" for row in wrong),
        pairs={name: int(mask.sum()) for name, mask in asked.items()},
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def rows_with_survivor(rows: npt.NDArray[np.int64], kept: Mask, texts: Texts, threshold: float) -> set[int]:
    """Those of the rows whose exact Jaccard (runs of 5 characters) with some kept row reaches the threshold.

    Every kept row is compared: by an index of the runs of the rows asked for, which should be few.
    """
    if not len(rows):
        return set()
    wanted = set(rows.tolist())
    sets = {row: shingles(text) for row, text in texts() if row in wanted}
    index: dict[str, list[int]] = {}
    for row, own in sets.items():
        for shingle in own:
            index.setdefault(shingle, []).append(row)
    alike: set[int] = set()
    for common, size in _overlaps(index, kept, texts):
        alike.update(row for row, shared in common.items() if shared >= threshold * (size + len(sets[row]) - shared))
    return alike


def _overlaps(index: dict[str, list[int]], kept: Mask, texts: Texts) -> Iterator[tuple[Counter[int], int]]:
    """For each kept row: how many runs it shares with each row of the index, and how many it has."""
    for row, text in texts():
        if kept[row]:
            own = shingles(text)
            common: Counter[int] = Counter()
            for shingle in own:
                if shingle in index:
                    common.update(index[shingle])
            yield common, len(own)
