"""A file of records that refer to each other, opened as one of the trees that they make."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from sftrm_quality.arrow_files import write_table
from sftrm_quality.config import Limits
from sftrm_quality.reading.joined.gathering import Gathered, Row, gather, writing
from sftrm_quality.reading.joined.links import Links, roots_of
from sftrm_quality.reading.joined.shards import SCHEMA, JoinedShard
from sftrm_quality.reading.shards import OpenDocument
from sftrm_quality.words import say

_CONTAINER = "joined_"
_KEPT_OF_OVERSIZED = 64 << 10
"""Bytes that are kept of a tree that is too long: enough to see what it is."""


@dataclass(frozen=True)
class Joined:
    """document: of the trees, and of the records that are in none. members: how many records are in trees."""

    document: OpenDocument
    members: int
    trees: int


def is_joined(container: str) -> bool:
    """Whether the records of a document are joined, by its container."""
    return container.startswith(_CONTAINER)


def join(
    document: OpenDocument,
    links: Links,
    limits: Limits,
    spill: Path,
    encoding: str = "auto",
    columns: Sequence[str] = (),
) -> Joined | int:
    """Put the records of each tree of a file together; those that are in no tree stay as they are.

    Which record belongs to which tree is held in memory for all of the file, and no text: one tree at a time is read
    from a spill file.

    Args:
        document: The file. It is used up.
        links: How its records refer to each other.
        limits: Bounds of memory.
        spill: An existing folder for the texts, and one file per shard.
        encoding: By which the file was opened, to read single records again.
        columns: Those by which it was opened.

    Returns:
        The document of the trees, in the order of their roots; of a file of more than ``limits.joined_records``, how
        many records were seen.

    Raises:
        StorageError: Reading the file or writing a spill file fails.
    """
    name = xxhash.xxh3_64_hexdigest(document.source_file.encode())
    gathered = gather(document, links, limits, spill / f"{name}-joined")
    if isinstance(gathered, int):
        return gathered
    roots = roots_of(gathered.ids, gathered.parents)
    layout = json.dumps(
        {"links": asdict(links), "limits": limits.model_dump(), "encoding": encoding, "columns": list(columns)}
    )
    trees = _Trees(document.source_file, gathered, roots, links, limits, spill)
    opened = replace(
        document,
        container=_CONTAINER + document.container,
        shards=trees.shards(),
        close=lambda: gathered.path.unlink(missing_ok=True),
        layout=layout,
    )
    return Joined(opened, int((roots >= 0).sum()), int((roots == np.arange(len(roots))).sum()))


class _Trees:
    """The records of a file in trees, cut into shards."""

    def __init__(
        self,
        source_file: str,
        gathered: Gathered,
        roots: npt.NDArray[np.int64],
        links: Links,
        limits: Limits,
        spill: Path,
    ) -> None:
        self._source_file, self._gathered, self._links = source_file, gathered, links
        self._limits, self._spill = limits, spill
        rows = np.arange(len(roots))
        self._first = np.flatnonzero((roots < 0) | (roots == rows))
        """Where the joined records are: roots, and what is in no tree."""
        of_tree = np.where(roots < 0, rows, roots)
        self._members = np.argsort(of_tree, kind="stable")
        self._ends = np.searchsorted(of_tree[self._members], self._first, side="right")
        self._begins = np.searchsorted(of_tree[self._members], self._first, side="left")
        self._in_tree = roots >= 0

    def shards(self) -> Iterator[JoinedShard]:
        """The shards. Raises StorageError where one cannot be written."""
        begin, number = 0, 0
        with self._gathered.path.open("rb") as texts:
            while begin < len(self._first):
                made: list[Row] = []
                size = 0
                while begin + len(made) < len(self._first) and len(made) < self._limits.shard_records:
                    row = self._record(texts, begin + len(made))
                    if made and size + len(row.payload) > self._limits.shard_bytes:
                        break
                    made.append(row)
                    size += len(row.payload)
                yield self._shard(number, begin, made, size)
                begin, number = begin + len(made), number + 1

    def _record(self, texts: BinaryIO, at: int) -> Row:
        gathered, first = self._gathered, int(self._first[at])
        if not self._in_tree[first]:
            return gathered.row(texts, first)
        members = self._members[self._begins[at] : self._ends[at]]
        length = int(gathered.sizes[members].sum()) + len(members)
        if length > self._limits.record_bytes:
            detail = say(
                "{length:,} bytes in {count:,} records, limits.record_bytes allows {record_bytes:,}",
                length=length,
                count=len(members),
                record_bytes=self._limits.record_bytes,
            )
            kept = gathered.row(texts, first).payload[:_KEPT_OF_OVERSIZED].decode("utf-8", "ignore")
            return Row(kept.encode(gathered.encoding, "backslashreplace"), "record_too_large", detail)
        inside = b",".join(gathered.row(texts, int(member)).payload for member in members)
        return Row(b'{"%s":[%s]}' % (self._links.members.encode(), inside))

    def _shard(self, number: int, begin: int, made: Sequence[Row], size: int) -> JoinedShard:
        gathered = self._gathered
        path = self._spill / f"{xxhash.xxh3_64_hexdigest(self._source_file.encode())}-joined-{number:010d}.arrow"
        columns = ([row.payload for row in made], [row.reason for row in made], [row.detail for row in made])
        arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
        with writing(path):
            write_table(path, pa.table(arrays, schema=SCHEMA))
        rows = self._first[begin : begin + len(made)]
        return JoinedShard(
            self._source_file, path, size, rows, gathered.offsets[rows], gathered.lengths[rows], gathered.lines[rows],
            gathered.encoding, gathered.cells,
        )  # fmt: skip
