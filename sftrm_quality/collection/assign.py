"""Prompt groups over both label kinds, a split for each group, and leaks out of a source's own splits."""

from dataclasses import replace

import numpy as np

from sftrm_quality import dedup, progress
from sftrm_quality.collection.checking import check_frames, split_frames
from sftrm_quality.collection.deduplicate import Context
from sftrm_quality.collection.outcome import DUPLICATE, QUARANTINED, Collection
from sftrm_quality.collection.shards import hash_column
from sftrm_quality.splits import assign_splits, declared_split


def assign(collection: Collection, context: Context) -> Collection:
    """Give every row that is still in a split; rows that would leak from a held-out split are quarantined.

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
    alive = collection.outcome < DUPLICATE
    group = dedup.prompt_groups(keys, alive, context.config.near.threshold, context.scratch, context.workers.map)
    progress.report("deduplicate", 3, 3, "steps")
    hashes = [hash_column(shard.keys_path, "prompt_key") for shard in shards]
    prompt_keys = np.ascontiguousarray(np.concatenate([np.zeros((0, 2), np.uint64), *hashes])).view("V16").reshape(-1)
    declared = np.repeat(
        np.array([declared_split(shard.intake.source_file, settings) for shard in shards], np.int8),
        np.array([shard.rows for shard in shards], np.int64),
    )
    assignment = assign_splits(group, prompt_keys, np.where(alive, declared, -1).astype(np.int8), settings)
    found = check_frames(
        split_frames(shards, np.where(alive, declared, -1).astype(np.int8), assignment.held_out_in),
        context.suites,
        context.workers,
    )
    outcome = np.where(alive, assignment.split, collection.outcome).astype(np.int8)
    outcome[np.fromiter(found.of_rows, np.int64, len(found.of_rows))] = QUARANTINED
    return replace(
        collection,
        outcome=outcome,
        group=group,
        failures={**collection.failures, **found.of_rows},
        counts=(*collection.counts, *found.counts),
    )
