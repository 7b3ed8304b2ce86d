"""Decompression as a stream that hands out every good byte before it reports damage."""

import re
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

import zstandard

from sftrm_quality.reading.window import StreamDamage
from sftrm_quality.words import phrase, say

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE_MAGIC = tuple(bytes([n]) + b"\x2a\x4d\x18" for n in range(0x50, 0x60))  # zstd frames without content

# Small steps bound what one step can inflate to: 1 KiB of zstd to some 40 MiB, 16 KiB of deflate to 16 MiB.
_DEFLATE_STEP = 16 << 10
_ZSTD_STEP = 1 << 10
# Bytes that decoding a frame may hold. The zstd command asks for --memory or --long beyond that, too.
_ZSTD_WINDOW = 128 << 20

_NOT_COMPRESSED = phrase("bytes that are not compressed follow the compressed data")
# What zlib and zstd say when all of a member or frame was decompressed and its checksum or size is another.
_WRONG_SUM = re.compile("incorrect (data|length) check|match checksum")


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Stored:
    """The decompressor of a zip member that is not compressed."""

    eof = True  # it may end anywhere
    unused_data = b""

    def decompress(self, data: bytes, /) -> bytes:
        return data


class Inflated:
    """A stream of decompressed bytes; reading raises StreamDamage after the last good byte.

    ``limit`` is the number of compressed bytes (None: all that ``raw`` has from here on). Members (gzip) and frames
    (zstd) that begin with one of ``magics`` may follow each other. ``size`` and ``crc`` are the number of bytes and the
    CRC-32 that the whole must have where the format keeps them elsewhere (zip); what inflates to more is damage.
    """

    def __init__(
        self,
        raw: IO[bytes],
        new: Callable[[], _Decompressor],
        step: int,
        magics: tuple[bytes, ...] = (),
        limit: int | None = None,
        size: int | None = None,
        crc: int | None = None,
    ) -> None:
        self._raw, self._new, self._step, self._magics, self._limit = raw, new, step, magics, limit
        self._start = raw.tell()
        self._read = 0
        self._expected_size, self._expected_crc = size, crc
        self._blocks = self._checked()
        self._ready = memoryview(b"")

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, often fewer; none at the end."""
        while not self._ready:
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._ready = memoryview(block)
        piece = bytes(self._ready[:size])
        self._ready = self._ready[size:]
        return piece

    def close(self) -> None:
        self._raw.close()

    def _checked(self) -> Iterator[bytes]:
        given, crc = 0, 0
        try:
            for block in self._inflate(fine_from=None):
                if self._expected_size is not None and given + len(block) > self._expected_size:
                    yield block[: self._expected_size - given]
                    raise StreamDamage(
                        say(
                            "more than the {expected_size:,} bytes that the archive says",
                            expected_size=self._expected_size,
                        )
                    )
                given += len(block)
                crc = zlib.crc32(block, crc)
                yield block
        except (zlib.error, zstandard.ZstdError) as error:
            yield from self._salvage(given)
            raise StreamDamage(
                say("decompression failed: {error}", error=error), whole=_WRONG_SUM.search(str(error)) is not None
            ) from error
        if self._expected_crc is not None and crc != self._expected_crc:
            said = say(
                "CRC-32 of the member is {found:08x}, its archive says {expected:08x}",
                found=crc,
                expected=self._expected_crc,
            )
            raise StreamDamage(said, whole=True)

    def _salvage(self, given: int) -> Iterator[bytes]:
        """What the failing step had decompressed before it failed: once more, its input byte by byte."""
        failing_step = max(0, self._read - self._step)
        self._raw.seek(self._start)
        self._read = 0
        try:
            for block in self._inflate(fine_from=failing_step):
                if len(block) > given:
                    yield block[given:]
                given = max(0, given - len(block))
        except (zlib.error, zstandard.ZstdError):
            return

    def _pieces(self, fine_from: int | None) -> Iterator[bytes]:
        while True:
            step = self._step if fine_from is None or self._read < fine_from else 1
            if self._limit is not None:
                step = min(step, self._limit - self._read)
            piece = self._raw.read(step)
            if not piece:
                return
            self._read += len(piece)
            yield piece

    def _inflate(self, fine_from: int | None) -> Iterator[bytes]:
        member, between = self._new(), b""
        for piece in self._pieces(fine_from):
            piece, between = between + piece, b""
            while piece:
                if member.eof and self._magics:
                    piece = piece.lstrip(b"\0")  # padding to whole blocks of a tape or a disk
                    if len(piece) < 4:
                        between = piece
                        break
                    if not piece.startswith(self._magics):
                        raise StreamDamage(say(_NOT_COMPRESSED), whole=True)
                    member = self._new()
                if block := member.decompress(piece):
                    yield block
                piece = member.unused_data if member.eof and self._magics else b""
        if between:
            raise StreamDamage(say(_NOT_COMPRESSED), whole=True)
        if not member.eof:
            raise StreamDamage(say("the compressed data end too early"))


def gunzip(raw: IO[bytes]) -> Inflated:
    """The text of a gzip file of one or more members, from the current position on."""
    return Inflated(raw, lambda: zlib.decompressobj(31), _DEFLATE_STEP, (GZIP_MAGIC,))


def unzstd(raw: IO[bytes]) -> Inflated:
    """The text of a zstd file of one or more frames, from the current position on."""
    new = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj
    return Inflated(raw, new, _ZSTD_STEP, (ZSTD_MAGIC, *_SKIPPABLE_MAGIC))


def zip_member(raw: IO[bytes], stored: bool, packed: int, size: int, crc: int) -> Inflated:
    """A member of a zip archive of ``size`` bytes whose ``packed`` compressed bytes begin at the current position."""
    new = _Stored if stored else lambda: zlib.decompressobj(-15)
    return Inflated(raw, new, _DEFLATE_STEP, limit=packed, size=size, crc=crc)
