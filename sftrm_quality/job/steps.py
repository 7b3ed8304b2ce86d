"""The steps of a run as methods of one job, which takes them in order without Prefect."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import date
from types import TracebackType
from typing import Self

from sftrm_quality import releases
from sftrm_quality.collection import Collection, Context, assign, deduplicate
from sftrm_quality.config import RunConfig
from sftrm_quality.decisions import Decision, Signed
from sftrm_quality.findings import refuse_another_case
from sftrm_quality.intake import FileIntake, IntakeContext, ShardSettings, intake_files
from sftrm_quality.job.acting import act_on, store_acts
from sftrm_quality.job.gate import CheckedRelease, checked_release
from sftrm_quality.job.opening import RunContext, opened
from sftrm_quality.job.plan import Plan, must_make, plan_of
from sftrm_quality.job.publish import published_or_held
from sftrm_quality.job.report import RunResult, report_unchanged
from sftrm_quality.job.rows import Staged, begin_rows
from sftrm_quality.reading import SourceFile
from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.reports import ExcludedListed
from sftrm_quality.run_record import ActKind, Mode, Report
from sftrm_quality.workers import Workers, give_memory_back

# Counts and names only: logs are kept by others, and records can hold personal data.
_log = logging.getLogger(__name__)


Reading = Callable[["Job", Plan], Sequence[FileIntake]]


class Job:
    """One run on one output folder. A context: inside it the folder is locked and the workers are up.

    Each step takes what the steps before it returned; between them the job keeps nothing.

    Raises ConfigError or SuiteError on entry, before anything is read, and StorageError when the folder is taken.
    """

    def __init__(self, config: RunConfig, mode: Mode = Mode.RUN) -> None:
        self.publishes = mode is Mode.RUN
        self._opening = opened(config, mode)

    def __enter__(self) -> Self:
        self._run: RunContext = self._opening.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opening.__exit__(kind, error, trace)

    @property
    def workers(self) -> Workers:
        return self._run.workers

    def plan(self) -> Plan:
        """Find the raw files, hash them, and see whether the release that they make is the current one already.

        Returns:
            What the steps after this one work on.

        Raises:
            ConfigError: There is no raw file, or two would have one name.
            StorageError: A file cannot be read.
        """
        return plan_of(self._run)

    def intake_files(self, plan: Plan, files: Sequence[SourceFile]) -> list[FileIntake]:
        """Read, map, check and fingerprint raw files, or find that in the cache.

        Args:
            plan: The plan that names the files.
            files: Some of its files; the intake of several groups may go on at the same time, by threads.

        Returns:
            One intake for each file, or for each member of an archive, in their order.

        Raises:
            StorageError: Reading one, or writing what it gave, fails; it may be tried again.
        """
        run = self._run
        settings = ShardSettings.of(run.config, run.suites, run.formats)
        context = IntakeContext(settings, run.output, run.staging, run.workers, plan.progress, run.effective)
        intakes = intake_files(files, context)
        for file, of_file in zip(files, intakes, strict=True):
            shards = [shard for intake in of_file for shard in intake.shards]
            received, passed = sum(shard.received for shard in shards), sum(shard.passed for shard in shards)
            _log.info("%r: %d records, %d passed their own checks", file.source_file, received, passed)
        return [intake for of_file in intakes for intake in of_file]

    def deduplicate(self, intakes: Sequence[FileIntake]) -> Collection:
        """Identity and duplicates over all files.

        Args:
            intakes: Of every raw file.

        Returns:
            All records, those that are still to be published and the others.

        Raises:
            ConfigError: A setting fits the members of an archive in another case only; they are known by now.
            StorageError: A file of a shard is missing or broken.
        """
        refuse_another_case(self._run.config, [intake.source_file for intake in intakes])
        try:
            return deduplicate(intakes, self._collection_context())
        finally:
            give_memory_back()

    def assign_splits(self, collection: Collection) -> Collection:
        """Prompt groups and their splits; the ledger must close here.

        Args:
            collection: All records, with their duplicates.

        Returns:
            The same with the split of each.

        Raises:
            LedgerError: Records were lost or counted twice on the way here.
        """
        assigned = assign(collection, self._collection_context())
        assigned.ledger.close()
        for kind in LabelKind:
            account = assigned.ledger.of(kind)
            if account.received:
                _log.info("%s: %s", kind.upper(), ", ".join(f"{n} {name}" for name, n in account))
        give_memory_back()
        return assigned

    def stage(self, plan: Plan, collection: Collection) -> Staged:
        """Write the release to the staging folder and read it back.

        Args:
            plan: Names the current release: what moved between splits since is told only where that is whole.
            collection: All records, with their splits.

        Returns:
            The files, and what was read back from them.

        Raises:
            StorageError: A file cannot be written or does not read back as it was meant.
        """
        rows: list[Future[ExcludedListed]] = []
        previous_id = plan.current.release_id if plan.current else None
        release = releases.stage_release(
            collection,
            self._run.staging,
            plan.current,
            not plan.damaged_files,
            self._run.config.ids.within == "file",
            self._run.output.part_cache,
            self.workers,
            lambda *excluded: rows.append(begin_rows(self._run, previous_id, *excluded)),
        )
        return Staged(release, rows[0])

    def check_release(
        self, plan: Plan, intakes: Sequence[FileIntake], collection: Collection, staged: Staged
    ) -> CheckedRelease:
        """The gate: ``mostly`` of every row check on the sums, the suites of release and delivery, and the findings."""
        return checked_release(self._run, plan, intakes, collection, staged)

    def finish(self, plan: Plan, checked: CheckedRelease, decision: Decision | None = None) -> RunResult:
        """Publish or hold, and report in any case. LATEST is switched last of all.

        Args:
            plan: What was to be done.
            checked: What came of it.
            decision: A person's, on a release that the gate holds; see `published_or_held`.

        Returns:
            How it ended.

        Raises:
            StorageError: A raw file changed meanwhile, or the disk takes no more. Nothing is published then.
        """
        return published_or_held(self._run, plan, checked, decision)

    def say_of_what_holds(self, report: Report, kind: ActKind, until: date | None, who: Signed) -> None:
        """Keep what a person said of the findings that held the release, when it was asked about them.

        Args:
            report: Of this run, which has ended.
            kind: What is said.
            until: The last day of an acceptance.
            who: By whom, with the note.

        Raises:
            ConfigError: The day is over.
            StorageError: The disk takes no more.
        """
        holding = [finding for finding in report.findings if finding.severity is Severity.CRITICAL]
        store_acts(self._run.output, report, [act_on(report, finding, kind, until, who) for finding in holding])

    def all_steps(self, decided_release_id: str | None = None, read: Reading | None = None) -> RunResult:
        """All of them, in order.

        Args:
            decided_release_id: The only release that may be published, where a person decided on one.
            read: Takes the intake of the files of a plan; all of them in one go without it.

        Returns:
            How it ended. A release that the gate holds is an ending and no error.

        Raises:
            DecisionError: The inputs make another release than the decided one.
            SftrmError: As the steps do.
        """
        plan = self.plan()
        must_make(plan, decided_release_id)
        if self.publishes and plan.unchanged:
            return self.report_unchanged(plan)
        intakes = read(self, plan) if read else self.intake_files(plan, plan.files)
        collection = self.assign_splits(self.deduplicate(intakes))
        return self.finish(plan, self.check_release(plan, intakes, collection, self.stage(plan, collection)))

    def report_unchanged(self, plan: Plan) -> RunResult:
        """The current release is what these files make: say so, with the figures that it was published with."""
        return report_unchanged(self._run, plan)

    def _collection_context(self) -> Context:
        scratch = self._run.staging / "scratch"
        scratch.mkdir(exist_ok=True)
        return Context(self._run.config, self._run.suites, self.workers, scratch, self._run.frozen)


def run(config: RunConfig, mode: Mode = Mode.RUN) -> RunResult:
    """The whole job in this process and its workers, without Prefect.

    Args:
        config: What to read, where to write, and what counts as a duplicate.
        mode: Whether it publishes.

    Returns:
        How it ended. A release that the gate holds is an ending and no error.

    Raises:
        SftrmError: As its steps do, see `Job`.
    """
    with Job(config, mode) as job:
        return job.all_steps()
