"""Damaged and hostile archives: bombs, names that lead elsewhere, directories that lie."""

import gzip
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator

import zstandard

from tests.bad_files import BadFile, dumped, good, ids, wrapped

RECORDS = 3
_ENTRY, _END = b"PK\x01\x02", b"PK\x05\x06"


def lines(name: str, *numbers: int) -> bytes:
    return wrapped("lines", dumped([good(name, n) for n in numbers or range(RECORDS)])).encode()


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # names that occur twice
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return packed.getvalue()


def patched(data: bytes, mark: bytes, offset: int, value: bytes, last: bool = True) -> bytes:
    """``value`` at ``offset`` behind the last (or first) ``mark``."""
    at = (data.rindex(mark) if last else data.index(mark)) + offset
    return data[:at] + value + data[at + len(value) :]


def overlapping(name: str, copies: int) -> bytes:
    """A zip whose directory names one member's bytes many times: every byte is inflated over and over."""
    packed = zipped([("00.json", lines(name))])
    entry = packed[packed.index(_ENTRY) : packed.index(_END)]
    size = len(entry) * copies
    directory = b"".join(entry.replace(b"00.json", b"%02d.json" % n) for n in range(copies))
    end = _END + struct.pack("<HHHHIIH", 0, 0, copies, copies, size, packed.index(_ENTRY), 0)
    return packed[: packed.index(_ENTRY)] + directory + end


def streams() -> Iterator[BadFile]:
    """gzip and zstd."""
    broken = ("stream_broken",)
    for what, pack in (("gzip", gzip.compress), ("zstd", zstandard.ZstdCompressor(write_checksum=True).compress)):
        name = f"{what}-trailing-garbage.json"
        yield BadFile(name, pack(lines(name)) + b"garbage behind it", ids(name, *range(RECORDS)), broken)
        name = f"{what}-trailing-zeros.json"
        yield BadFile(name, pack(lines(name)) + b"\0" * 1024, ids(name, *range(RECORDS)))
        name = f"{what}-two-parts.json"
        yield BadFile(name, pack(lines(name, 0)) + pack(lines(name, 1, 2)), ids(name, *range(RECORDS)))
        name = f"{what}-second-part-cut.json"
        yield BadFile(name, pack(lines(name)) + pack(lines(name))[:9], ids(name, *range(RECORDS)), broken)
        name = f"{what}-wrong-checksum.json"
        packed = bytearray(pack(lines(name)))
        packed[-1 if what == "zstd" else -6] ^= 0xFF
        yield BadFile(name, bytes(packed), ids(name, *range(RECORDS)), broken)
        for size in (4, 5, 8):
            yield BadFile(f"{what}-cut-at-{size}.json", pack(lines("x"))[:size], refused=("",))
        yield BadFile(f"{what}-of-nothing.json", pack(b""), refused=("empty file",))
        yield BadFile(f"{what}-twice.json", pack(pack(lines("x"))), refused=(f"{what} inside another container",))
    name = "gzip-half.json"
    stored = gzip.compress(lines(name), 0)  # not compressed, so that it is known what the first half holds
    cut = stored.index(b'"question"', stored.index(f"{name}/1".encode()))
    yield BadFile(name, stored[:cut], ids(name, 0), ("stream_broken",))
    window = bytes([0x28, 0xB5, 0x2F, 0xFD, 0x00, (31 - 10) << 3]) + b"\0" * 8
    yield BadFile("zstd-window-of-2-gigabytes.json", window, refused=("",))


def bombs() -> Iterator[BadFile]:
    name = "zip-bomb-declared.zip"
    packed = patched(zipped([("bomb.json", lines(name)), ("good.json", lines(name))]), _ENTRY, 24,
                     struct.pack("<I", 3 << 30), last=False)  # fmt: skip
    yield BadFile(name, packed, ids(name, *range(RECORDS)), refused=("refused as a zip bomb",))
    name = "zip-bomb-nested.zip"
    inner = zipped([("inner.json", b"0" * 1_000_000)])
    yield BadFile(name, zipped([("a.json", lines(name)), ("b.zip", inner), ("c.gz", gzip.compress(b"0" * 1_000_000))]),
                  ids(name, *range(RECORDS)), refused=("zip inside another", "gzip inside another"))  # fmt: skip
    name = "zip-bomb-overlapping.zip"
    yield BadFile(name, overlapping(name, 20), ids(name, *range(RECORDS)), refused=("overlaps",) * 19)
    name = "zip-longer-than-declared.zip"
    text = lines(name)
    packed = zipped([("a.json", text + b"\n" * 1000 + lines(name, 5))])
    packed = patched(packed, _ENTRY, 24, struct.pack("<I", len(text)))
    packed = patched(packed, _ENTRY, 16, struct.pack("<I", zlib.crc32(text)))
    yield BadFile(name, packed, ids(name, *range(RECORDS)), ("stream_broken",))


def zips() -> Iterator[BadFile]:
    whole = tuple(range(RECORDS))
    name = "zip-hostile-names.zip"
    members = ["/etc/x", "../../up", "a/../../up", "C:\\x", "\\\\host\\x", "con", "x\ny", "x\x1b[2J", "x" * 9999]
    data = zipped([(member, lines(name, n)) for n, member in enumerate(members, 1)])
    shown = {member.replace("\\", "/").lstrip("/"): n for n, member in enumerate(members, 1)}
    yield BadFile(name, data, ids(name, *(number for _, number in sorted(shown.items()))))
    name = "zip-names-twice.zip"
    yield BadFile(name, zipped([("a.json", lines(name, n)) for n in (1, 2, 3)]), ids(name, 1, 2, 3))
    name = "zip-name-with-nul.zip"
    yield BadFile(name, zipped([("a_b.json", lines(name))]).replace(b"a_b.json", b"a\0b.json"), ids(name, *whole))
    name = "zip-name-empty.zip"
    yield BadFile(name, zipped([("", lines(name))]), ids(name, *whole))
    name = "zip-name-no-utf8.zip"
    packed = zipped([("라.json", lines(name))]).replace("라".encode(), b"\xff\xfe\xfd")
    yield BadFile(name, packed, refused=("damaged zip archive",))
    name = "zip-name-cp949.zip"
    packed = zipped([("abcd.json", lines(name))]).replace(b"abcd", "라벨".encode("cp949"))
    yield BadFile(name, packed, ids(name, *whole))
    name = "zip-encrypted.zip"
    packed = patched(zipped([("a.json", lines(name)), ("b.json", lines(name))]), _ENTRY, 8, b"\x01\0", last=False)
    yield BadFile(name, packed, ids(name, *whole), refused=("encrypted zip member",))
    name = "zip-unknown-method.zip"
    packed = patched(zipped([("a.json", lines(name)), ("b.json", lines(name))]), _ENTRY, 10, b"\x62\0", last=False)
    yield BadFile(name, packed, ids(name, *whole), refused=("packed by method 98",))
    packed = zipped([("a.json", lines("x"))])
    damaged = ("damaged zip archive",)
    end = packed.rindex(_END)
    yield BadFile("zip-directory-cut.zip", packed[: end - 10], refused=damaged)
    yield BadFile("zip-end-cut.zip", packed[: end + 8], refused=damaged)
    yield BadFile("zip-half.zip", packed[: len(packed) // 2], refused=damaged)
    yield BadFile("zip-signature-only.zip", packed[:4], refused=damaged)
    yield BadFile("zip-directory-overwritten.zip", patched(packed, _ENTRY, 0, b"\0" * 20), refused=damaged)
    yield BadFile("zip-directory-elsewhere.zip", patched(packed, _END, 16, struct.pack("<I", 7)), refused=("",))
    yield BadFile("zip-directory-beyond.zip", patched(packed, _END, 16, struct.pack("<I", 1 << 30)), refused=("",))
    yield BadFile("zip-directory-too-long.zip", patched(packed, _END, 12, struct.pack("<I", 1 << 30)), refused=damaged)
    yield BadFile("zip-empty.zip", _END + b"\0" * 18, refused=("archive without files",))
    yield BadFile("zip-only-folders.zip", zipped([("a/", b""), ("b/", b"")]), refused=("archive without files",))
    yield BadFile("zip-member-beyond.zip", patched(packed, _ENTRY, 42, struct.pack("<I", 1 << 30)), refused=("",))
    yield BadFile("zip-member-elsewhere.zip", patched(packed, _ENTRY, 42, struct.pack("<I", 3)), refused=("",))
    name = "zip-checksum-wrong.zip"
    packed = patched(zipped([("a.json", lines(name))]), _ENTRY, 16, b"\0\0\0\0")
    yield BadFile(name, packed, ids(name, *whole), ("stream_broken",))
    name = "zip-behind-other-bytes.zip"
    yield BadFile(name, b"PK\x03\x04" + zipped([("a.json", lines(name))]), ids(name, *whole))


ARCHIVES = [*streams(), *bombs(), *zips()]
