"""Some neighbouring records of a JSON text, still as bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.reading.json.batch import LoadedJson
from sftrm_quality.reading.json.strict import parse_record
from sftrm_quality.reading.text_shards import TextShard
from sftrm_quality.words import say


@dataclass(frozen=True)
class JsonShard(TextShard):
    """See `TextShard`: a record is a JSON value."""

    def payloads(self, only: Sequence[str] | None = None) -> Iterator[bytes]:
        """Each record in UTF-8, as it is written, broken ones too. Raises OSError where they cannot be read."""
        with self.path.open("rb") as file:
            file.seek(self.file_offset)
            data = file.read(self.length)
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            piece = data[start:end]
            yield piece if self.encoding == "utf-8" else piece.decode(self.encoding, "replace").encode()

    def load(self, limits: Limits) -> LoadedJson:
        """Read the shard's bytes and decode them. Raises StorageError where they cannot be read any more."""
        raw = self.read()
        unreadable = self.unreadable(raw, limits)
        text, starts, ends, rows = self.decoded(raw, unreadable)
        return LoadedJson(self, raw, np.column_stack([self.starts, self.ends]), text, starts, ends, rows, unreadable)

    def in_words(self, raw: bytes, row: int, reason: str, limits: Limits) -> str:
        """What is said of a row that splitting refused."""
        if reason != "invalid_json":
            return super().in_words(raw, row, reason, limits)
        piece = raw[self.starts[row] : self.ends[row]]
        text = piece if self.encoding == "utf-8" else piece.decode(self.encoding, "replace").encode()
        _, refined, words = parse_record(text, limits.nesting_depth)
        return words if refined and words else say("its end is not where the next record begins")
