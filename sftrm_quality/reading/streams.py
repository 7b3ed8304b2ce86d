"""Containers: a raw file as one or more streams of text bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from sftrm_quality.reading import tars, zips
from sftrm_quality.reading.books import Sheet, is_workbook
from sftrm_quality.reading.discover import SourceFile
from sftrm_quality.reading.extents import Extents
from sftrm_quality.reading.inflate import GZIP_MAGIC, ZSTD_MAGIC, gunzip, unzstd
from sftrm_quality.reading.members import DamagedArchive, Member, gap, named, whole_archives
from sftrm_quality.reading.reasons import UnknownFile
from sftrm_quality.reading.tars import HEADER, is_tar
from sftrm_quality.reading.window import ByteStream, StreamDamage
from sftrm_quality.reading.zips import ZIP_MAGICS
from sftrm_quality.words import say

# Of archives in archives: a tar of a zip is what AI Hub delivers, deeper ones nobody means.
_DEEPEST = 3


@dataclass(frozen=True)
class RawStream:
    """Text bytes of a raw file or of a member of it.

    ``source_file`` is the file's name, for members of a zip archive with ``!/`` and the member's name behind;
    ``path`` the file on disk; ``plain`` says that the stream is that file byte by byte; ``size`` is in bytes, None
    where only reading tells. ``open`` gives a new stream, whose ``read`` raises StreamDamage where it is broken.
    ``sheet``: it is that sheet, and ``open`` gives the workbook.
    """

    source_file: str
    path: Path
    plain: bool
    size: int | None
    open: Callable[[], ByteStream] = field(repr=False, compare=False)
    sheet: Sheet | None = None


def packed_streams(file: SourceFile) -> Iterator[RawStream | UnknownFile]:
    """The streams of a file, decided by its first bytes: gzip, zstd, zip and tar (by name), else the file itself.

    What cannot be a stream is an UnknownFile: encrypted members, members of methods other than stored and deflate,
    damaged or empty archives, pieces of an archive with a gap, bombs (members that overlap; from the first gigabyte on,
    over all members of a zip archive, what is more than 200 times its packed size).
    Raises StorageError where the file cannot be opened.
    """
    lies = Extents.of(file)
    missing = gap([(piece.offset, piece.size) for piece in file.in_pieces()], file.source_file) if file.pieces else ""
    if missing:
        yield UnknownFile(
            file.source_file, say("{obstacle}, {file_size:,} bytes", obstacle=missing, file_size=file.size)
        )
        return
    yield from _streams_of(file.source_file, lies, file.path, plain=not file.pieces, depth=0)


def _streams_of(name: str, lies: Extents, path: Path, *, plain: bool, depth: int) -> Iterator[RawStream | UnknownFile]:
    with lies.open() as raw:
        head = raw.read(HEADER)
    packed = gunzip if head.startswith(GZIP_MAGIC) else unzstd if head.startswith(ZSTD_MAGIC) else None
    if packed is not None:
        open_text = partial(_unpacked, packed, lies)
        if is_tar(_beginning(open_text)):
            yield from _members(name, path, tars.members_of_stream(open_text), lies.size, depth)
        else:
            yield RawStream(name, path, False, None, open_text)
    elif head.startswith(ZIP_MAGICS) and not is_workbook(lies):
        yield from _members(name, path, zips.members_of(lies), lies.size, depth)
    elif is_tar(head):
        yield from _members(name, path, tars.members_of(lies), lies.size, depth)
    else:
        yield RawStream(name, path, plain, lies.size, lies.open)


def _unpacked(packed: Callable[[IO[bytes]], ByteStream], lies: Extents) -> ByteStream:
    return packed(lies.open())


def _beginning(open_text: Callable[[], ByteStream]) -> bytes:
    """As much of a compressed text as tells a tar archive."""
    stream = open_text()
    try:
        head = b""
        while len(head) < HEADER and (more := stream.read(HEADER - len(head))):
            head += more
        return head
    except StreamDamage:
        return b""
    finally:
        stream.close()


def _members(
    name: str, path: Path, found: Iterator[Member], size: int, depth: int
) -> Iterator[RawStream | UnknownFile]:
    members, damage = [], ""
    try:
        for member in found:
            members.append(member)
    except DamagedArchive as error:
        damage = say("{damage}, {size:,} bytes", damage=error, size=size)
    files = list(named(member for member in whole_archives(members) if not member.name.endswith("/")))
    if not files and not damage:
        yield UnknownFile(name, say("archive without files, {size:,} bytes", size=size))
    for member in files:
        source_file = f"{name}!/{member.name}"
        if member.obstacle:
            size_of = member.size or 0
            seen = say("{obstacle}, {file_size:,} bytes", obstacle=member.obstacle, file_size=size_of)
            yield UnknownFile(source_file, seen)
        elif member.lies is not None and depth < _DEEPEST:
            yield from _streams_of(source_file, member.lies, path, plain=False, depth=depth + 1)
        else:
            yield RawStream(source_file, path, False, member.size, member.open)
    if damage:
        # What is missing has no name; the row is that of the archive.
        yield UnknownFile(name, damage)
