"""Equal keys: data_ids used again, exact and folded duplicates, equal prompts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from sftrm_quality.arrays import Ints, Mask, digest_halves
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
    scattered,
    scratch_folder,
    write_array,
)
from sftrm_quality.dedup.keys import ShardKeys, open_keys, shard_starts
from sftrm_quality.records import LabelKind

Found = tuple[Ints, Ints]
"""Rows, and what was found for them."""

ENTRY = np.dtype([("row", np.uint32), ("rank", np.uint32), ("key", np.uint64, 2)])
_WITH_CONTENT = np.dtype([*ENTRY.descr, ("content", np.uint64, 2)])


def first_holders(
    shards: Sequence[ShardKeys],
    within: Literal["dataset", "file"],
    source_ordinals: Sequence[int],
    scratch: Path,
    map: Map = map,
    bounds: Bounds = BOUNDS,
) -> Ints:
    """For a row that uses a data_id again for other content, the row that held it first.

    A later row that has the first holder's ``folded_key`` too is its duplicate, not another use.

    Args:
        shards: All of them, in the order of global rows.
        within: What a data_id is one in: a label kind and dataset, or a label kind and file.
        source_ordinals: The number of the file of each shard.
        scratch: A folder for what tasks hand each other; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Returns:
        By global row, -1 for none.

    Raises:
        StorageError: A shard's fingerprints are missing or broken.
    """
    ordinals = source_ordinals if within == "file" else [0] * len(shards)
    return _exchanged(shards, _Wanted("data_id_key", with_content=True), ordinals, _reused, scratch, map, bounds)


def equal_rows(
    shards: Sequence[ShardKeys],
    key: str,
    alive: Mask | None,
    scratch: Path,
    map: Map = map,
    bounds: Bounds = BOUNDS,
    kind: LabelKind | None = None,
    rank: Ints | None = None,
) -> Ints:
    """For a row whose key another row has that is preferred to it, the most preferred such row.

    Args:
        shards: All of them, in the order of global rows.
        key: A column of digests: ``content_key``, ``folded_key`` or ``prompt_key``.
        alive: Which global rows take part; all without it.
        scratch: A folder for what tasks hand each other; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.
        kind: Only rows of this label kind take part.
        rank: Of each global row, 0 for the most preferred; the order of rows without it.

    Returns:
        By global row, -1 for none.

    Raises:
        StorageError: A shard's fingerprints are missing or broken.
    """
    with scratch_folder(scratch) as folder:
        alive_path = None if alive is None else write_array(folder / "alive", alive)
        rank_path = None if rank is None else write_array(folder / "rank", rank)
        wanted = _Wanted(key, alive_path, kind, rank_path)
        return _exchanged(shards, wanted, [0] * len(shards), _repeated, scratch, map, bounds)


class _Wanted(NamedTuple):
    """Which digests are exchanged: a column, of which rows (a file of one bool per global row), of which kind.

    rank: a file of the rank of each global row (int64), without it that of the rows. with_content: with content keys.
    """

    key: str
    alive: Path | None = None
    kind: LabelKind | None = None
    rank: Path | None = None
    with_content: bool = False


class _BlockOfDigests(NamedTuple):
    block: Block
    ordinals: tuple[int, ...]
    wanted: _Wanted
    files: Exchanged


def _exchanged(
    shards: Sequence[ShardKeys],
    wanted: _Wanted,
    ordinals: Sequence[int],
    reduce: Callable[[Partition], Found],
    scratch: Path,
    map: Map,
    bounds: Bounds,
) -> Ints:
    """What ``reduce`` finds among equal digests. Those of shards with another ordinal are another digest."""
    rows = int(shard_starts(shards)[-1])
    blocks = cut_blocks(shards, bounds.block_rows, wanted.kind)
    with scratch_folder(scratch) as folder:
        files = Exchanged(folder, len(blocks), bounds.partitions(rows))
        tasks = [_BlockOfDigests(b, tuple(ordinals[place] for place in b.places), wanted, files) for b in blocks]
        run(map, _write_digests, tasks)
        return scattered(rows, map(reduce, files.partitions_of(0)))


def _write_digests(task: _BlockOfDigests) -> None:
    wanted, block = task.wanted, task.block
    parts = [np.zeros(0, _WITH_CONTENT if wanted.with_content else ENTRY)]
    for shard, start, ordinal in zip(block.shards, block.starts, task.ordinals, strict=True):
        table = open_keys(shard)
        chosen = table[wanted.key].is_valid().to_numpy()
        if wanted.alive:
            chosen = chosen & read_array(wanted.alive, np.bool_, start, shard.rows)
        rows = np.flatnonzero(chosen)
        entries = np.empty(len(rows), parts[0].dtype)
        entries["row"] = entries["rank"] = start + rows
        if wanted.rank:
            entries["rank"] = read_array(wanted.rank, np.int64, start, shard.rows)[rows]
        entries["key"] = digest_halves(table[wanted.key])[rows]
        # Two digests that differ in nothing but these bits would have to be sought for 2**96 rows.
        entries["key"][:, 1] ^= np.uint64(ordinal)
        if wanted.with_content:
            entries["content"] = digest_halves(table["folded_key"])[rows]
        parts.append(entries)
    write_digests(task.files, block.number, np.concatenate(parts))


def write_digests(files: Exchanged, block: int, entries: npt.NDArray[np.void]) -> None:
    """Write the entries of a block, divided by the first half of their ``key``.

    Args:
        files: Where to, with one column.
        block: Its number.
        entries: With the fields of ``ENTRY`` and maybe others.
    """
    files.write(block, 1, [(entries, (entries["key"][:, 0] >> np.uint64(32)).astype(np.uint32))])


class Groups(NamedTuple):
    """Entries with equal keys, together and in order.

    places: among the entries, group after group, ascending within one. starts: where each group begins in ``places``,
    and their length at the end. No group has less than two.
    """

    places: Ints
    starts: Ints

    def firsts(self) -> Ints:
        """For every entry of ``places``, the first place of its group."""
        return np.repeat(self.places[self.starts[:-1]], np.diff(self.starts))


def group_equal(keys: npt.NDArray[np.uint64]) -> Groups:
    """Find the keys that several entries have.

    Args:
        keys: Two uint64 an entry (n x 2).
    """
    # Few have: numpy's vectorised sort of one half finds nearly all that need another look.
    high = np.ascontiguousarray(keys[:, 0])
    order = np.argsort(high)
    high = high[order]
    same = np.append(False, high[1:] == high[:-1])
    places = np.sort(order[same | np.append(same[1:], False)[: len(same)]]) if len(keys) else order
    own = keys[places]
    order = np.lexsort((own[:, 1], own[:, 0]))  # stable: places stay ascending within a group
    own, places = own[order], places[order]
    bounds = np.flatnonzero(np.concatenate([[True], (own[1:] != own[:-1]).any(axis=1), [True]]))
    sizes = np.diff(bounds) if len(places) else np.zeros(0, np.int64)
    kept = sizes > 1
    return Groups(places[np.repeat(kept, sizes)], np.concatenate([[0], np.cumsum(sizes[kept])]))


def by_rank(entries: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Entries, the most preferred first."""
    return entries[np.argsort(entries["rank"], kind="stable")]


def _repeated(partition: Partition) -> Found:
    """The rows of each key but the most preferred one, and that."""
    entries = by_rank(partition.read(ENTRY))
    groups = group_equal(entries["key"])
    firsts = groups.firsts()
    others = groups.places != firsts
    rows = entries["row"].astype(np.int64)
    return rows[groups.places[others]], rows[firsts[others]]


def _reused(partition: Partition) -> Found:
    """The rows of each key whose content is not the first's, and the first."""
    entries = partition.read(_WITH_CONTENT)
    groups = group_equal(entries["key"])
    firsts = groups.firsts()
    other = (entries["content"][groups.places] != entries["content"][firsts]).any(axis=1)
    rows = entries["row"].astype(np.int64)
    return rows[groups.places[other]], rows[firsts[other]]
