"""What ``sftrm inspect`` says of raw files, which is what ``--json`` prints."""

from pydantic import Field

from sftrm_quality.records import LabelKind
from sftrm_quality.run_record.names import FileStatus
from sftrm_quality.run_record.value import Count, Value


class ReasonFound(Value):
    """Why records cannot be read or mapped: how many, and of the first its number from 0 and what was found."""

    reason: str
    count: Count
    source_index: Count
    detail: str


class UnreadField(Value):
    """A field that the format does not read: in how many records it is kept as metadata, quarantines the record, or is
    ignored as its source declares. field: its name, with dots for a field in objects or lists, as ``ignore`` takes it.
    """

    field: str
    metadata: Count = 0
    field_unexpected: Count = 0
    ignored: Count = 0


class MissingFields(Value):
    """A format that a file of no known format is nearest to, and which of the fields that it needs are not there."""

    format: str
    missing: tuple[str, ...]


class RecordShown(Value):
    """A record as it would be published if it passes the checks: where it is, and masked excerpts of its fields."""

    label_kind: LabelKind
    source_index: Count
    source_line: Count | None
    fields: dict[str, str]


class ProposedFormat(Value):
    """A declaration for a file of no known format, made from the names of its fields, and what it reads of the file.

    declaration: a YAML file; what nobody can tell from the names is left open there, with a comment. records: of the
    file, and records_read: by the declaration; both None as long as something is open. reasons: why others are not.
    shown: the first records that are read.
    """

    declaration: str
    records: Count | None = None
    records_read: Count | None = None
    reasons: tuple[ReasonFound, ...] = ()
    shown: tuple[RecordShown, ...] = ()


class InspectedFile(Value):
    """A raw file, or one member of an archive.

    why: what decided about the format. id_field: where ids come from, "" for the content of the record, None where no
    record is read. records: None where they cannot be counted. label_kinds: how many of them are of each. note: why
    nothing is read. left_out: fields that the format reads and does not publish, on purpose, and why. fields_seen: of a
    file of no known format, in how many of its first records each field is. repairs: how many records each repair would
    change, and those that are declared do. proposed: for a file of no known format.
    """

    source_file: str
    status: FileStatus
    container: str | None
    encoding: str | None
    format: str | None
    why: str = ""
    id_field: str | None = None
    records: Count | None
    label_kinds: dict[LabelKind, Count] = Field(default_factory=dict)
    incomplete: bool
    note: str = ""
    reasons: tuple[ReasonFound, ...] = ()
    unread: tuple[UnreadField, ...] = ()
    repairs: dict[str, Count] = Field(default_factory=dict)
    repairs_declared: tuple[str, ...] = ()
    left_out: dict[str, str] = Field(default_factory=dict)
    fields_seen: dict[str, Count] = Field(default_factory=dict)
    nearest: tuple[MissingFields, ...] = ()
    proposed: ProposedFormat | None = None
    shown: tuple[RecordShown, ...] = ()


class Inspection(Value):
    """All files that were inspected."""

    files: tuple[InspectedFile, ...]

    @property
    def all_known(self) -> bool:
        """Whether each of them is of a known format."""
        return all(file.status is not FileStatus.UNREADABLE for file in self.files)
