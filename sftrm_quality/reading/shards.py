"""What every reader gives: a document whose records can be read, cut into shards, and what a shard holds.

A reader recognises what holds the records of a stream (`OpenDocument`) and cuts them into shards (`Shard`), which
travel to the workers; there a shard is loaded (`LoadedShard`), and its records become columns (`ReadBatch`). Nobody
above reading knows what the records were written in: a payload is JSON, a record's own text or made from its row.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from sftrm_quality.config import Limits
from sftrm_quality.reading.unreadable import Positions, Unreadable


class Shard(Positions, Protocol):
    """Some neighbouring records of a source file, not loaded yet; ``len()`` is their number, broken ones included.

    path: the raw file, or, ``spilled``, a file of its own that the consumer deletes. length: bytes of the raw file that
    it takes, for progress. encoding: of the text, ``utf-8`` where there is none.
    """

    @property
    def source_file(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def spilled(self) -> bool: ...
    @property
    def length(self) -> int: ...
    @property
    def encoding(self) -> str: ...

    def __len__(self) -> int: ...

    def payloads(self, only: Sequence[str] | None = None) -> Iterator[bytes]:
        """Each record in UTF-8, broken ones too, whose bytes may be none; made from columns, of ``only`` these fields.
        Raises OSError where they cannot be read."""

    def load(self, limits: Limits) -> "LoadedShard":
        """Read it into memory, in a worker. Raises StorageError where that is not possible any more."""


class LoadedShard(Protocol):
    """A shard in memory. ``rows``: those of its records that could be decoded, ascending (int64). ``cells``: its values
    are texts of cells, which `tables.DueCells` takes for what is due."""

    @property
    def shard(self) -> Shard: ...
    @property
    def rows(self) -> Any: ...
    @property
    def cells(self) -> bool: ...
    @property
    def unreadable(self) -> Unreadable: ...

    def text_of(self, row: int) -> bytes:
        """The payload of a record that could be decoded, in UTF-8."""

    def value(self, row: int) -> Any:
        """The value of a record that ``parse`` could read."""

    def value_at(self, i: int) -> Any:
        """The value of the ``i``-th record that could be decoded. Raises ValueError where it has none."""

    def raw_bytes(self, row: int) -> bytes:
        """The record as it is in the source, in ``payload_encoding``; a row of a table as JSON."""

    @property
    def payload_encoding(self) -> str: ...

    def parse(self, schema: pa.Schema, limits: Limits) -> "ReadBatch":
        """The records in the columns of a schema; fields that a record lacks are null."""


@dataclass(frozen=True)
class ReadBatch:
    """The records of one shard. Every row of the shard is in exactly one of the three parts.

    - ``table`` of the asked schema, whose record ``i`` is row ``table_rows[i]`` of the shard (ascending);
    - ``objects``: (row, value) of records that can be read but do not fit the schema (a number where a string is due, a
      list instead of an object, …);
    - ``unreadable``: columns of ``records.SHARD_QUARANTINE``, stage ``read``.

    ``unread`` has the rows of the table's records that have fields, on any level, that the schema has not (ascending).
    """

    table: pa.Table
    table_rows: Any
    objects: list[tuple[int, Any]]
    unreadable: pa.Table
    unread: Any


@dataclass(frozen=True)
class OpenDocument:
    """A stream whose container is recognised and whose records can be read.

    ``container`` is what holds the records, as reports call it; ``header`` is a small ``dataset_info`` that comes
    before the records, else empty; ``encoding`` is the source's; ``sample`` has up to 200 parsed records from the
    beginning. ``shards`` can be iterated once and reads on demand; ``close`` ends it. ``ends_early`` tells after the
    last shard whether the text ended in the middle of a record or of its list, or broke off. ``layout`` is what its
    reader must know to read single records again, in a form of its own.
    """

    source_file: str
    container: str
    encoding: str
    header: dict[str, Any]
    sample: list[Any]
    shards: Iterator[Shard] = field(repr=False, compare=False)
    close: Callable[[], None] = field(repr=False, compare=False)
    ends_early: Callable[[], bool] = field(repr=False, compare=False)
    layout: str = ""
