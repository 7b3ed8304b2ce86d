"""Facts of a staged release, of what was read back from its files: what the release suite checks.

Prompts and ids are compared over all files.
"""

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sftrm_quality.checks import RELEASE_FACTS
from sftrm_quality.collection import Collection
from sftrm_quality.config import RunConfig
from sftrm_quality.intake import FileIntake
from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.releases.parts import Part
from sftrm_quality.releases.read_back import Hashes, PartFacts, together
from sftrm_quality.run_record import FileStatus
from sftrm_quality.splits import NO_SPLIT, SPLITS

Integer = TypeVar("Integer", bound=np.integer)
# A split is expected to be non-empty when ten groups are expected in it: all of them elsewhere has odds of e^-10.
_EXPECTED_GROUPS = 10
# Of groups of one record, a share is off by more once in 15,000 draws.
_STANDARD_ERRORS = 4


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
    found = together([hashes[np.isin(hashes[:, 0], possible)] for hashes in parts])
    return np.unique(found, axis=0)


def count_repeated(parts: Sequence[Hashes]) -> int:
    """How many hashes (uint64, rows x 2) occur more than once, each counted once."""
    possible = _repeated([hashes[:, 0] for hashes in parts])
    found = together([hashes[np.isin(hashes[:, 0], possible)] for hashes in parts])
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
        replaced = sum(count for (_, of), count in collection.replaced.records.items() if of is kind)
        own = [f for p, f in parts if p.label_kind == kind]
        before = previously_published.get(kind, 0)
        published = sum(f.file.rows for f in own)
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
                "share_quarantined": (account.failing - replaced) / max(1, account.received - replaced),
                "share_unreadable_files": _share_unreadable(intakes),
                "ledger_difference": account.difference + account.published - published,
                "drop_against_previous": max(0.0, 1 - published / before) if before else 0.0,
            }
        )
    return pa.Table.from_pylist(rows, schema=RELEASE_FACTS)
