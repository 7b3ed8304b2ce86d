"""A night's new file on top of what is there, against a run over all files from nothing."""

import re
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.data_sets import DataSet
from benchmarks.measure import Usage
from benchmarks.product import Product, hashes

_FILES = 20
# Of the records of the new file, one in ten is a copy of an old one.
_COPIES = 10
_DATA_ID = re.compile(rb'"data_id":"SFT-\d{8}"')


class Found(NamedTuple):
    """Costs of the run over all files and of the run for the new one; data files by which their releases differ."""

    full: Usage
    more: Usage
    differing_files: int


def first_run_and_one_more(product: Product, data: DataSet, more: DataSet) -> Found:
    """Runs over twenty parts, adds a file, runs again; then runs over the 21 files into an empty output."""
    raw = product.work / "parts"
    raw.mkdir()
    with data.lines.open("rb") as lines:
        for number in range(_FILES):
            (raw / f"part_{number:02}.jsonl").write_bytes(b"".join(islice(lines, data.count // _FILES)))
    grown, fresh = product.work / "grown", product.work / "fresh"
    product.run(raw, grown)
    write_new_records(raw / f"part_{_FILES}.jsonl", more, raw / "part_00.jsonl")
    usage = product.run(raw, grown)
    full = product.run(raw, fresh)
    one, other = hashes(grown).items(), hashes(fresh).items()
    return Found(full, usage, len({name for name, _ in one ^ other}))


def write_new_records(target: Path, more: DataSet, old: Path) -> None:
    """Records with data_ids of their own (two data sets count from the same 0), the last ones copies of old ones."""
    with more.lines.open("rb") as new, old.open("rb") as known, target.open("wb") as written:
        copies = more.count // _COPIES
        for number, line in enumerate((*islice(new, more.count - copies), *islice(known, copies))):
            written.write(_DATA_ID.sub(b'"data_id":"SFT-1%08d"' % number, line, count=1))
