"""Data files of a release: which rows are in which Parquet file, writing one, and reading it back.

A part is written by one worker, whole row groups at a time, from the memory-mapped shards.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from sftrm_quality.arrow_files import read_table
from sftrm_quality.collection import Collection, hash_column, record_ids
from sftrm_quality.errors import SuiteError
from sftrm_quality.records import PUBLISHED, LabelKind, SplitName
from sftrm_quality.splits import SPLITS
from sftrm_quality.versions import code_hash, versions
from sftrm_quality.words import say
from sftrm_quality.workers import give_memory_back

# A row group ends at 48 Ki rows or 128 MiB of text, whichever comes first: the writer holds one of them, so that its
# memory depends on neither the number of records nor their length, and usual records make groups of 48 Ki rows:
# with 64 Ki the peak of a million records was 1,145 MiB, with 48 Ki it is 1,132.
ROW_GROUP_ROWS = 49_152
ROW_GROUP_BYTES = 128 << 20
# Rows are copied together in pieces of this size. A row group's pieces lie at the same rows whatever the shards were,
# which Parquet's pages would show otherwise.
_PIECE_ROWS = 2_048
# Files of 100 to 300 MB, enough of them to write in parallel.
PART_ROWS = 4 * ROW_GROUP_ROWS
# Arrow reads whole column chunks ahead unless it is told to stream: 17 MiB for a file of 100 MiB instead of 120 MiB.
STREAMED = {"pre_buffer": False, "buffer_size": 1 << 18}


@dataclass(frozen=True)
class Segment:
    """Rows of one shard, in the order in which they are published."""

    records_path: Path
    keys_path: Path
    source_file: str
    rows: npt.NDArray[np.int32]
    copy_numbers: npt.NDArray[np.int32]


@dataclass(frozen=True)
class Part:
    """One Parquet file to be written."""

    label_kind: LabelKind
    split: SplitName
    path: Path
    segments: tuple[Segment, ...]

    @property
    def rows(self) -> int:
        return sum(len(segment.rows) for segment in self.segments)


def plan_parts(collection: Collection, kind: LabelKind, folder: Path) -> list[Part]:
    """Cut the published rows of a label kind, in order, into parts of at most PART_ROWS rows.

    A split without records has no file: `datasets` fails on one without rows.
    """
    parts: list[Part] = []
    shards = [shard for shard in collection.shards if shard.label_kind == kind]
    for code, split in enumerate(SPLITS):
        files: list[list[Segment]] = [[]]
        room = PART_ROWS
        for shard in shards:
            rows = np.flatnonzero(collection.outcome[shard.start : shard.start + shard.rows] == code)
            while len(rows):
                if room == 0:
                    files.append([])
                    room = PART_ROWS
                taken, rows = rows[:room], rows[room:]
                numbers = collection.copy_number[shard.start + taken]
                paths = shard.records_path, shard.keys_path
                # Half the width is room enough within a shard, and these are held for all records at once.
                half = taken.astype(np.int32), numbers.astype(np.int32)
                files[-1].append(Segment(*paths, shard.intake.source_file, *half))
                room -= len(taken)
        for number, segments in enumerate(files if files[0] else []):
            name = f"{split}-{number:05d}-of-{len(files):05d}.parquet"
            parts.append(Part(kind, split, folder / kind / name, tuple(segments)))
    return parts


def plan_hash(part: Part, ids_within_file: bool) -> str:
    """A name for everything that a part's bytes, and the hashes of its ids, follow from: 32 hexadecimal digits.

    Shards go by their place in the intake cache, whose folders are named by content and settings. The part's own name
    does not count, which tells how many there are.
    """
    bounds = [ROW_GROUP_ROWS, ROW_GROUP_BYTES, _PIECE_ROWS]
    shards = [[s.source_file, s.records_path.parent.name, s.records_path.name, len(s.rows)] for s in part.segments]
    made_from = [part.label_kind, part.split, ids_within_file, versions(), code_hash(), bounds, shards]
    digest = xxhash.xxh3_128(json.dumps(made_from, sort_keys=True).encode())
    for segment in part.segments:
        digest.update(segment.rows.tobytes())
        digest.update(segment.copy_numbers.tobytes())
    return digest.hexdigest()


def _published(kind: LabelKind, segment: Segment, some: slice) -> pa.Table:
    rows = segment.rows[some]
    records = read_table(segment.records_path).take(pa.array(rows))
    hashes = hash_column(segment.keys_path, "content_hash")[rows]
    lineage = {
        "record_id": pa.array(record_ids(kind, hashes, segment.copy_numbers[some])),
        "source_file": pa.array([segment.source_file] * len(records), pa.string()),
    }
    try:
        columns = [
            lineage[field.name] if field.name in lineage else records[field.name].cast(field.type)
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
        for first in range(0, len(segment.rows), _PIECE_ROWS):
            yield _published(part.label_kind, segment, slice(first, first + _PIECE_ROWS))


def _pieces(part: Part) -> Iterator[pa.Table]:
    """Exactly _PIECE_ROWS rows each but the last, in one chunk: the cut of the shards leaves no trace."""
    waiting: list[pa.Table] = []
    count = 0
    for table in _tables(part):
        while count + len(table) >= _PIECE_ROWS:
            head = table.slice(0, _PIECE_ROWS - count)
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


def _row_groups(part: Part) -> Iterator[pa.Table]:
    group: list[pa.Table] = []
    rows = text = 0
    for piece in _pieces(part):
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
    """Write one Parquet file: zstd, statistics on."""
    part.path.parent.mkdir(parents=True, exist_ok=True)
    # A file that is there may be another name of a released one, which must never be written into.
    part.path.unlink(missing_ok=True)
    with pq.ParquetWriter(
        part.path, PUBLISHED[part.label_kind], compression="zstd", compression_level=3, write_page_checksum=True
    ) as writer:
        for group in _row_groups(part):
            writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
            del group  # or it would stay while the next one is gathered
            give_memory_back()


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
