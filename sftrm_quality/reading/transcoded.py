"""Text in an encoding that does not keep ASCII, seen as UTF-8 and handed on as the bytes that it came from.

In UTF-16 all characters have two bytes, and the second byte of a character of GB18030, Shift-JIS or Big5 may look like
a backslash, a bracket or a digit: no quote can be found in the bytes of these.
"""

import codecs
from typing import Any

import numpy as np

from sftrm_quality.reading.kernels import kernel
from sftrm_quality.reading.window import ByteStream, StreamDamage, Window
from sftrm_quality.words import say

_UTF16 = ("utf-16-le", "utf-16-be")
_BLOCK = 64 << 10  # source bytes decoded at once; always as many, so that windows depend only on the content


def _lengths(single: range, first: int) -> Any:
    """Bytes of a character by its first byte: 1 below 0x80 and in ``single``, else ``first``."""
    lengths = np.full(256, first, np.uint8)
    lengths[:0x80] = 1
    lengths[single] = 1
    return lengths


_FOUR_OR_TWO = 0  # the second byte tells: a digit begins four bytes
# 0x80, 0xA0, half-width kana and 0xFD to 0xFF are single bytes in cp932.
_CP932 = _lengths(range(0xA0, 0xE0), 2)
_CP932[[0x80, 0xFD, 0xFE, 0xFF]] = 1
LENGTHS = {
    "utf-16-le": _lengths(range(0), 2),
    "utf-16-be": _lengths(range(0), 2),
    "gb18030": _lengths(range(0), _FOUR_OR_TWO),
    "cp932": _CP932,
    "cp950": _lengths(range(0), 2),
}
"""The encodings that are read so, by the names of their codecs."""


@kernel
def _count_source(text: Any, source: Any, lengths: Any, utf16: bool, i: int, j: int, at: Any, found: Any) -> None:
    """Positions in ``source`` of the ascending positions ``at`` in ``text``, the same in UTF-8; ``i`` is ``j`` there.

    What could not be decoded is U+DC80 to U+DCFF in ``text``, one for each byte.
    """
    for k in range(at.size):
        while i < at[k]:
            c = text[i]
            if (c & 0xC0) == 0x80:
                i += 1
                continue
            if utf16:
                j += 4 if c >= 0xF0 else 2
            elif c < 0x80 or (c == 0xED and text[i + 1] >= 0xA0):
                j += 1
            elif lengths[source[j]] == 0:
                j += 4 if 0x30 <= source[j + 1] <= 0x39 else 2
            else:
                j += lengths[source[j]]
            i += 1
        found[k] = j


class TranscodedWindow(Window):
    """A window whose ``data`` are UTF-8, whose source offsets and originals are those of the source.

    What cannot be decoded is there as surrogates, three bytes that are not valid UTF-8, so that it costs one record.
    """

    def __init__(self, stream: ByteStream, codec: str) -> None:
        super().__init__(stream)
        self._utf16 = codec in _UTF16
        self._decoder = codecs.getincrementaldecoder(codec)("surrogatepass" if self._utf16 else "surrogateescape")
        self._lengths = LENGTHS[codec]
        self._source = b""  # of ``data``
        self._counted = 0, 0  # a position in ``data`` and the same in ``_source``: a large window is asked often

    def fill(self, size: int) -> None:
        texts, sources, missing = [self.data], [self._source], size - len(self.data)
        while missing > 0 and not self.at_end:
            source = self._decoder.getstate()[0] + self._block()
            if self.at_end and self._utf16 and len(source) % 2:
                self._end_at(StreamDamage(self.damage or say("UTF-16 text of an odd number of bytes")))
                source = source[:-1]
            self._decoder.reset()
            decoded = self._decoder.decode(source, self.at_end)
            while (rest := self._decoder.getstate()[0]) and self.at_end:
                decoded += self._decoder.decode(b"", True)  # behind half a character codecs stop even then
            text = decoded.encode("utf-8", "surrogatepass")
            texts.append(text)
            sources.append(source[: len(source) - len(rest)])
            missing -= len(text)
        self.data, self._source = b"".join(texts), b"".join(sources)

    def _block(self) -> bytes:
        """The next bytes of the source, as many as a block has but at the end."""
        block = b""
        try:
            while len(block) < _BLOCK and not self.at_end:
                piece = self._stream.read(_BLOCK - len(block))
                self.at_end = not piece
                block += piece
        except StreamDamage as damage:
            self._end_at(damage)
        return block

    def drop(self, count: int) -> None:
        passed = int(self._in_source(np.array([count], np.int64))[0])
        self.data, self._source = self.data[count:], self._source[passed:]
        self.offset += passed
        self._counted = 0, 0

    def source_offsets(self, positions: Any) -> Any:
        return self.offset + self._in_source(positions)

    def original(self, start: int, stop: int) -> memoryview:
        first, last = self._in_source(np.array([start, min(stop, len(self.data))], np.int64)).tolist()
        return memoryview(self._source)[first:last]

    def _in_source(self, positions: Any) -> Any:
        found = np.zeros(len(positions), dtype=np.int64)
        if len(positions):
            at, before = self._counted if positions[0] >= self._counted[0] else (0, 0)
            text, source = np.frombuffer(self.data, np.uint8), np.frombuffer(self._source, np.uint8)
            _count_source(text, source, self._lengths, self._utf16, at, before, positions, found)
            self._counted = int(positions[0]), int(found[0])
        return found
