"""Near duplicates: the bands propose pairs, the exact Jaccard of their shingles decides, the preferred row survives."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sftrm_quality.arrays import Floats, Ints, Mask
from sftrm_quality.dedup.comparison import EARLIER, Comparison, LoadedPairs, comparisons, load_pairs
from sftrm_quality.dedup.exchange import BOUNDS, Bounds, Map, scratch_folder, write_array
from sftrm_quality.dedup.keys import NONE, ShardKeys
from sftrm_quality.dedup.passages import LEAST_WEIGHT, differ_in_passage
from sftrm_quality.dedup.proposals import Bands
from sftrm_quality.dedup.sets import PROMPT_SETS
from sftrm_quality.dedup.similarity import Apart, compare
from sftrm_quality.dedup.survivors import ALIKE, AlikeRows, choose_survivors
from sftrm_quality.dedup.templates import WHOLE
from sftrm_quality.output import append_array, written
from sftrm_quality.records import LabelKind

# Pairs of a row behind a template that are looked at: of eight, one is above the threshold if any of many is.
_TOLD = 8

_FOUND = np.dtype([*ALIKE.descr, ("apart", np.uint8)])


class NearDuplicatesFound(NamedTuple):
    """What was found, by global row.

    duplicate_of: the surviving row that it duplicates (int64, -1: none). similarity: how alike they are (0: none).
    apart_from: the row that is most like it among those that it is told apart from, -1 for none. apart_by: by what, a
    value of ``Apart`` (uint8); 0 for none. apart_similarity: how alike these two are.
    """

    duplicate_of: Ints
    similarity: Floats
    apart_from: Ints
    apart_by: npt.NDArray[np.uint8]
    apart_similarity: Floats


def near_duplicates(
    shards: Sequence[ShardKeys],
    alive: Mask,
    templated: npt.NDArray[np.uint8],
    prompt_of: Ints,
    rank: Ints,
    keep_whole: bool,
    threshold: float,
    scratch: Path,
    map: Map = map,
    bounds: Bounds = BOUNDS,
) -> NearDuplicatesFound:
    """Near duplicates among the alive rows of each label kind. Equal ones are expected to be off already.

    Two rows are near duplicates of each other if each part of one is alike to that of the other by at least the
    threshold (``similarity.compare``) and nothing tells them apart (``similarity.Apart``). In the order of preference,
    a row is a duplicate if and only if a row that is preferred to it, and is no duplicate itself, is near; of several
    it duplicates the most alike, of equals the most preferred. So whatever is removed names a row that stays, and a
    chain of small edits is not removed to its end. At a threshold of 1 there are none.

    This process holds 40 bytes per row.

    Args:
        shards: All of them, in the order of global rows.
        alive: Which global rows take part.
        templated: By global row, the templated parts of its prompt (``templates``).
        prompt_of: By global row, the first row with the same folded prompt, -1 for that row itself.
        rank: Of each global row, 0 for the most preferred.
        keep_whole: A row whose responses are cut short comes after all that are whole, whatever their ranks.
        threshold: The least Jaccard, that the fingerprints were made for.
        scratch: A folder for what tasks hand each other: some 250 bytes per row, then 8 bytes per shingle of the
            proposed rows; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Raises:
        StorageError: A file is missing, broken, or was fingerprinted for another threshold.
    """
    rows = len(alive)
    apart_from, apart_by = np.full(rows, NONE, np.int64), np.zeros(rows, np.uint8)
    apart_similarity = np.zeros(rows)
    bands = [Bands("content", "prompt", kind) for kind in LabelKind]
    with scratch_folder(scratch) as folder:
        work = comparisons(shards, alive, threshold, bands, templated, True, folder, map, bounds)
        alike = AlikeRows(folder, rows)
        whole = write_array(folder / "whole", _prompts_of_whole_templates(prompt_of, templated))
        del prompt_of
        for path in map(_compare, [_Near(one, whole, rows) for one in work]):
            found = np.fromfile(path, _FOUND)
            path.unlink()
            alike.add(found[found["apart"] == 0])
            _remember(found[found["apart"] > 0], apart_from, apart_by, apart_similarity)
        duplicate_of, similarity = choose_survivors(alike, rank, keep_whole, folder, map, bounds)
    return NearDuplicatesFound(duplicate_of, similarity, apart_from, apart_by, apart_similarity)


def _prompts_of_whole_templates(prompt_of: Ints, templated: npt.NDArray[np.uint8]) -> Ints:
    """By row the first row with its prompt, where that is a template altogether, else NONE."""
    found = np.full(len(prompt_of), NONE, np.int64)
    rows = np.flatnonzero(templated & WHOLE)
    found[rows] = np.where(prompt_of[rows] == NONE, rows, prompt_of[rows])
    return found


class _Near(NamedTuple):
    """Work for one range. whole: a file of the first row with the same prompt of each global row whose prompt is a
    template altogether, -1 of the others (int64). rows: how many."""

    comparison: Comparison
    whole: Path
    rows: int

    def open_pairs(self) -> Callable[[Ints], Ints]:
        """Of pairs of different prompts of which one is a template altogether, some per later row: nothing makes them
        duplicates, and they are only told of. A family of a hundred thousand would be compared with itself."""
        whole = np.memmap(self.whole, np.int64, "r", shape=(self.rows,)) if self.rows else np.zeros(0, np.int64)

        def chosen(pairs: Ints) -> Ints:
            earlier, later = pairs & EARLIER, pairs >> 32
            a, b = whole[earlier], whole[later]
            behind = ((a >= 0) | (b >= 0)) & (a != b)
            places = np.flatnonzero(behind)
            starts, sizes = np.unique(later[places], return_index=True, return_counts=True)[1:]
            number = np.arange(len(places)) - np.repeat(starts, sizes)
            opened: Ints = np.delete(pairs, places[number >= _TOLD])
            return opened

        return chosen


def _compare(task: _Near) -> Path:
    """Writes the pairs at or above the threshold: all that nothing tells apart, and of the others for each row the one
    that is most like it among the earlier ones. Pairs of the same row may be loaded in several pieces."""
    work = task.comparison
    told = [np.zeros(0, _FOUND)]
    with written(work.path) as file:
        for loaded in load_pairs(work, work.shares(), task.open_pairs()):
            entries = _compared(loaded, work.threshold)
            append_array(file, entries[entries["apart"] == 0])
            told.append(_most_alike(entries[entries["apart"] > 0]))
        append_array(file, _most_alike(np.concatenate(told)))
    return work.path


def _remember(told: npt.NDArray[np.void], apart_from: Ints, apart_by: npt.NDArray[np.uint8], best: Floats) -> None:
    """Keep of each row the most alike one that it is told apart from, of equals the one that came first."""
    earlier, later = told["pair"] & EARLIER, told["pair"] >> 32
    for rows, others in ((later, earlier), (earlier, later)):
        order = np.lexsort((np.arange(len(rows)), -told["similarity"], rows))
        order = order[np.append(True, rows[order][1:] != rows[order][:-1])[: len(order)]]
        order = order[told["similarity"][order] > best[rows[order]]]
        chosen = rows[order]
        best[chosen], apart_from[chosen] = told["similarity"][order], others[order]
        apart_by[chosen] = told["apart"][order]


def _compared(loaded: LoadedPairs, threshold: float) -> npt.NDArray[np.void]:
    """The pairs at or above the threshold, with what tells each apart."""
    count = len(loaded.pairs)
    similarity, apart, shorter = np.empty(count), np.empty(count, np.uint8), np.empty(count, np.int8)
    words, ranks = loaded.words, loaded.words.view(np.float64)
    compare(words, ranks, loaded.earlier, loaded.later, PROMPT_SETS, threshold, similarity, apart, shorter)
    doubtful = np.flatnonzero((similarity > 0) & (apart == 0))
    ends = loaded.earlier[doubtful], loaded.later[doubtful]
    apart[doubtful[differ_in_passage(words, *ends, PROMPT_SETS, LEAST_WEIGHT)]] = Apart.PASSAGE
    alike = similarity > 0
    entries = np.empty(np.count_nonzero(alike), _FOUND)
    entries["pair"], entries["similarity"] = loaded.pairs[alike], similarity[alike]
    entries["apart"], entries["shorter"] = apart[alike], shorter[alike]
    return entries


def _most_alike(entries: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Of each later row the most alike pair, of equals the first; in the order of pairs."""
    entries = entries[np.lexsort((entries["pair"], -entries["similarity"], entries["pair"] >> 32))]
    later = entries["pair"] >> 32
    firsts: npt.NDArray[np.void] = entries[np.append(True, later[1:] != later[:-1])[: len(entries)]]
    return firsts
