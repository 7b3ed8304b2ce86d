"""A sliding window over a byte stream: the only place where reading holds raw text."""

from typing import Any, Protocol

import numpy as np


class StreamDamage(Exception):
    """A compressed stream is broken. Raised by streams after every byte before the damage was handed out.

    ``whole``: to its end it was read, and only then found to be wrong.
    """

    def __init__(self, said: str, whole: bool = False) -> None:
        super().__init__(said)
        self.whole = whole


class ByteStream(Protocol):
    """What reading needs of a stream: at most ``size`` bytes at a time, none at its end."""

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


class Window:
    """The bytes ``data`` of a stream from ``offset`` on; grows at its end, is dropped from its beginning.

    Damage of the stream is no exception here: the stream then ends, ``damage`` says why, and ``broken_off`` whether it
    should have gone on.
    """

    def __init__(self, stream: ByteStream) -> None:
        self.data = b""
        self.offset = 0
        self.at_end = False
        self.damage: str | None = None
        self.broken_off = False
        self._stream = stream

    def fill(self, size: int) -> None:
        """Read until the window holds ``size`` bytes or the stream ends. Shorter reads never show: windows depend
        only on the content, so that a file and its compressed form are cut alike."""
        parts = [self.data]
        missing = size - len(self.data)
        try:
            while missing > 0 and not self.at_end:
                block = self._stream.read(missing)
                parts.append(block)
                missing -= len(block)
                self.at_end = not block
        except StreamDamage as damage:
            self._end_at(damage)
        self.data = b"".join(parts)

    def _end_at(self, damage: StreamDamage) -> None:
        self.at_end, self.damage, self.broken_off = True, str(damage), not damage.whole

    def grow(self, most: int) -> None:
        """Read as much again as the window holds (at least 64 KiB), but not beyond ``most`` bytes."""
        self.fill(min(2 * max(len(self.data), 1 << 15), most))

    def drop(self, count: int) -> None:
        """Forget the first ``count`` bytes."""
        self.data = self.data[count:]
        self.offset += count

    def source_offsets(self, positions: Any) -> Any:
        """Byte positions in the source of ascending positions (int64 array) in the window."""
        return self.offset + positions

    def original(self, start: int, stop: int) -> memoryview:
        """The bytes of the source from one position in the window to another."""
        return memoryview(self.data)[start:stop]

    def source_offset(self, position: int) -> int:
        return int(self.source_offsets(np.array([position], np.int64))[0])

    def close(self) -> None:
        self._stream.close()
