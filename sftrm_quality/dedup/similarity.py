"""The exact similarity of proposed pairs, from the shingle sets of the rows that stand in any pair.

The texts are read once more, shard by shard (wherever ``map`` runs ``extraction.extract``), and become one file of
sorted shingle hashes in a scratch folder, 8 bytes a shingle. Pairs are compared chunk by chunk, so that memory holds
the shingles of a chunk and some 24 bytes a set, not the file.
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

# Shingles of a chunk of pairs: at most 16 MiB.
_CHUNK_SHINGLES = 2 << 20


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
                done.append(extracted)
                with extracted.path.open("rb") as part:
                    shutil.copyfileobj(part, joined, 1 << 20)
                extracted.path.unlink()
        _, self._row_sets, self._lengths, self._ranks = join_extracted(self._path, done)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self._lengths)])
        # Row i has the shingles row_starts[i] to row_starts[i + 1] of the file.
        self._row_starts = starts[self._row_sets]

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
        sizes = np.diff(self._row_starts)
        touched = np.cumsum(sizes[left] + sizes[right])
        found = np.empty(len(left))
        first = 0
        while first < len(left):
            done = touched[first - 1] if first else 0
            last = max(int(np.searchsorted(touched, done + _CHUNK_SHINGLES, side="right")), first + 1)
            here = slice(first, last)
            needed, places = np.unique(np.concatenate([left[here], right[here]]), return_inverse=True)
            values, starts = self._read(needed)
            of_rows = (self._row_sets, self._lengths, self._ranks)
            _compare(values, starts, places, needed, *of_rows, PROMPT_SETS, threshold, found[here])
            first = last
        return found

    def remove(self) -> None:
        """Deletes the file."""
        self._path.unlink()

    def _read(self, needed: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        """The shingles of some rows, and where each row's begin. Read and not mapped: what is mapped counts as ours."""
        begins, ends = self._row_starts[needed], self._row_starts[needed + 1]
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(ends - begins)])
        values = np.empty(starts[-1], np.uint64)
        with self._path.open("rb") as file:
            for begin, start, stop in zip(begins.tolist(), starts[:-1].tolist(), starts[1:].tolist(), strict=True):
                file.seek(8 * begin)
                file.readinto(values[start:stop].data)
        return values, starts


@njit(cache=True, nogil=True)
def _compare(  # type: ignore[no-untyped-def]
    values, starts, places, rows, row_sets, lengths, ranks, prompt_sets, threshold, found
):
    """The similarity of pairs, the first half of ``places`` with the second: both say which of ``rows`` it is."""
    for pair in range(len(found)):
        left, right = places[pair], places[pair + len(found)]
        a, b = row_sets[rows[left]], row_sets[rows[right]]
        a_end, b_end = row_sets[rows[left] + 1], row_sets[rows[right] + 1]
        found[pair] = 0.0
        if a_end - a == b_end - b:
            a_prompt, b_prompt = lengths[a : a + prompt_sets], lengths[b : b + prompt_sets]
            a_lengths, b_lengths = lengths[a + prompt_sets : a_end], lengths[b + prompt_sets : b_end]
            a_ranks, b_ranks = ranks[a + prompt_sets : a_end], ranks[b + prompt_sets : b_end]
            at_a, at_b = starts[left] + a_prompt.sum(), starts[right] + b_prompt.sum()
            # The shorter half first: boilerplate is mostly told apart by a few words in one of them.
            least = 1.0
            prompt_first = a_prompt.sum() < a_lengths.sum()
            if prompt_first:
                least = _prompts_alike(values, starts[left], a_prompt, starts[right], b_prompt, threshold)
            if least >= threshold:
                matched = _responses_alike(values, at_a, a_lengths, a_ranks, at_b, b_lengths, b_ranks, threshold)
                least = min(least, matched)
            if least >= threshold and not prompt_first:
                prompts = _prompts_alike(values, starts[left], a_prompt, starts[right], b_prompt, threshold)
                least = min(least, prompts)
            if least >= threshold:
                found[pair] = least


@njit(cache=True, nogil=True)
def _prompts_alike(values, at_a, lengths_a, at_b, lengths_b, threshold):  # type: ignore[no-untyped-def]
    """The least Jaccard of prompts, histories and system messages, or anything lower than the threshold."""
    least = 1.0
    for part in range(len(lengths_a)):
        if least >= threshold:
            least = min(least, _jaccard(values, at_a, lengths_a[part], at_b, lengths_b[part], threshold))
        at_a += lengths_a[part]
        at_b += lengths_b[part]
    return least


@njit(cache=True, nogil=True)
def _responses_alike(values, at_a, lengths_a, ranks_a, at_b, lengths_b, ranks_b, threshold):  # type: ignore[no-untyped-def]
    """The least Jaccard of responses and their counterparts; 0 without counterpart, or if ranked oppositely."""
    count = len(lengths_a)
    counterpart = np.full(count, -1, np.int64)
    free = np.ones(count, np.bool_)
    least = 1.0
    start_a = at_a
    for i in range(count):
        best = -1.0
        start_b = at_b
        for j in range(count):
            if free[j]:
                alike = _jaccard(values, start_a, lengths_a[i], start_b, lengths_b[j], threshold)
                if alike > best:
                    best = alike
                    counterpart[i] = j
            start_b += lengths_b[j]
        if best < threshold:
            return 0.0
        start_a += lengths_a[i]
        free[counterpart[i]] = False
        least = min(least, best)
        for k in range(i):
            if (ranks_a[i] - ranks_a[k]) * (ranks_b[counterpart[i]] - ranks_b[counterpart[k]]) < 0:
                return 0.0
    return least


@njit(cache=True, nogil=True)
def _jaccard(values, i, m, j, n, threshold):  # type: ignore[no-untyped-def]
    """The Jaccard of the sets ``values[i:i + m]`` and ``values[j:j + n]``; 1 of two empty ones; 0 if sure to be low."""
    if min(m, n) < threshold * max(m, n):
        return 0.0
    if m == 0:
        return 1.0
    # With c in common, c / (m + n - c) >= t leaves at most (m + n) (1 - t) / (1 + t) that are not; 1 is for rounding.
    spare = int((m + n) * (1 - threshold) / (1 + threshold)) + 1
    i_end, j_end = i + m, j + n
    common = 0
    while i < i_end and j < j_end and spare >= 0:
        x, y = values[i], values[j]
        if x == y:
            common += 1
            i += 1
            j += 1
        elif x < y:
            i += 1
            spare -= 1
        else:
            j += 1
            spare -= 1
    return common / (m + n - common)
