"""The exchange of keys: what has the same key meets in one task, and no process ever holds the keys of all rows.

It is the shuffle of MapReduce, through files. A map task takes a *block* of neighbouring shards, reads the wanted key
columns and writes them as entries (key, global row, and what else goes with it) ordered by *partition*: the first bits
of the key. A reduce task takes one partition of one column: its slice of every block's file, in the order of blocks.
So the number of rows decides how many tasks there are, and not how much one of them takes.

Tasks hand each other paths below a scratch folder that all of them see. They run wherever ``map`` runs them: in this
process, in a pool, on the nodes of a cluster. A task that is killed may be run again: a file appears whole or not at
all, and nothing that a task reads is deleted before the step is over.

A partition has all rows of a key, so a task needs some 40 bytes for each row of the most frequent key.
"""

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from sftrm_quality.arrays import Rows
from sftrm_quality.dedup.keys import NONE, ShardKeys, shard_starts
from sftrm_quality.output import append_array, written
from sftrm_quality.records import LabelKind

A = TypeVar("A")
R = TypeVar("R")

Entries = npt.NDArray[np.void]
"""A structured array with a field ``row``: the global row, uint32."""


class Map(Protocol):
    """``map``, or that of a pool of processes. It must keep the order.

    Raises:
        Exception: What the function raises, at the first item that failed, when its result is asked for.
    """

    def __call__(self, function: Callable[[A], R], items: Iterable[A], /) -> Iterable[R]: ...


def run(map: Map, function: Callable[[A], None], items: Iterable[A]) -> None:
    """Have tasks done that write files and return nothing."""
    for _ in map(function, items):
        pass


class Bounds(NamedTuple):
    """How much one task takes at a time. Results never depend on it; the tests hold that.

    block_rows: of a map task. range_rows: of a task that reads texts or compares. partition_rows: entries of a
    partition, on average; task_entries: of all the partitions that one task goes through, one after the other.
    chunk_pairs: proposed pairs at a time, 8 bytes each; chunk_words: shingles of what is compared, 8 bytes each.

    As they are, a task needs some 60 MiB, and a million rows make enough tasks for eight workers.
    """

    block_rows: int = 1 << 17
    range_rows: int = 1 << 15
    partition_rows: int = 1 << 19
    task_entries: int = 1 << 20
    chunk_pairs: int = 1 << 18
    chunk_words: int = 1 << 21

    def partitions(self, entries: int) -> int:
        """How many partitions: a power of two, up to 65,536, so that the first bits of a key say where it belongs.

        Args:
            entries: Of one column, over all blocks; about as many as there will be.
        """
        return min(1 << 16, 1 << max(0, (entries - 1) // self.partition_rows).bit_length())


BOUNDS = Bounds()


class Block(NamedTuple):
    """Neighbouring shards: their places among all shards, and the first global row of each."""

    number: int
    places: tuple[int, ...]
    shards: tuple[ShardKeys, ...]
    starts: tuple[int, ...]


def cut(sizes: Sequence[int], most: int) -> list[slice]:
    """Neighbours together while they have ``most`` in sum; what is larger is a slice of its own.

    Args:
        sizes: Of each element, at least 0.
        most: In sum.

    Returns:
        Slices of the sequence, which cover it in order.
    """
    found, first, total = [], 0, 0
    for place, size in enumerate(sizes):
        if place > first and total + size > most:
            found.append(slice(first, place))
            first, total = place, 0
        total += size
    return [*found, slice(first, len(sizes))] if sizes else []


def cut_blocks(shards: Sequence[ShardKeys], most_rows: int, kind: LabelKind | None = None) -> list[Block]:
    """Shards in blocks of neighbours.

    Args:
        shards: All of them, in the order of global rows.
        most_rows: Of a block; a larger shard is a block by itself.
        kind: Only shards of this label kind; all without it.

    Returns:
        The blocks in order, numbered from 0.
    """
    starts = shard_starts(shards).tolist()
    chosen = [place for place, shard in enumerate(shards) if kind in (None, shard.label_kind)]
    blocks = []
    for number, part in enumerate(cut([shards[place].rows for place in chosen], most_rows)):
        places = tuple(chosen[part])
        blocks.append(Block(number, places, tuple(shards[p] for p in places), tuple(starts[p] for p in places)))
    return blocks


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder in ``parent``, deleted with everything in it when the step is over."""
    folder = parent / f"exchange-{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def write_array(path: Path, values: npt.NDArray[Any]) -> Path:
    """Write an array over the global rows as a bare file, of which tasks read their part by ``read_array``.

    Args:
        path: Of the file; it appears whole or not at all.
        values: One for each row.

    Returns:
        The same path.
    """
    with written(path) as file:
        append_array(file, values)
    return path


def read_array(path: Path, dtype: type[np.generic], first: int, count: int) -> npt.NDArray[Any]:
    """Some rows of what ``write_array`` wrote.

    Args:
        path: Of the file.
        dtype: That of the array; the file does not have it.
        first: Row to begin with.
        count: How many rows.
    """
    return np.fromfile(path, dtype, count, offset=first * np.dtype(dtype).itemsize)


class Exchanged(NamedTuple):
    """The entries of all blocks: one file per block, in which the partitions of each column follow each other.

    Every file begins with the offsets of its partitions in bytes (int64, columns x (partitions + 1)).

    folder: empty, of these files only. blocks: how many. partitions: of each column, as of ``Bounds.partitions``.
    """

    folder: Path
    blocks: int
    partitions: int

    def write(self, block: int, count: int, columns: Iterable[tuple[Entries, npt.NDArray[np.uint32]]]) -> None:
        """Write the entries of a block. Within a partition they keep their order.

        Args:
            block: Its number.
            count: Of columns.
            columns: Of each column its entries, and numbers whose first bits say which partition they belong to. These
                must be equal where the keys are, and evenly spread.
        """
        offsets = np.zeros((count, self.partitions + 1), np.int64)
        shift = np.uint64(32 - (self.partitions - 1).bit_length())
        with written(self._path(block)) as file:
            file.seek(offsets.nbytes)
            for own, (entries, spread) in zip(offsets, columns, strict=True):
                places = (spread.astype(np.uint64) >> shift).astype(np.uint16)
                own[0] = file.tell()
                own[1:] = own[0] + entries.itemsize * np.cumsum(np.bincount(places, minlength=self.partitions))
                append_array(file, entries[np.argsort(places, kind="stable")])
            file.seek(0)
            append_array(file, offsets)

    def read(self, column: int, partition: int, dtype: np.dtype[np.void]) -> Entries:
        """The entries of one partition of a column, in the order of blocks.

        Args:
            column: Its number.
            partition: Its number.
            dtype: That the entries were written with; the file does not have it.
        """
        place = 8 * (column * (self.partitions + 1) + partition)
        pieces = []
        for block in range(self.blocks):
            with self._path(block).open("rb") as file:
                file.seek(place)
                start, stop = np.frombuffer(file.read(16), np.int64).tolist()
                file.seek(start)
                pieces.append(file.read(stop - start))
        return np.frombuffer(b"".join(pieces), dtype)

    def partitions_of(self, column: int) -> "list[Partition]":
        return [Partition(self, column, number) for number in range(self.partitions)]

    def _path(self, block: int) -> Path:
        return self.folder / f"{block:06}.entries"


class Partition(NamedTuple):
    """A reduce task: one partition of one column."""

    files: Exchanged
    column: int
    number: int

    def read(self, dtype: np.dtype[np.void]) -> Entries:
        return self.files.read(self.column, self.number, dtype)


def scattered(count: int, found: Iterable[tuple[Rows, Rows]]) -> Rows:
    """Spread what was found over all rows.

    Args:
        count: How many global rows there are.
        found: Rows, and a value for each.

    Returns:
        By global row (int64), ``NONE`` where nothing was found.
    """
    whole = np.full(count, NONE, np.int64)
    for rows, values in found:
        whole[rows] = values
    return whole
