"""Which rows survive, given the pairs of near duplicates: in the order of preference, the first of what is near."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.arrays import Floats, Ints, Mask
from sftrm_quality.dedup.comparison import EARLIER
from sftrm_quality.dedup.exchange import Bounds, Exchanged, Map, read_array, run, write_array
from sftrm_quality.dedup.keys import NONE
from sftrm_quality.output import append_array, written

ALIKE = np.dtype([("pair", np.int64), ("similarity", np.float64), ("shorter", np.int8)])
"""Two rows (``later << 32 | earlier``) that are near duplicates; -1 if the earlier one is cut short, 1 if the later."""

_ORDERED = np.dtype(
    [
        ("row", np.uint32),
        ("other", np.uint32),
        ("place", np.uint32),
        ("other_place", np.uint32),
        ("similarity", np.float64),
    ]
)


class AlikeRows:
    """The pairs of all ranges: written down as they come, since they may be more than fit in memory."""

    def __init__(self, folder: Path, rows: int) -> None:
        """Begin with none.

        Args:
            folder: One of the step's own.
            rows: How many global rows there are.
        """
        self._folder = folder
        self.pairs = 0
        self.files: list[Path] = []
        self.cut: Mask = np.zeros(rows, np.bool_)

    def add(self, found: npt.NDArray[np.void]) -> None:
        """Add the pairs of a range.

        Args:
            found: With the fields of ``ALIKE`` and maybe others.
        """
        if not len(found):
            return
        self.cut[(found["pair"] & EARLIER)[found["shorter"] < 0]] = True
        self.cut[(found["pair"] >> 32)[found["shorter"] > 0]] = True
        self.files.append(self._folder / f"{len(self.files):06}.alike")
        self.pairs += len(found)
        with written(self.files[-1]) as file:
            append_array(file, found[list(ALIKE.names or ())].astype(ALIKE))


class _Ordering(NamedTuple):
    """A file of pairs, to be written in the order of places: a file of the place of each global row (uint32)."""

    number: int
    pairs: Path
    places: Path
    rows: int
    files: Exchanged


def choose_survivors(
    alike: AlikeRows, rank: Ints, keep_whole: bool, folder: Path, map: Map, bounds: Bounds
) -> tuple[Ints, Floats]:
    """For each row the surviving row that it duplicates.

    Args:
        alike: The pairs of near duplicates.
        rank: Of each global row, 0 for the most preferred.
        keep_whole: A row that is cut short comes after all that are not, whatever their ranks.
        folder: One of the step's own.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Returns:
        By global row: the survivor (-1: none), and how alike they are (0: none).
    """
    rows = len(rank)
    duplicate_of, best = np.full(rows, NONE, np.int64), np.zeros(rows)
    if not alike.pairs:
        return duplicate_of, best
    path = write_array(folder / "places", _places(rank, alike.cut if keep_whole else None))
    (own := folder / "ordered").mkdir()
    files = Exchanged(own, len(alike.files), bounds.partitions(alike.pairs))
    run(map, _write_ordered, [_Ordering(n, pairs, path, rows, files) for n, pairs in enumerate(alike.files)])
    # The partitions ascend by place: when a pair comes, the outcome of its preferred row is settled.
    for partition in files.partitions_of(0):
        entries = partition.read(_ORDERED)
        entries = entries[np.lexsort((entries["other_place"], entries["place"]))]
        keep_preferred(
            entries["row"].astype(np.int64),
            entries["other"].astype(np.int64),
            np.ascontiguousarray(entries["similarity"]),
            duplicate_of,
            best,
        )
    return duplicate_of, best


def _places(rank: Ints, cut: Mask | None) -> npt.NDArray[np.uint32]:
    """By global row its place in the order of preference: of rank, but behind all others for those that are cut short.

    Without sorting, and in half of the bytes: this is where a run has most in memory.
    """
    order = np.empty(len(rank), np.uint32)
    order[rank] = np.arange(len(rank), dtype=np.uint32)
    if cut is not None:
        last = cut[order]
        order = np.concatenate([order[~last], order[last]])
    places = np.empty(len(rank), np.uint32)
    places[order] = np.arange(len(rank), dtype=np.uint32)
    return places


def _write_ordered(task: _Ordering) -> None:
    pairs = np.fromfile(task.pairs, ALIKE)
    places = read_array(task.places, np.uint32, 0, task.rows)
    ends = pairs["pair"] & EARLIER, pairs["pair"] >> 32
    swapped = places[ends[0]] > places[ends[1]]
    entries = np.empty(len(pairs), _ORDERED)
    entries["row"], entries["other"] = np.where(swapped, ends[0], ends[1]), np.where(swapped, ends[1], ends[0])
    entries["place"], entries["other_place"] = places[entries["row"]], places[entries["other"]]
    entries["similarity"] = pairs["similarity"]
    spread = (entries["place"].astype(np.uint64) << np.uint64(32)) // np.uint64(task.rows)
    task.files.write(task.number, 1, [(entries, spread.astype(np.uint32))])


@njit(cache=True, nogil=True)
def keep_preferred(rows, others, similarity, duplicate_of, best):  # type: ignore[no-untyped-def]
    """Settle pairs in the order of preference of their rows, and then of the others, which are preferred to them.

    Args:
        rows, others: Of each pair (int64).
        similarity: Of each pair.
        duplicate_of, best: By global row, changed in place: the survivor (-1: none), how alike they are (0: none).
    """
    for i in range(len(rows)):
        if duplicate_of[others[i]] < 0 and similarity[i] > best[rows[i]]:
            duplicate_of[rows[i]] = others[i]
            best[rows[i]] = similarity[i]
