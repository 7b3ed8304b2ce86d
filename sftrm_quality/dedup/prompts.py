"""Groups of equal and near-equal prompts over both label kinds, so that no prompt can be in two splits."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sftrm_quality.arrays import Ints, Mask
from sftrm_quality.dedup.comparison import EARLIER, Comparison, comparisons, load_pairs
from sftrm_quality.dedup.exact import equal_rows
from sftrm_quality.dedup.exchange import BOUNDS, Bounds, Map, scratch_folder
from sftrm_quality.dedup.keys import NONE, ShardKeys
from sftrm_quality.dedup.proposals import Bands
from sftrm_quality.dedup.sets import PROMPT_SETS
from sftrm_quality.dedup.shares import all_rows
from sftrm_quality.dedup.similarity import connect, connect_alike, roots, settle
from sftrm_quality.dedup.templates import WHOLE
from sftrm_quality.output import append_array, written


class PromptGroups(NamedTuple):
    """Prompt groups, by global row.

    of: the smallest row of its group (int64). prompts: whether it is the first that has its prompt (bool).
    """

    of: Ints
    prompts: Mask


def prompt_groups(
    shards: Sequence[ShardKeys],
    templated: npt.NDArray[np.uint8],
    threshold: float,
    scratch: Path,
    map: Map = map,
    bounds: Bounds = BOUNDS,
) -> PromptGroups:
    """The group of every row: the smallest row that is connected with it by equal or near-equal prompts.

    SFT and RM rows are in the same groups. Equal are prompts that fold equally. Near-equal are those whose text,
    history and system message each have a Jaccard of at least the threshold, unless what they share is a template; at 1
    only equal prompts are connected. Numbers do not matter here: who has learnt the one has half learnt the other.

    Args:
        shards: All of them, in the order of global rows.
        templated: By global row, the templated parts of its prompt (``templates``).
        threshold: The least Jaccard, that the fingerprints were made for.
        scratch: A folder for what tasks hand each other; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Raises:
        StorageError: A file is missing, broken, or was fingerprinted for another threshold.
    """
    parents = equal_rows(shards, "prompt_key", None, scratch, map, bounds)
    # One row of each prompt stands for all that have it.
    firsts = parents == NONE
    parents[firsts] = np.flatnonzero(firsts)
    single = firsts.copy()
    # A prompt that is a template altogether is near none but equal ones.
    single &= (templated & WHOLE) == 0
    with scratch_folder(scratch) as folder:
        bands = [Bands("prompt", None, None)]
        for path in map(
            _connected, comparisons(shards, single, threshold, bands, templated, False, folder, map, bounds)
        ):
            pairs = np.fromfile(path, np.int64)
            path.unlink()
            connect(parents, pairs & EARLIER, pairs >> 32)
    settle(parents)
    return PromptGroups(parents, firsts)


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
