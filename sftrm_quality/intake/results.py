"""What the intake of one source file gave: its shards, spilled to the cache, and their counts."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sftrm_quality.checks.results import CheckCount
from sftrm_quality.reading import SourceFile
from sftrm_quality.records import LabelKind
from sftrm_quality.run_record import FileStatus


class ShardFiles(NamedTuple):
    """Where a shard is spilled to, records of one label kind: those that passed, their keys, the failing ones, and, if
    any passed that were repaired or corrected, these as they were delivered (`records.DELIVERED`)."""

    records: Path
    keys: Path
    failing: Path
    delivered: Path


@dataclass(frozen=True)
class ShardSummary:
    """Counts of the records of one label kind in one shard. ``received = passed + unreadable + quarantined``.

    number: of the shard in its file. A shard without records of a kind has no summary for it. unmapped_reasons: how
    many records left at stage read or format for each reason; the checks' own are in counts. formats: how many records
    are read by another format than their file's, by its name. fields_unread: names of fields that the format does not
    read and that are in the metadata, with the number of records that have them. directions: of RM records, those that
    failed among them: what tells the direction of their ranks. marks: in how many of the records that were mapped each
    is found (`census`). encoding: of the records' bytes in the source file. changed: records that passed and were
    changed by a repair or a correction. repairs: records that each repair changed, those that failed all the same among
    them. waived: records with a reason that a waiver allows, and corrected: that a person corrected, both also of those
    that failed all the same. repairable: of each that is not declared, how many records would fail fewer checks with
    it, and how many of these would no longer be quarantined. Both by `records.Repair`.
    """

    number: int
    received: int
    passed: int
    unreadable: int
    quarantined: int
    unmapped_reasons: Mapping[str, int]
    formats: Mapping[str, int]
    fields_unread: Mapping[str, int]
    counts: tuple[CheckCount, ...]
    directions: Mapping[str, int]
    marks: Mapping[str, int]
    encoding: str
    changed: int
    repairs: Mapping[str, int]
    waived: int
    corrected: int
    repairable: Mapping[str, tuple[int, int]]

    @property
    def failing(self) -> int:
        return self.unreadable + self.quarantined


@dataclass(frozen=True)
class FileIntake:
    """One source file, or one member of an archive, as it came in; one for each label kind that is in it.

    status: ``read``, ``skipped`` (known, and holds no records of a kind) or ``unreadable`` (no known format); note
    says why or what was seen. incomplete: it ends early, so that records may be missing. folder: where its shards are
    spilled. records: how many were counted in a file of which none is read, None where its container is not known.
    id_field: where its ids are, "" for ids from the content. layout: what its reader must know to read single records
    again.
    """

    source_file: str
    raw: SourceFile
    folder: Path
    stream: int
    status: FileStatus
    format: str | None = None
    label_kind: LabelKind | None = None
    container: str | None = None
    note: str = ""
    incomplete: bool = False
    records: int | None = None
    id_field: str | None = None
    layout: str = ""
    shards: tuple[ShardSummary, ...] = field(default=())

    def shard_paths(self, number: int, kind: LabelKind) -> ShardFiles:
        """Files of the records of a label kind in a shard."""
        stem = f"{self.stream:04d}-{number:06d}-{kind}"
        return ShardFiles(*(self.folder / f"{stem}.{part}.arrow" for part in ShardFiles._fields))

    @property
    def encoding(self) -> str | None:
        """Of the source file; None where nothing was read from it. ASCII counts as UTF-8."""
        seen = [shard.encoding for shard in self.shards]
        return next((name for name in seen if name != "utf-8"), seen[0] if seen else None)

    @property
    def fields_unread(self) -> Counter[str]:
        """In how many records each field is that the format does not read."""
        return _summed(shard.fields_unread for shard in self.shards)

    @property
    def repairs(self) -> Counter[str]:
        """How many records each repair changed."""
        return _summed(shard.repairs for shard in self.shards)

    @property
    def repairable(self) -> dict[str, tuple[int, int]]:
        """What repairs could do that are not declared, as in the summaries of the shards."""
        records, passing = (
            _summed({name: counts[which] for name, counts in shard.repairable.items()} for shard in self.shards)
            for which in range(2)
        )
        return {name: (count, passing[name]) for name, count in records.items()}

    @property
    def directions(self) -> Counter[str]:
        """What tells the direction of the ranks of its records."""
        return _summed(shard.directions for shard in self.shards)

    @property
    def marks(self) -> Counter[str]:
        """In how many of its records each mark is found."""
        return _summed(shard.marks for shard in self.shards)

    @property
    def read(self) -> int:
        """Records of its label kind that could be read."""
        return sum(shard.received - shard.unreadable for shard in self.shards)

    @property
    def unknown_records(self) -> int:
        """Records of a file of no known format: 1 where nobody can count them, since something was delivered."""
        if self.status is not FileStatus.UNREADABLE:
            return 0
        return 1 if self.records is None else self.records

    def to_json(self) -> dict[str, Any]:
        """Everything that does not depend on where and under which name the raw file lies."""
        # Not `asdict`, which copies every name and number: half a millisecond, as long as a small file is read.
        values = {name: value for name, value in vars(self).items() if name not in ("raw", "folder")}
        values["source_file"] = self.source_file[len(self.raw.source_file) :]
        values["shards"] = [{**vars(shard), "counts": list(map(vars, shard.counts))} for shard in self.shards]
        return values


def _summed(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for of_shard in counts:
        total.update(of_shard)
    return total


def intakes_from_json(text: str, raw: SourceFile, folder: Path) -> list[FileIntake]:
    """The counterpart of `FileIntake.to_json`, for the raw file as it is called now."""
    intakes = []
    for values in json.loads(text):
        shards = tuple(
            ShardSummary(
                **{
                    **shard,
                    "counts": tuple(map(CheckCount.from_json, shard["counts"])),
                    "repairable": {name: tuple(counts) for name, counts in shard["repairable"].items()},
                }
            )
            for shard in values.pop("shards")
        )
        kind, status = values.pop("label_kind"), FileStatus(values.pop("status"))
        intakes.append(
            FileIntake(
                **{**values, "source_file": raw.source_file + values["source_file"]},
                raw=raw,
                folder=folder,
                status=status,
                label_kind=LabelKind(kind) if kind else None,
                shards=shards,
            )
        )
    return intakes
