"""Which encoding a text is in, and UTF-16 read as UTF-8 without losing the original byte positions."""

import codecs
from dataclasses import dataclass
from typing import Any

import numpy as np

from sftrm_quality.reading.kernels import kernel
from sftrm_quality.reading.window import ByteStream, StreamDamage, Window

_UTF16 = ("utf-16-le", "utf-16-be")


@dataclass(frozen=True)
class TextEncoding:
    """``name`` is utf-8, cp949, utf-16-le or utf-16-be, or None as long as only ASCII was seen; ``mark`` is the number
    of bytes of the byte order mark."""

    name: str | None
    mark: int

    @property
    def is_utf16(self) -> bool:
        return self.name in _UTF16


def detect(head: bytes, declared: str) -> TextEncoding | str:
    """The encoding of a text that begins with ``head``, or a description of what it is instead.

    ``declared`` is auto, utf-8, utf-16 or cp949. A byte order mark decides against any declaration but its own.
    """
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32 text; convert it to UTF-8"
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return TextEncoding(name, len(mark))
    if declared == "utf-16":
        return TextEncoding("utf-16-be" if head[:1] == b"\0" else "utf-16-le", 0)
    if declared != "auto":
        return TextEncoding(declared, 0)
    if len(head) >= 16 and any(head[:16]) and not (any(head[:16:2]) and any(head[1:16:2])):
        return "UTF-16 text without a byte order mark; declare encoding: utf-16 for this source"
    return TextEncoding(utf8_or_cp949(head), 0)


def utf8_or_cp949(sample: bytes) -> str | None:
    """utf-8 or cp949 by the fewer errors, utf-8 in case of a tie; None for ASCII, which does not tell.

    Korean text in the one is nearly never valid in the other, so single damaged records do not change the verdict.
    """
    if sample.isascii():
        return None
    wrong = _errors(sample, "utf-8") - sample.count("\ufffd".encode())
    return "cp949" if wrong and _errors(sample, "cp949") < wrong else "utf-8"


def _errors(sample: bytes, encoding: str) -> int:
    """The number of places that do not decode. A sequence cut at the end of the sample is none."""
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample).count("\ufffd")


class Utf16AsUtf8:
    """A UTF-16 stream as UTF-8, without the byte order mark.

    Surrogates without their other half pass as three bytes that are not valid UTF-8, so that they cost one record, and
    every original position can be computed: one unit for each sequence of 1 to 3 bytes, two for one of 4.
    """

    def __init__(self, stream: ByteStream, name: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(name)(errors="surrogatepass")
        self._odd_byte = b""
        self._ready = b""
        self._at_start, self._at_end = True, False

    def read(self, size: int, /) -> bytes:
        while not self._ready and not self._at_end:
            block = self._stream.read(max(2, size))
            self._at_end = not block
            block = self._odd_byte + block
            even = len(block) & ~1
            self._odd_byte = block[even:]
            text = self._decoder.decode(block[:even], self._at_end)
            self._ready = text.encode("utf-8", "surrogatepass")
            if self._at_start and text:
                self._ready = self._ready.removeprefix(codecs.BOM_UTF8)
                self._at_start = False
        if not self._ready and self._odd_byte:
            self._odd_byte = b""
            raise StreamDamage("UTF-16 text of an odd number of bytes")
        piece, self._ready = self._ready[:size], self._ready[size:]
        return piece

    def close(self) -> None:
        self._stream.close()


def original_bytes(text: bytes, name: str) -> bytes:
    """UTF-8 that ``Utf16AsUtf8`` made, as the UTF-16 bytes that it came from."""
    return text.decode("utf-8", "surrogatepass").encode(name, "surrogatepass")


@kernel
def _count_units(text: Any, i: int, count: int, positions: Any, units: Any) -> None:
    """UTF-16 units in front of ascending positions, of which there are ``count`` in front of ``i``."""
    for k in range(positions.size):
        while i < positions[k]:
            c = text[i]
            count += 0 if (c & 0xC0) == 0x80 else 2 if c >= 0xF0 else 1
            i += 1
        units[k] = count


class Utf16Window(Window):
    """A window over ``Utf16AsUtf8`` whose source offsets are those of the UTF-16 text."""

    def __init__(self, stream: ByteStream, encoding: TextEncoding) -> None:
        assert encoding.name is not None
        super().__init__(Utf16AsUtf8(stream, encoding.name))
        self._before = encoding.mark  # bytes of the source before the window
        self._counted = 0, 0  # a position in the window and the units before it: a large window is asked often

    def drop(self, count: int) -> None:
        self._before = self.source_offset(count)
        self._counted = 0, 0
        super().drop(count)

    def source_offsets(self, positions: Any) -> Any:
        units = np.zeros(len(positions), dtype=np.int64)
        if len(positions):
            at, before = self._counted if positions[0] >= self._counted[0] else (0, 0)
            _count_units(np.frombuffer(self.data, np.uint8), at, before, positions, units)
            self._counted = int(positions[0]), int(units[0])
        return self._before + 2 * units
