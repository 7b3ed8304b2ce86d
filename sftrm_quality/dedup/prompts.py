"""Groups of equal and near-equal prompts over both label kinds, so that no prompt can be in two splits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sftrm_quality.arrays import Ints, Mask
from sftrm_quality.dedup.comparison import EARLIER, Comparison, comparisons, load_pairs
from sftrm_quality.dedup.exact import equal_rows
from sftrm_quality.dedup.exchange import BOUNDS, Bounds, Map, scratch_folder
from sftrm_quality.dedup.keys import NONE, ShardKeys
from sftrm_quality.dedup.proposals import Bands
from sftrm_quality.dedup.sets import PROMPT_SETS
from sftrm_quality.dedup.shares import all_rows
from sftrm_quality.dedup.similarity import connect, connect_alike, roots, settle
from sftrm_quality.output import append_array, written


def prompt_groups(
    shards: Sequence[ShardKeys],
    alive: Mask,
    threshold: float,
    scratch: Path,
    map: Map = map,
    bounds: Bounds = BOUNDS,
) -> Ints:
    """The group of every row: the smallest row that is connected with it by equal or near-equal prompts.

    SFT and RM rows are in the same groups. Near-equal are prompts whose text, history and system message each have a
    Jaccard of at least the threshold; at 1 only equal prompts are connected.

    Args:
        shards: All of them, in the order of global rows.
        alive: Which global rows take part.
        threshold: The least Jaccard, that the fingerprints were made for.
        scratch: A folder for what tasks hand each other; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Returns:
        By global row, -1 where not alive.

    Raises:
        StorageError: A file is missing, broken, or was fingerprinted for another threshold.
    """
    parents = equal_rows(shards, "prompt_key", alive, scratch, map, bounds)
    # One row of each prompt stands for all that have it.
    single = alive & (parents == NONE)
    parents[single] = np.flatnonzero(single)
    with scratch_folder(scratch) as folder:
        bands = [Bands("prompt", None, None)]
        for path in map(_connected, comparisons(shards, single, threshold, bands, False, folder, map, bounds)):
            pairs = np.fromfile(path, np.int64)
            path.unlink()
            connect(parents, pairs & EARLIER, pairs >> 32)
    settle(parents)
    return parents


def _connected(work: Comparison) -> Path:
    """Writes pairs of near-equal prompts (``later << 32 | earlier``): as many as connect all that the range connects.

    Boilerplate proposes a row with hundreds of others. Most of these are connected by other pairs already, and are
    not compared.
    """
    shares = work.shares()
    rows = all_rows(shares)
    parents = np.arange(len(rows))

    def ends(pairs: Ints) -> tuple[Ints, Ints]:
        return np.searchsorted(rows, pairs & EARLIER), np.searchsorted(rows, pairs >> 32)

    def still_open(pairs: Ints) -> Ints:
        earlier, later = ends(pairs)
        is_open: Mask = roots(parents, earlier) != roots(parents, later)
        return pairs[is_open]

    with written(work.path) as file:
        for loaded in load_pairs(work, shares, still_open):
            sets = (loaded.words, loaded.words.view(np.float64), loaded.earlier, loaded.later)
            united = connect_alike(*sets, PROMPT_SETS, work.threshold, parents, *ends(loaded.pairs))
            append_array(file, loaded.pairs[united])
    return work.path
