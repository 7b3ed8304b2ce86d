"""Joined records in an Arrow file of their own: what a worker is given of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sftrm_quality.arrow_files import read_table
from sftrm_quality.config import Limits
from sftrm_quality.reading.json_payloads import payload_value
from sftrm_quality.reading.shards import ReadBatch
from sftrm_quality.reading.unreadable import Unreadable

SCHEMA = pa.schema([("payload", pa.large_binary()), ("reason", pa.string()), ("detail", pa.string())])
"""A record, see `gathering.Row`."""


@dataclass(frozen=True)
class JoinedShard:
    """Some records of a file, joined, in the order of their positions; see `shards.Shard`.

    A joined record is where the root of its tree is, so that between two of them there may be others of their trees.
    """

    source_file: str
    path: Path
    length: int
    indexes: Any
    offsets: Any
    lengths: Any
    lines: Any
    encoding: str
    cells: bool
    spilled: bool = True

    def __len__(self) -> int:
        return len(self.indexes)

    def payloads(self, only: Sequence[str] | None = None) -> Iterator[bytes]:
        """Each record in UTF-8, whole whatever is asked for; of an unreadable one its bytes. Raises StorageError."""
        for payload in read_table(self.path, ["payload"])["payload"]:
            yield payload.as_py()

    def load(self, limits: Limits) -> "LoadedJoined":
        """Map the file. Raises StorageError where it cannot be read any more."""
        table = read_table(self.path)
        unreadable = Unreadable(self, lambda row: table["payload"][row].as_py(), self.encoding)
        why = zip(table["reason"].to_pylist(), table["detail"].to_pylist(), strict=True)
        rows = []
        for row, (reason, detail) in enumerate(why):
            if reason is None:
                rows.append(row)
            else:
                unreadable.add(row, reason, detail)
        return LoadedJoined(self, table["payload"], np.array(rows, np.int64), unreadable, self.cells)


@dataclass(frozen=True)
class LoadedJoined:
    """See `shards.LoadedShard`."""

    shard: JoinedShard
    texts: pa.ChunkedArray
    rows: Any
    unreadable: Unreadable
    cells: bool

    @property
    def payload_encoding(self) -> str:
        """What is joined is JSON in UTF-8, whatever its records were read from."""
        return "utf-8"

    def raw_bytes(self, row: int) -> bytes:
        """The record as JSON."""
        return self.text_of(row)

    def text_of(self, row: int) -> bytes:
        """The record as JSON."""
        text: bytes = self.texts[row].as_py()
        return text

    def value(self, row: int) -> Any:
        """The value of a record."""
        return payload_value(self.text_of(row))

    def value_at(self, i: int) -> Any:
        """The value of the ``i``-th record that is readable."""
        return self.value(int(self.rows[i]))

    def parse(self, schema: pa.Schema, limits: Limits) -> ReadBatch:
        """All objects have fields that nobody asks for; they were read strictly when they were gathered."""
        values = ((int(row), self.value(int(row))) for row in self.rows)
        objects = [(row, value) for row, value in values if not isinstance(value, dict)]
        rows = np.setdiff1d(self.rows, [row for row, _ in objects])
        columns = [pa.nulls(len(rows), field.type) for field in schema]
        return ReadBatch(pa.table(columns, schema=schema), rows, objects, self.unreadable.table(), rows)
