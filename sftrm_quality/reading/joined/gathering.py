"""All records of a file in a spill file of their own, with what tells which of them belong together."""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from sftrm_quality.config import Limits
from sftrm_quality.errors import storage_error_type
from sftrm_quality.reading.joined.links import Links
from sftrm_quality.reading.shards import OpenDocument, Shard
from sftrm_quality.words import say

_NO_FIELD = pa.schema([("\ufdd0", pa.string())])
"""Nothing is wanted in columns: no field has that name."""


@dataclass(frozen=True)
class Row:
    """A record once more. reason, detail: why it is unreadable; then ``payload`` are its bytes as they are in the
    source, else it is JSON in UTF-8."""

    payload: bytes
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Gathered:
    """The records of a file, one entry per record in each array: 57 bytes.

    path: all their texts. begins, sizes: where in it. offsets, lengths, lines: as in `unreadable.Positions`. ids,
    parents: see `Links.keys_of`; 0 of unreadable ones. encoding: of the source. cells: see `shards.LoadedShard`.
    """

    path: Path
    begins: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    ids: npt.NDArray[np.uint64]
    parents: npt.NDArray[np.uint64]
    unreadable: npt.NDArray[np.bool_]
    encoding: str
    cells: bool

    def row(self, texts: BinaryIO, row: int) -> Row:
        """A record, from the file ``path``."""
        texts.seek(int(self.begins[row]))
        text = texts.read(int(self.sizes[row]))
        if not self.unreadable[row]:
            return Row(text)
        why, _, payload = text.partition(b"\n")
        reason, detail = orjson.loads(why)
        return Row(payload, reason, detail)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What is wrong with a spill file is told of that, and not of the raw file."""
    try:
        yield
    except OSError as error:
        raise storage_error_type(error)(
            say("{path}: cannot be written ({strerror}). Free space, run again.", path=path, strerror=error.strerror)
        ) from error


def gather(document: OpenDocument, links: Links, limits: Limits, path: Path) -> Gathered | int:
    """Read a file to its end.

    Args:
        document: The file. It is used up.
        links: How its records refer to each other.
        limits: ``joined_records`` is the most that is gathered.
        path: Where their texts go.

    Returns:
        Its records, or, of a file of more than the limit, how many there were when it was left.

    Raises:
        StorageError: It cannot be read, or its texts cannot be written.
    """
    gathering = _Gathering(links, limits)
    try:
        with writing(path):
            texts = path.open("wb")
        with texts:
            for shard in document.shards:
                text = b"".join(gathering.add(shard))
                with writing(path):
                    texts.write(text)
                    texts.flush()
                if gathering.rows > limits.joined_records:
                    return gathering.rows
    finally:
        document.close()
    return gathering.gathered(path)


class _Gathering:
    def __init__(self, links: Links, limits: Limits) -> None:
        self._links, self._limits = links, limits
        self._ids, self._parents = array("Q"), array("Q")
        self._sizes, self._unreadable = array("q"), array("b")
        self._positions: list[tuple[Any, Any, Any]] = []
        self._encoding, self._cells = "utf-8", False

    @property
    def rows(self) -> int:
        return len(self._sizes)

    def add(self, shard: Shard) -> Iterator[bytes]:
        """The texts of its records."""
        if self._encoding == "utf-8":
            self._encoding = shard.encoding
        self._positions.append((shard.offsets, shard.lengths, shard.lines))
        for text, keys, unreadable in self._records(shard):
            yield text
            self._sizes.append(len(text))
            self._ids.append(keys[0])
            self._parents.append(keys[1])
            self._unreadable.append(unreadable)
        if shard.spilled:
            shard.path.unlink()

    def _records(self, shard: Shard) -> Iterator[tuple[bytes, tuple[int, int], bool]]:
        loaded = shard.load(self._limits)
        self._cells = loaded.cells
        batch = loaded.parse(_NO_FIELD, self._limits)
        readable = np.zeros(len(shard), bool)
        readable[batch.table_rows] = True
        readable[[row for row, _ in batch.objects]] = True
        reasons = iter(batch.unreadable.select(["reasons", "details"]).to_pylist())
        for row in range(len(shard)):
            if readable[row]:
                yield loaded.text_of(row), self._links.keys_of(loaded.value(row)), False
            else:
                why = next(reasons)
                head = orjson.dumps([why["reasons"][0], why["details"][0]])
                yield head + b"\n" + loaded.raw_bytes(row), (0, 0), True

    def gathered(self, path: Path) -> Gathered:
        sizes = np.array(self._sizes, np.int64)
        offsets, lengths, lines = (
            np.concatenate([np.zeros(0, np.int64), *of_shards])
            for of_shards in (zip(*self._positions, strict=True) if self._positions else ((), (), ()))
        )
        ids, parents = np.array(self._ids, np.uint64), np.array(self._parents, np.uint64)
        return Gathered(
            path, np.cumsum(sizes) - sizes, sizes, offsets, lengths, lines, ids, parents,
            np.array(self._unreadable, bool), self._encoding, self._cells,
        )  # fmt: skip
