"""What reviews did to the records of a run: how many each waiver allowed, which corrections fit nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import as_mask, list_offsets, one_array
from sftrm_quality.arrow_files import read_table
from sftrm_quality.collection.outcome import Collection
from sftrm_quality.collection.redelivery import FileAndKind
from sftrm_quality.collection.shards import Shard
from sftrm_quality.config import RunConfig
from sftrm_quality.reviews import Reviews, Waiver, fits_file
from sftrm_quality.sources import source_of
from sftrm_quality.splits import SPLITS


@dataclass(frozen=True)
class Reviewed:
    """Counts of records.

    waived, corrected: of source file and label kind, how many of the published ones. allowed: of the key of each
    waiver, the records that would fail without it, whatever became of them. unused: the records that corrections name
    and that were not corrected.
    """

    waived: Mapping[FileAndKind, int] = field(default_factory=dict)
    corrected: Mapping[FileAndKind, int] = field(default_factory=dict)
    allowed: Mapping[str, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()


def reviewed(collection: Collection, reviews: Reviews, config: RunConfig) -> Reviewed:
    """Count what reviews did.

    Args:
        collection: All records, with their outcomes.
        reviews: The effective ones.
        config: Says whose a file is.

    Returns:
        The counts. Only shards that a review fits are read.

    Raises:
        StorageError: A file of a shard is missing or broken.
    """
    waived: Counter[FileAndKind] = Counter()
    corrected: Counter[FileAndKind] = Counter()
    allowed = dict.fromkeys((one.entry.key for one in reviews.waivers), 0)
    done: set[str] = set()
    waivers = {one.entry.key: one.entry for one in reviews.waivers}
    for shard in collection.shards:
        summary = shard.intake.shards[shard.number]
        if not summary.waived and not summary.corrected:
            continue
        key = shard.intake.source_file, shard.label_kind
        asked = _asked(waivers, shard, source_of(key[0], config))
        for row in _rows(collection, shard):
            waived[key] += row.published and bool(row.waived)
            corrected[key] += row.published and row.is_corrected
            if row.is_corrected:
                done.add(row.record)
            for found in {
                one for reason in row.waived for one in asked.get(reason, []) + asked.get((reason, row.record), [])
            }:
                allowed[found] += 1
    unused = {one.entry.record for one in reviews.corrections} - done
    return Reviewed(waived, corrected, allowed, tuple(sorted(unused)))


def _asked(waivers: Mapping[str, Waiver], shard: Shard, source: str) -> Mapping[object, list[str]]:
    """Keys of waivers: by reason those of all records of a shard, by reason and record those of some."""
    found: dict[object, list[str]] = {}
    for key, waiver in waivers.items():
        if fits_file(waiver, shard.intake.source_file, source):
            found.setdefault(waiver.reason, []).append(key)
        for record in set(waiver.records):
            found.setdefault((waiver.reason, record), []).append(key)
    return found


@dataclass(frozen=True)
class _Row:
    """A record that reviews have to do with, by the content part of its id."""

    record: str
    waived: list[str]
    is_corrected: bool
    published: bool


def _rows(collection: Collection, shard: Shard) -> Iterator[_Row]:
    outcome = collection.outcome[shard.start : shard.start + shard.rows]
    passed = read_table(shard.records_path, ["waived", "corrected_by"])
    hashes = read_table(shard.keys_path, ["content_hash"])["content_hash"]
    yield from _of_table(shard, passed.append_column("content_hash", hashes), outcome < len(SPLITS))
    failing = read_table(shard.failing_path, ["waived", "corrected_by", "content_hash"])
    yield from _of_table(shard, failing, np.zeros(len(failing), bool))


def _of_table(shard: Shard, table: pa.Table, published: np.ndarray) -> Iterator[_Row]:
    is_waived = np.diff(list_offsets(one_array(table["waived"]))) > 0
    is_corrected = as_mask(one_array(table["corrected_by"]).is_valid())
    rows = np.flatnonzero(is_waived | is_corrected)
    for row, values in zip(rows.tolist(), table.take(pa.array(rows)).to_pylist(), strict=True):
        record = f"{shard.label_kind}-{values['content_hash'].hex()}"
        yield _Row(record, values["waived"], bool(is_corrected[row]), bool(published[row]))
