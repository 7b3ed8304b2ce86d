"""The shingle sets of rows, in files that any process can look them up in.

A row takes a run of 64-bit words. Its sets are those of prompt, history, system message and then of its responses; its
words are, in this order:

- the number of its sets
- of each set its length in shingles; its rank (float64; NaN but for ranked responses); its mark, the hash of the
  numbers of its text with the count of its negations in the last eight bits
- of prompt, history and system message the hash of the folded text; how many characters that has; which of the three
  are templated (a bit each)
- the shingles of each set, sorted
- the folded prompt, history and system message, two code points per word

There is one file for each range of rows; it begins with where each row of the range starts (int64, in words,
rows + 1), so that a row is found by reading 16 bytes and holding nothing.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sftrm_quality.arrays import Ints
from sftrm_quality.output import append_array, written

PROMPT_SETS = 3
"""Sets of a row before its responses: prompt, history, system message."""

COUNTED = 255
"""So many negations of a text are counted: the last bits of a mark."""

# Rows that are no further apart are looked up at once: a page of their starts.
_NEAR = 512

Words = npt.NDArray[np.uint64]


class SetFiles(NamedTuple):
    """One file for each range of rows.

    range_starts: the first global row of every range, and one past the last.
    """

    folder: Path
    range_starts: Ints

    def write(self, number: int, rows: Ints, sets: Iterable[tuple[Words, Ints]]) -> None:
        """Write the sets of some rows of a range.

        Args:
            number: Of the range.
            rows: Counted within it, ascending.
            sets: In pieces, in the order of rows: words, and how many each row takes.
        """
        first, last = self.range_starts[number : number + 2]
        starts = np.zeros(last - first + 1, np.int64)
        sizes = [np.zeros(0, np.int64)]
        with written(self._path(number)) as file:
            file.seek(starts.nbytes)
            for words, own in sets:
                append_array(file, words)
                sizes.append(own)
            starts[rows + 1] = np.concatenate(sizes)
            file.seek(0)
            append_array(file, np.cumsum(starts))

    def locate(self, rows: Ints) -> tuple[Ints, Ints]:
        """Where sets are.

        Args:
            rows: Global ones, ascending.

        Returns:
            Where the sets of each row begin in their range's file, in bytes, and how many words they take.
        """
        begins, sizes = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
        for number, part in self._ranges(rows):
            own = rows[part] - self.range_starts[number]
            header = 8 * (self.range_starts[number + 1] - self.range_starts[number] + 1)
            cuts = [0, *(np.flatnonzero(np.diff(own) > _NEAR) + 1).tolist(), len(own)]
            with self._path(number).open("rb") as file:
                for first, last in pairwise(cuts):
                    low, high = own[first], own[last - 1]
                    file.seek(8 * low)
                    starts = np.frombuffer(file.read(8 * (high - low + 2)), np.int64)
                    here = slice(part.start + first, part.start + last)
                    places = own[first:last] - low
                    begins[here] = header + 8 * starts[places]
                    sizes[here] = starts[places + 1] - starts[places]
        return begins, sizes

    def read(self, rows: Ints, begins: Ints, sizes: Ints) -> tuple[Words, Ints]:
        """The words of rows that were located. Read and not mapped: what is mapped counts as ours.

        Args:
            rows: Global ones, ascending.
            begins: Of ``locate``, in bytes.
            sizes: Of ``locate``, in words.

        Returns:
            The words of all rows, and where each row's begin among them (rows + 1).
        """
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        words = np.empty(starts[-1], np.uint64)
        for number, part in self._ranges(rows):
            bounds = pairwise(starts[part.start : part.stop + 1].tolist())
            with self._path(number).open("rb") as file:
                for begin, (start, stop) in zip(begins[part].tolist(), bounds, strict=True):
                    file.seek(begin)
                    file.readinto(words[start:stop].data)
        return words, starts

    def _ranges(self, rows: Ints) -> Iterator[tuple[int, slice]]:
        """The ranges that rows (ascending) are of, and which of the rows are of each."""
        of_range = np.searchsorted(self.range_starts, rows, side="right") - 1
        cuts = [0, *(np.flatnonzero(np.diff(of_range)) + 1).tolist(), len(rows)]
        for first, last in pairwise(cuts if len(rows) else []):
            yield int(of_range[first]), slice(first, last)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.sets"
