"""Writing a part of a release: its Parquet file, and the originals of the records in it that were changed.

A part is written by one worker, whole row groups at a time, from the memory-mapped shards.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.arrow_files import read_table
from sftrm_quality.collection import hash_column, record_ids
from sftrm_quality.errors import SuiteError
from sftrm_quality.records import ORIGINALS, PUBLISHED, LabelKind
from sftrm_quality.releases.parts import PIECE_ROWS, ROW_GROUP_BYTES, ROW_GROUP_ROWS, Part, Segment
from sftrm_quality.words import say
from sftrm_quality.workers import give_memory_back


def _published(kind: LabelKind, segment: Segment, some: slice) -> pa.Table:
    rows = segment.rows[some]
    records = read_table(segment.records_path).take(pa.array(rows))
    hashes = hash_column(segment.keys_path, "content_hash")[rows]
    known = {
        "record_id": pa.array(record_ids(kind, hashes, segment.copy_numbers[some])),
        "source_file": pa.array([segment.source_file] * len(records), pa.string()),
    }
    if segment.warned:
        own = records["warnings"].to_pylist()
        both = [[*own[at], *segment.warned.get(row, ())] for at, row in enumerate(rows.tolist())]
        known["warnings"] = pa.array(both, pa.list_(pa.string()))
    try:
        columns = [
            known[field.name] if field.name in known else records[field.name].cast(field.type)
            for field in PUBLISHED[kind]
        ]
    except pa.ArrowInvalid as error:
        raise SuiteError(
            say(
                "{source_file}: a record that passed the suite {kind}.json cannot be published: {error}; "
                "ranks must be whole numbers, so the expectation with the reason rank_not_integer must be "
                "critical",
                source_file=segment.source_file,
                kind=kind,
                error=error,
            )
        ) from error
    return pa.table(columns, schema=PUBLISHED[kind])


def _tables(part: Part) -> Iterator[pa.Table]:
    for segment in part.segments:
        for first in range(0, len(segment.rows), PIECE_ROWS):
            yield _published(part.label_kind, segment, slice(first, first + PIECE_ROWS))


def _originals(part: Part) -> Iterator[pa.Table]:
    """The repaired and corrected records of a part as they were delivered, in the order in which they are published."""
    kind = part.label_kind
    for segment in part.segments:
        if segment.delivered_path is None:
            continue
        delivered = read_table(segment.delivered_path)
        row = delivered["row"].to_numpy()
        chosen = np.flatnonzero(np.isin(row, segment.rows))
        if not len(chosen):
            continue
        delivered, row = delivered.take(pa.array(chosen)), row[chosen]
        hashes = hash_column(segment.keys_path, "content_hash")[row]
        numbers = segment.copy_numbers[np.searchsorted(segment.rows, row)]
        notes = read_table(segment.records_path, ["repairs", "corrected_by"]).take(pa.array(row))
        known = {
            "record_id": pa.array(record_ids(kind, hashes, numbers), pa.string()),
            **{name: notes[name] for name in notes.column_names},
        }
        columns = [known[f.name] if f.name in known else delivered[f.name] for f in ORIGINALS[kind]]
        yield pa.table(columns, schema=ORIGINALS[kind])


def _pieces(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Exactly PIECE_ROWS rows each but the last, in one chunk: the cut of the shards leaves no trace."""
    waiting: list[pa.Table] = []
    count = 0
    for table in tables:
        while count + len(table) >= PIECE_ROWS:
            head = table.slice(0, PIECE_ROWS - count)
            yield pa.concat_tables([*waiting, head]).combine_chunks()
            table = table.slice(len(head))
            waiting, count = [], 0
        waiting.append(table)
        count += len(table)
    if count:
        yield pa.concat_tables(waiting).combine_chunks()


def _text_bytes(column: pa.Array) -> int:
    """Bytes of text in a column of any nesting: only of the values, since buffers differ with how a table was made."""
    if pa.types.is_list(column.type):
        return _text_bytes(column.flatten())
    if pa.types.is_struct(column.type):
        return sum(map(_text_bytes, column.flatten()))
    return pc.sum(pc.binary_length(column)).as_py() or 0 if pa.types.is_string(column.type) else 0


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    group: list[pa.Table] = []
    rows = text = 0
    for piece in _pieces(tables):
        group.append(piece)
        rows += len(piece)
        text += sum(_text_bytes(chunk) for column in piece.columns for chunk in column.chunks)
        if rows >= ROW_GROUP_ROWS or text >= ROW_GROUP_BYTES:
            table = pa.concat_tables(group)
            group, rows, text = [], 0, 0
            yield table
            del table
    if group:
        yield pa.concat_tables(group)


def write_part(part: Part) -> None:
    """Write one Parquet file: zstd, statistics on; and one of the originals of its repaired and corrected records, if
    it has any."""
    _write(part.path, PUBLISHED[part.label_kind], _tables(part))
    # One that is there is of a part of the cache that was no longer what was kept.
    part.originals.unlink(missing_ok=True)
    originals = _originals(part)
    if (first := next(originals, None)) is not None:
        _write(part.originals, ORIGINALS[part.label_kind], chain([first], originals))


def _write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A file that is there may be another name of a released one, which must never be written into.
    path.unlink(missing_ok=True)
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3, write_page_checksum=True) as writer:
        for group in _row_groups(tables):
            writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
            del group  # or it would stay while the next one is gathered
            give_memory_back()
