"""Some neighbouring rows of a table, still as bytes, and what a worker makes of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import as_mask
from sftrm_quality.config import Limits
from sftrm_quality.reading.delimited.cells import cut_cells
from sftrm_quality.reading.delimited.dialect import Dialect
from sftrm_quality.reading.delimited.scan import MISPLACED, scan_row
from sftrm_quality.reading.tables import LoadedTable, row_dicts, row_json
from sftrm_quality.reading.text_shards import TextShard, said_of_byte
from sftrm_quality.reading.unreadable import Unreadable
from sftrm_quality.words import say


@dataclass(frozen=True)
class DelimitedShard(TextShard):
    """See `TextShard`: a record is a row."""

    dialect: Dialect

    def payloads(self, only: Sequence[str] | None = None) -> Iterator[bytes]:
        """Each row as JSON, none of broken ones. Raises OSError where they cannot be read."""
        with self.path.open("rb") as file:
            file.seek(self.file_offset)
            raw = file.read(self.length)
        table, rows = self._table(raw, Unreadable(self, lambda _: b"", self.encoding))
        readable = dict(zip(rows.tolist(), row_dicts(table, only), strict=True))
        for row in range(len(self)):
            yield row_json(readable[row]) if row in readable else b""

    def load(self, limits: Limits) -> LoadedTable:
        """Read the shard's bytes and make cells of them. Raises StorageError where they cannot be read any more."""
        raw = self.read()
        unreadable = self.unreadable(raw, limits)
        table, rows = self._table(raw, unreadable)
        return LoadedTable(
            self, table, rows, unreadable, lambda row: raw[self.starts[row] : self.ends[row]], cells=True
        )

    def _table(self, raw: bytes, unreadable: Unreadable) -> tuple[pa.Table, Any]:
        """The rows that are good, and which of the shard they are; the others are unreadable."""
        text, starts, ends, rows = self.decoded(raw, unreadable)
        if self.encoding == "utf-8" and not _is_utf8(raw):
            valid = np.array([self._is_valid(raw, row, unreadable) for row in rows.tolist()], np.bool_)
            starts, ends, rows = starts[valid], ends[valid], rows[valid]
        table = cut_cells(text, starts, ends, self.dialect)
        again = _header_again(table)
        for row in rows[again].tolist():
            unreadable.add(row, "header_repeated", say("the names of the columns, where a record was expected"))
        return (table.filter(pa.array(~again)), rows[~again]) if again.any() else (table, rows)

    def _is_valid(self, raw: bytes, row: int, unreadable: Unreadable) -> bool:
        try:
            raw[self.starts[row] : self.ends[row]].decode("utf-8")
        except UnicodeDecodeError as error:
            unreadable.add(row, "invalid_encoding", said_of_byte(error, self.encoding))
            return False
        return True

    def in_words(self, raw: bytes, row: int, reason: str, limits: Limits) -> str:
        """What is said of a row that splitting refused."""
        if reason in ("record_too_large", "truncated_record", "stream_broken"):
            return super().in_words(raw, row, reason, limits)
        piece = raw[self.starts[row] : self.ends[row]]
        text = piece if self.encoding == "utf-8" else piece.decode(self.encoding, "replace").encode()
        buf, dialect = np.frombuffer(text, np.uint8), self.dialect
        outcome, at, _, cells, _, _ = scan_row(buf, 0, buf.size, True, dialect.rules, dialect.stops)
        if reason.startswith("cells_"):
            return say("{found:,} cells, expected {columns:,}", found=cells, columns=len(dialect.names))
        if reason == "unclosed_quote":
            return say("a quoted cell goes on over the next line, where a row begins")
        if outcome == MISPLACED:
            return say("the quote {at} bytes into the record neither opens nor closes a cell", at=at)
        return say("a quote closes a cell that none opened")


def _is_utf8(raw: bytes) -> bool:
    bounds = np.array([0, len(raw)], np.int32)
    try:
        pa.StringArray.from_buffers(1, pa.py_buffer(bounds), pa.py_buffer(raw)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _header_again(table: pa.Table) -> Any:
    """Which rows are the header once more: where files were put together. An empty name is an empty cell."""
    names = table.column_names
    if len(names) < 2:
        return np.zeros(len(table), np.bool_)  # a text of one word may be that word
    same = as_mask(pc.equal(table[0], names[0]), if_null=not names[0])
    if not same.any():
        return same
    others = (as_mask(pc.equal(table[i], name), if_null=not name) for i, name in enumerate(names[1:], 1))
    return reduce(np.logical_and, others, same)


def row_again(raw: bytes, layout: str, encoding: str) -> bytes:
    """A row as JSON that was read once before.

    Args:
        raw: Its bytes.
        layout: That of its document.
        encoding: That of its source.
    """
    text = np.frombuffer(raw.decode(encoding).encode("utf-8"), np.uint8)
    table = cut_cells(text, np.zeros(1, np.int64), np.array([text.size]), Dialect.from_layout(layout))
    return row_json(table.to_pylist()[0])
