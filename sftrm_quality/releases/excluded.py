"""What is not published: the quarantine and duplicate tables of a run, each row with its reason and its own text."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.arrays import Rows, as_ints, one_array
from sftrm_quality.arrow_files import read_table
from sftrm_quality.collection import (
    DUPLICATE,
    DUPLICATE_KINDS,
    QUARANTINED,
    Collection,
    Shard,
    hash_column,
    name_order,
    record_ids,
)
from sftrm_quality.errors import storage_error
from sftrm_quality.intake import FileIntake
from sftrm_quality.reading import Places, payload_columns, payload_encoding, read_again
from sftrm_quality.records import DUPLICATES, POSITION, QUARANTINE, NoKind, Stage

_POSITION = [name for name, _ in POSITION]
_REVIEWED = ["waived", "corrected_by"]
_PLACE = ["source_index", "source_offset", "source_length"]
_KIND_NAMES = pa.array([str(kind) for kind in DUPLICATE_KINDS], pa.string())


def _repeated(value: str, rows: int) -> pa.Array:
    return pa.array([value] * rows, pa.string())


def _from_shard_checks(collection: Collection, shard: Shard) -> pa.Table:
    """Rows that failed while their shard was read, mapped and checked."""
    if not shard.failing:
        return QUARANTINE.empty_table()
    failing = read_table(shard.failing_path)
    numbers = collection.failing_copy_number[shard.failing_start : shard.failing_start + shard.failing]
    replaced = collection.replaced.within(shard.failing_start, shard.failing)
    replaced_by = np.full(shard.failing, None, dtype=object)
    replaced_by[replaced.rows] = collection.record_ids(replaced.by)
    columns = {
        "record_id": pa.array(record_ids(shard.label_kind, hash_column(shard.failing_path, "content_hash"), numbers)),
        "label_kind": _repeated(shard.label_kind, len(failing)),
        "source_file": _repeated(shard.intake.source_file, len(failing)),
        "replaced_by": pa.array(replaced_by, pa.string()),
    }
    arrays = [columns[f.name] if f.name in columns else failing[f.name] for f in QUARANTINE]
    return pa.table(arrays, schema=QUARANTINE)


def _left_out(collection: Collection, shard: Shard) -> Rows:
    """Rows of a shard that passed its checks and are not published all the same."""
    outcome = collection.outcome[shard.start : shard.start + shard.rows]
    return np.flatnonzero((outcome == DUPLICATE) | (outcome == QUARANTINED))


def _encoding(shard: Shard) -> str:
    return payload_encoding(shard.intake.container, shard.intake.shards[shard.number].encoding)


def _common(collection: Collection, shard: Shard, rows: Rows, payloads: list[bytes]) -> pa.Table:
    records = read_table(shard.records_path, ["data_id", *_POSITION]).take(pa.array(rows))
    return pa.table(
        {
            "record_id": pa.array(collection.record_ids(shard.start + rows)),
            "label_kind": _repeated(shard.label_kind, len(rows)),
            "source_file": _repeated(shard.intake.source_file, len(rows)),
            **{name: records[name] for name in ("data_id", *_POSITION)},
            **payload_columns(payloads, _encoding(shard)),
        }
    )


def _from_collection_checks(collection: Collection, shard: Shard, rows: Rows, common: pa.Table) -> pa.Table:
    found = [collection.failures[int(shard.start + row)] for row in rows]
    reviews = read_table(shard.records_path, _REVIEWED).take(pa.array(rows))
    columns = {
        "stage": _repeated(Stage.CHECK, len(rows)),
        "reasons": pa.array([f.reasons for f in found], pa.list_(pa.string())),
        "details": pa.array([f.details for f in found], pa.list_(pa.string())),
        **{name: reviews[name] for name in _REVIEWED},
        "replaced_by": pa.nulls(len(rows), pa.string()),
    }
    arrays = [columns[f.name] if f.name in columns else common[f.name] for f in QUARANTINE]
    return pa.table(arrays, schema=QUARANTINE)


def _duplicates(collection: Collection, shard: Shard, rows: Rows, common: pa.Table) -> pa.Table:
    everywhere = shard.start + rows
    columns = {
        "duplicate_of": pa.array(collection.record_ids(collection.duplicate_of[everywhere]), pa.string()),
        "kind": _KIND_NAMES.take(pa.array(collection.duplicate_kind[everywhere])),
        "similarity": pa.array(collection.similarity[everywhere]),
    }
    arrays = [columns[f.name] if f.name in columns else common[f.name] for f in DUPLICATES]
    return pa.table(arrays, schema=DUPLICATES)


def _payloads_again(collection: Collection, shards: Sequence[Shard], spill: Path) -> Iterator[bytes]:
    """The payloads of the left-out rows of one source file and label kind, in one pass over the raw file."""
    places: list[list[Rows]] = []
    for shard in shards:
        rows = _left_out(collection, shard)
        if len(rows):
            records = read_table(shard.records_path, _PLACE).take(pa.array(rows))
            places.append([as_ints(one_array(records[name]), if_null=-1) for name in _PLACE])
    if places:
        intake = shards[0].intake
        indexes, offsets, lengths = (np.concatenate(of_name) for of_name in zip(*places, strict=True))
        found = Places(intake.container or "", intake.layout, indexes, offsets, lengths, intake.encoding or "utf-8")
        try:
            yield from read_again(intake.raw, intake.source_file, found, spill)
        except OSError as error:
            raise storage_error(error, intake.raw.path) from error


def _tables(collection: Collection, shards: Sequence[Shard], spill: Path) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Quarantine and duplicates of one source file and label kind, of each shard with any; rows by their positions."""
    payloads = _payloads_again(collection, shards, spill)
    for shard in shards:
        rows = _left_out(collection, shard)
        if not len(rows) and not shard.failing:
            continue
        common = _common(collection, shard, rows, list(islice(payloads, len(rows))))
        quarantined = collection.outcome[shard.start + rows] == QUARANTINED
        late = _from_collection_checks(collection, shard, rows[quarantined], common.filter(pa.array(quarantined)))
        quarantine = pa.concat_tables([_from_shard_checks(collection, shard), late])
        yield (
            quarantine.take(pc.sort_indices(quarantine["source_index"])),
            _duplicates(collection, shard, rows[~quarantined], common.filter(pa.array(~quarantined))),
        )


def _of_unknown_file(intake: FileIntake) -> pa.Table:
    """One row for a file of no known format, without a payload: the file is still where it was delivered."""
    row = {
        "record_id": f"{NoKind.UNKNOWN}-{intake.raw.content_hash[:32]}-{intake.stream}",
        "label_kind": str(NoKind.UNKNOWN),
        "source_file": intake.source_file,
        "source_index": 0,
        "source_offset": 0,
        "source_length": intake.raw.size,
        "stage": str(Stage.READ),
        "reasons": ["unknown_format"],
        "details": [intake.note],
        "waived": [],
    }
    return pa.Table.from_pylist([row], schema=QUARANTINE)


def _in_order(collection: Collection, spill: Path) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Quarantine and duplicates of all source files, in the order of their names."""
    unknown = deque(collection.unknown)
    for (name, _), shards in groupby(collection.shards, key=lambda s: (s.intake.source_file, s.label_kind)):
        while unknown and name_order(unknown[0].source_file) < name_order(name):
            yield _of_unknown_file(unknown.popleft()), DUPLICATES.empty_table()
        yield from _tables(collection, tuple(shards), spill)
    for intake in unknown:
        yield _of_unknown_file(intake), DUPLICATES.empty_table()


def write_excluded(collection: Collection, quarantine: Path, duplicates: Path) -> None:
    """Write the two Parquet files of a run, also when they have no rows."""
    with ExitStack() as stack:
        writers: list[pq.ParquetWriter] = []
        for path, schema in ((quarantine, QUARANTINE), (duplicates, DUPLICATES)):
            path.parent.mkdir(parents=True, exist_ok=True)
            writers.append(stack.enter_context(pq.ParquetWriter(path, schema, compression="zstd")))
        for tables in _in_order(collection, quarantine.parent):
            for writer, table in zip(writers, tables, strict=True):
                if len(table):
                    writer.write_table(table)
