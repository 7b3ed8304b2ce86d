"""Bad files that are large: what they hold is repeated, so that time in proportion to the square of it shows.

``python -m tests.bad_sizes FILE…`` reads files as a run does, without checking records, and prints a line for each:
what it gave, and the most memory that the process had until then.
"""

import gzip
import json
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from sftrm_quality.config import Limits
from sftrm_quality.reading import UnknownFile, discover, open_document, open_streams
from tests.bad_delimited import HEADER, row
from tests.bad_files import dumped, good, good_ranking, wrapped
from tests.reading_case import SCHEMA

MIB = 1 << 20


class Large(NamedTuple):
    """``parts`` gives the bytes for a size; ``size`` and ``soak`` are the sizes of the short and the long form.

    ``good``: how many good records it has, None for every second one. ``reasons``: of everything that is unreadable.
    """

    parts: Callable[[int], Iterator[bytes]]
    good: int | None
    size: int
    soak: int
    reasons: tuple[str, ...] = ()


def _between(repeated: bytes, before: bytes = b"[", after: bytes = b"]") -> Callable[[int], Iterator[bytes]]:
    """Three good records, the repeated bytes, three more."""

    def parts(count: int) -> Iterator[bytes]:
        records = [text.encode() for text in dumped([good("large", n) for n in range(6)])]
        yield before + b",\n".join(records[:3]) + b",\n"
        step = max(1, MIB // len(repeated))
        for done in range(0, count, step):
            yield repeated * min(step, count - done)
        yield b",\n" + b",\n".join(records[3:]) + after

    return parts


def _spaces_in_lines(count: int) -> Iterator[bytes]:
    yield wrapped("lines", dumped([good("large", n) for n in range(3)])).encode()
    yield from (b" " * MIB for _ in range(count))
    yield b"\n" + wrapped("lines", dumped([good("large", n) for n in range(3, 6)])).encode()


def _spaces_before(count: int) -> Iterator[bytes]:
    yield from (b" " * MIB for _ in range(count))
    yield wrapped("document", dumped([good("large", n) for n in range(6)])).encode()


def _one_record(count: int) -> Iterator[bytes]:
    first, middle, last = dumped([good("large", n) for n in range(3)])
    before, after = middle.encode().split(b'"answer": "')
    yield first.encode() + b"\n" + before + b'"answer": "'
    yield from (b"x" * MIB for _ in range(count))
    yield after + b"\n" + last.encode() + b"\n"


def _members_before(count: int) -> Iterator[bytes]:
    """A document with many members in front of its records."""
    yield b'{"dataset_info": {}, '
    yield from _repeat(b'"k": 1, ', count)
    yield b'"data_info": [' + b",".join(text.encode() for text in dumped([good("large", n) for n in range(6)])) + b"]}"


def _records_by_key(count: int) -> Iterator[bytes]:
    """Whole records as the values of one object, which is taken for a record itself."""
    text = dumped([good("large", 0)])[0].encode()
    yield b'{"first":\n' + text
    yield from _repeat(b',\n"key":\n' + text, count)
    yield b"}\n"


def _lost_lists(count: int) -> Iterator[bytes]:
    """RM records of which every second one lost the end of its list."""
    yield b"["
    for n in range(count):
        text = json.dumps(good_ranking("large", n), ensure_ascii=False)
        yield (text if n % 2 == 0 else text[:-2]).encode() + b",\n"
    yield b"{}]"


def _packed(pack: Callable[[bytes], bytes], piece: bytes) -> Callable[[int], Iterator[bytes]]:
    """Good lines, and then a bomb: members that each inflate to 16 MiB of the piece."""

    def parts(count: int) -> Iterator[bytes]:
        yield pack(wrapped("lines", dumped([good("large", n) for n in range(6)])).encode())
        bomb = pack(piece * (16 * MIB // len(piece)))
        yield from (bomb for _ in range(count))

    return parts


def _wide_window(count: int) -> Iterator[bytes]:
    """Good lines, and then a zstd frame that wants 2 GiB to be decoded in, of blocks of 128 KiB of one byte each."""
    yield zstandard.compress(wrapped("lines", dumped([good("large", n) for n in range(6)])).encode())
    yield b"\x28\xb5\x2f\xfd\0" + bytes([(31 - 10) << 3])
    block = (128 << 10) << 3 | 0b010
    yield (block.to_bytes(3, "little") + b"\n") * count
    yield (block | 1).to_bytes(3, "little") + b"\n"


def _table(repeated: bytes, before: bytes = b"") -> Callable[[int], Iterator[bytes]]:
    """Three good rows, the repeated bytes, three more."""

    def parts(count: int) -> Iterator[bytes]:
        rows = [row(good("large", n)).encode() for n in range(6)]
        yield HEADER.encode() + b"".join(rows[:3]) + before
        yield from _repeat(repeated, count)
        yield b"\n" + b"".join(rows[3:])

    return parts


def _tiny(record: bytes, closing: bytes) -> Callable[[int], Iterator[bytes]]:
    def parts(count: int) -> Iterator[bytes]:
        yield b"[" if closing else b""
        yield from _repeat(record + (b"," if closing else b"\n"), count - 1)
        yield record + closing

    return parts


def _repeat(piece: bytes, count: int) -> Iterator[bytes]:
    step = MIB // len(piece)
    for done in range(0, count, step):
        yield piece * min(step, count - done)


INVALID = ("invalid_json",)
LARGE = {
    "nothing-wrong": Large(_between(b" "), 6, 1, 1),
    "a-long-record": Large(_one_record, 3, 20, 60),
    "a-record-beyond-the-limit": Large(_one_record, 2, 70, 200, ("record_too_large",)),
    "spaces-on-a-line": Large(_spaces_in_lines, 6, 64, 1024),
    "spaces-before-all": Large(_spaces_before, 6, 64, 1024),
    "spaces-in-a-list": Large(_between(b" "), 6, 64 * MIB, 1024 * MIB),
    "commas": Large(_between(b","), 6, 8 * MIB, 256 * MIB),
    "words": Large(_between(b"x, "), 6, 30_000, 5_000_000, INVALID),
    "numbers": Large(_between(b"1, "), 6, 30_000, 5_000_000),
    "brackets-closing": Large(_between(b"]"), 6, MIB, 64 * MIB, INVALID),
    "brackets-and-words": Large(_between(b"]x"), 6, 30_000, 5_000_000, INVALID),
    "brackets-opening": Large(_between(b"["), 6, MIB, 32 * MIB, INVALID),
    "brackets-both": Large(_between(b"[]"), 6, 30_000, 5_000_000),
    "braces-closing": Large(_between(b"}"), 6, MIB, 32 * MIB, INVALID),
    "braces-opening": Large(_between(b"{"), 6, MIB, 32 * MIB, INVALID),
    "quotes": Large(_between(b'"'), 6, MIB + 1, 32 * MIB + 1, INVALID),
    "backslashes": Large(_between(b"\\"), 6, MIB, 32 * MIB, INVALID),
    "nul-bytes": Large(_between(b"\0"), 6, MIB, 32 * MIB, INVALID),
    "beginnings": Large(_between(b'{"data_id":'), 6, 30_000, 5_000_000, INVALID),
    "beginnings-in-texts": Large(_between(b'{"data_id": {"data_id": "x'), 6, 20_000, 2_000_000, INVALID),
    "beginnings-in-lists": Large(_between(b'{"data_id": [1, '), 6, 20_000, 2_000_000, INVALID),
    "beginnings-and-strings-inside-out": Large(_between(b'{"data_id": ' * 130 + b'"x'), 6, 200, 30_000, INVALID),
    "members-before-the-records": Large(_members_before, 6, 300_000, 5_000_000),
    "records-by-key": Large(_records_by_key, 0, 40_000, 200_000, ("duplicate_key",)),
    "lists-that-lost-their-ends": Large(_lost_lists, None, 6_000, 500_000, (*INVALID, "truncated_record")),
    "tiny-lines": Large(_tiny(b"{}", b""), 0, 200_000, 10_000_000),
    "tiny-numbers": Large(_tiny(b"1", b"]"), 0, 50_000, 10_000_000),
    "tiny-objects": Large(_tiny(b'{"a":1}', b"]"), 0, 100_000, 10_000_000),
    "table-with-a-long-row": Large(_table(b"x,\n", b'1,2,"'), 6, 8 * MIB, 20 * MIB, ("unclosed_quote",)),
    "table-with-a-row-beyond-the-limit": Large(_table(b"x", b"1,2,"), 6, 70 * MIB, 200 * MIB, ("record_too_large",)),
    "table-of-open-quotes": Large(_table(b'"x\n'), 6, 300_000, 5_000_000, ("quote_misplaced",)),
    "table-of-open-quotes-and-empty-cells": Large(
        _table(b'1,"",b\n', b'1,"x\n'), 6, MIB, 16 * MIB, ("unclosed_quote",)
    ),
    "table-of-rows-and-closing-quotes": Large(
        _table(b"a,b,c\n" * 9000 + b'x"\n', b'1,"a"x\n'), 6, 100, 1000, ("quote_misplaced",)
    ),
    "table-of-quotes": Large(_table(b'"'), 6, 2 * MIB + 1, 32 * MIB + 1, ("unclosed_quote",)),
    "table-of-delimiters": Large(_table(b","), 6, 4 * MIB, 63 * MIB, ("cells_too_many",)),
    "gzip-bomb-of-spaces": Large(_packed(gzip.compress, b" "), 6, 8, 256),
    "gzip-bomb-of-brackets": Large(_packed(gzip.compress, b"["), 6, 6, 256, ("record_too_large",)),
    "zstd-bomb-of-spaces": Large(_packed(zstandard.compress, b" "), 6, 8, 256),
    "zstd-window-of-2-gigabytes": Large(_wide_window, 6, 6_000, 16_000, ("stream_broken",)),
}


def reading(path: Path) -> dict[str, Any]:
    """What reading a file gives and takes: good records, all records, reasons, peak memory in MiB."""
    limits, reasons, good_ones, records = Limits(), Counter[str](), 0, 0
    with tempfile.TemporaryDirectory() as spill:
        for stream in open_streams(discover([path])[0]):
            opened = stream if isinstance(stream, UnknownFile) else open_document(stream, limits, Path(spill))
            if isinstance(opened, UnknownFile):
                reasons[opened.seen] += 1
                continue
            for shard in opened.shards:
                batch = shard.load(limits).parse(SCHEMA, limits)
                if shard.spilled:
                    shard.path.unlink()
                reasons.update(reason for (reason,) in batch.unreadable["reasons"].to_pylist())
                records += len(shard.starts)
                good_ones += sum((text or "").startswith("large/") for text in batch.table["data_id"].to_pylist())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return {"reasons": reasons, "good": good_ones, "records": records, "peak_mib": peak}


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(reading(Path(name))), flush=True)
