"""Coverage-guided fuzzing of the readers with atheris: ``python -m tests.fuzz.reading -max_total_time=300``.

Seeds are the bad files; further arguments are libFuzzer's. The kernels run uncompiled, so that their branches are seen.
An input is read as a run reads it, once whole and once in small shards, and both again as if it were declared to be in
an encoding that does not keep ASCII. It ends the fuzzer if

- anything but a damaged stream or file is raised,
- a row of a shard is in none of the three parts of what was read or in two of them, or bytes of the text are in none,
- the good records depend on how the text is cut into shards. Where brackets are damaged they may: what lies between
  two pieces of a damaged record and begins like no other record is one row with them, if a shard has them all.
"""

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"

import re
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["sftrm_quality.reading"]):
    from sftrm_quality.reading import UnknownFile, discover, open_document, open_streams

from sftrm_quality.config import Limits
from tests.bad_archives import ARCHIVES
from tests.bad_delimited import DELIMITED, NOT_TABLES
from tests.bad_records import DAMAGED
from tests.bad_tables import TABLES
from tests.bad_texts import TEXTS
from tests.bad_truncated import TRUNCATED
from tests.reading_case import SCHEMA, Read, read_records

LONGEST = 4096
WHOLE = Limits()
SMALL = Limits(shard_records=3, shard_bytes=1024)
# Uncompiled, the hash of a key overflows with a warning.
warnings.simplefilter("ignore", RuntimeWarning)


def read(path: Path, spill: Path, limits: Limits, encoding: str) -> list[Read]:
    found = []
    for stream in open_streams(discover([path])[0]):
        opened = stream if isinstance(stream, UnknownFile) else open_document(stream, limits, spill, encoding)
        if not isinstance(opened, UnknownFile):
            found.append(Read())
            read_records(opened, limits, SCHEMA, found[-1])
            _check_spans(
                found[-1], path.read_bytes() if stream.plain and not opened.encoding.startswith("utf-16") else None
            )
    assert not list(spill.iterdir()), "a spilled shard was left"
    return found


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


def good(found: list[Read]) -> list[Any]:
    """The fields that are looked at. Absent ones are null or missing, by the company that a record was parsed in."""
    return [
        [value[name] for name in SCHEMA.names if value.get(name) is not None]
        for one in found
        for value in one.values.values()
        if isinstance(value, dict)
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, spill, seeds = Path(folder) / "raw", Path(folder) / "spill", Path(folder) / "seeds"
        spill.mkdir()
        seeds.mkdir()
        for case in [*TRUNCATED[::7], *DAMAGED, *TEXTS, *ARCHIVES, *DELIMITED, *NOT_TABLES, *TABLES]:
            if len(case.data) <= LONGEST:
                (seeds / case.name).write_bytes(case.data)

        def once(data: bytes) -> None:
            path.write_bytes(data)
            # The second is seen as UTF-8: bytes of its characters look like quotes and brackets.
            for encoding in ("auto", "gb18030"):
                whole, cut = read(path, spill, WHOLE, encoding), read(path, spill, SMALL, encoding)
                if not any("invalid_json" in one.reasons for one in [*whole, *cut]):
                    assert repr(good(whole)) == repr(good(cut)), "good records depend on the shards"

        atheris.Setup([sys.argv[0], f"-max_len={LONGEST}", "-timeout=60", *sys.argv[1:], str(seeds)], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
