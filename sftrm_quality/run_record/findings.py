"""Findings: what a person should look at after a run, made once and the same on every surface."""

from collections.abc import Iterable
from typing import Literal

from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.run_record.told import Told, text_of
from sftrm_quality.run_record.value import Count, Moment, Share, Value
from sftrm_quality.words import number, say

# The page, the terminal and messages name some; `sftrm rows` and report.json's files have all.
FILES_NAMED = 20

FoundBy = Literal["sft", "rm", "release", "delivery", "settings", "suites", "decisions", "reviews"]


ActKind = Literal["known", "accepted", "sent"]


class RecordedAct(Value):
    """What a person said of a finding: that it is known, accepted until a day, or sent to the vendor.

    until: the last day of an acceptance. counts: False where that was before the run. acted_at: when it was said.
    """

    kind: ActKind
    until: str | None
    name: str
    note: str
    acted_at: Moment
    counts: bool

    @property
    def text(self) -> str:
        """One sentence without its full stop."""
        said = {"name": self.name, "note": " ".join(self.note.split())}
        if self.kind == "known":
            return say("{name} knows of it: {note}", **said)
        if self.kind == "sent":
            return say("{name} sent it to the vendor: {note}", **said)
        if self.counts:
            return say("{name} accepts it until {until}: {note}", until=self.until, **said)
        return say("{name} accepted it until {until}, which is over: {note}", until=self.until, **said)

    @property
    def quiet(self) -> bool:
        """Whether nobody is to be called for it again: of what was sent, the answer is waited for."""
        return self.counts and self.kind in ("known", "accepted")


class Finding(Value):
    """One thing to look at: a reason, whose it is, how much of it there is.

    suite: what it was found by: a suite, ``settings`` that fit nothing, ``suites`` that were weakened, ``reviews``.
    source: None where it is about no source. source_file: where it is about one file. files: the first of them, of
    ``file_count``. count and of: how many of how many, records or files, as the text says. usual: the share that
    earlier nights had. known: an earlier run that was no check has told of it for the same bytes and the same count;
    since: the first run that did. text: one sentence in English, without its full stop; said: how it is said, so that
    `said_text` has it in any language; None in what older versions wrote. fingerprints: by which a later run knows it.
    act: what a person said of it; then it is known, while that counts.
    """

    suite: FoundBy
    reason: str
    severity: Severity
    label_kind: LabelKind | None
    source: str | None
    source_file: str | None
    files: tuple[str, ...]
    file_count: Count
    count: Count
    of: Count
    usual: Share | None
    since: str
    known: bool
    text: str
    said: Told | None
    fingerprints: tuple[str, ...]
    act: RecordedAct | None

    @property
    def name(self) -> str:
        """By what it was found and its reason, as checks are named."""
        return f"{self.suite}: {self.reason}"

    @property
    def said_text(self) -> str:
        """The sentence in the language that is spoken."""
        return text_of(self.said, self.text)


class FindingCounts(Value):
    """How many findings are new and how many are known."""

    new: Count
    known: Count

    def __str__(self) -> str:
        """As states, names and messages say it."""
        if self.new and self.known:
            return say("{new} new, {known} known", new=number(self.new), known=number(self.known))
        if self.new:
            return say("{count} new", count=number(self.new))
        return say("{count} known", count=number(self.known)) if self.known else say("none")


def count_findings(findings: Iterable[Finding]) -> FindingCounts:
    """Count them.

    Args:
        findings: Of one run.

    Returns:
        New and known ones.
    """
    known = [finding.known for finding in findings]
    return FindingCounts(new=len(known) - sum(known), known=sum(known))
