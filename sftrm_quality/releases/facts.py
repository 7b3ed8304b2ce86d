"""Facts of a staged release, read back from its files: what the release suite checks.

Nothing here trusts what was meant to be written. Every file is decoded again, each record's content is hashed again
and compared with the hash in its record_id, and prompts and ids are compared over all files.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from sftrm_quality import dedup
from sftrm_quality.arrays import one_array
from sftrm_quality.checks import RELEASE_FACTS
from sftrm_quality.collection import Collection
from sftrm_quality.config import RunConfig
from sftrm_quality.errors import OwnFileError
from sftrm_quality.intake import FileIntake
from sftrm_quality.output import append_array
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind, SplitName
from sftrm_quality.releases.parts import STREAMED, Part, file_hash
from sftrm_quality.releases.profile import Profile, add, profile_of
from sftrm_quality.run_record import FileStatus
from sftrm_quality.splits import NO_SPLIT, SPLITS
from sftrm_quality.words import say
from sftrm_quality.workers import give_memory_back

Hashes = npt.NDArray[np.uint64]
Integer = TypeVar("Integer", bound=np.integer)
# A split is expected to be non-empty when ten groups are expected in it: all of them elsewhere has odds of e^-10.
_EXPECTED_GROUPS = 10
# Of groups of one record, a share is off by more once in 15,000 draws.
_STANDARD_ERRORS = 4
_BATCH_ROWS = 2_048
# Allocators keep what batches free: 80 MiB by the end of a file, 30 MiB when they are asked now and then.
_BATCHES_KEPT = 8


@dataclass(frozen=True)
class PartFacts:
    """What is in one written file.

    hashes: an array file of record_ids, data_ids and prompts, (3, rows, 2). profile: what its records are like.
    """

    sha256: str
    bytes: int
    rows: int
    hashes: Path
    profile: Profile = field(default_factory=dict)

    @property
    def record_ids(self) -> Hashes:
        return self._hashes(0)

    @property
    def data_ids(self) -> Hashes:
        return self._hashes(1)

    @property
    def prompts(self) -> Hashes:
        return self._hashes(2)

    def _hashes(self, which: int) -> Hashes:
        found: Hashes = np.load(self.hashes, mmap_mode="r")[which]
        return found


def _hashes(values: Sequence[str]) -> Hashes:
    digests = b"".join(xxhash.xxh3_128_digest(value.encode()) for value in values)
    return np.frombuffer(digests, np.uint64).reshape(-1, 2)


def _words(column: pa.Array) -> Hashes:
    return np.frombuffer(b"".join(column.to_pylist()), np.uint64).reshape(-1, 2)


def _save(path: Path, values: Hashes) -> None:
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(values))
        append_array(file, values)


def read_back(part: Part, ids_within_file: bool, hashes: Path) -> PartFacts:
    """Decode a written part, batch by batch, and write its ``hashes``.

    Args:
        part: What was to be written, and where.
        ids_within_file: A data_id counts together with its source file.
        hashes: Where the hashes of its record_ids, data_ids and prompts go, to be compared with those of other parts.

    Returns:
        What was read.

    Raises:
        OwnFileError: The part is not what was to be written.
    """
    record_ids, data_ids, prompts = [], [], []
    profile: Profile = {}
    with pq.ParquetFile(part.path, page_checksum_verification=True, **STREAMED) as file:
        for number, batch in enumerate(file.iter_batches(_BATCH_ROWS), 1):
            table = pa.Table.from_batches([batch])
            fields = CANDIDATE_FIELDS[part.label_kind]
            candidates = pa.table([one_array(table[f.name]).cast(f.type) for f in fields], schema=fields)
            ids = table["record_id"].to_pylist()
            for record_id, content in zip(
                ids, dedup.content_hashes(part.label_kind, candidates).to_pylist(), strict=True
            ):
                if record_id.split("-")[1] != content.hex():
                    raise OwnFileError(
                        say(
                            "{path}: record {record_id} does not hold the content that was checked",
                            path=part.path,
                            record_id=record_id,
                        )
                    )
            record_ids.append(_hashes(ids))
            names = table["data_id"].to_pylist()
            if ids_within_file:
                names = [f"{file}\0{name}" for file, name in zip(table["source_file"].to_pylist(), names, strict=True)]
            data_ids.append(_hashes(names))
            prompts.append(_words(dedup.prompt_keys(part.label_kind, candidates)))
            add(profile, profile_of(part.label_kind, table))
            if number % _BATCHES_KEPT == 0:
                give_memory_back()
    rows = sum(map(len, record_ids))
    if rows != part.rows:
        raise OwnFileError(
            say(
                "{path}: {rows} rows read back, {expected} were to be written",
                path=part.path,
                rows=rows,
                expected=part.rows,
            )
        )
    _save(hashes, np.stack([_together(column) for column in (record_ids, data_ids, prompts)]))
    return PartFacts(file_hash(part.path), part.path.stat().st_size, rows, hashes, profile)


def _together(hashes: Sequence[Hashes]) -> Hashes:
    return np.concatenate([np.zeros((0, 2), np.uint64), *hashes])


def _distinct(values: npt.NDArray[Integer]) -> npt.NDArray[Integer]:
    """Each value once, ascending. As ``np.unique``, which hashes: 0.6 s for a million values, sorting takes 0.01."""
    ordered = np.sort(values)
    found: npt.NDArray[Integer] = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return found


def _repeated(halves: Sequence[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    """Values that occur more than once. Only the first half of a hash is looked at: an eighth of the memory."""
    values = np.concatenate([np.zeros(0, np.uint64), *halves])
    values.sort()
    return _distinct(values[1:][values[1:] == values[:-1]])


def _chosen(parts: Sequence[Hashes], possible: npt.NDArray[np.uint64]) -> Hashes:
    """Each hash once whose first half is possible."""
    found = _together([hashes[np.isin(hashes[:, 0], possible)] for hashes in parts])
    return np.unique(found, axis=0)


def count_repeated(parts: Sequence[Hashes]) -> int:
    """How many hashes (uint64, rows x 2) occur more than once, each counted once."""
    possible = _repeated([hashes[:, 0] for hashes in parts])
    found = _together([hashes[np.isin(hashes[:, 0], possible)] for hashes in parts])
    return int(np.count_nonzero(np.unique(found, axis=0, return_counts=True)[1] > 1))


def _in_two_splits(parts: Sequence[tuple[Part, PartFacts]], kinds: Sequence[LabelKind]) -> int:
    """How many prompts are in more than one split."""
    by_split = [[f.prompts for p, f in parts if p.label_kind in kinds and p.split == split] for split in SPLITS]
    possible = _repeated([_distinct(np.concatenate([h[:, 0] for h in found])) for found in by_split if found])
    return count_repeated([_chosen(found, possible) for found in by_split])


def _empty_splits(collection: Collection, kind: LabelKind, config: RunConfig) -> int:
    of_kind = (collection.kinds == list(LabelKind).index(kind)) & (collection.outcome < len(SPLITS))
    groups = len(_distinct(collection.group[of_kind]))
    shares = {name: getattr(config.splits, name) for name in SPLITS}
    sizes = collection.split_sizes(kind)
    drawn = not config.splits.from_folders
    return sum(drawn and shares[s] * groups >= _EXPECTED_GROUPS and sizes[s] == 0 for s in SPLITS)


def _groups_in_two_splits(collection: Collection) -> int:
    """How many prompt groups have published records in more than one split, frozen prompts left out: they may."""
    published = np.flatnonzero((collection.outcome < len(SPLITS)) & (collection.frozen == NO_SPLIT))
    bits = np.zeros(len(collection.outcome), np.uint8)
    np.bitwise_or.at(
        bits, collection.group[published], np.left_shift(1, collection.outcome[published]).astype(np.uint8)
    )
    return int(np.count_nonzero(bits & (bits - 1)))


def _share_off(collection: Collection, kind: LabelKind, config: RunConfig) -> float:
    """How much farther a split's share of the records is from the one asked for than the draws of groups explain."""
    of_kind = (collection.kinds == list(LabelKind).index(kind)) & (collection.outcome < len(SPLITS))
    records = int(np.count_nonzero(of_kind))
    if not records or config.splits.from_folders or config.splits.frozen:
        return 0.0
    groups = len(_distinct(collection.group[of_kind]))
    sizes = collection.split_sizes(kind)
    shares: dict[SplitName, float] = {name: getattr(config.splits, name) for name in SPLITS}
    off = [abs(sizes[s] / records - p) - _STANDARD_ERRORS * sqrt(p * (1 - p) / groups) for s, p in shares.items()]
    return max(0.0, *off)


def _share_unreadable(intakes: Sequence[FileIntake]) -> float:
    """The share of raw bytes in files of no known format; the members of an archive share its bytes evenly."""
    streams = Counter(intake.raw.source_file for intake in intakes)
    bytes_of = {intake.raw.source_file: intake.raw.size for intake in intakes}
    unknown = Counter(intake.raw.source_file for intake in intakes if intake.status is FileStatus.UNREADABLE)
    unreadable = sum(bytes_of[name] * count / streams[name] for name, count in unknown.items())
    return unreadable / max(1, sum(bytes_of.values()))


def release_facts(
    intakes: Sequence[FileIntake],
    collection: Collection,
    parts: Sequence[tuple[Part, PartFacts]],
    config: RunConfig,
    previously_published: dict[str, int],
    no_longer_held_out: dict[LabelKind, int],
) -> pa.Table:
    """One row per label kind, in the columns of `checks.RELEASE_FACTS`.

    A kind has a row when records of it were received or were in the previous release: losing a whole kind must not go
    unseen. Without either, both kinds have one, and publish nothing.

    Args:
        intakes: Of every raw file, also of those of no known format.
        collection: All records, with their outcomes.
        parts: The written parts, with what was read back from them.
        config: Says within what a data_id is unique.
        previously_published: Records of the current release, by label kind; empty without one.
        no_longer_held_out: Of it, how many prompts that it holds out are in train now, by label kind.

    Returns:
        What the release suite is run on.
    """
    rows = []
    across = _in_two_splits(parts, tuple(LabelKind))
    near = _groups_in_two_splits(collection)
    concerned = [kind for kind in LabelKind if collection.ledger.of(kind).received or previously_published.get(kind)]
    for kind in concerned or LabelKind:
        account = collection.ledger.of(kind)
        own = [f for p, f in parts if p.label_kind == kind]
        before = previously_published.get(kind, 0)
        published = sum(f.rows for f in own)
        within = _in_two_splits(parts, (kind,))
        rows.append(
            {
                "label_kind": str(kind),
                "records_published": published,
                "repeated_record_ids": count_repeated([f.record_ids for f in own]),
                "repeated_data_ids": count_repeated([f.data_ids for f in own]),
                "prompts_in_two_splits": within,
                "prompts_in_two_splits_across_kinds": across,
                "near_prompts_in_two_splits": near,
                "prompts_no_longer_held_out": no_longer_held_out[kind],
                "split_share_off": _share_off(collection, kind, config),
                "empty_splits": _empty_splits(collection, kind, config),
                "share_quarantined": (account.quarantined + account.unreadable) / max(1, account.received),
                "share_unreadable_files": _share_unreadable(intakes),
                "ledger_difference": account.difference + account.published - published,
                "drop_against_previous": max(0.0, 1 - published / before) if before else 0.0,
            }
        )
    return pa.Table.from_pylist(rows, schema=RELEASE_FACTS)
