"""All shards of a run in order, and the place of each of their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sftrm_quality.arrays import digest_halves
from sftrm_quality.arrow_files import read_table
from sftrm_quality.dedup import ReceivedShard, ShardKeys
from sftrm_quality.intake import FileIntake
from sftrm_quality.records import LabelKind
from sftrm_quality.sources import natural_key


@dataclass(frozen=True)
class Shard:
    """The records of one label kind in one shard of one source file.

    number: of its summary among those of the intake. start: the first of its global rows, those that passed; rows: how
    many. failing_start, failing: the same of those that failed, which are counted by themselves. delivered_path: where
    the repaired and corrected ones are as they were delivered, None where there are none.
    """

    intake: FileIntake
    number: int
    label_kind: LabelKind
    start: int
    rows: int
    failing_start: int
    failing: int
    records_path: Path
    keys_path: Path
    failing_path: Path
    delivered_path: Path | None

    def keys(self) -> ShardKeys:
        """What deduplication needs to know of the shard."""
        return ShardKeys(self.keys_path, self.records_path, self.label_kind, self.rows)

    def received(self) -> ReceivedShard:
        """What numbering identical records needs to know of the shard."""
        return ReceivedShard(self.keys_path, self.failing_path, self.rows, self.failing)


def name_order(source_file: str) -> tuple[list[tuple[int, str]], str]:
    """A key for ``sorted``: the natural order of names; of names that count alike (01, 1), that of their characters."""
    return natural_key(source_file), source_file


def ordered(intakes: Sequence[FileIntake]) -> tuple[Shard, ...]:
    """Shards by (source_file, position), names as people count: 2026-9-30 is before 2026-10-1.

    Args:
        intakes: Of all raw files, in any order. Files of no known format have no shards.
    """
    shards: list[Shard] = []
    start = failing_start = 0
    for intake in sorted(intakes, key=lambda i: (*name_order(i.source_file), i.label_kind or "")):
        if intake.label_kind is None:
            continue
        for number, summary in enumerate(intake.shards):
            files = intake.shard_paths(summary.number, intake.label_kind)
            shards.append(
                Shard(
                    intake=intake,
                    number=number,
                    label_kind=intake.label_kind,
                    start=start,
                    rows=summary.passed,
                    failing_start=failing_start,
                    failing=summary.failing,
                    records_path=files.records,
                    keys_path=files.keys,
                    failing_path=files.failing,
                    delivered_path=files.delivered if summary.changed else None,
                )
            )
            start += summary.passed
            failing_start += summary.failing
    return tuple(shards)


def hash_column(path: Path, name: str) -> npt.NDArray[np.uint64]:
    """A binary(16) column of a table in a file as two numbers per row (uint64, rows x 2).

    Raises:
        StorageError: The file is missing or broken.
    """
    return digest_halves(read_table(path, [name])[name])


def record_ids(kind: LabelKind, hashes: npt.NDArray[np.uint64], numbers: npt.NDArray[np.signedinteger]) -> list[str]:
    """``sft-<32 hex digits>``, and ``-<n>`` behind it for the n-th further copy of the same content.

    Args:
        kind: Of all the records.
        hashes: Content hashes, two uint64 per record.
        numbers: Running numbers among records of the same content, 0 for the first.
    """
    digits = np.ascontiguousarray(hashes).tobytes().hex()
    return [f"{kind}-{digits[32 * i : 32 * i + 32]}" + (f"-{n}" if n else "") for i, n in enumerate(numbers.tolist())]
