"""Identity and duplicates over all shards, then prompt groups and splits. Sees keys, never whole texts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sftrm_quality import dedup, progress
from sftrm_quality.arrays import Floats, Rows
from sftrm_quality.checks import Suites
from sftrm_quality.collection.checking import check_frames, collection_frames
from sftrm_quality.collection.outcome import (
    DUPLICATE,
    DUPLICATE_KINDS,
    NO_DUPLICATE,
    QUARANTINED,
    Collection,
    KeptApart,
)
from sftrm_quality.collection.redelivery import NOTHING_REPLACED
from sftrm_quality.collection.shards import Shard, name_order, ordered
from sftrm_quality.config import RunConfig
from sftrm_quality.intake import FileIntake
from sftrm_quality.records import DuplicateKind
from sftrm_quality.sources import source_of
from sftrm_quality.splits import NO_SPLIT, FrozenSplits
from sftrm_quality.workers import Workers

# Rounds that are told of on the way: identity, templates, duplicates, prompt groups.
STEPS = 4


@dataclass(frozen=True)
class Context:
    """What the collection steps need besides the records.

    scratch: a folder for what tasks hand each other; nothing of it is left. frozen: splits that are fixed, if any are.
    """

    config: RunConfig
    suites: Suites
    workers: Workers
    scratch: Path
    frozen: FrozenSplits | None


def deduplicate(intakes: Sequence[FileIntake], context: Context) -> Collection:
    """Everything that passed its own checks → the outcome of every row, all splits still ``train``.

    Reused ids and contradicted rankings are quarantined first, so that no duplicate refers to a record that is not
    published. Then duplicates go in rounds: exact, folded, near.

    Args:
        intakes: Of all raw files, in any order.
        context: Settings, suites, workers, and a folder for what tasks hand each other.

    Returns:
        The collection, without groups.

    Raises:
        StorageError: A file of a shard is missing or broken.
        SftrmError: An expectation could not be evaluated.
    """
    progress.report("deduplicate", 0, STEPS, "steps")
    config = context.config
    shards = ordered(intakes)
    keys = [shard.keys() for shard in shards]
    exchange = (context.scratch, context.workers.map)
    rank = dedup.rank_rows(keys, _preference(shards, config))
    copies, failing_copies = dedup.copy_numbers([shard.received() for shard in shards], rank, *exchange)
    collection = _undecided(shards, intakes, copies, failing_copies)
    files = {name: number for number, name in enumerate(dict.fromkeys(s.intake.source_file for s in shards))}
    holders = dedup.first_holders(
        keys, config.ids.within, [files[shard.intake.source_file] for shard in shards], *exchange
    )
    contradicted_by = dedup.contradictions(keys, *exchange)
    frames = collection_frames(shards, holders, contradicted_by, collection.record_ids)
    found = check_frames(frames, context.suites, context.workers)
    # 16 bytes per row, and as many of the hashes that the collection has read to name rows, which a new one has not.
    del frames, holders, contradicted_by
    collection = replace(collection)

    alive = np.ones(len(copies), bool)
    alive[np.fromiter(found.of_rows, np.int64, len(found.of_rows))] = False
    outcome = np.where(alive, 0, QUARANTINED).astype(np.int8)
    progress.report("deduplicate", 1, STEPS, "steps")
    templates = dedup.find_templates(keys, *exchange)
    progress.report("deduplicate", 2, STEPS, "steps")
    duplicates = _Duplicates(len(copies))
    for kind, key in ((DuplicateKind.EXACT, "content_key"), (DuplicateKind.FOLDED, "folded_key")):
        duplicates.add(kind, dedup.equal_rows(keys, key, alive, *exchange, rank=rank))
        alive &= duplicates.of == dedup.NONE
    keep_whole = config.copies.cut_short == "give_way"
    near = dedup.near_duplicates(
        keys,
        alive,
        templates.parts,
        # Named nowhere here, so that it is gone when it was used: a run has most in memory after that.
        dedup.equal_rows(keys, "prompt_key", None, *exchange),
        rank,
        keep_whole,
        config.near.threshold,
        context.scratch,
        context.workers.map,
    )
    duplicates.add(DuplicateKind.NEAR, near.duplicate_of, near.similarity)
    progress.report("deduplicate", 3, STEPS, "steps")
    kept = np.flatnonzero((near.apart_by > 0) & (near.duplicate_of == dedup.NONE))
    return replace(
        collection,
        outcome=np.where(duplicates.of >= 0, DUPLICATE, outcome).astype(np.int8),
        duplicate_of=duplicates.of,
        duplicate_kind=duplicates.kind,
        similarity=duplicates.similarity,
        templated=templates.parts,
        kept_apart=KeptApart(
            kept,
            near.apart_from[kept],
            near.apart_by[kept],
            near.apart_similarity[kept],
            np.where(near.apart_by[kept] == dedup.Apart.TEMPLATE, templates.prompts[kept], 0).astype(np.uint32),
        ),
        failures=found.of_rows,
        warned=found.warned,
        counts=found.counts,
    )


class _Duplicates:
    """The duplicates of all rounds: the survivor of each row, how it is like it, and in which round it went."""

    def __init__(self, rows: int) -> None:
        self.of = np.full(rows, dedup.NONE, np.int64)
        self.kind = np.full(rows, NO_DUPLICATE, np.int8)
        self.similarity = np.full(rows, np.nan)

    def add(self, kind: DuplicateKind, found: Rows, similarity: Floats | None = None) -> None:
        """Add a round.

        Args:
            kind: Its kind.
            found: By row the one that it duplicates, `dedup.NONE` for none.
            similarity: By row; 1 without it.
        """
        # What duplicates a record that goes itself duplicates the one that stays, as nearly as that record does.
        gone = np.flatnonzero(self.of >= 0)
        moved = gone[found[self.of[gone]] >= 0]
        moved_from = self.of[moved]
        own = np.flatnonzero(found >= 0)
        for rows, originals in ((moved, moved_from), (own, own)):
            self.of[rows] = found[originals]
            self.kind[rows] = DUPLICATE_KINDS.index(kind)
            self.similarity[rows] = 1.0 if similarity is None else similarity[originals]


def _preference(shards: Sequence[Shard], config: RunConfig) -> dedup.Preference:
    order = {name: place for place, name in enumerate(config.copies.sources)}
    sources = [source_of(shard.intake.source_file, config) for shard in shards]
    return dedup.Preference(config.copies, tuple(order.get(source, len(order)) for source in sources))


def _undecided(
    shards: tuple[Shard, ...], intakes: Sequence[FileIntake], copies: Rows, failing_copies: Rows
) -> Collection:
    """All rows, of which nothing is known yet but their names."""
    rows = len(copies)
    nothing = np.zeros(0, np.int64)
    unknown = (intake for intake in intakes if intake.unknown_records)
    return Collection(
        shards=shards,
        unknown=tuple(sorted(unknown, key=lambda intake: name_order(intake.source_file))),
        outcome=np.zeros(rows, np.int8),
        copy_number=copies,
        failing_copy_number=failing_copies,
        # The same of all rows, until it is known: no memory.
        duplicate_of=np.broadcast_to(np.int64(dedup.NONE), rows),
        duplicate_kind=np.broadcast_to(np.int8(NO_DUPLICATE), rows),
        similarity=np.broadcast_to(np.float64(np.nan), rows),
        group=np.broadcast_to(np.int64(dedup.NONE), rows),
        templated=np.zeros(rows, np.uint8),
        frozen=np.full(rows, NO_SPLIT, np.int8),
        kept_apart=KeptApart(nothing, nothing, nothing.astype(np.uint8), np.zeros(0), nothing.astype(np.uint32)),
        replaced=NOTHING_REPLACED,
        failures={},
        warned={},
        counts=(),
    )
