"""Data files of a release: which rows are in which Parquet file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xxhash

from sftrm_quality.collection import Collection
from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.splits import SPLITS
from sftrm_quality.versions import code_hash, versions

# A row group ends at 48 Ki rows or 128 MiB of text, whichever comes first: the writer holds one of them, so that its
# memory depends on neither the number of records nor their length, and usual records make groups of 48 Ki rows:
# with 64 Ki the peak of a million records was 1,145 MiB, with 48 Ki it is 1,132.
ROW_GROUP_ROWS = 49_152
ROW_GROUP_BYTES = 128 << 20
# Rows are copied together in pieces of this size. A row group's pieces lie at the same rows whatever the shards were,
# which Parquet's pages would show otherwise.
PIECE_ROWS = 2_048
# Files of 100 to 300 MB, enough of them to write in parallel.
PART_ROWS = 4 * ROW_GROUP_ROWS
# Arrow reads whole column chunks ahead unless it is told to stream: 17 MiB for a file of 100 MiB instead of 120 MiB.
STREAMED = {"pre_buffer": False, "buffer_size": 1 << 18}


_ORIGINALS_FOLDER = "originals"


@dataclass(frozen=True)
class Segment:
    """Rows of one shard, ascending, in which order they are published.

    delivered_path: what was delivered of the changed records of the shard, None where there are none. warned: by row
    the reasons of what warns of it beside the others; its own are in the records.
    """

    records_path: Path
    keys_path: Path
    delivered_path: Path | None
    source_file: str
    rows: npt.NDArray[np.int32]
    copy_numbers: npt.NDArray[np.int32]
    warned: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """One Parquet file to be written."""

    label_kind: LabelKind
    split: SplitName
    path: Path
    segments: tuple[Segment, ...]

    @property
    def folder(self) -> Path:
        """The folder of the release."""
        return self.path.parents[1]

    @property
    def originals(self) -> Path:
        """Where its repaired and corrected records go as they were delivered."""
        return originals_of(self.path)

    @property
    def rows(self) -> int:
        return sum(len(segment.rows) for segment in self.segments)


def originals_of(path: Path) -> Path:
    """Where the repaired and corrected records of a data file are as they were delivered, if there are any.

    No folder of the name of a label kind, so that no glob for its data files finds them.
    """
    return path.parents[1] / _ORIGINALS_FOLDER / f"{path.parent.name}-{path.name}"


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
                paths = shard.records_path, shard.keys_path, shard.delivered_path
                # Half the width is room enough within a shard, and these are held for all records at once.
                half = taken.astype(np.int32), numbers.astype(np.int32)
                warned = {int(row): why for row in taken if (why := collection.warned.get(shard.start + int(row)))}
                files[-1].append(Segment(*paths, shard.intake.source_file, *half, warned))
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
    bounds = [ROW_GROUP_ROWS, ROW_GROUP_BYTES, PIECE_ROWS]
    shards = [[s.source_file, s.records_path.parent.name, s.records_path.name, len(s.rows)] for s in part.segments]
    made_from = [part.label_kind, part.split, ids_within_file, versions(), code_hash(), bounds, shards]
    digest = xxhash.xxh3_128(json.dumps(made_from, sort_keys=True).encode())
    for segment in part.segments:
        digest.update(segment.rows.tobytes())
        digest.update(segment.copy_numbers.tobytes())
        digest.update(json.dumps(sorted(segment.warned.items())).encode())
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
