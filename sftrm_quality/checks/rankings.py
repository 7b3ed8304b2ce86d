"""What can be said of the responses of a prompt, on the flattened children of the list column.

Everything works on flat numpy arrays with the row of each response beside it; no response is looked at in Python.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Floats, Ints, Mask, Rows, as_floats, as_ints, as_mask, row_of_each


@dataclass(frozen=True)
class Responses:
    """The responses of all rows in one line.

    rows: how many rows there are. Of each response: row, its row, ascending; text, null where it has none; rank and
    score, NaN where null; ranked, whether it has a rank.
    """

    rows: int
    row: Rows
    text: pa.Array
    rank: Floats
    ranked: Mask
    score: Floats

    @classmethod
    def of(cls, responses: pa.ListArray) -> "Responses":
        """Flatten a column of responses.

        Args:
            responses: list<struct<text, rank, score>>. Null lists count as empty; a null struct has null fields.
        """
        flat = responses.flatten()
        rank, score = (pc.struct_field(flat, name) for name in ("rank", "score"))
        return cls(
            rows=len(responses),
            row=row_of_each(responses),
            text=pc.struct_field(flat, "text"),
            rank=as_floats(rank),
            ranked=as_mask(rank.is_valid()),
            score=as_floats(score),
        )

    def count(self, of_responses: Mask | None = None) -> Ints:
        """The number of responses per row.

        Args:
            of_responses: Only those in this mask over the responses; all without it.
        """
        return np.bincount(self.row if of_responses is None else self.row[of_responses], minlength=self.rows)

    def any(self, of_responses: Mask) -> Mask:
        """True for the rows that have a response in the mask.

        Args:
            of_responses: A mask over the responses.
        """
        found = np.zeros(self.rows, dtype=bool)
        found[self.row[of_responses]] = True
        return found

    def has_fractional_rank(self) -> Mask:
        """True for the rows in which a rank is given and is not a whole number (NaN and infinities are not)."""
        with np.errstate(invalid="ignore"):
            whole = np.isfinite(self.rank) & (self.rank == np.floor(self.rank))
        return self.any(self.ranked & ~whole)

    def has_gap(self, ties: str) -> Mask:
        """Where ranks do not count up from 1.

        Args:
            ties: The declared policy. ``forbid``: 1, 2, 3; ``dense``: 1, 2, 2, 3; ``competition``: 1, 2, 2, 4.

        Returns:
            True for the rows whose whole ranks do not; False for rows with a fractional rank.
        """
        row, rank, first = self._by_rank()
        before = np.where(first, 0.0, np.concatenate(([0.0], rank))[:-1])
        starts = np.flatnonzero(first)
        place = np.arange(len(row)) - np.repeat(starts, np.diff(np.append(starts, len(row)))) + 1
        tied = ~first & (rank == before)
        if ties == "dense":
            fits = tied | (rank == before + 1)
        else:
            fits = (rank == place) | (tied if ties == "competition" else False)
        gap = np.zeros(self.rows, dtype=bool)
        gap[row[~fits]] = True
        return gap & ~self.has_fractional_rank()

    def all_tied(self) -> Mask:
        """True for the rows with two or more ranked responses that all share one rank."""
        row, rank, first = self._by_rank()
        differs = ~first & (rank != np.concatenate(([0.0], rank))[:-1])
        several = np.zeros(self.rows, dtype=bool)
        several[row[differs]] = True
        return (self.count(self.ranked) >= 2) & ~several

    def score_contradicts_rank(self) -> Mask:
        """True for the rows in which a better rank has a lower score than a worse rank."""
        both = self.ranked & ~np.isnan(self.score)
        row, rank, score = self.row[both], self.rank[both], self.score[both]
        # Within a rank the highest score comes first, so the last of one rank is its lowest and the first of the
        # next rank its highest: neighbours decide for the whole row.
        order = np.lexsort((-score, rank, row))
        row, rank, score = row[order], rank[order], score[order]
        worse = (row[1:] == row[:-1]) & (rank[1:] > rank[:-1]) & (score[1:] > score[:-1])
        contradicts = np.zeros(self.rows, dtype=bool)
        contradicts[row[1:][worse]] = True
        return contradicts

    def _by_rank(self) -> tuple[Rows, Floats, Mask]:
        """Row and rank of the ranked responses, sorted by both, and whether each is the first of its row."""
        row, rank = self.row[self.ranked], self.rank[self.ranked]
        order = np.lexsort((rank, row))
        row, rank = row[order], rank[order]
        return row, rank, np.concatenate(([True], row[1:] != row[:-1]))[: len(row)]


def has_equal_texts(lists: pa.ListArray) -> Mask:
    """True for the rows of a list<string> in which two non-empty texts are equal."""
    row, flat = row_of_each(lists), lists.flatten()
    length = as_ints(pc.binary_length(flat))
    # Equal texts have equal lengths: only texts that share row and length with another one are compared at all.
    order = np.lexsort((length, row))
    same = (row[order][1:] == row[order][:-1]) & (length[order][1:] == length[order][:-1]) & (length[order][1:] > 0)
    candidates = np.unique(np.concatenate((order[1:][same], order[:-1][same])))
    codes = as_ints(pc.dictionary_encode(flat.take(pa.array(candidates))).indices)
    pairs, times = np.unique(np.stack((row[candidates], codes), axis=1), axis=0, return_counts=True)
    equal = np.zeros(len(lists), dtype=bool)
    equal[pairs[times > 1, 0]] = True
    return equal
