"""Running numbers of identical records, which tell their ids apart."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sftrm_quality.arrays import Ints, digest_halves
from sftrm_quality.arrow_files import read_table
from sftrm_quality.dedup.exact import ENTRY, Found, by_rank, group_equal, write_digests
from sftrm_quality.dedup.exchange import (
    BOUNDS,
    Bounds,
    Exchanged,
    Map,
    Partition,
    cut,
    read_array,
    run,
    scratch_folder,
    write_array,
)


class ReceivedShard(NamedTuple):
    """Arrow IPC files of one shard as received: the fingerprints of what passed, and the failing rows.

    keys_path and failing_path have ``content_hash`` (binary(16)). rows: how many passed. failing: how many did not.
    """

    keys_path: Path
    failing_path: Path
    rows: int
    failing: int


class _Block(NamedTuple):
    number: int
    shards: tuple[ReceivedShard, ...]
    starts: tuple[int, ...]
    failing_starts: tuple[int, ...]
    rank: Path
    files: Exchanged


def copy_numbers(
    shards: Sequence[ReceivedShard], rank: Ints, scratch: Path, map: Map = map, bounds: Bounds = BOUNDS
) -> tuple[Ints, Ints]:
    """The running number of each record among those of the same ``content_hash``, 0 for the one that is preferred.

    So the copy that stays has no number behind its id, and a copy that arrives renames nothing that is published.
    Records that fail their own checks come after all that passed, in raw order.

    Args:
        shards: All of them, in raw order.
        rank: Of each row that passed, 0 for the most preferred.
        scratch: A folder for what tasks hand each other; nothing of it is left.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Returns:
        The numbers of the rows that passed, and of those that fail; both are counted together.

    Raises:
        StorageError: A file of a shard is missing or broken.
    """
    starts = np.cumsum([0, *(shard.rows for shard in shards)]).tolist()
    failing_starts = (starts[-1] + np.cumsum([0, *(shard.failing for shard in shards)])).tolist()
    numbers = np.zeros(failing_starts[-1], np.int64)
    parts = cut([shard.rows + shard.failing for shard in shards], bounds.block_rows)
    with scratch_folder(scratch) as folder:
        files = Exchanged(folder, len(parts), bounds.partitions(len(numbers)))
        path = write_array(folder / "rank", rank)
        tasks = [
            _Block(number, tuple(shards[part]), tuple(starts[part]), tuple(failing_starts[part]), path, files)
            for number, part in enumerate(parts)
        ]
        run(map, _write_hashes, tasks)
        for rows, found in map(_numbered, files.partitions_of(0)):
            numbers[rows] = found
    return numbers[: starts[-1]], numbers[starts[-1] :]


def _write_hashes(block: _Block) -> None:
    """Failing rows are numbered after all that passed."""
    parts = [np.zeros(0, ENTRY)]
    for shard, start, failing_start in zip(block.shards, block.starts, block.failing_starts, strict=True):
        hashes = [
            digest_halves(read_table(path, ["content_hash"])["content_hash"])
            for path, rows in ((shard.keys_path, shard.rows), (shard.failing_path, shard.failing))
            if rows
        ]
        entries = np.empty(shard.rows + shard.failing, ENTRY)
        entries["row"] = np.append(start + np.arange(shard.rows), failing_start + np.arange(shard.failing))
        entries["rank"] = entries["row"]
        entries["rank"][: shard.rows] = read_array(block.rank, np.int64, start, shard.rows)
        entries["key"] = np.concatenate([np.zeros((0, 2), np.uint64), *hashes])
        parts.append(entries)
    write_digests(block.files, block.number, np.concatenate(parts))


def _numbered(partition: Partition) -> Found:
    """The rows of each hash that several have, with their numbers."""
    entries = by_rank(partition.read(ENTRY))
    groups = group_equal(entries["key"])
    sizes = np.diff(groups.starts)
    numbers = np.arange(len(groups.places)) - np.repeat(groups.starts[:-1], sizes)
    return entries["row"].astype(np.int64)[groups.places], numbers
