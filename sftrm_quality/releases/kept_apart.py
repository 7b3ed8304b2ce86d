"""Records that were kept although another one is nearly the same: a table beside the report, for those who ask why."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sftrm_quality.collection import DUPLICATE, Collection
from sftrm_quality.records import KEPT_APART, ApartBy, LabelKind

FILE = "kept_apart.parquet"
# A template may be behind all of a million records, whose ids are made piece by piece.
_BATCH = 1 << 16
_NAMES = pa.array([str(by) for by in ApartBy], pa.string())
_KINDS = pa.array([str(kind) for kind in LabelKind], pa.string())


def write_kept_apart(collection: Collection, folder: Path) -> None:
    """Write the published records that another one is nearly the same as, with what tells the two apart.

    Args:
        collection: All records, with their splits.
        folder: Where the file goes; there is none without such records.
    """
    kept = collection.kept_apart
    published = np.flatnonzero(collection.outcome[kept.rows] < DUPLICATE)
    if not len(published):
        return
    with pq.ParquetWriter(folder / FILE, KEPT_APART, compression="zstd") as writer:
        for first in range(0, len(published), _BATCH):
            chosen = published[first : first + _BATCH]
            rows = kept.rows[chosen]
            columns = [
                pa.array(collection.record_ids(rows), pa.string()),
                _KINDS.take(pa.array(collection.kinds[rows])),
                pa.array(collection.record_ids(kept.others[chosen]), pa.string()),
                _NAMES.take(pa.array(kept.by[chosen].astype(np.int64) - 1)),
                pa.array(kept.similarity[chosen]),
                pa.array(kept.prompts[chosen].astype(np.int64)),
            ]
            writer.write_table(pa.table(columns, schema=KEPT_APART))
