"""The steps that see all records of a run at once, by their keys: identity, duplicates, prompt groups, splits."""

from sftrm_quality.collection.assign import assign
from sftrm_quality.collection.deduplicate import Context, deduplicate
from sftrm_quality.collection.outcome import DUPLICATE, DUPLICATE_KINDS, QUARANTINED, Collection
from sftrm_quality.collection.shards import Shard, hash_column, record_ids

__all__ = [
    "DUPLICATE",
    "DUPLICATE_KINDS",
    "QUARANTINED",
    "Collection",
    "Context",
    "Shard",
    "assign",
    "deduplicate",
    "hash_column",
    "record_ids",
]
