"""What a worker needs for a shard, and what it has of it before the checks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import Rows
from sftrm_quality.config import SourceSettings
from sftrm_quality.intake.mapping import Candidates
from sftrm_quality.intake.results import ShardFiles
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.reading import LoadedShard, Shard
from sftrm_quality.records import LabelKind
from sftrm_quality.repairs import Repaired
from sftrm_quality.reviews import NOTHING_APPLIES, Corrected, FileReviews


@dataclass(frozen=True)
class ShardTask:
    """Everything that a worker needs for one shard: paths and settings, no data.

    format: of the file; its records may be of others. id_field: where the file has its ids, "" for ids from the
    content. paths: for each label kind, where its records go. reviews: what people have to say of records of the file.
    """

    shard: Shard
    number: int
    format: str
    id_field: str
    settings: ShardSettings
    paths: Mapping[LabelKind, ShardFiles]
    reviews: FileReviews = NOTHING_APPLIES


@dataclass(frozen=True)
class MappedRecords:
    """The records of a label kind in a shard, before they are checked.

    unreadable: counted to this kind. delivered: content hashes as they came. frame: with repairs and corrections, and
    with the forms of the texts; as_delivered: without them. policies: what the source says of ties and missing ranks.
    """

    task: ShardTask
    loaded: LoadedShard
    kind: LabelKind
    candidates: Candidates
    unreadable: pa.Table
    source: SourceSettings
    policies: Mapping[str, str]
    delivered: pa.FixedSizeBinaryArray
    corrected: Corrected
    repaired: Repaired
    frame: pa.Table
    as_delivered: pa.Table

    @property
    def changed(self) -> Rows:
        """Of the records that were repaired or corrected."""
        return np.union1d(self.repaired.rows, self.corrected.rows)
