"""What declared repairs did, and what others could do: by source, as pages and the terminal tell it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sftrm_quality.run_record import FileEntry


@dataclass(frozen=True)
class OfRepair:
    """A repair at a source. records: that it changed, or would mend; passing: of these, how many would no longer be
    quarantined, None for a declared one."""

    source: str
    repair: str
    records: int
    passing: int | None = None


def repairs_done(files: Sequence[FileEntry]) -> list[OfRepair]:
    """What was repaired, as it was declared.

    Args:
        files: Entries of a report.

    Returns:
        By source and repair, the most records first.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for file in files:
        counts.update({(_source(file), name): records for name, records in file.repairs.items()})
    return _most_first([OfRepair(*key, records) for key, records in counts.items()])


def repairs_possible(files: Sequence[FileEntry]) -> list[OfRepair]:
    """What repairs could do that are not declared.

    Args:
        files: Entries of a report.

    Returns:
        By source and repair, those first that would let the most records pass.
    """
    records: Counter[tuple[str, str]] = Counter()
    passing: Counter[tuple[str, str]] = Counter()
    for file in files:
        for name, found in file.repairable.items():
            records[_source(file), name] += found.records
            passing[_source(file), name] += found.passing
    return _most_first([OfRepair(*key, count, passing[key]) for key, count in records.items()])


def _source(file: FileEntry) -> str:
    return file.source or file.source_file


def _most_first(found: list[OfRepair]) -> list[OfRepair]:
    return sorted(found, key=lambda one: (-(one.passing or 0), -one.records, one.source, one.repair))
