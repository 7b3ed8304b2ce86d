"""What the checks found: of each check, of the gate, of reasons that occur together, of personal data."""

from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.run_record.told import Told, text_of
from sftrm_quality.run_record.value import Count, Share, Value
from sftrm_quality.words import Language, described, recognised, say, without_full_stop


class Check(Value):
    """How one check fared on everything: ``success`` where at least ``mostly`` of the evaluated rows passed.

    waived: rows that failed and count as passed, since a person allows it. replaced: rows that failed and do not count
    at all, since a later file brought others in their place. suite and reason name it. check: the type of the
    expectation. scope: what is one row of it: a record, a record beside all others (``collection``, ``split``), or the
    release. detail_said: how the detail is said, where that is known. descriptions: the description in other languages,
    by their codes.
    """

    suite: str
    reason: str
    severity: Severity
    evaluated: Count
    failed: Count
    waived: Count
    replaced: Count
    mostly: Share
    success: bool
    detail: str
    detail_said: Told | None
    check: str
    description: str
    descriptions: dict[Language, str]
    scope: str

    @property
    def says(self) -> str:
        """The description in the language that is spoken."""
        if self.suite == "decisions":
            # Of no suite: it is a sentence of ours.
            return say(self.description)
        return described(self.description, self.descriptions)

    @property
    def expects(self) -> str:
        """The same without its full stop, as a part of other sentences."""
        return without_full_stop(self.says)

    @property
    def found(self) -> str:
        """The detail in the language that is spoken."""
        if self.detail_said:
            return text_of(self.detail_said, self.detail)
        # Of several files, one after the other.
        return "; ".join(map(recognised, self.detail.split("; ")))

    @property
    def holds_the_release(self) -> bool:
        """Whether this check by itself keeps the release from being published."""
        return self.severity is Severity.CRITICAL and not self.success

    @property
    def has_finding(self) -> bool:
        """Whether there is anything to see: rows that failed, or a bound that was passed."""
        return bool(self.failed) or not self.success

    @property
    def share_failed(self) -> float:
        """Of the evaluated rows, from 0 to 1; 0 where there were none."""
        return self.failed / self.evaluated if self.evaluated else 0.0


class Gate(Value):
    """Whether the gate is open, and the reasons of the checks that close it."""

    success: bool
    failed: tuple[str, ...]


class ReasonsTogether(Value):
    """Two reasons, and how many quarantined records have both."""

    reasons: tuple[str, str]
    records: Count


class FileCount(Value):
    """A source file and a number of its records."""

    source_file: str
    records: Count


class PersonalFigures(Value):
    """What one check for personal data found: records with a finding, and the files that have any, most first."""

    label_kind: LabelKind
    reason: str
    kind: str
    severity: Severity
    records: Count
    files: tuple[FileCount, ...]
