"""Some neighbouring records of a JSON text, still as bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading.discover import raw_file_error
from sftrm_quality.reading.json.batch import LoadedJson
from sftrm_quality.reading.json.strict import parse_record
from sftrm_quality.reading.unreadable import Unreadable
from sftrm_quality.words import say


@dataclass(frozen=True)
class JsonShard:
    """Some neighbouring records of a source file, still as bytes.

    The bytes are ``path[file_offset : file_offset + length]``: the raw file itself (``spilled`` False) or a file of
    its own that the consumer deletes. ``encoding`` of these bytes is the source's. One entry per record, broken ones
    too, in

    - ``starts``, ``ends``: int64, bytes relative to ``file_offset``;
    - ``offsets``, ``lengths``: int64, bytes in the (decompressed) source, what reports show;
    - ``lines``: int64, 1-based, -1 where records are not lines.

    ``first_index`` is the source_index of the first record; ``broken`` maps the row of each record already known to be
    unreadable to its reason.
    """

    source_file: str
    path: Path
    spilled: bool
    file_offset: int
    length: int
    encoding: str
    first_index: int
    starts: Any
    ends: Any
    offsets: Any
    lengths: Any
    lines: Any
    broken: dict[int, str]

    def payloads(self) -> Iterator[bytes]:
        """Each record in UTF-8, broken ones too, whose bytes may be none. Raises OSError where they cannot be read."""
        with self.path.open("rb") as file:
            file.seek(self.file_offset)
            data = file.read(self.length)
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            piece = data[start:end]
            yield piece if self.encoding == "utf-8" else piece.decode(self.encoding, "replace").encode()

    def __len__(self) -> int:
        return len(self.starts)

    def load(self, limits: Limits) -> LoadedJson:
        """Read the shard's bytes and decode them. Raises StorageError where they cannot be read any more."""
        raw = self._read()
        unreadable = Unreadable(self, lambda row: raw[self.starts[row] : self.ends[row]], self.encoding)
        for row, reason in self.broken.items():
            unreadable.add(row, reason, self._broken_in_words(raw, row, reason, limits))
        spans = np.column_stack([self.starts, self.ends])
        rows = np.array([row for row in range(len(self)) if row not in self.broken], dtype=np.int64)
        if self.encoding == "utf-8":
            text = np.frombuffer(raw, np.uint8)
            return LoadedJson(self, raw, spans, text, self.starts[rows], self.ends[rows], rows, unreadable)
        texts, decoded = [], []
        for row in rows.tolist():
            piece = raw[self.starts[row] : self.ends[row]]
            try:
                texts.append(piece.decode(self.encoding).encode("utf-8"))
                decoded.append(row)
            except UnicodeDecodeError as error:
                detail = say(
                    "byte {piece:#04x} at {start} of the record is not {encoding}",
                    piece=piece[error.start],
                    start=error.start,
                    encoding=self.encoding.upper(),
                )
                unreadable.add(row, "invalid_encoding", detail)
        bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        text = np.frombuffer(b"".join(texts), np.uint8)
        return LoadedJson(self, raw, spans, text, bounds[:-1], bounds[1:], np.array(decoded, np.int64), unreadable)

    def _read(self) -> bytes:
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self.file_offset)
                raw = file.read(self.length)
        except OSError as error:
            raise raw_file_error(error, self.path, "read") from error
        if len(raw) != self.length:
            raise TransientStorageError(
                say(
                    "{path}: {count} bytes at {file_offset}, expected {length}: the file changed while it was "
                    "read. Run again when it is complete.",
                    path=self.path,
                    count=len(raw),
                    file_offset=self.file_offset,
                    length=self.length,
                )
            )
        return raw

    def _broken_in_words(self, raw: bytes, row: int, reason: str, limits: Limits) -> str:
        """What is said of a row that splitting refused."""
        piece, length = raw[self.starts[row] : self.ends[row]], int(self.lengths[row])
        if reason == "record_too_large":
            detail = say(
                "{length:,} bytes, limits.record_bytes allows {record_bytes:,}",
                length=length,
                record_bytes=limits.record_bytes,
            )
        elif reason == "invalid_json":
            text = piece if self.encoding == "utf-8" else piece.decode(self.encoding, "replace").encode()
            _, refined, words = parse_record(text, limits.nesting_depth)
            detail = words if refined and words else say("its end is not where the next record begins")
        elif reason == "truncated_record":
            detail = say("the text ends {length:,} bytes into the record", length=length)
        else:
            detail = say("found at byte {offset:,} of the text", offset=int(self.offsets[row]))
        if len(piece) < length:
            kept = say("the first {kept:,} of {length:,} bytes are kept here", kept=len(piece), length=length)
            return f"{detail}; {kept}"
        return detail
