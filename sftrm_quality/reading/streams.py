"""Containers: a raw file as one or more streams of text bytes."""

import io
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sftrm_quality.reading.books import Sheet, is_workbook
from sftrm_quality.reading.discover import SourceFile, is_ignored, raw_file_error
from sftrm_quality.reading.inflate import GZIP_MAGIC, ZSTD_MAGIC, gunzip, unzstd, zip_member
from sftrm_quality.reading.reasons import UnknownFile
from sftrm_quality.reading.window import ByteStream
from sftrm_quality.words import say

ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
# Reading a bomb costs time and no memory. Text deflates to between 1/3 and 1/30, and deflate itself ends at 1/1032:
# above 200 and a gigabyte nobody's labels are meant.
_BOMB_RATIO, _BOMB_BYTES = 200, 1 << 30
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_LOCAL_HEADER = 30


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether so many bytes of so many packed ones are more than anybody means."""
    return unpacked > max(_BOMB_BYTES, _BOMB_RATIO * packed)


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
    """The streams of a file, decided by its first bytes: gzip, zstd, zip (members by name), else the file itself.

    What cannot be a stream is an UnknownFile: encrypted members, members of methods other than stored and deflate,
    damaged or empty archives, bombs (members that overlap; from the first gigabyte on, over all members of an archive,
    what is more than 200 times its packed size).
    Raises StorageError where the file cannot be opened.
    """
    with _open(file.path) as raw:
        magic = raw.read(4)
    if magic.startswith(GZIP_MAGIC):
        yield RawStream(file.source_file, file.path, False, None, lambda: gunzip(_open(file.path)))
    elif magic == ZSTD_MAGIC:
        yield RawStream(file.source_file, file.path, False, None, lambda: unzstd(_open(file.path)))
    elif magic in ZIP_MAGICS and not is_workbook(file.path):
        yield from _members(file)
    else:
        yield RawStream(file.source_file, file.path, True, file.size, lambda: _open(file.path))


def _open(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise raw_file_error(error, path, "opened") from error


def _members(file: SourceFile) -> Iterator[RawStream | UnknownFile]:
    try:
        with zipfile.ZipFile(file.path) as archive:
            # Not is_dir(), which fails where a name is empty (Python 3.11).
            members = [(_member_name(info), info) for info in archive.infolist() if not info.filename.endswith("/")]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield UnknownFile(
            file.source_file, say("damaged zip archive ({error}), {size:,} bytes", error=error, size=file.size)
        )
        return
    obstacles = _obstacles([info for _, info in members], file.size)
    members = [(name, info) for name, info in members if not any(map(is_ignored, set(name.split("/")) - {".", ".."}))]
    if not members:
        yield UnknownFile(file.source_file, say("zip archive without files, {size:,} bytes", size=file.size))
    taken = {name for name, _ in members}
    seen: Counter[str] = Counter()
    for name, info in sorted(members, key=lambda member: (member[0], member[1].header_offset)):
        seen[name] += 1
        shown = name
        # A second member of a name gets a number, one that no other member bears as its name.
        while seen[name] > 1 and shown in taken:
            shown = f"{name}#{seen[name]}"
            seen[name] += shown in taken
        taken.add(shown)
        source_file = f"{file.source_file}!/{shown}"
        if obstacle := obstacles.get(id(info)):
            yield UnknownFile(
                source_file, say("{obstacle}, {file_size:,} bytes", obstacle=obstacle, file_size=info.file_size)
            )
        else:
            yield RawStream(source_file, file.path, False, info.file_size, _opener(file.path, info))


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as people wrote it: CP949 where the archive says nothing, no leading slashes, NFC.

    A name is shown and never used as a path, so nothing in it can lead outside a folder.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        written = name.encode("cp437")
        for encoding in ("utf-8", "cp949"):
            try:
                name = written.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name.replace("\\", "/").lstrip("/"))


def _obstacles(infos: list[zipfile.ZipInfo], size: int) -> dict[int, str]:
    """Why members cannot be read, by the ``id`` of their entries in the directory of an archive of ``size`` bytes."""
    found = {id(info): obstacle for info in infos if (obstacle := _obstacle(info, size))}
    end, inflated = 0, 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if id(info) in found:
            continue
        if info.header_offset < end:
            # No archiver shares bytes between members; a bomb does, and inflates the same ones thousands of times.
            found[id(info)] = say("zip member that overlaps another one, refused as a zip bomb")
            continue
        end = info.header_offset + _LOCAL_HEADER + info.compress_size
        if info.file_size > _BOMB_RATIO * info.compress_size:
            inflated += info.file_size
            if inflated > _BOMB_BYTES:
                times = info.file_size // max(info.compress_size, 1)
                found[id(info)] = say("zip member {times} times its packed size, refused as a zip bomb", times=times)
    return found


def _obstacle(info: zipfile.ZipInfo, size: int) -> str | None:
    if not 0 <= info.header_offset <= size - _LOCAL_HEADER - info.compress_size:
        return say("zip member that does not lie in its archive; the archive is damaged, get it again")
    if info.flag_bits & _ENCRYPTED:
        return say("encrypted zip member; unpack it with its password first")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return say(
            "zip member packed by method {compress_type}; repack it with deflate", compress_type=info.compress_type
        )
    return None


def _opener(path: Path, info: zipfile.ZipInfo) -> Callable[[], ByteStream]:
    stored = info.compress_type == zipfile.ZIP_STORED

    def open_member() -> ByteStream:
        # zipfile's own reader throws the last 4 KiB away when a checksum is wrong; this one hands them out first.
        raw = _open(path)
        raw.seek(info.header_offset)
        header = raw.read(_LOCAL_HEADER)
        names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        raw.seek(info.header_offset + _LOCAL_HEADER + names)
        return zip_member(raw, stored, info.compress_size, info.file_size, info.CRC)

    return open_member
