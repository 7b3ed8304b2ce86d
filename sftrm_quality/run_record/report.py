"""``report.json``, from which the page is made and nothing else."""

from typing import Any

from pydantic import Field

from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.run_record.changes import Changes, History, RunSummary, summary_of
from sftrm_quality.run_record.counts import RawFile
from sftrm_quality.run_record.decision import RecordedDecision
from sftrm_quality.run_record.figures import Figures
from sftrm_quality.run_record.findings import Finding, FindingCounts
from sftrm_quality.run_record.manifest import ExportFigures
from sftrm_quality.run_record.names import Mode, Verdict
from sftrm_quality.run_record.preflight import Preflight
from sftrm_quality.run_record.reviews import ShownReviews
from sftrm_quality.run_record.samples import Samples
from sftrm_quality.run_record.value import Count, Moment, TimeZone, Value
from sftrm_quality.words import Language, say, say_of

# Of the layout of report.json: an index over all runs must not fail on what another version wrote.
REPORT_VERSION = 1


class SplitMove(Value):
    """A record that is in another split than in the previous release."""

    record_id: str
    from_: SplitName = Field(alias="from")
    to: SplitName


class SplitMoves(Value):
    """How many moved, and the first of them."""

    count: Count
    records: tuple[SplitMove, ...]


class Browse(Value):
    """The page of all rows: where it is, how many excluded rows there are, and how many of them it lists.

    warned: how many records that were published, or would have been, a check warns of; warned_listed: how many of them
    the page lists; warned_reasons: how many of them have each reason. known_sources: those of the report that have the
    same files there, where the page is another run's; None for its own. language: of that page, as for the report.
    """

    page: str
    rows: Count
    listed: Count
    warned: Count
    warned_listed: Count
    warned_reasons: dict[LabelKind, dict[str, Count]]
    known_sources: tuple[str, ...] | None
    language: Language | None


class Pruned(Value):
    """What the setting ``prune`` deletes once the release of a run is current.

    releases: their ids, oldest first. runs: those whose rows go; their reports stay.
    """

    releases: tuple[str, ...]
    runs: tuple[str, ...]

    def __str__(self) -> str:
        """One sentence without its full stop, as page and terminal say it."""
        releases = say_of("{count} old release", "{count} old releases", len(self.releases))
        runs = say_of("the rows of {count} old run", "the rows of {count} old runs", len(self.runs))
        return say("deleted by the setting prune: {releases}, {runs}", releases=releases, runs=runs)


class Paths(Value):
    """Of what a run made, below the output folder. release: None where nothing is published."""

    release: str | None
    quarantine: str
    duplicates: str


class _Heading(Value):
    report_version: int
    run_id: str
    release_id: str | None
    verdict: Verdict
    with_warnings: bool
    finding_counts: FindingCounts
    decision: RecordedDecision | None
    language: Language | None
    previous_release_id: str | None
    planned_release_id: str | None
    mode: Mode
    started: Moment
    timezone: TimeZone


class Report(Figures, _Heading):
    """One run: how it ended, its figures, and what people look at.

    findings: what to look at first, the new ones in front. files: also those of the current release that are gone.

    decision: a person's on what the gate held. In a report that says published or unchanged it is the one by which the
    release was published. language: of the pages without a language in their names, the others beside them are in the
    others; None in what older versions wrote, in English only. timezone: the one in which pages show its times.
    browse: None without such a page.
    exports: of the release, by name. preflights: what trainers would make of it; none where no tokenizer is named.
    pruned: what old releases and rows were deleted with it; None where nothing was.
    damaged_files: of the release before. why: the command that traces a record, but for its id.

    planned_release_id: the release that its inputs make, published or not. config: all its settings, with which the
    same run can be made again. Both are None in reports that are older than they. reviews: None in a run without any.
    """

    findings: tuple[Finding, ...]
    reviews: ShownReviews | None
    split_moves: SplitMoves
    samples: Samples
    browse: Browse | None
    exports: dict[str, ExportFigures]
    preflights: tuple[Preflight, ...]
    pruned: Pruned | None
    paths: Paths
    inputs: tuple[RawFile, ...]
    damaged_files: tuple[str, ...]
    config: dict[str, Any] | None
    command: str
    why: str
    suites_hash: str
    config_hash: str
    versions: dict[str, str]
    seconds: float
    peak_mib: Count
    changes: Changes
    history: History

    @property
    def summary(self) -> RunSummary:
        """What the index and the trends show of it."""
        return summary_of(self)
