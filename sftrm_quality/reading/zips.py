"""Members of zip archives: which can be read, and what they are called."""

import zipfile
from collections.abc import Callable, Iterator

from sftrm_quality.reading.extents import Extents
from sftrm_quality.reading.inflate import zip_member
from sftrm_quality.reading.members import DamagedArchive, Member, text_of_name
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


def members_of(archive: Extents) -> Iterator[Member]:
    """The files in a zip archive.

    Args:
        archive: Its bytes.

    Raises:
        DamagedArchive: Its directory cannot be read.
    """
    try:
        with archive.open() as file, zipfile.ZipFile(file) as opened:
            # Not is_dir(), which fails where a name is empty (Python 3.11).
            infos = [info for info in opened.infolist() if not info.filename.endswith("/")]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DamagedArchive(say("damaged zip archive ({why})", why=error)) from error
    obstacles = _obstacles(infos, archive.size)
    for info in infos:
        yield Member(
            _member_name(info), info.header_offset, info.file_size, _opener(archive, info), None,
            obstacles.get(id(info), ""),
        )  # fmt: skip


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as people wrote it: CP949 where the archive says nothing."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        written = name.encode("cp437")
        for encoding in ("utf-8", "cp949"):
            try:
                name = written.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return text_of_name(name)


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
        return say("zip member packed by method {method}; repack it with deflate", method=info.compress_type)
    return None


def _opener(archive: Extents, info: zipfile.ZipInfo) -> Callable[[], ByteStream]:
    stored = info.compress_type == zipfile.ZIP_STORED

    def open_member() -> ByteStream:
        # zipfile's own reader throws the last 4 KiB away when a checksum is wrong; this one hands them out first.
        raw = archive.open()
        raw.seek(info.header_offset)
        header = raw.read(_LOCAL_HEADER)
        names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        raw.seek(info.header_offset + _LOCAL_HEADER + names)
        return zip_member(raw, stored, info.compress_size, info.file_size, info.CRC)

    return open_member
