"""Some neighbouring records of a text, still as bytes, whatever they are written in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading.discover import raw_file_error
from sftrm_quality.reading.unreadable import Unreadable
from sftrm_quality.words import phrase, say


@dataclass(frozen=True)
class TextShard:
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

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def indexes(self) -> Any:
        """The records are neighbours."""
        return np.arange(self.first_index, self.first_index + len(self), dtype=np.int64)

    def read(self) -> bytes:
        """The shard's bytes. Raises StorageError where they cannot be read any more."""
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self.file_offset)
                raw = file.read(self.length)
        except OSError as error:
            raise raw_file_error(error, self.path, phrase("read")) from error
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

    def unreadable(self, raw: bytes, limits: Limits) -> Unreadable:
        """The rows that splitting refused, in words."""
        unreadable = Unreadable(self, lambda row: raw[self.starts[row] : self.ends[row]], self.encoding)
        for row, reason in self.broken.items():
            detail, piece, length = self.in_words(raw, row, reason, limits), self._kept(row), int(self.lengths[row])
            if piece < length:
                kept = say("the first {kept:,} of {length:,} bytes are kept here", kept=piece, length=length)
                detail = f"{detail}; {kept}"
            unreadable.add(row, reason, detail)
        return unreadable

    def _kept(self, row: int) -> int:
        return int(self.ends[row] - self.starts[row])

    def in_words(self, raw: bytes, row: int, reason: str, limits: Limits) -> str:
        """What is said of a row that splitting refused."""
        length = int(self.lengths[row])
        if reason == "record_too_large":
            return say(
                "{length:,} bytes, limits.record_bytes allows {record_bytes:,}",
                length=length,
                record_bytes=limits.record_bytes,
            )
        if reason == "truncated_record":
            return say("the text ends {length:,} bytes into the record", length=length)
        return say("found at byte {offset:,} of the text", offset=int(self.offsets[row]))

    def decoded(self, raw: bytes, unreadable: Unreadable) -> tuple[Any, Any, Any, Any]:
        """The records in UTF-8: a text (uint8), their starts and ends in it, and which rows they are.

        Text that is UTF-8 is left as it is, valid or not; what cannot be decoded in another encoding is unreadable.
        """
        rows = np.array([row for row in range(len(self)) if row not in self.broken], dtype=np.int64)
        if self.encoding == "utf-8":
            return np.frombuffer(raw, np.uint8), self.starts[rows], self.ends[rows], rows
        texts, decoded = [], []
        for row in rows.tolist():
            try:
                texts.append(raw[self.starts[row] : self.ends[row]].decode(self.encoding).encode("utf-8"))
                decoded.append(row)
            except UnicodeDecodeError as error:
                unreadable.add(row, "invalid_encoding", said_of_byte(error, self.encoding))
        bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        text = np.frombuffer(b"".join(texts), np.uint8)
        return text, bounds[:-1], bounds[1:], np.array(decoded, np.int64)


def said_of_byte(error: UnicodeDecodeError, encoding: str) -> str:
    """Which byte of a record is not in the encoding of the text."""
    return say(
        "byte {byte:#04x} at {start} of the record is not {encoding}",
        byte=error.object[error.start],
        start=error.start,
        encoding=encoding.upper(),
    )
