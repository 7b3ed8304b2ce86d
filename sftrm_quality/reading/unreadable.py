"""Rows of records that could not be read, with position, reason and their bytes."""

from typing import Any

import pyarrow as pa
import xxhash

from sftrm_quality.config import Limits
from sftrm_quality.reading.payloads import payload_columns
from sftrm_quality.reading.shards import RawShard
from sftrm_quality.reading.strict import parse_record
from sftrm_quality.records import SHARD_QUARANTINE, Stage
from sftrm_quality.words import say


class Unreadable:
    """Collects rows of one shard; ``raw`` are the shard's bytes."""

    def __init__(self, shard: RawShard, raw: bytes, limits: Limits) -> None:
        self._shard, self._raw, self._limits = shard, raw, limits
        self._rows: dict[int, tuple[str, str]] = {}

    def add(self, row: int, reason: str, detail: str) -> None:
        self._rows[row] = (reason, detail)

    def add_broken(self, row: int, reason: str) -> None:
        """Add a row that splitting refused: find words for it."""
        kept, length = int(self._shard.ends[row] - self._shard.starts[row]), int(self._shard.lengths[row])
        if reason == "record_too_large":
            detail = say(
                "{length:,} bytes, limits.record_bytes allows {record_bytes:,}",
                length=length,
                record_bytes=self._limits.record_bytes,
            )
        elif reason == "invalid_json":
            _, refined, words = parse_record(self._text(row), self._limits.nesting_depth)
            detail = words if refined and words else say("its end is not where the next record begins")
        elif reason == "truncated_record":
            detail = say("the text ends {length:,} bytes into the record", length=length)
        else:
            detail = say("found at byte {offsets:,} of the text", offsets=int(self._shard.offsets[row]))
        if kept < length:
            detail += "; " + say("the first {kept:,} of {length:,} bytes are kept here", kept=kept, length=length)
        self.add(row, reason, detail)

    def raw_bytes(self, row: int) -> bytes:
        return self._raw[self._shard.starts[row] : self._shard.ends[row]]

    def _text(self, row: int) -> bytes:
        piece = self.raw_bytes(row)
        return piece if self._shard.encoding == "utf-8" else piece.decode(self._shard.encoding, "replace").encode()

    def table(self) -> pa.Table:
        """The rows in order, columns of ``records.SHARD_QUARANTINE``."""
        rows = sorted(self._rows)
        raw = [self.raw_bytes(row) for row in rows]
        lines = [int(self._shard.lines[row]) for row in rows]
        columns: dict[str, Any] = {
            "data_id": [None] * len(rows),
            "source_index": [self._shard.first_index + row for row in rows],
            "source_offset": [int(self._shard.offsets[row]) for row in rows],
            "source_length": [int(self._shard.lengths[row]) for row in rows],
            "source_line": [line if line > 0 else None for line in lines],
            "stage": [Stage.READ.value] * len(rows),
            "reasons": [[self._rows[row][0]] for row in rows],
            "details": [[self._rows[row][1]] for row in rows],
            "content_hash": [xxhash.xxh3_128_digest(b"unreadable" + original) for original in raw],
            **payload_columns(raw, self._shard.encoding),
        }
        return pa.Table.from_pydict(columns, schema=SHARD_QUARANTINE)
