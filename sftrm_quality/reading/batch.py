"""A shard's bytes as records: an Arrow table for the ordinary ones, Python objects for the odd ones, reasons for the
unreadable ones. Runs in worker processes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json

from sftrm_quality.config import Limits
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading.discover import raw_file_error
from sftrm_quality.reading.json_payloads import payload_value
from sftrm_quality.reading.kernels import kernel
from sftrm_quality.reading.shards import RawShard
from sftrm_quality.reading.strict import parse_record
from sftrm_quality.reading.syntax import certify, field_tree
from sftrm_quality.reading.unreadable import Unreadable
from sftrm_quality.words import say

# A batch that Arrow refuses and that is smaller is parsed record by record: halving further costs more than it saves.
_SMALLEST_BATCH = 32


@dataclass(frozen=True)
class LoadedShard:
    """A shard in memory. ``text`` is uint8 UTF-8; record ``rows[i]`` of the shard is ``text[starts[i]:ends[i]]``.

    ``unreadable`` has the rows that splitting or decoding already refused.
    """

    shard: RawShard
    text: Any
    starts: Any
    ends: Any
    rows: Any
    unreadable: Unreadable

    def raw_bytes(self, row: int) -> bytes:
        """The bytes of a record of the shard as they are in the source."""
        return self.unreadable.raw_bytes(row)

    def text_of(self, row: int) -> bytes:
        """The UTF-8 of a record that could be decoded."""
        i = int(np.searchsorted(self.rows, row))
        text: bytes = self.text[self.starts[i] : self.ends[i]].tobytes()
        return text

    def value(self, row: int) -> Any:
        """The value of a record that ``parse`` could read."""
        return payload_value(self.text_of(row))

    def value_at(self, i: int) -> Any:
        """The value of the ``i``-th record that could be decoded. Raises ValueError where it has none."""
        return payload_value(self.text[self.starts[i] : self.ends[i]].tobytes())


@dataclass(frozen=True)
class ReadBatch:
    """The records of one shard. Every row of the shard is in exactly one of the three parts.

    - ``table`` of the asked schema, whose record ``i`` is row ``table_rows[i]`` of the shard (ascending);
    - ``objects``: (row, value) of records that are valid JSON but do not fit the schema (a number where a string is
      due, a list instead of an object, …);
    - ``unreadable``: columns of ``records.SHARD_QUARANTINE``, stage ``read``.

    ``unread`` has the rows of the table's records that have fields, on any level, that the schema has not (ascending).
    """

    table: pa.Table
    table_rows: Any
    objects: list[tuple[int, Any]]
    unreadable: pa.Table
    unread: Any


def load(shard: RawShard, limits: Limits) -> LoadedShard:
    """Read a shard's bytes and decode them. Raises StorageError where they cannot be read any more."""
    try:
        with shard.path.open("rb", buffering=0) as file:
            file.seek(shard.file_offset)
            raw = file.read(shard.length)
    except OSError as error:
        raise raw_file_error(error, shard.path, "read") from error
    if len(raw) != shard.length:
        raise TransientStorageError(
            say(
                "{path}: {count} bytes at {file_offset}, expected {length}: the file changed while it was "
                "read. Run again when it is complete.",
                path=shard.path,
                count=len(raw),
                file_offset=shard.file_offset,
                length=shard.length,
            )
        )
    unreadable = Unreadable(shard, raw, limits)
    for row, reason in shard.broken.items():
        unreadable.add_broken(row, reason)
    rows = np.array([row for row in range(len(shard.starts)) if row not in shard.broken], dtype=np.int64)
    if shard.encoding == "utf-8":
        return LoadedShard(shard, np.frombuffer(raw, np.uint8), shard.starts[rows], shard.ends[rows], rows, unreadable)
    texts, decoded = [], []
    for row in rows.tolist():
        piece = raw[shard.starts[row] : shard.ends[row]]
        try:
            texts.append(piece.decode(shard.encoding).encode("utf-8"))
            decoded.append(row)
        except UnicodeDecodeError as error:
            detail = say(
                "byte {piece:#04x} at {start} of the record is not {encoding}",
                piece=piece[error.start],
                start=error.start,
                encoding=shard.encoding.upper(),
            )
            unreadable.add(row, "invalid_encoding", detail)
    bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    text = np.frombuffer(b"".join(texts), np.uint8)
    return LoadedShard(shard, text, bounds[:-1], bounds[1:], np.array(decoded, dtype=np.int64), unreadable)


def parse(loaded: LoadedShard, schema: pa.Schema, limits: Limits) -> ReadBatch:
    """Parse a shard's records; fields that a record lacks are null, records with fields beyond ``schema`` are named."""
    tree = field_tree(_fields(schema))
    clean, unread = certify(loaded.text, loaded.starts, loaded.ends, limits.nesting_depth, tree)
    fast = np.flatnonzero(clean)
    pieces, refused = _parse_fast(loaded, fast, schema)
    taken = np.setdiff1d(fast, refused, assume_unique=True)
    objects: list[tuple[int, Any]] = []
    for i in np.sort(np.concatenate([np.flatnonzero(~clean), refused])).tolist():
        row = int(loaded.rows[i])
        value, reason, detail = parse_record(
            loaded.text[loaded.starts[i] : loaded.ends[i]].tobytes(), limits.nesting_depth
        )
        if reason is None or detail is None:  # never only one of them
            objects.append((row, value))
        else:
            loaded.unreadable.add(row, reason, detail)
    table = pa.concat_tables(pieces) if pieces else schema.empty_table()
    return ReadBatch(table, loaded.rows[taken], objects, loaded.unreadable.table(), loaded.rows[taken[unread[taken]]])


def _fields(fields: Iterable[pa.Field]) -> dict[str, Any]:
    """The names of a schema's fields, and below each those of the objects in it."""
    below = {}
    for field in fields:
        type_ = field.type
        while pa.types.is_list(type_):
            type_ = type_.value_type
        below[field.name] = _fields(type_) if pa.types.is_struct(type_) else {}
    return below


def _parse_fast(loaded: LoadedShard, fast: Any, schema: pa.Schema) -> tuple[list[pa.Table], Any]:
    """Tables of the certified records in order, and those that do not fit the schema (indices as in ``fast``)."""
    starts, ends = loaded.starts[fast], loaded.ends[fast]
    if len(fast) == 1:  # maybe a long one: not copied
        bounds, joined = np.append(0, ends - starts), pa.py_buffer(loaded.text[starts[0] : ends[0]])
    else:
        bounds = np.concatenate([[0], np.cumsum(ends - starts + 1)])
        joined = pa.py_buffer(_join(loaded.text, starts, ends, bounds))
    tables: list[pa.Table] = []
    refused: list[Any] = [np.empty(0, np.int64)]
    batches = [(0, len(fast))] if len(fast) else []
    while batches:
        begin, end = batches.pop()
        table = _read_json(joined[bounds[begin] : bounds[end]], schema, end - begin)
        if table is not None:
            tables.append(table)
        elif end - begin <= _SMALLEST_BATCH:
            refused.append(fast[begin:end])
        else:
            middle = (begin + end) // 2
            batches += [(middle, end), (begin, middle)]
    return tables, np.concatenate(refused)


@kernel
def _join(text: Any, starts: Any, ends: Any, bounds: Any) -> Any:
    """The records one after another, a newline behind each."""
    joined = np.empty(bounds[-1], np.uint8)
    for r in range(starts.size):
        joined[bounds[r] : bounds[r + 1] - 1] = text[starts[r] : ends[r]]
        joined[bounds[r + 1] - 1] = 0x0A
    return joined


def _read_json(text: pa.Buffer, schema: pa.Schema, count: int) -> pa.Table | None:
    """A table of ``count`` rows, or None where a record does not fit the schema."""
    try:
        table = pyarrow.json.read_json(
            pa.BufferReader(text),
            # One block: the batch is the unit of parallel work, and blocks would be cut and stitched again.
            read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=text.size + 1),
            parse_options=pyarrow.json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="ignore", newlines_in_values=True
            ),
        )
    except pa.ArrowInvalid:
        return None
    return table if table.num_rows == count and table.schema.equals(schema) else None
