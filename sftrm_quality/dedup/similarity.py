"""The exact similarity of proposed pairs, from the shingle sets of the rows that stand in any pair.

The texts are read once more, shard by shard (wherever ``map`` runs ``extraction.extract``), and become one file of
sorted shingle hashes in a scratch folder, 8 bytes a shingle. Pairs are compared chunk by chunk over a mapping that is
opened for the chunk, so that memory holds the chunk and some 30 bytes a set, not the file.
"""

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.dedup.extraction import PROMPT_SETS, Extracted, Extraction, extract, join_extracted
from sftrm_quality.dedup.keys import ShardKeys, shard_starts

Map = Callable[[Callable[[Extraction], Extracted], Iterable[Extraction]], Iterable[Extracted]]
"""``map``, or that of a pool of processes. It must keep the order."""

# Shingles that a chunk of pairs may touch: 64 MiB.
_CHUNK_SHINGLES = 8 << 20


class ShingleSets:
    """The shingle sets of some global rows, on disk, and the similarity of pairs of them."""

    def __init__(
        self,
        shards: Sequence[ShardKeys],
        rows: npt.NDArray[np.int64],
        scratch: Path,
        map: Map,
        *,
        with_responses: bool,
    ) -> None:
        """Extracts the sets of ``rows`` (global, ascending) into one file in ``scratch``, an empty folder.

        Raises:
            StorageError: a shard's candidates cannot be read.
        """
        self._rows = rows
        starts = shard_starts(shards)
        bounds = np.searchsorted(rows, starts)
        work = [
            Extraction(
                shard.records_path,
                shard.label_kind,
                rows[bounds[i] : bounds[i + 1]] - starts[i],
                scratch / f"{i:06}.shingles",
                with_responses,
            )
            for i, shard in enumerate(shards)
            if bounds[i] < bounds[i + 1]
        ]
        self._path = scratch / "all.shingles"
        done = []
        with self._path.open("wb") as joined:
            for extracted in map(extract, work):
                done.append(extracted._replace(starts=extracted.starts + joined.tell() // 8))
                with extracted.path.open("rb") as part:
                    shutil.copyfileobj(part, joined, 1 << 20)
                extracted.path.unlink()
        self._sets = join_extracted(self._path, done)
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(self._sets.lengths)])
        self._shingles = np.diff(ends[self._sets.row_sets])

    def similarities(
        self, earlier: npt.NDArray[np.int64], later: npt.NDArray[np.int64], threshold: float
    ) -> npt.NDArray[np.float64]:
        """How alike the rows of each pair are (0 to 1); 0 stands for everything below the threshold.

        The least Jaccard of all parts: prompt, history, system message, and each response with its counterpart.
        Responses find their counterparts in the order delivered, each the most alike of those still free; so two RM
        rows are alike only with the same number of responses. RM rows that rank counterparts in opposite order are 0
        too: neither may be dropped in favour of the other.
        """
        left, right = np.searchsorted(self._rows, earlier), np.searchsorted(self._rows, later)
        touched = np.cumsum(self._shingles[left] + self._shingles[right])
        found = np.empty(len(left))
        first = 0
        while first < len(left):
            done = touched[first - 1] if first else 0
            last = max(int(np.searchsorted(touched, done + _CHUNK_SHINGLES, side="right")), first + 1)
            here = slice(first, last)
            _compare(self._mapped(), *self._sets[1:], left[here], right[here], threshold, found[here])
            first = last
        return found

    def remove(self) -> None:
        """Deletes the file."""
        self._path.unlink()

    def _mapped(self) -> npt.NDArray[np.uint64]:
        if self._path.stat().st_size == 0:  # which cannot be mapped
            return np.zeros(0, np.uint64)
        return np.asarray(np.memmap(self._path, np.uint64, "r"))


@njit(cache=True, nogil=True)
def _compare(values, row_sets, starts, lengths, ranks, left, right, threshold, found):  # type: ignore[no-untyped-def]
    for pair in range(len(left)):
        a, b = row_sets[left[pair]], row_sets[right[pair]]
        responses = row_sets[left[pair] + 1] - a - PROMPT_SETS
        least = 0.0
        if row_sets[right[pair] + 1] - b - PROMPT_SETS == responses:
            least = 1.0
            for part in range(PROMPT_SETS):
                least = min(least, _jaccard(values, starts, lengths, a + part, b + part, least, threshold))
            if least >= threshold and responses:
                a, b = a + PROMPT_SETS, b + PROMPT_SETS
                least = min(least, _responses_alike(values, starts, lengths, ranks, a, b, responses, threshold))
        found[pair] = least if least >= threshold else 0.0


@njit(cache=True, nogil=True)
def _responses_alike(values, starts, lengths, ranks, a, b, count, threshold):  # type: ignore[no-untyped-def]
    """The least Jaccard of the responses from set ``a`` and their counterparts from ``b``; 0 if ranked oppositely."""
    counterpart = np.full(count, -1, np.int64)
    free = np.ones(count, np.bool_)
    least = 1.0
    for i in range(count):
        best = -1.0
        for j in range(count):
            if free[j]:
                alike = _jaccard(values, starts, lengths, a + i, b + j, 1.0, threshold)
                if alike > best:
                    best = alike
                    counterpart[i] = j
        if best < threshold:
            return 0.0
        free[counterpart[i]] = False
        least = min(least, best)
        for k in range(i):
            if (ranks[a + i] - ranks[a + k]) * (ranks[b + counterpart[i]] - ranks[b + counterpart[k]]) < 0:
                return 0.0
    return least


@njit(cache=True, nogil=True)
def _jaccard(values, starts, lengths, a, b, so_far, threshold):  # type: ignore[no-untyped-def]
    """The Jaccard of two sets; 1 of two empty ones; 0 where it cannot, or no longer need, reach the threshold."""
    m, n = lengths[a], lengths[b]
    if so_far < threshold or min(m, n) < threshold * max(m, n):
        return 0.0
    if m == 0:
        return 1.0
    i, j = starts[a], starts[b]
    i_end, j_end = i + m, j + n
    common = 0
    while i < i_end and j < j_end:
        x, y = values[i], values[j]
        common += x == y
        i += x <= y
        j += y <= x
    return common / (m + n - common)
