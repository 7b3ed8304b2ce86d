"""Bytes of a raw file, of a part of one, or of pieces of several, read as one without writing them together."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from sftrm_quality.reading.discover import SourceFile, raw_file_error
from sftrm_quality.words import phrase

_BUFFER = 256 << 10


@dataclass(frozen=True)
class Extent:
    """So many bytes of a file on disk."""

    path: Path
    start: int
    length: int


@dataclass(frozen=True)
class Extents:
    """One after another."""

    parts: tuple[Extent, ...]
    whole: bool = False
    """They are one file from its beginning to its end."""

    @classmethod
    def of(cls, file: SourceFile) -> Self:
        """Those of a raw file."""
        return cls(tuple(Extent(piece.path, 0, piece.size) for piece in file.in_pieces()), not file.pieces)

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(part.length for part in self.parts)

    def slice(self, start: int, length: int) -> "Extents":
        """A part of them; less where they end before."""
        found, at = [], 0
        for part in self.parts:
            begin, end = max(start, at), min(start + length, at + part.length)
            if begin < end:
                found.append(Extent(part.path, part.start + begin - at, end - begin))
            at += part.length
        return Extents(tuple(found))

    def joined(self, other: "Extents") -> "Extents":
        """These, and then others."""
        return Extents((*self.parts, *other.parts))

    def open(self) -> IO[bytes]:
        """All of them as one file. Raises StorageError where it cannot be opened."""
        if self.whole:
            return _open(self.parts[0].path)
        return io.BufferedReader(_Joined(self), _BUFFER)


def _open(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise raw_file_error(error, path, phrase("opened")) from error


class _Joined(io.RawIOBase):
    """Reads over the borders of files; one is open at a time."""

    def __init__(self, extents: Extents) -> None:
        self._parts, self._size, self._at = extents.parts, extents.size, 0
        self._number = 0
        self._file = _open(self._parts[0].path) if self._parts else None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        before = 0
        for number, part in enumerate(self._parts):
            if self._at < before + part.length:
                inside = self._at - before
                self._open_part(number)
                assert self._file is not None
                self._file.seek(part.start + inside)
                read = self._file.read(min(len(buffer), part.length - inside))
                buffer[: len(read)] = read
                self._at += len(read)
                return len(read)
            before += part.length
        return 0

    def _open_part(self, number: int) -> None:
        if number != self._number:
            if self._file is not None:
                self._file.close()
            self._number, self._file = number, _open(self._parts[number].path)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()
