"""A run beside others: the release before it, and the runs before it."""

from sftrm_quality.records import LabelKind, NoKind
from sftrm_quality.run_record.counts import Account
from sftrm_quality.run_record.decision import RecordedDecision
from sftrm_quality.run_record.findings import FindingCounts
from sftrm_quality.run_record.names import Verdict
from sftrm_quality.run_record.told import Told, text_of
from sftrm_quality.run_record.value import Count, Moment, Value
from sftrm_quality.words import Language


class CheckBefore(Value):
    """What a check found in the release before."""

    failed: Count
    evaluated: Count


class FileBefore(Value):
    """What a file is compared with: itself in the release before, or the files of its series there."""

    received: Count
    failing: Count
    same_name: bool


class Step(Value):
    """A file and a reason whose share of the records received moved. step: of the share, from -1 to 1."""

    source_file: str
    label_kind: LabelKind | None
    reason: str
    before: Count
    now: Count
    received_before: Count
    received_now: Count
    step: float


class Changes(Value):
    """Against the release that was current when the run began. checks: by ``suite: reason``.

    ledger: of that release, None where there was none. said: how each sentence is said; empty in what older
    versions wrote.
    """

    sentences: tuple[str, ...]
    said: tuple[Told | None, ...]
    ledger: dict[LabelKind | NoKind, Account] | None
    checks: dict[str, CheckBefore]
    files: dict[str, FileBefore]
    by_file: tuple[Step, ...]

    @property
    def said_sentences(self) -> tuple[str, ...]:
        """The sentences in the language that is spoken."""
        said = self.said or (None,) * len(self.sentences)
        return tuple(text_of(told, english) for told, english in zip(said, self.sentences, strict=True))


class RunSummary(Value):
    """What the index and the trends show of a run.

    language: of its pages without a language in their names; None where an older version wrote them, in English only.
    """

    run_id: str
    release_id: str | None
    verdict: Verdict
    started: Moment
    seconds: float
    peak_mib: Count
    ledger: dict[LabelKind | NoKind, Account]
    with_warnings: bool
    finding_counts: FindingCounts
    decision: RecordedDecision | None
    language: Language | None


def summary_of(run: Value) -> RunSummary:
    """The summary of a value that has all its fields.

    Args:
        run: A run, as it is reported or as it is remembered.

    Returns:
        Only those fields.
    """
    return RunSummary(**{name: getattr(run, name) for name in RunSummary.model_fields})


class History(Value):
    """The last runs, oldest first, and by file and by source the share of each run that was quarantined or unreadable.

    In a line null is a run that had no such file, or no records of that source.
    """

    runs: tuple[RunSummary, ...]
    files: dict[str, tuple[float | None, ...]]
    sources: dict[str, tuple[float | None, ...]]
