"""Files whose first records are of no format: whether one that is comes later, and what is said where none does."""

from dataclasses import dataclass, replace

from sftrm_quality.config import SourceSettings
from sftrm_quality.formats import NoFormat, label_fields, recognise
from sftrm_quality.formats.base import Format, Unlabelled
from sftrm_quality.intake.results import FileIntake
from sftrm_quality.reading import OpenDocument, naming, payload_value


@dataclass(frozen=True)
class LateRecord:
    """A record that fits a format, further down in a file whose beginning does not."""

    format: Format
    record: object


def look_through(document: OpenDocument, source: SourceSettings) -> tuple[int, LateRecord | None]:
    """Read a file whose sample has no format to its end, or to the first record that has one.

    Args:
        document: The file. It is used up, and must be opened again to read its records.
        source: What is declared about it.

    Returns:
        The number of records, and the record that fits; all records where it is None.

    Raises:
        OSError: The file cannot be read.
    """
    labelled = naming(label_fields())
    records = 0
    for shard in document.shards:
        for payload in shard.payloads():
            # Parsing is dear and most files of this kind are long: only what names a field of some format is tried.
            if not labelled.search(payload):
                continue
            try:
                record = payload_value(payload)
            except ValueError:
                continue
            found = recognise([record], source)
            if not isinstance(found, Unlabelled | NoFormat):
                document.close()
                return records, LateRecord(found, record)
        if shard.spilled:
            shard.path.unlink()
        records += len(shard.starts)
    return records, None


def without_records(
    intake: FileIntake, document: OpenDocument, found: Unlabelled | NoFormat, records: int
) -> FileIntake:
    """Say of a file that no record of it has a label: empty or without labels, which is no fault, or unreadable.

    Args:
        intake: The file as far as it is known.
        document: The file as it was opened first, with its sample.
        found: What its sample looks like.
        records: How many it has.

    Returns:
        The intake with status, format and note.
    """
    intake = replace(intake, incomplete=document.ends_early())
    if not records:
        return replace(intake, note="no records")
    if isinstance(found, Unlabelled):
        return replace(intake, status="skipped", format=found.name, note=f"{records:,} {found.holds}")
    seen = found.seen if document.sample else "none of them can be parsed"
    note = f"no known format: {document.container}, {records:,} records, {seen}"
    return replace(intake, status="unreadable", note=note)
