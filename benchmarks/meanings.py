"""What was removed against what it means: does a copy go, and does stay what only looks like one?"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.scoring import Mask, Outcome

LEAST_GONE = {"near": 0.995, "cut": 0.995, "spacing": 0.97, "punctuation": 0.97}
"""Kinds of copies, and the least share of which not both, copy and source, may stay."""
LEAST_KEPT = {"template": 0.99, "number": 0.99, "negation": 0.99, "quantity": None, "opposite": None}
"""Kinds of look-alikes, and the least share that should stay, with their sources; none where only someone who
understands the text could tell them apart."""


class Meanings(NamedTuple):
    """Outcomes beside the truth.

    truth: A table of ``make_labels variants``, rows in order. outcome: of each row. survivor: the row that a removed
    one is said to be a copy of (-1: none).
    """

    truth: pa.Table
    outcome: Outcome
    survivor: npt.NDArray[np.int64]

    def column(self, name: str) -> npt.NDArray[np.generic]:
        found: npt.NDArray[np.generic] = self.truth[name].to_numpy(zero_copy_only=False)
        return found

    def wrong(self) -> Mask:
        """Removed rows that say something else than their survivors."""
        meaning = self.column("meaning")
        return self.outcome.removed & ((self.survivor < 0) | (meaning != meaning[self.survivor]))

    def asked(self, kind: str) -> Mask:
        """Rows of a kind that did not fail and whose sources did not; edited and cut ones with a true Jaccard of at
        least 0.8."""
        present = self.outcome.kept | self.outcome.removed
        asked: Mask = (self.column("kind") == kind) & present & self._of_sources(present)
        for part in ("question", "answer") if kind in ("near", "cut") else ():
            # The table holds float32, where 0.8 may be a little less than 0.8.
            asked &= self.column(f"jac5_{part}").astype(np.float64) + 1e-7 >= 0.8
        return asked

    def missed(self, kind: str) -> Mask:
        """Copies of a kind that stay beside their sources; look-alikes that go, or whose sources do; those of
        templates that go for another one."""
        both_kept = self.outcome.kept & self._of_sources(self.outcome.kept)
        if kind == "template":
            return self.asked(kind) & self.wrong()
        return self.asked(kind) & (both_kept if kind in LEAST_GONE else ~both_kept)

    def look_alikes(self) -> Mask:
        """Rows that look like one other row by design, and those rows."""
        found: Mask = np.isin(self.column("kind"), [kind for kind in LEAST_KEPT if kind != "template"])
        found[self.column("src")[found].astype(np.int64)] = True
        return found

    def cut_ones_stay(self) -> Mask:
        """Rows that are cut short and stay in the place of the whole ones."""
        return self.asked("cut") & self.outcome.kept & ~self._of_sources(self.outcome.kept)

    def _of_sources(self, mask: Mask) -> Mask:
        """The values of a mask at the source of each row; true where it has none."""
        source = self.column("src").astype(np.int64)
        return (source < 0) | mask[source]
