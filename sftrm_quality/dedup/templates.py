"""Templates: prompts that share most of their text with many others, and say something else in the rest.

A classification task puts a thousand reviews behind one instruction; their prompts are nearly the same by any measure
over the whole text, and are a thousand prompts. A part of a prompt is *templated* if windows of 24 folded characters
that are in at least eight differently folded prompts cover half of it. What such prompts share says nothing, so that
only equal ones are the same.

Counted are all records that passed their own checks, so that what is a template depends neither on which copies stay
nor on the order of files. The eighth variant of a prompt makes its text a template, and brings near copies back.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sftrm_quality.arrays import list_offsets, one_array
from sftrm_quality.dedup.exchange import (
    BOUNDS,
    Block,
    Bounds,
    Exchanged,
    Map,
    Partition,
    cut_blocks,
    read_array,
    run,
    scratch_folder,
    write_array,
)
from sftrm_quality.dedup.kernels import WINDOW
from sftrm_quality.dedup.keys import ShardKeys, open_keys, shard_starts
from sftrm_quality.dedup.windows import MOST, PARTS, PLACE_BITS

# One instruction is given to many; what a person asks, few others ask in the same words. Of 30,000 generated and 10,400
# real prompts, no passage of 24 characters was in eight by chance; families of public data begin at a dozen.
FEWEST_PROMPTS = 8
# What covers less than half leaves more that is the prompt's own.
LEAST_SHARE = 0.5

WHOLE = 1 << len(PARTS)
"""Of ``Templates.parts``: no part of the prompt is without a template, so that only equal prompts are the same."""

# Rough counts, by which nearly all windows are left out before the others are sorted.
_BUCKETS = 1 << 20

# Shared samples of a part from which their share is taken for that of all windows: half of those that are kept.
_ENOUGH = MOST // 2

_ENTRY = np.dtype([("row", np.uint32), ("key", np.uint32), ("prompt", np.uint64), ("number", np.uint8)])


class Templates(NamedTuple):
    """Which parts of prompts are templated.

    parts: by global row (uint8), a bit for each of ``windows.PARTS``, and ``WHOLE`` where all that it has are. prompts:
    by global row (uint32), how many prompts share its most common passage; 0 where no part is templated.
    """

    parts: npt.NDArray[np.uint8]
    prompts: npt.NDArray[np.uint32]


def find_templates(shards: Sequence[ShardKeys], scratch: Path, map: Map = map, bounds: Bounds = BOUNDS) -> Templates:
    """Find the templated prompts of both label kinds together.

    This process holds 17 bytes per row.

    Args:
        shards: All of them, in the order of global rows.
        scratch: A folder for what tasks hand each other; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Raises:
        StorageError: A shard's fingerprints are missing or broken.
    """
    rows = int(shard_starts(shards)[-1])
    shared, prompts = np.zeros(rows, np.uint64), np.zeros(rows, np.uint32)
    blocks = cut_blocks(shards, bounds.block_rows)
    with scratch_folder(scratch) as folder:
        files = Exchanged(folder, len(blocks), bounds.partitions(rows * MOST))
        run(map, _write_windows, [_Windows(block, files) for block in blocks])
        for own_rows, bits, counts in map(_shared_windows, files.partitions_of(0)):
            shared[own_rows] |= bits
            prompts[own_rows] = np.maximum(prompts[own_rows], counts)
        path = write_array(folder / "shared", shared)
        parts = np.concatenate(
            [np.zeros(0, np.uint8), *map(_templated_parts, [_Covering(block, path) for block in blocks])]
        )
    prompts[parts == 0] = 0
    return Templates(parts, prompts)


class _Windows(NamedTuple):
    block: Block
    files: Exchanged


def _write_windows(task: _Windows) -> None:
    parts = [np.zeros(0, _ENTRY)]
    for shard, start in zip(task.block.shards, task.block.starts, strict=True):
        table = open_keys(shard)
        lists = one_array(table["window_keys"])
        offsets = list_offsets(lists)
        keys = lists.flatten().to_numpy()
        part = one_array(table["window_places"]).flatten().to_numpy() >> np.uint32(PLACE_BITS)
        hashes = np.stack([table[f"{name}_hash"].to_numpy() for name in PARTS])
        row = np.repeat(np.arange(shard.rows), np.diff(offsets))
        entries = np.empty(len(keys), _ENTRY)
        entries["row"], entries["key"] = start + row, keys
        entries["prompt"] = hashes[part, row]
        entries["number"] = np.arange(len(keys)) - offsets[row]
        parts.append(entries)
    entries = np.concatenate(parts)
    task.files.write(task.block.number, 1, [(entries, entries["key"])])


def _shared_windows(
    partition: Partition,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
    """Rows with windows that enough prompts have, each once: the bits of these windows, and how many prompts have the
    most common one."""
    entries = partition.read(_ENTRY)
    buckets = entries["key"] & np.uint32(_BUCKETS - 1)
    found = entries[np.bincount(buckets, minlength=_BUCKETS)[buckets] >= FEWEST_PROMPTS]
    found = found[np.lexsort((found["prompt"], found["key"]))]
    counts = _count_prompts(np.ascontiguousarray(found["key"]), np.ascontiguousarray(found["prompt"]))
    found, counts = found[counts >= FEWEST_PROMPTS], counts[counts >= FEWEST_PROMPTS]
    order = np.argsort(found["row"], kind="stable")
    found, counts = found[order], counts[order]
    rows, starts = np.unique(found["row"].astype(np.int64), return_index=True)
    if not len(rows):
        return rows, np.zeros(0, np.uint64), np.zeros(0, np.uint32)
    bits = np.uint64(1) << found["number"].astype(np.uint64)
    return rows, np.bitwise_or.reduceat(bits, starts), np.maximum.reduceat(counts, starts)


@njit(cache=True, nogil=True)
def _count_prompts(keys, prompts):  # type: ignore[no-untyped-def]
    """For each entry, sorted by key and prompt, how many different prompts have its key (uint32)."""
    counts = np.zeros(len(keys), np.uint32)
    start = 0
    while start < len(keys):
        end = start
        different = 0
        while end < len(keys) and keys[end] == keys[start]:
            if end == start or prompts[end] != prompts[end - 1]:
                different += 1
            end += 1
        counts[start:end] = different
        start = end
    return counts


class _Covering(NamedTuple):
    """A block, and the file of the shared windows of each global row (uint64, a bit for each of its windows)."""

    block: Block
    shared: Path


def _templated_parts(task: _Covering) -> npt.NDArray[np.uint8]:
    parts = [np.zeros(0, np.uint8)]
    for shard, start in zip(task.block.shards, task.block.starts, strict=True):
        shared = read_array(task.shared, np.uint64, start, shard.rows)
        found = np.zeros(shard.rows, np.uint8)
        if shared.any():
            table = open_keys(shard)
            places = one_array(table["window_places"])
            sizes = np.stack([table[f"{name}_size"].to_numpy() for name in PARTS])
            own = list_offsets(places), places.flatten().to_numpy().astype(np.int64), shared
            _cover(*own, sizes.astype(np.int64), WINDOW, PLACE_BITS, LEAST_SHARE, found)
        parts.append(found)
    return np.concatenate(parts)


@njit(cache=True, nogil=True)
def _cover(offsets, places, shared, sizes, window, place_bits, least, found):  # type: ignore[no-untyped-def]
    """Set the bit of each part that shared windows cover to at least ``least``, and ``WHOLE`` where all parts are so.

    Two neighbouring samples that are both shared are taken to be so with all that is between them: what is not, a slot
    in a template, is in more windows than are between two samples. Samples come with the lowest hash first; one behind
    the last shared one says nothing: in other prompts, windows of their slots may have taken its place.
    """
    parts = len(sizes)
    own_places = np.empty(64, np.int64)
    own_shared = np.empty(64, np.bool_)
    for row in range(len(shared)):
        if shared[row] == 0:
            continue
        present = 0
        i = offsets[row]
        for part in range(parts):
            present |= (1 if sizes[part, row] > 0 else 0) << part
            count = 0
            in_common = 0
            last = 0
            while i < offsets[row + 1] and places[i] >> place_bits == part:
                own_places[count] = places[i] & ((1 << place_bits) - 1)
                own_shared[count] = (shared[row] >> np.uint64(i - offsets[row])) & np.uint64(1) == 1
                count += 1
                if own_shared[count - 1]:
                    in_common += 1
                    last = count
                i += 1
            order = np.argsort(own_places[:last])
            covered = 0
            reach = 0  # up to where the part is covered
            before = False  # whether the sample before is shared
            for k in range(last):
                place = own_places[order[k]]
                before_this, before = before, own_shared[order[k]]
                if before:
                    covered += place + window - (reach if before_this else max(reach, place))
                    reach = place + window
            # Of sampled windows the share tells as well, and less than the cover: what touches a slot is not shared.
            enough = in_common >= _ENOUGH and in_common >= least * last
            if covered > 0 and (enough or covered >= least * sizes[part, row]):
                found[row] |= np.uint8(1 << part)
        if found[row] == present:
            found[row] |= np.uint8(1 << parts)
