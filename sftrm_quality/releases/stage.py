"""A staged release: data files and what is excluded, all written and read back before any of it counts."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sftrm_quality import progress
from sftrm_quality.collection import Collection
from sftrm_quality.records import LINEAGE_COLUMNS, PUBLISHED, LabelKind
from sftrm_quality.releases.excluded import write_excluded
from sftrm_quality.releases.held_out import no_longer_held_out
from sftrm_quality.releases.kept_apart import write_kept_apart
from sftrm_quality.releases.manifest import Release
from sftrm_quality.releases.moves import split_moves
from sftrm_quality.releases.part_cache import reuse
from sftrm_quality.releases.part_files import write_part
from sftrm_quality.releases.parts import Part, plan_hash, plan_parts
from sftrm_quality.releases.read_back import PartFacts, read_back
from sftrm_quality.run_record import DataFile
from sftrm_quality.workers import Workers, give_memory_back

_PASSED = [("label_kind", pa.string()), ("split", pa.string())]


@dataclass(frozen=True)
class StagedRelease:
    """Folders that are complete and not yet published. ``kept``: for each part its folder in the part cache.

    no_longer_held_out: by label kind, how many prompts that the current release holds out are in train.
    """

    folder: Path
    parts: tuple[tuple[Part, PartFacts], ...]
    kept: tuple[Path, ...]
    moves: pa.Table
    previous_id: str | None
    previously_published: dict[str, int]
    no_longer_held_out: dict[LabelKind, int]

    @property
    def release(self) -> Path:
        return self.folder / "release"

    @property
    def quarantine(self) -> Path:
        return self.folder / "quarantine"

    @property
    def duplicates(self) -> Path:
        return self.folder / "duplicates"

    @property
    def beside_report(self) -> Path:
        """Files that go beside the report."""
        return self.folder / "beside"

    @property
    def quarantine_file(self) -> Path:
        return self.quarantine / "quarantine.parquet"

    @property
    def duplicates_file(self) -> Path:
        return self.duplicates / "duplicates.parquet"

    def data_files(self) -> dict[str, DataFile]:
        """What the manifest says of every data file.

        Returns:
            The descriptions, by path in the release.
        """
        listed: dict[str, DataFile] = {}
        for part, facts in self.parts:
            # Originals are of no split: who reads the release by its splits never meets them.
            for path, file, split in ((part.path, facts.file, part.split), (part.originals, facts.originals, None)):
                if file:
                    name = path.relative_to(self.release).as_posix()
                    listed[name] = DataFile(**asdict(file), label_kind=part.label_kind, split=split)
        return listed


@dataclass(frozen=True)
class _WriteAndReadBack:
    """Writes a part, or takes it from the folder where it is kept."""

    ids_within_file: bool
    hashes: Path

    def __call__(self, planned: tuple[Part, Path]) -> PartFacts:
        part, kept = planned
        if (facts := reuse(part, kept)) is not None:
            return facts
        write_part(part)
        give_memory_back()
        return read_back(part, self.ids_within_file, self.hashes / f"{part.label_kind}-{part.path.stem}.npy")


def stage_release(
    collection: Collection,
    folder: Path,
    previous: Release | None,
    previous_is_whole: bool,
    ids_within_file: bool,
    part_cache: Path,
    workers: Workers,
    excluded_are_there: Callable[[Path, Path], None],
) -> StagedRelease:
    """Write everything that the run would publish below a folder and read it back; parts in the cache are reused.

    Args:
        collection: All records, with their splits.
        folder: The run's staging folder.
        previous: The current release, in which moved records are looked for.
        previous_is_whole: Its files are as they were published; else no move is looked for.
        ids_within_file: A data_id counts together with its source file.
        part_cache: The parts of the newest release.
        workers: Write and read the parts.
        excluded_are_there: Called with the quarantine and the duplicates file while the workers are at the parts.

    Returns:
        What was staged, and what was read back from it.

    Raises:
        StorageError: A file cannot be written or does not read back as it was meant.
    """
    parts = [
        part
        for kind in LabelKind
        if sum(collection.split_sizes(kind).values())
        for part in plan_parts(collection, kind, folder / "release")
    ]
    kept = [part_cache / plan_hash(part, ids_within_file) for part in parts]
    facts: list[PartFacts] = []
    hashes = folder / "hashes"
    hashes.mkdir()
    coming = workers.map(_WriteAndReadBack(ids_within_file, hashes), zip(parts, kept, strict=True))
    # While the workers are at the first parts: two seconds of a million records.
    staged = folder / "quarantine" / "quarantine.parquet", folder / "duplicates" / "duplicates.parquet"
    write_excluded(collection, *staged)
    excluded_are_there(*staged)
    (beside := folder / "beside").mkdir()
    write_kept_apart(collection, beside)
    for part_facts in coming:
        facts.append(part_facts)
        progress.report("write", len(facts), len(parts), "files")
    give_memory_back()
    written = tuple(zip(parts, facts, strict=True))
    before = previous.manifest.figures.ledger if previous else {}
    whole = previous if previous_is_whole else None
    return StagedRelease(
        folder=folder,
        parts=written,
        kept=tuple(kept),
        moves=split_moves(written, whole),
        previous_id=previous.release_id if previous else None,
        previously_published={kind: account.published for kind, account in before.items()},
        no_longer_held_out=no_longer_held_out(written, whole),
    )


def write_passed(staged: StagedRelease, folder: Path) -> None:
    """Where the records came from that a held or check-only run would have published, for `trace`."""
    columns = [*LINEAGE_COLUMNS, "data_id"]
    schema = pa.schema([*((name, PUBLISHED[LabelKind.SFT].field(name).type) for name in columns), *_PASSED])
    with pq.ParquetWriter(folder / "passed.parquet", schema, compression="zstd") as writer:
        for part, _ in staged.parts:
            rows = pq.read_table(part.path, columns=columns).select(columns)
            rows = rows.append_column("label_kind", pa.array([str(part.label_kind)] * len(rows), pa.string()))
            writer.write_table(rows.append_column("split", pa.array([str(part.split)] * len(rows), pa.string())))


def write_moves(moves: pa.Table, folder: Path) -> None:
    """All records that changed their split, beside the report."""
    if len(moves):
        pq.write_table(moves, folder / "split_moves.parquet", compression="zstd")
