"""One shard, whole, in a worker process: raw bytes → judged candidates, their keys, and what was set aside."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality import dedup
from sftrm_quality.checks import Scope, Suite, judge
from sftrm_quality.config import NearDuplicates, SourceSettings
from sftrm_quality.formats import FORMATS
from sftrm_quality.formats.base import Format
from sftrm_quality.formats.wire import Misfit, conform
from sftrm_quality.intake.files import ShardSummary
from sftrm_quality.reading import LoadedShard, RawShard, load, payload_columns
from sftrm_quality.records import CANDIDATES, SHARD_QUARANTINE, LabelKind, Stage
from sftrm_quality.text import normalise

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ShardTask:
    """Everything that a worker needs for one shard: paths and settings, no data."""

    shard: RawShard
    format: str
    wire: pa.Schema
    source: SourceSettings
    suite: Suite
    near: NearDuplicates
    records_path: Path
    keys_path: Path
    aside_path: Path


@dataclass(frozen=True)
class _Candidates:
    """Mapped records of a shard: candidate columns, their rows in the shard, and the misfits by row."""

    table: pa.Table
    rows: Rows
    misfits: dict[int, Misfit]


def _write(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
