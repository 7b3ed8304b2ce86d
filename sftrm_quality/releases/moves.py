"""Records whose split differs from the one they had in the previous release."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.arrays import as_ints, one_array
from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.releases.manifest import Release
from sftrm_quality.releases.parts import Part
from sftrm_quality.releases.read_back import PartFacts
from sftrm_quality.splits import SPLITS, Codes

MOVES = pa.schema([("record_id", pa.string()), ("from", pa.string()), ("to", pa.string())])


def _splits_of(files: list[tuple[Path, SplitName]]) -> tuple[pa.Array, Codes]:
    """Record ids of some files, and the position in SPLITS of each."""
    ids, codes = [], []
    for path, split in files:
        column = one_array(pq.read_table(path, columns=["record_id"])["record_id"])
        ids.append(column)
        codes.append(np.full(len(column), SPLITS.index(split), np.int8))
    if not ids:
        return pa.array([], pa.string()), np.zeros(0, np.int8)
    return pa.concat_arrays(ids), np.concatenate(codes)


def split_moves(parts: Sequence[tuple[Part, PartFacts]], previous: Release | None) -> pa.Table:
    """One row per record that is in another split than before, in the columns of MOVES.

    Only files that are not in the same split of both releases are read: a record_id occurs once in a release, so that
    what is in such a file did not move.
    """
    if previous is None:
        return MOVES.empty_table()
    tables = []
    for kind in LabelKind:
        before = {(file.split, file.sha256): file.path for file in previous.files_of(kind)}
        now = {(part.split, facts.file.sha256): part.path for part, facts in parts if part.label_kind == kind}
        old_ids, old = _splits_of([(before[file], file[0]) for file in before if file not in now])
        ids, new = _splits_of([(now[file], file[0]) for file in now if file not in before])
        if not len(old_ids) or not len(ids):
            continue
        place = as_ints(pc.index_in(ids, value_set=old_ids), if_null=-1)
        moved = np.flatnonzero((place >= 0) & (new != old[place]))
        names = np.array([str(split) for split in SPLITS], dtype=object)
        tables.append(
            pa.table(
                [
                    ids.take(pa.array(moved)).cast(pa.string()),
                    pa.array(names[old[place[moved]]], pa.string()),
                    pa.array(names[new[moved]], pa.string()),
                ],
                schema=MOVES,
            )
        )
    return pa.concat_tables(tables) if tables else MOVES.empty_table()
