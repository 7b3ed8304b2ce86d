"""The messages of an Arrow stream: what each holds and how much, read before Arrow makes room for any of it.

A message is a mark, the length of its metadata, the metadata (a flatbuffer) and its body. An Arrow file is such a
stream between two magic words, with places of the messages in its footer
(https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc).
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

_CONTINUATION = 0xFFFFFFFF
_METADATA_BYTES = 64 << 20
"""More metadata than this no schema has, and Arrow reads it at once."""
SCHEMA, DICTIONARY, BATCH = 1, 2, 3


class NoMessage(Exception):
    """What is there is no message."""


@dataclass(frozen=True)
class Message:
    """A message of a stream. begin, body, end: where it, its body and what follows are.

    rows: of a batch, or of the values of a dictionary. dictionary: the id of its dictionary. is_delta: they follow
    those that came before. buffers: where each is in the body, and its length. is_packed: each begins with the length
    that it unpacks to. longest: the most values that any of its arrays says it has; -1 where one says a number that is
    none: Arrow believes it, and ends the process.
    """

    kind: int
    begin: int
    body: int
    end: int
    rows: int = 0
    dictionary: int = -1
    is_delta: bool = False
    buffers: tuple[tuple[int, int], ...] = ()
    is_packed: bool = False
    longest: int = 0


class _Table:
    """A table of a flatbuffer."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._fields = at - _unpack("<i", data, at)

    def place(self, field: int) -> int:
        """Where a field is; 0 where it has its default."""
        offset = 4 + 2 * field
        if offset + 2 > _unpack("<H", self._data, self._fields):
            return 0
        found = _unpack("<H", self._data, self._fields + offset)
        return self._at + found if found else 0

    def number(self, field: int, form: str) -> int:
        at = self.place(field)
        return _unpack(form, self._data, at) if at else 0

    def table(self, field: int) -> "_Table | None":
        at = self.place(field)
        return _Table(self._data, at + _unpack("<I", self._data, at)) if at else None

    def structs(self, field: int, form: str) -> list[tuple[int, ...]]:
        at = self.place(field)
        if not at:
            return []
        at += _unpack("<I", self._data, at)
        count, size = _unpack("<I", self._data, at), struct.calcsize(form)
        if at + 4 + count * size > len(self._data):
            raise NoMessage
        return list(struct.iter_unpack(form, self._data[at + 4 : at + 4 + count * size]))


def _unpack(form: str, data: bytes, at: int) -> int:
    if at < 0:
        raise NoMessage
    try:
        return int(struct.unpack_from(form, data, at)[0])
    except struct.error:
        raise NoMessage from None


def message_at(file: BinaryIO, begin: int) -> Message | None:
    """The message that begins somewhere in a file.

    Args:
        file: The file.
        begin: Where.

    Returns:
        The message; its end may be behind the file's. None where the stream ends: there is its mark, or nothing.

    Raises:
        NoMessage: There is something else.
        OSError: The file cannot be read.
    """
    file.seek(begin)
    prefix = file.read(8)
    if not prefix:
        return None
    if len(prefix) >= 4 and _unpack("<I", prefix, 0) != _CONTINUATION:  # as Arrow wrote it before 0.15
        length, metadata = _unpack("<i", prefix, 0), begin + 4
    else:
        length, metadata = _unpack("<i", prefix, 4), begin + 8
    if not length:
        return None
    if not 0 < length <= _METADATA_BYTES:
        raise NoMessage
    file.seek(metadata)
    data = file.read(length)
    if len(data) < length:
        raise NoMessage
    return _parsed(data, begin, metadata + length)


def _parsed(data: bytes, begin: int, body: int) -> Message:
    message = _Table(data, _unpack("<I", data, 0))
    kind, length = message.number(1, "<B"), message.number(3, "<q")
    header = message.table(2)
    if header is None or length < 0:
        raise NoMessage
    if kind == SCHEMA:
        return Message(kind, begin, body, body + length)
    if kind not in (DICTIONARY, BATCH):
        raise NoMessage
    batch, dictionary, is_delta = header, -1, False
    if kind == DICTIONARY:
        values = header.table(1)
        if values is None:
            raise NoMessage
        batch, dictionary, is_delta = values, header.number(0, "<q"), bool(header.number(2, "<B"))
    buffers = tuple((offset, size) for offset, size in batch.structs(2, "<qq"))
    rows = batch.number(0, "<q")
    arrays = batch.structs(1, "<qq")
    is_sound = all(-1 <= nulls <= values >= 0 for values, nulls in arrays)
    longest = max((values for values, _ in arrays), default=0) if is_sound else -1
    if rows < 0 or any(offset < 0 or size < 0 or offset + size > length for offset, size in buffers):
        raise NoMessage
    return Message(
        kind, begin, body, body + length, rows, dictionary, is_delta, buffers, batch.table(3) is not None,
        longest,
    )  # fmt: skip


def places_of_batches(file: BinaryIO, size: int) -> list[int] | None:
    """Where the batches of an Arrow file begin, as its footer says.

    Args:
        file: The file.
        size: Its bytes.

    Returns:
        The places in order; None without a footer: then the file is cut off, or damaged there.

    Raises:
        OSError: The file cannot be read.
    """
    file.seek(max(0, size - 10))
    tail = file.read(10)
    length = int.from_bytes(tail[:4], "little", signed=True)
    if tail[4:] != b"ARROW1" or not 0 < length <= min(_METADATA_BYTES, size - 10):
        return None
    file.seek(size - 10 - length)
    data = file.read(length)
    try:
        blocks = _Table(data, _unpack("<I", data, 0)).structs(3, "<qi4xq")
    except NoMessage:
        return None
    return sorted(offset for offset, _, _ in blocks if 0 < offset < size)


def unpacked_bytes(file: BinaryIO, message: Message) -> int:
    """The bytes that the body of a message unpacks to, as it says. Raises OSError where it cannot be read."""
    total = 0
    for offset, size in message.buffers:
        unpacked = -1
        if message.is_packed and size >= 8:
            file.seek(message.body + offset)
            unpacked = int.from_bytes(file.read(8), "little", signed=True)
        total += size if unpacked < 0 else unpacked
    return total
