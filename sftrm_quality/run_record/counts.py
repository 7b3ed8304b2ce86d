"""Where records ended, of all, of a source file, of a split; and which raw files they came from."""

import shlex

from sftrm_quality.records import LabelKind
from sftrm_quality.run_record.names import DeliveryStatus, FileStatus
from sftrm_quality.run_record.value import Count, Value
from sftrm_quality.words import recognised, say, say_of


class Account(Value):
    """Counts of records by where they ended."""

    received: Count
    # No bounds here and below: a ledger that does not close is to be seen, not to fail where it is made.
    unreadable: int
    quarantined: int
    duplicates: int
    published: int

    @property
    def difference(self) -> int:
        """Records received and found nowhere (positive), or found twice (negative)."""
        return self.received - self.unreadable - self.quarantined - self.duplicates - self.published

    @property
    def failing(self) -> int:
        """Records that are quarantined or unreadable."""
        return self.quarantined + self.unreadable

    def __add__(self, other: "Account") -> "Account":
        return Account(**{name: getattr(self, name) + getattr(other, name) for name in PLACES})

    @property
    def account(self) -> "Account":
        """Only the counts, of a value that has more fields."""
        return Account(**{name: getattr(self, name) for name in PLACES})


PLACES = tuple(Account.model_fields)
NO_RECORDS = Account(received=0, unreadable=0, quarantined=0, duplicates=0, published=0)


class _SourceFile(Value):
    source_file: str
    source: str
    delivery: DeliveryStatus | None
    status: FileStatus
    format: str | None
    label_kind: LabelKind | None
    container: str | None
    encoding: str | None
    note: str
    incomplete: bool
    fields_unread: dict[str, int]


class Repairable(Value):
    """What a repair could do that is not declared: records that would fail fewer checks.

    passing: of them, those that are quarantined and would not be.
    """

    records: Count
    passing: Count


class FileEntry(Account, _SourceFile):
    """A source file, or one member of an archive: how it was read, its account, its reasons.

    source: whose it is, "" in what older versions wrote. delivery: against the release that was current when the run
    began, None in a manifest, which does not depend on that. incomplete: it ends in the middle of a record or of its
    list, or its stream breaks off, so that records may be missing. reasons: how many of its records are quarantined or
    unreadable for each; a record can have several. warnings: the same for checks that only warn, of all its records.
    repairs: how many records each declared repair changed, and repairable: what the others could do. note: why nothing
    of it is read. waived, corrected: of the published ones, how many fail a check that a person allows, and how many a
    person corrected. replaced: of the quarantined ones, those whose place a later file took; replaced_reasons: as
    reasons, of them. marks: what recurs in its texts and no list knows (`<[!br]>`), with how many of its records have
    it.
    """

    reasons: dict[str, int]
    warnings: dict[str, int]
    repairs: dict[str, Count]
    repairable: dict[str, Repairable]
    marks: dict[str, int]
    waived: Count
    corrected: Count
    replaced: Count
    replaced_reasons: dict[str, Count]

    @property
    def said_note(self) -> str:
        """The note in the language that is spoken."""
        return recognised(self.note)

    @property
    def ends_early(self) -> str:
        """What people are told of an incomplete file, after how many records that could be read; "" of others."""
        read = self.received - self.unreadable
        if not self.incomplete:
            return ""
        if not self.received:
            return say("ends early")
        return say_of("ends early after {count} record", "ends early after {count} records", read)

    @property
    def inspect(self) -> str:
        """The command that shows more of the file, by the name that it has here."""
        return shlex.join(["sftrm", "inspect", self.source_file])


class RawFile(Value):
    """A raw file as it was on the disk: its name and the hash of its bytes."""

    source_file: str
    content_hash: str


class SizedRawFile(RawFile):
    """The same with its size."""

    bytes: Count


class PromptGroups(Value):
    """Groups of equal or near-equal prompts: how many, and the records of the largest."""

    count: Count
    largest: Count
