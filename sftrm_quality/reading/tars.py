"""Members of tar archives, read where they lie; of a compressed one each is read from its beginning."""

import tarfile
from collections.abc import Callable, Iterator
from typing import IO, Any

from sftrm_quality.reading.extents import Extents
from sftrm_quality.reading.members import DamagedArchive, Member, text_of_name
from sftrm_quality.reading.window import ByteStream, StreamDamage
from sftrm_quality.words import say

MAGIC_AT, MAGIC = 257, b"ustar"
HEADER = 512
_STEP = 1 << 20
# What is no file has nothing to read; a link has the bytes of another member, which is read under its own name.
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)


def is_tar(head: bytes) -> bool:
    """Whether a text that begins so is a tar archive."""
    return head[MAGIC_AT : MAGIC_AT + len(MAGIC)] == MAGIC


def members_of(archive: Extents) -> Iterator[Member]:
    """The files in a tar archive that lies on disk as it is.

    Raises:
        DamagedArchive: Behind the last one that was found.
    """
    size = archive.size
    with archive.open() as file:
        for info in _infos(file, "r:"):
            lies = archive.slice(info.offset_data, info.size)
            missing = info.offset_data + info.size - size
            opened: Callable[[], ByteStream] = lies.open if missing <= 0 else _Cut.opener(lies, info.size)
            yield _member(info, opened, lies if missing <= 0 else None)
            if missing > 0:
                raise _damaged(say("it ends {missing:,} bytes too early", missing=missing))


def members_of_stream(open_stream: Callable[[], ByteStream]) -> Iterator[Member]:
    """The files in a compressed tar archive.

    Args:
        open_stream: Gives its text anew.

    Raises:
        DamagedArchive: Behind the last one that was found.
    """
    stream = open_stream()
    try:
        for info in _infos(_Readable(stream), "r|"):
            yield _member(info, _skipping(open_stream, info.offset_data, info.size), None)
    except StreamDamage as damage:
        raise _damaged(damage) from damage
    finally:
        stream.close()


def _damaged(why: object) -> DamagedArchive:
    return DamagedArchive(say("damaged tar archive ({why})", why=why))


def _infos(file: Any, mode: Any) -> Iterator[tarfile.TarInfo]:
    """Headers one after another, each seen before the next is looked for."""
    try:
        with tarfile.open(fileobj=file, mode=mode) as archive:
            while (info := archive.next()) is not None:
                yield info
                archive.members = []  # type: ignore[attr-defined]  # a million members must not be kept
            at = archive.offset
        if mode == "r:":
            _must_end(file, at)
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise _damaged(error) from error


def _must_end(file: IO[bytes], at: int) -> None:
    """`tarfile` takes a header that is none for the end of an archive."""
    file.seek(at)
    header = file.read(HEADER)
    if header.strip(b"\0"):
        raise _damaged(say("byte {at:,} is not a header of a member", at=at))


def _member(info: tarfile.TarInfo, opened: Callable[[], ByteStream], lies: Extents | None) -> Member:
    obstacle = ""
    if info.issparse():
        obstacle = say("sparse file in a tar archive; pack it again without --sparse")
    elif info.type not in _FILES and not info.isdir():
        obstacle = say("link or device in a tar archive; pack the file itself")
    name = text_of_name(info.name) + ("/" if info.isdir() else "")
    return Member(name, info.offset, info.size, opened, None if obstacle else lies, obstacle)


class _Readable:
    """A byte stream as `tarfile` reads one."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        parts = []
        while size > 0 and (part := self._stream.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class _Limited:
    """So many bytes of a stream. Where it ends before them, they are damaged."""

    def __init__(self, stream: ByteStream, length: int) -> None:
        self._stream, self._left, self._length = stream, length, length

    def read(self, size: int, /) -> bytes:
        if not self._left or not size:
            return b""
        found = self._stream.read(min(size, self._left))
        if not found:
            read = self._length - self._left
            self._left = 0
            raise StreamDamage(say("the archive ends {read:,} bytes into this member", read=read))
        self._left -= len(found)
        return found

    def close(self) -> None:
        self._stream.close()


class _Cut(_Limited):
    """A member of which the end is not there."""

    @classmethod
    def opener(cls, lies: Extents, length: int) -> Callable[[], ByteStream]:
        return lambda: cls(lies.open(), length)


def _skipping(open_stream: Callable[[], ByteStream], offset: int, length: int) -> Callable[[], ByteStream]:
    def open_member() -> ByteStream:
        stream, left = open_stream(), offset
        try:
            while left and (passed := stream.read(min(left, _STEP))):
                left -= len(passed)
        except StreamDamage:
            pass  # said where the member is read
        return _Limited(stream, length)

    return open_member
