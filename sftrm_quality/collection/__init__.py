"""The steps that see all records of a run at once, by their keys: identity, duplicates, prompt groups, splits."""

from sftrm_quality.collection.assign import assign
from sftrm_quality.collection.deduplicate import Context, deduplicate
from sftrm_quality.collection.outcome import DUPLICATE, DUPLICATE_KINDS, QUARANTINED, Collection, KeptApart
from sftrm_quality.collection.reviewed import Reviewed, reviewed
from sftrm_quality.collection.shards import Shard, hash_column, name_order, record_ids

__all__ = [
    "DUPLICATE",
    "DUPLICATE_KINDS",
    "QUARANTINED",
    "Collection",
    "Context",
    "KeptApart",
    "Reviewed",
    "Shard",
    "assign",
    "deduplicate",
    "hash_column",
    "name_order",
    "record_ids",
    "reviewed",
]
