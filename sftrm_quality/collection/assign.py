"""Prompt groups over both label kinds, a split for each group, and leaks out of held-out splits."""

from dataclasses import replace

import numpy as np

from sftrm_quality import dedup, progress
from sftrm_quality.arrow_files import read_table
from sftrm_quality.collection.checking import check_frames, split_frames
from sftrm_quality.collection.deduplicate import STEPS, Context
from sftrm_quality.collection.outcome import DUPLICATE, QUARANTINED, Collection
from sftrm_quality.collection.redelivery import replaced_by_later
from sftrm_quality.collection.shards import Shard, hash_column
from sftrm_quality.splits import NO_SPLIT, Codes, FrozenSplits, Groups, assign_splits, declared_split


def assign(collection: Collection, context: Context) -> Collection:
    """Give every row that is still in a split; rows that would leak from a held-out split are quarantined.

    Groups and draws count all records that passed their own checks, duplicates too: which copy stays moves no record.

    Args:
        collection: Deduplicated.
        context: The one that it was deduplicated with.

    Returns:
        The collection with outcomes, groups, failures and counts as they are after the splits.

    Raises:
        StorageError: A file of a shard is missing or broken.
        SftrmError: An expectation could not be evaluated.
    """
    shards, settings = collection.shards, context.config.splits
    keys = [shard.keys() for shard in shards]
    threshold, exchange = context.config.near.threshold, (context.scratch, context.workers.map)
    groups = dedup.prompt_groups(keys, collection.templated, threshold, *exchange)
    progress.report("deduplicate", STEPS, STEPS, "steps")
    # Of all rows together they and what is drawn by them are 72 bytes per row.
    prompt_keys = (hash_column(shard.keys_path, "prompt_key") for shard in shards)
    alive = collection.outcome < DUPLICATE
    of_shards = np.array([declared_split(shard.intake.source_file, settings) for shard in shards], np.int8)
    declared = np.repeat(of_shards, np.array([shard.rows for shard in shards], np.int64))
    declared[~alive] = NO_SPLIT
    frozen = _frozen_splits(shards, context.frozen)
    assignment = assign_splits(Groups(groups.of, groups.prompts, prompt_keys, frozen), declared, settings)
    held_out_in = np.where(alive, assignment.held_out_in, NO_SPLIT).astype(np.int8)
    examined = alive if context.frozen else declared != NO_SPLIT
    found = check_frames(split_frames(shards, examined, held_out_in), context.suites, context.workers)
    outcome = np.where(alive, assignment.split, collection.outcome).astype(np.int8)
    outcome[np.fromiter(found.of_rows, np.int64, len(found.of_rows))] = QUARANTINED
    replaced = replaced_by_later(shards, outcome != QUARANTINED, context.config)
    return replace(
        collection,
        outcome=outcome,
        group=groups.of,
        frozen=frozen,
        replaced=replaced,
        failures={**collection.failures, **found.of_rows},
        warned={
            row: (*collection.warned.get(row, ()), *found.warned.get(row, ()))
            for row in {**collection.warned, **found.warned}
        },
        counts=(*collection.counts, *found.counts, *replaced.counts),
    )


def _frozen_splits(shards: tuple[Shard, ...], frozen: FrozenSplits | None) -> Codes:
    """By row the split that its prompt is frozen in."""
    if frozen is None:
        return np.full(sum(shard.rows for shard in shards), NO_SPLIT, np.int8)
    found = [frozen.of(read_table(shard.keys_path, ["prompt_key"])["prompt_key"].combine_chunks()) for shard in shards]
    return np.concatenate([np.zeros(0, np.int8), *found])
