"""Which reviews apply to the source files of a raw file, by what the intake of it gave without any."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import as_mask, one_array
from sftrm_quality.arrow_files import read_table
from sftrm_quality.intake.results import FileIntake
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.records import LabelKind, Severity, Stage
from sftrm_quality.reviews import FileReviews, FoundWithout, Reviews, reviews_of_file
from sftrm_quality.sources import source_by


def reviews_that_apply(
    reviews: Reviews, settings: ShardSettings, intakes: Sequence[FileIntake]
) -> dict[str, FileReviews]:
    """The reviews that change anything in some source files.

    Args:
        reviews: The effective ones.
        settings: Say whose the files are.
        intakes: Of one raw file, made without reviews.

    Returns:
        By the names of the source files those that apply; files without any are left out.
    """
    of_files: dict[str, list[FileIntake]] = {}
    for intake in intakes:
        of_files.setdefault(intake.source_file, []).append(intake)
    found = {}
    for name, own in of_files.items():
        source = source_by(name, settings.source(name).name)
        applying = reviews_of_file(reviews, name, source, FoundWithout(_failed(own), _Records(own)))
        if applying:
            found[name] = applying
    return found


def _failed(intakes: Sequence[FileIntake]) -> set[str]:
    counts = (count for intake in intakes for shard in intake.shards for count in shard.counts)
    return {count.reason for count in counts if count.failed and count.severity is Severity.CRITICAL}


@dataclass(frozen=True)
class _Records:
    """Finds records of a source file by their ids, and why they fail, shard by shard, of mapped columns."""

    intakes: Sequence[FileIntake]

    def __call__(self, asked: Set[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for intake in self.intakes:
            kind = intake.label_kind
            hashes = sorted(
                bytes.fromhex(one.partition("-")[2]) for one in asked if kind and one.startswith(f"{kind}-")
            )
            if kind is None or not hashes:
                continue
            wanted = pa.array(hashes, pa.binary(16))
            for shard in intake.shards:
                files = intake.shard_paths(shard.number, kind)
                if shard.passed:
                    self._add(found, kind, wanted, read_table(files.keys, ["content_hash"]))
                if shard.failing:
                    self._add(found, kind, wanted, _checked(read_table(files.failing)))
        return found

    @staticmethod
    def _add(found: dict[str, set[str]], kind: LabelKind, wanted: pa.Array, table: pa.Table) -> None:
        rows = np.flatnonzero(as_mask(pc.is_in(one_array(table["content_hash"]), wanted)))
        for row in table.take(pa.array(rows)).to_pylist():
            found.setdefault(f"{kind}-{row['content_hash'].hex()}", set()).update(row.get("reasons", ()))


def _checked(failing: pa.Table) -> pa.Table:
    """Without the records that could not be read or mapped, which no review is of."""
    checked = pc.equal(one_array(failing["stage"]), Stage.CHECK)
    return failing.select(["content_hash", "reasons"]).filter(checked)
