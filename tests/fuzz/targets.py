"""What is fuzzed: containers, packings, formats. Each has seeds, from the makers of the tests, and a check."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import zstandard

from tests.bad_archives import ARCHIVES, zipped
from tests.bad_delimited import DELIMITED, NOT_TABLES
from tests.bad_files import BadFile, dumped, good, good_ranking, wrapped
from tests.bad_records import DAMAGED
from tests.bad_tables import TABLES
from tests.bad_texts import TEXTS
from tests.bad_truncated import TRUNCATED
from tests.declared import MAKERS, examples
from tests.fuzz.mapping_checks import check_mapping
from tests.fuzz.mutation import mutated_records
from tests.fuzz.reading_checks import check_file, check_packed
from tests.tables_case import arrow, as_table, parquet

RECORDS = 4


class Target(NamedTuple):
    """seeds: inputs to begin with. check: raises where an input shows a fault; it has a folder to write to.

    mutated: makes another input of one; without, the fuzzer changes bytes.
    """

    seeds: Callable[[], Iterable[bytes]]
    check: Callable[[bytes, Path], None]
    mutated: Callable[[bytes, int, int, Callable[[bytes, int], bytes]], bytes] | None = None


def _of(*cases: Sequence[BadFile]) -> Callable[[], list[bytes]]:
    return lambda: [case.data for group in cases for case in group]


# What is packed here is changed before it is packed, so that checksums are right and the readers get to what is within.

_PARTS = {
    "xl/worksheets/sheet1.xml": b"<worksheet/>",
    "xl/sharedStrings.xml": b"<sst/>",
    "xl/styles.xml": b"<styleSheet/>",
    "content.xml": b"",
    "mimetype": b"",
    "xl/_rels/workbook.xml.rels": b'<r><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></r>',
    "xl/workbook.xml": b'<workbook><sheets><sheet name="S" id="rId1"/></sheets></workbook>',
    "[Content_Types].xml": b"<Types/>",
}


def _books() -> Iterator[bytes]:
    """The parts of workbooks, one behind the other with a zero between."""
    for case in TABLES:
        if case.name.startswith("book") and zipfile.is_zipfile(io.BytesIO(case.data)):
            with zipfile.ZipFile(io.BytesIO(case.data)) as archive:
                names = set(archive.namelist())
                parts = [archive.read(name) if name in names else b"" for name in _PARTS]
            yield b"\0".join(parts).rstrip(b"\0")


def _check_book(data: bytes, work: Path) -> None:
    given = data.split(b"\0")
    members = [(name, given[at] if at < len(given) else b"") for at, name in enumerate(_PARTS)]
    is_ods = any(part for name, part in members if name == "content.xml")
    kept = [(name, part or _PARTS[name]) for name, part in members]
    check_file(zipped([one for one in kept if one[1] and not (is_ods and "[" in one[0])]), work)


def _texts(numbers: int) -> Iterator[bytes]:
    """Texts behind some numbers that say how they are packed."""
    for form in ("lines", "document", "array", "sequence"):
        text = wrapped(form, dumped([good("packed", number) for number in range(RECORDS)])).encode()
        for first in range(6):
            yield bytes([first, *([40] * (numbers - 1))]) + text


def _check_compressed(data: bytes, work: Path) -> None:
    """The first byte says how; the next two cut or change what is packed, if they are not 0."""
    how, cut, changed, text = data[:1], data[1:2], data[2:3], data[3:]
    if not text:
        return
    kind = how[0] % 6
    packed = (
        gzip.compress(text, 1, mtime=0) if kind % 2 else zstandard.ZstdCompressor(write_checksum=True).compress(text)
    )
    if kind < 2:
        check_packed(text, lambda folder: _write(folder / "a", packed), work)
    elif kind < 4:  # two parts, which are one text
        half = len(text) // 2
        pack = (lambda part: gzip.compress(part, 1, mtime=0)) if kind % 2 else zstandard.ZstdCompressor().compress
        check_packed(text, lambda folder: _write(folder / "a", pack(text[:half]) + pack(text[half:])), work)
    else:
        at = cut[0] * len(packed) // 256
        check_file(packed[:at] if changed[0] % 2 else packed[:at] + changed + packed[at + 1 :], work)


def _check_archive(data: bytes, work: Path) -> None:
    """A text as a member of an archive, whole, or in pieces that are cut at two places."""
    how, places, text = data[:1], data[1:3], data[3:]
    if not text:
        return
    kind = how[0] % 6
    inner = _tar({"b": text}) if kind in (1, 3) else zipped([("/b", text)], zipfile.ZIP_DEFLATED if kind else 0)
    if kind in (0, 1):
        check_packed(text, lambda folder: _write(folder / "a", inner), work)
    elif kind == 2:
        check_packed(text, lambda folder: _write(folder / "a", _tar({"in.zip": inner})), work)
    elif kind == 3:
        check_packed(text, lambda folder: _write(folder / "a", gzip.compress(inner, 1, mtime=0)), work)
    else:
        bounds = [0, *sorted(place * len(inner) // 256 for place in places), len(inner)]
        pieces = {f"a.zip.part{begin}": inner[begin:end] for begin, end in pairwise(bounds) if end > begin}

        def write(folder: Path) -> None:
            for name, piece in pieces.items() if kind == 4 else [("t", _tar(pieces))]:
                _write(folder / name, piece)

        check_packed(text, write, work)


def _tar(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return written.getvalue()


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _tables() -> Iterator[bytes]:
    """Small files of columns of all sorts, without compression, so that changed bytes are changed values."""
    rows = [{**good("t", n), "n": n, "list": [{"a": "x", "b": [n]}], "f": n / 2, "yes": n > 1} for n in range(RECORDS)]
    table = as_table(rows)
    coded = table.set_column(1, "question", table["question"].dictionary_encode())
    for one in (table, coded, as_table([good_ranking("t", n) for n in range(RECORDS)])):
        yield parquet(one, compression="none", row_group_size=2)
        yield parquet(one, compression="none", use_dictionary=False, data_page_version="2.0")
        yield parquet(one, compression="snappy", write_page_checksum=True)
        for form in ("file", "stream"):
            yield arrow(one, form, rows=2)
    yield from _of([case for case in TABLES if case.name.startswith(("parquet", "arrow"))])()


def _records() -> Iterator[bytes]:
    """Records of every format, the same ones each time."""
    yield wrapped("lines", dumped([good("m", number) for number in range(RECORDS)])).encode()
    yield wrapped("lines", dumped([good_ranking("m", number) for number in range(RECORDS)])).encode()
    for name in MAKERS:
        for made in examples(name, files=6):
            yield wrapped("lines", dumped([record for record, _ in made])).encode()


TARGETS = {
    "json": Target(_of(TRUNCATED[::7], DAMAGED, TEXTS), check_file),
    "delimited": Target(_of(DELIMITED, NOT_TABLES), check_file),
    "columnar": Target(_tables, check_file),
    "workbook": Target(_books, _check_book),
    "archive-bytes": Target(_of(ARCHIVES), check_file),
    "compressed": Target(lambda: _texts(3), _check_compressed),
    "archive": Target(lambda: _texts(3), _check_archive),
    "mapping": Target(_records, check_mapping, mutated_records),
}
