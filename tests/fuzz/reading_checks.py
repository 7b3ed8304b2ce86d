"""What must be true of reading, whatever the bytes are.

A file is read as a run reads it, once whole and once in small shards. It is a fault if

- anything but a damaged stream or file is raised,
- a row of a shard is in none of the three parts of what was read or in two of them, or bytes of the text are in none,
- the good records depend on how the text is cut into shards. Where brackets are damaged they may: what lies between
  two pieces of a damaged record and begins like no other record is one row with them, if a shard has them all,
- a text is read otherwise when it is packed.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sftrm_quality.config import Limits
from sftrm_quality.reading import UnknownFile, discover, open_document, open_streams
from tests.reading_case import SCHEMA, Read, read_records

WHOLE = Limits()
SMALL = Limits(shard_records=3, shard_bytes=1024)
# A table of 3 kB may say that it has 65,536 rows of which no page is there: that is as many files of 3 rows.
_MANY = 3000


def check_file(data: bytes, work: Path) -> None:
    """A file as it is, and as if it were declared to be in an encoding that does not keep ASCII."""
    path = work / "raw"
    path.write_bytes(data)
    # The second is seen as UTF-8: bytes of its characters look like quotes and brackets.
    for encoding in ("auto", "gb18030"):
        whole = read(path, work, WHOLE, encoding)[0]
        if sum(len(one.spans) for one in whole) > _MANY:
            continue
        cut = read(path, work, SMALL, encoding)[0]
        if not any("invalid_json" in one.reasons for one in [*whole, *cut]):
            assert repr(good(whole)) == repr(good(cut)), "good records depend on the shards"


def check_packed(text: bytes, packed: Callable[[Path], None], work: Path) -> None:
    """A text by itself and as ``packed`` writes it into a folder: the same records, the same reasons."""
    plain, folder = work / "raw", work / "packed"
    plain.write_bytes(text)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    packed(folder)
    streams = list(open_streams(discover([plain])[0]))
    told = [[(one.values, one.reasons) for one in read(path, work, SMALL, "auto")[0]] for path in (plain, folder)]
    # An archive within what compresses it is refused, since it would have to be unpacked first.
    if len(streams) == 1 and not isinstance(streams[0], UnknownFile) and streams[0].plain:
        assert repr(told[0]) == repr(told[1]), "read otherwise when it is packed"


def read(path: Path, work: Path, limits: Limits, encoding: str) -> tuple[list[Read], list[UnknownFile]]:
    """What the streams of a file or folder are read as, and those of which no record is."""
    spill = work / "spill"
    spill.mkdir(exist_ok=True)
    found, unknown = [], []
    for file in discover([path]):
        for stream in open_streams(file, limits):
            opened = stream if isinstance(stream, UnknownFile) else open_document(stream, limits, spill, encoding)
            if isinstance(opened, UnknownFile):
                unknown.append(opened)
                continue
            assert not isinstance(stream, UnknownFile)
            found.append(Read())
            read_records(opened, limits, SCHEMA, found[-1])
            plain = stream.plain and not opened.encoding.startswith("utf-16")
            _check_spans(found[-1], path.read_bytes() if plain else None)
    assert not list(spill.iterdir()), "a spilled shard was left"
    return found, unknown


def good(found: list[Read]) -> list[Any]:
    """The fields that are looked at. Absent ones are null or missing, by the company that a record was parsed in."""
    return [
        [value[name] for name in SCHEMA.names if value.get(name) is not None]
        for one in found
        for value in one.values.values()
        if isinstance(value, dict)
    ]


def _check_spans(found: Read, text: bytes | None) -> None:
    """Records are in order and do not overlap; between them are separators and brackets, nothing else."""
    stop = None
    for index in range(len(found.spans)):
        offset, length = found.spans[index]
        if offset < 0:  # a row of a table has no place in bytes
            continue
        assert stop is None or offset >= stop, f"record {index} overlaps the one before it"
        if text is not None and stop is not None:
            assert re.fullmatch(rb"(?:[\s,\[\]{}]|\xef\xbb\xbf)*", text[stop:offset]) or _behind_the_list(
                found, index
            ), f"lost: {index}"
        stop = offset + length


def _behind_the_list(found: Read, index: int) -> bool:
    """What follows the list of a document is passed over, member by member, up to what should not be there."""
    reasons = {row["source_index"]: row["reasons"][0] for row in found.unreadable}
    return reasons.get(index) in ("trailing_data", "duplicate_key", "unclosed_document", "stream_broken")
