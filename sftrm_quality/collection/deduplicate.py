"""Identity and duplicates over all shards, then prompt groups and splits. Sees keys, never whole texts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sftrm_quality import dedup, progress
from sftrm_quality.checks import Suites
from sftrm_quality.collection.checking import check_frames, collection_frames
from sftrm_quality.collection.outcome import DUPLICATE, DUPLICATE_KINDS, NO_DUPLICATE, QUARANTINED, Collection
from sftrm_quality.collection.shards import ordered
from sftrm_quality.config import RunConfig
from sftrm_quality.intake import FileIntake
from sftrm_quality.records import DuplicateKind
from sftrm_quality.workers import Workers


@dataclass(frozen=True)
class Context:
    """What the collection steps need besides the records.

    scratch: a folder for what tasks hand each other; nothing of it is left.
    """

    config: RunConfig
    suites: Suites
    workers: Workers
    scratch: Path


def deduplicate(intakes: Sequence[FileIntake], context: Context) -> Collection:
    """Everything that passed its own checks → the outcome of every row, all splits still ``train``.

    Reused ids and contradicted rankings are quarantined first, so that no duplicate refers to a record that is not
    published. Then exact duplicates go, then near ones.

    Args:
        intakes: Of all raw files, in any order.
        context: Settings, suites, workers, and a folder for what tasks hand each other.

    Returns:
        The collection, without groups.

    Raises:
        StorageError: A file of a shard is missing or broken.
        SftrmError: An expectation could not be evaluated.
    """
    progress.report("deduplicate", 0, 3, "steps")
    shards = ordered(intakes)
    keys = [shard.keys() for shard in shards]
    exchange = (context.scratch, context.workers.map)
    copies, failing_copies = dedup.copy_numbers([shard.received() for shard in shards], *exchange)
    rows = len(copies)
    collection = Collection(
        shards=shards,
        unknown=tuple(sorted((i for i in intakes if i.unknown_records), key=lambda i: i.source_file)),
        outcome=np.zeros(rows, np.int8),
        copy_number=copies,
        failing_copy_number=failing_copies,
        duplicate_of=np.full(rows, -1, np.int64),
        duplicate_kind=np.full(rows, NO_DUPLICATE, np.int8),
        similarity=np.full(rows, np.nan),
        group=np.full(rows, -1, np.int64),
        failures={},
        counts=(),
    )
    files = {name: number for number, name in enumerate(dict.fromkeys(s.intake.source_file for s in shards))}
    holders = dedup.first_holders(
        keys, context.config.ids.within, [files[shard.intake.source_file] for shard in shards], *exchange
    )
    contradicted_by = dedup.contradictions(keys, *exchange)
    frames = collection_frames(shards, holders, contradicted_by, collection.record_ids)
    found = check_frames(frames, context.suites, context.workers)
    del frames, holders, contradicted_by  # 16 bytes per row

    alive = np.ones(rows, bool)
    alive[np.fromiter(found.of_rows, np.int64, len(found.of_rows))] = False
    outcome = np.where(alive, 0, QUARANTINED).astype(np.int8)
    progress.report("deduplicate", 1, 3, "steps")
    original = dedup.exact_duplicates(keys, alive, *exchange)
    exact = original >= 0
    similarity = np.where(exact, 1.0, np.nan)
    alive &= ~exact
    near = dedup.near_duplicates(keys, alive, context.config.near.threshold, *exchange)
    progress.report("deduplicate", 2, 3, "steps")
    # A copy of a record that went as a near duplicate itself refers to the one that stayed.
    survivor = np.where(exact, near.duplicate_of[original], -1)
    moved = survivor >= 0
    similarity[moved] = near.similarity[original[moved]]
    is_near = near.duplicate_of >= 0
    similarity[is_near] = near.similarity[is_near]
    duplicate_of = np.where(is_near, near.duplicate_of, np.where(moved, survivor, original))
    duplicate_kind = np.full(rows, NO_DUPLICATE, np.int8)
    duplicate_kind[exact] = DUPLICATE_KINDS.index(DuplicateKind.EXACT)
    duplicate_kind[moved | is_near] = DUPLICATE_KINDS.index(DuplicateKind.NEAR)
    return replace(
        collection,
        outcome=np.where(duplicate_of >= 0, DUPLICATE, outcome).astype(np.int8),
        duplicate_of=duplicate_of,
        duplicate_kind=duplicate_kind,
        similarity=similarity,
        failures=found.of_rows,
        counts=found.counts,
    )
