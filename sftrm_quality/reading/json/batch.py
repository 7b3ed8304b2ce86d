"""A shard's bytes as records: an Arrow table for the ordinary ones, Python objects for the odd ones, reasons for the
unreadable ones. Runs in worker processes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json

from sftrm_quality.config import Limits
from sftrm_quality.reading.json.strict import parse_record
from sftrm_quality.reading.json.syntax import certify, field_tree
from sftrm_quality.reading.json_payloads import payload_value
from sftrm_quality.reading.kernels import kernel
from sftrm_quality.reading.shards import ReadBatch, Shard
from sftrm_quality.reading.unreadable import Unreadable

# A batch that Arrow refuses and that is smaller is parsed record by record: halving further costs more than it saves.
_SMALLEST_BATCH = 32


@dataclass(frozen=True)
class LoadedJson:
    """A shard in memory. ``text`` is uint8 UTF-8; record ``rows[i]`` of the shard is ``text[starts[i]:ends[i]]``.

    raw: its bytes as they are in the source; ``spans[row]`` are start and end of a record in them. ``unreadable`` has
    the rows that splitting or decoding already refused.
    """

    shard: Shard
    raw: bytes
    spans: Any
    text: Any
    starts: Any
    ends: Any
    rows: Any
    unreadable: Unreadable

    def raw_bytes(self, row: int) -> bytes:
        """The bytes of a record of the shard as they are in the source."""
        start, end = self.spans[row]
        return self.raw[start:end]

    @property
    def cells(self) -> bool:
        """A value of JSON has its own type."""
        return False

    @property
    def payload_encoding(self) -> str:
        """That of the source."""
        return self.shard.encoding

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

    def parse(self, schema: pa.Schema, limits: Limits) -> ReadBatch:
        """Parse the records; those with fields beyond ``schema`` are named."""
        return parse(self, schema, limits)


@dataclass(frozen=True)
class Parsed:
    """Some JSON texts in columns.

    table: of those that fit, in order. taken: which they are (ascending); left: the others. unread: one per text,
    whether it is certain that it has fields, on any level, that the schema has not.
    """

    table: pa.Table
    taken: Any
    left: Any
    unread: Any


def parse_texts(text: Any, starts: Any, ends: Any, schema: pa.Schema, depth: int) -> Parsed:
    """Parse texts that may be JSON objects.

    Args:
        text: UTF-8 (uint8).
        starts: Of the texts in it.
        ends: Of the texts in it.
        schema: The fields to read.
        depth: Levels of nesting that an object may have.
    """
    # Of files it may be written, of texts in memory not: without this the kernels would be compiled for both.
    text = text.view()
    text.flags.writeable = False
    clean, unread = certify(text, starts, ends, depth, field_tree(_fields(schema)))
    fast = np.flatnonzero(clean)
    pieces, refused = _parse_fast(text, starts, ends, fast, schema)
    taken = np.setdiff1d(fast, refused, assume_unique=True)
    left = np.sort(np.concatenate([np.flatnonzero(~clean), refused]))
    return Parsed(pa.concat_tables(pieces) if pieces else schema.empty_table(), taken, left, unread)


def parse(loaded: LoadedJson, schema: pa.Schema, limits: Limits) -> ReadBatch:
    """Parse a shard's records; fields that a record lacks are null, records with fields beyond ``schema`` are named."""
    parsed = parse_texts(loaded.text, loaded.starts, loaded.ends, schema, limits.nesting_depth)
    objects: list[tuple[int, Any]] = []
    for i in parsed.left.tolist():
        row = int(loaded.rows[i])
        value, reason, detail = parse_record(
            loaded.text[loaded.starts[i] : loaded.ends[i]].tobytes(), limits.nesting_depth
        )
        if reason is None or detail is None:  # never only one of them
            objects.append((row, value))
        else:
            loaded.unreadable.add(row, reason, detail)
    taken = parsed.taken
    unread = loaded.rows[taken[parsed.unread[taken]]]
    return ReadBatch(parsed.table, loaded.rows[taken], objects, loaded.unreadable.table(), unread)


def _fields(fields: Iterable[pa.Field]) -> dict[str, Any]:
    """The names of a schema's fields, and below each those of the objects in it."""
    below = {}
    for field in fields:
        type_ = field.type
        while pa.types.is_list(type_):
            type_ = type_.value_type
        below[field.name] = _fields(type_) if pa.types.is_struct(type_) else {}
    return below


def _parse_fast(text: Any, starts: Any, ends: Any, fast: Any, schema: pa.Schema) -> tuple[list[pa.Table], Any]:
    """Tables of the certified records in order, and those that do not fit the schema (indices as in ``fast``)."""
    starts, ends = starts[fast], ends[fast]
    if len(fast) == 1:  # maybe a long one: not copied
        bounds, joined = np.append(0, ends - starts), pa.py_buffer(text[starts[0] : ends[0]])
    else:
        bounds = np.concatenate([[0], np.cumsum(ends - starts + 1)])
        joined = pa.py_buffer(_join(text, starts, ends, bounds))
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
