"""Rows that share a band, over all shards: exchanged band by band, written down range by range."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sftrm_quality.arrays import Ints, Mask
from sftrm_quality.dedup.candidates import Buckets
from sftrm_quality.dedup.exchange import (
    Block,
    Bounds,
    Entries,
    Exchanged,
    Map,
    Partition,
    cut,
    cut_blocks,
    read_array,
    run,
    scratch_folder,
    write_array,
)
from sftrm_quality.dedup.fingerprints import band_metadata, band_names
from sftrm_quality.dedup.kernels import combine_keys
from sftrm_quality.dedup.keys import ShardKeys, open_keys
from sftrm_quality.dedup.minhash import band_shape
from sftrm_quality.dedup.shares import Shares, Words, join_shares
from sftrm_quality.output import append_array, written
from sftrm_quality.records import LabelKind

_ENTRY = np.dtype([("row", np.uint32), ("key", np.uint32)])
_SPLIT_ENTRY = np.dtype([*_ENTRY.descr, ("split", np.uint32)])


class Proposals(NamedTuple):
    """Files of ``shares``, each with all ranges: first where each begins (int64, ranges + 1), in words.

    files: how many. ranges: in each.
    """

    folder: Path
    files: int
    ranges: int

    def write(self, file: int, shares: Shares) -> None:
        offsets, words = shares
        with written(self._path(file)) as out:
            append_array(out, offsets)
            append_array(out, words)

    def read(self, number: int) -> Words:
        """The shares of one range, of all files.

        Args:
            number: Of the range.
        """
        pieces = []
        for file in range(self.files):
            with self._path(file).open("rb") as data:
                data.seek(8 * number)
                start, stop = np.frombuffer(data.read(16), np.int64).tolist()
                data.seek(8 * (self.ranges + 1) + 4 * start)
                pieces.append(data.read(4 * (stop - start)))
        return np.frombuffer(b"".join(pieces), np.uint32)

    def _path(self, file: int) -> Path:
        return self.folder / f"{file:06}.shares"


class Bands(NamedTuple):
    """Bands that propose.

    part: ``prompt`` or ``content``. split_by: the part whose bands split large buckets; None: they are not split.
    kind: the label kind whose rows take part; None: all.
    """

    part: str
    split_by: str | None
    kind: LabelKind | None


def propose(
    shards: Sequence[ShardKeys],
    alive: Mask,
    threshold: float,
    wanted: Sequence[Bands],
    range_starts: Ints,
    folder: Path,
    map: Map,
    bounds: Bounds,
) -> Proposals:
    """All pairs of alive rows with an equal band, written down range by range.

    Args:
        shards: All of them, in the order of global rows.
        alive: Which global rows take part.
        threshold: That the fingerprints were made for.
        wanted: The bands.
        range_starts: The first row of every range, and one past the last.
        folder: An empty one of the step's own.
        map: Runs the tasks.
        bounds: How much one task takes at a time.

    Returns:
        Where they are: in ``folder``.

    Raises:
        StorageError: A shard's fingerprints are missing, broken, or were made for another threshold.
    """
    writing: list[_BlockOfBands] = []
    reading: list[tuple[Partition, bool]] = []
    sizes: list[int] = []
    with scratch_folder(folder) as entries:
        path = write_array(entries / "alive", alive)
        for number, bands in enumerate(wanted):
            blocks = cut_blocks(shards, bounds.block_rows, bands.kind)
            (own := entries / f"{number}").mkdir()
            rows = sum(shard.rows for block in blocks for shard in block.shards)
            files = Exchanged(own, len(blocks), bounds.partitions(rows))
            writing += [_BlockOfBands(block, files, bands, threshold, path) for block in blocks]
            found = [part for column in range(band_shape(threshold)[0]) for part in files.partitions_of(column)]
            reading += [(partition, bands.split_by is not None) for partition in found]
            sizes += [rows // files.partitions] * len(found)
        run(map, _write_bands, writing)
        parts = cut(sizes, bounds.task_entries)
        proposals = Proposals(folder, len(parts), len(range_starts) - 1)
        tasks = [_Proposing(n, tuple(reading[part]), range_starts, proposals) for n, part in enumerate(parts)]
        run(map, _write_proposals, tasks)
    return proposals


class _BlockOfBands(NamedTuple):
    block: Block
    files: Exchanged
    bands: Bands
    threshold: float
    alive: Path


def _write_bands(task: _BlockOfBands) -> None:
    bands, block = task.bands, task.block
    tables = [open_keys(shard, band_metadata(task.threshold)) for shard in block.shards]
    alive = [
        np.flatnonzero(read_array(task.alive, np.bool_, start, shard.rows))
        for shard, start in zip(block.shards, block.starts, strict=True)
    ]
    rows = np.concatenate([start + own for start, own in zip(block.starts, alive, strict=True)])

    def column(name: str) -> npt.NDArray[np.uint32]:
        return np.concatenate([table[name].to_numpy()[own] for table, own in zip(tables, alive, strict=True)])

    def columns() -> Iterator[tuple[Entries, npt.NDArray[np.uint32]]]:
        names = band_names(bands.part, task.threshold)
        split_names = band_names(bands.split_by, task.threshold) if bands.split_by else names
        for name, split_name in zip(names, split_names, strict=True):
            entries = np.empty(len(rows), _SPLIT_ENTRY if bands.split_by else _ENTRY)
            entries["row"], entries["key"] = rows, column(name)
            if bands.split_by:
                entries["split"] = column(split_name)
            yield entries, entries["key"]

    task.files.write(block.number, band_shape(task.threshold)[0], columns())


class _Proposing(NamedTuple):
    """A reduce task: some partitions, and whether each is split by a second band."""

    file: int
    partitions: tuple[tuple[Partition, bool], ...]
    range_starts: Ints
    proposals: Proposals


def _write_proposals(task: _Proposing) -> None:
    shares: list[Shares] = []
    for partition, is_split in task.partitions:
        entries = partition.read(_SPLIT_ENTRY if is_split else _ENTRY)
        rows, keys = entries["row"].astype(np.int64), np.ascontiguousarray(entries["key"])
        buckets = Buckets(rows, keys)
        shares.append(buckets.shares(task.range_starts))
        if is_split and len(crowded := buckets.oversized()):
            places = np.searchsorted(rows, crowded)
            combined = combine_keys(keys[places], entries["split"][places])
            shares.append(Buckets(crowded, combined).shares(task.range_starts))
    task.proposals.write(task.file, join_shares(shares))
