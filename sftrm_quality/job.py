"""The whole way of a record as one job. Its methods are the steps; `run` takes them in order without Prefect.

``flows/ingest.py`` takes the same steps as Prefect tasks.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sftrm_quality import progress, releases, reports
from sftrm_quality.checks import CheckResult, Suites, check_release, compile_suites, read_suites, verdict
from sftrm_quality.collection import Collection, Context, assign, deduplicate
from sftrm_quality.config import RunConfig
from sftrm_quality.decisions import Decision
from sftrm_quality.errors import ConfigError, storage_error
from sftrm_quality.formats import format_named
from sftrm_quality.intake import (
    FileIntake,
    IntakeContext,
    ReadProgress,
    ShardSettings,
    cache_key,
    forget_others,
    hashed_files,
    intake_file,
    unless_changed,
)
from sftrm_quality.memory import PeakMemory
from sftrm_quality.output import OutputFolder, move_folder, new_run_id, sync_tree
from sftrm_quality.reading import SourceFile
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import Release, StagedRelease
from sftrm_quality.reports import Found, RunFacts
from sftrm_quality.run_record import (
    NO_SAMPLES,
    BorderlinePair,
    Browse,
    Figures,
    Mode,
    PersonalSample,
    RecordedDecision,
    Report,
    Samples,
    Verdict,
)
from sftrm_quality.workers import give_memory_back, workers_for

# Counts and names only: logs are kept by others, and records can hold personal data.
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What is to be done: the raw files, the id of the release that they make, and the current release.

    damaged_files: of the current release. A damaged one still tells the gate how much it had, and is never unchanged.
    progress: how much of the files was read so far, over all of them.
    """

    files: tuple[SourceFile, ...]
    release_id: str
    current: Release | None
    damaged_files: tuple[str, ...]
    progress: ReadProgress

    @property
    def unchanged(self) -> bool:
        return self.current is not None and self.current.release_id == self.release_id and not self.damaged_files


@dataclass(frozen=True)
class CheckedRelease:
    """A staged release with the verdict of every check, and what of the collection is worth a look.

    borderline: near duplicates that only just were. personal: published records with personal data.
    """

    staged: StagedRelease
    figures: Figures
    intakes: tuple[FileIntake, ...]
    borderline: tuple[BorderlinePair, ...]
    personal: tuple[PersonalSample, ...]


@dataclass(frozen=True)
class _Conclusion:
    """What a run comes to: its verdict, and the decision that was made about it as it is recorded."""

    verdict: Verdict
    decided: RecordedDecision | None

    @property
    def publishes(self) -> bool:
        return self.verdict is Verdict.PUBLISHED


@dataclass(frozen=True)
class RunResult:
    """How a run ended and where its report is."""

    verdict: Verdict
    report: Report
    report_folder: Path


class Job:
    """One run on one output folder. A context: inside it the folder is locked and the workers are up.

    Each step takes what the steps before it returned; between them the job keeps nothing.

    Raises ConfigError or SuiteError on entry, before anything is read, and StorageError when the folder is taken.
    """

    def __init__(self, config: RunConfig, mode: Mode = Mode.RUN) -> None:
        self.config = config
        self.mode = mode
        self.run_id = new_run_id()
        self.output = OutputFolder(config.out)
        self.started = datetime.now(UTC)
        self._clock = time.monotonic()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.suites: Suites = check_before_reading(self.config)
            # The lock is given back last, when no worker can write any more.
            stack.enter_context(self.output.locked(self.config.lock_seconds, progress.tell))
            stack.enter_context(self._left_as_it_was())
            self.workers = stack.enter_context(workers_for(self.config))
            self._memory = stack.enter_context(PeakMemory())
            self.staging.mkdir(parents=True)
            self._compile_suites()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @contextmanager
    def _left_as_it_was(self) -> Iterator[None]:
        """What a run had put in place that came to no good end is taken back: first a killed one's, then our own.

        What the system refuses in the middle of a step is a StorageError, as it is in the workers.
        """
        try:
            reports.take_back(self.output)
            yield
        except BaseException as error:
            # A disk that takes nothing any more may refuse this too: then the next run does it.
            with suppress(OSError):
                reports.take_back(self.output)
            if isinstance(error, OSError):
                raise storage_error(error, self.output.root) from error
            raise

    @property
    def publishes(self) -> bool:
        return self.mode is Mode.RUN

    @property
    def staging(self) -> Path:
        return self.output.staging / self.run_id

    @property
    def _report_folder(self) -> Path:
        return self.staging / "report"

    def plan(self) -> Plan:
        """Find the raw files, hash them, and see whether the release that they make is the current one already.

        Returns:
            What the steps after this one work on.

        Raises:
            ConfigError: There is no raw file, or two would have one name.
            StorageError: A file cannot be read.
        """
        files = hashed_files(self.config.raw, self.config.workers)
        size = sum(file.size for file in files)
        wanted = releases.release_id(files, self.config, self.suites)
        _log.info("%d raw files, %.1f MB, make %s", len(files), size / 1e6, wanted)
        release, damaged = releases.release_and_damage(self.output)
        if damaged:
            progress.tell(
                f"{self.output.root}: the current release is damaged, it will be replaced: {', '.join(damaged[:5])}"
            )
        return Plan(files, wanted, release, tuple(damaged), ReadProgress(size))

    def intake_file(self, plan: Plan, file: SourceFile) -> list[FileIntake]:
        """Read, map, check and fingerprint one raw file, or find that in the cache.

        Args:
            plan: The plan that names the file.
            file: One of its files; the intake of several may go on at the same time, by threads.

        Returns:
            One intake for the file, or for each member of an archive.

        Raises:
            StorageError: Reading it, or writing what it gave, fails; it may be tried again.
        """
        settings = ShardSettings.of(self.config, self.suites)
        context = IntakeContext(settings, self.output, self.staging, self.workers, plan.progress)
        intakes = intake_file(file, context)
        shards = [shard for intake in intakes for shard in intake.shards]
        received, passed = sum(shard.received for shard in shards), sum(shard.passed for shard in shards)
        _log.info("%r: %d records, %d passed their own checks", file.source_file, received, passed)
        return intakes

    def deduplicate(self, intakes: Sequence[FileIntake]) -> Collection:
        """Identity and duplicates over all files."""
        try:
            return deduplicate(intakes, self._context())
        finally:
            give_memory_back()

    def assign_splits(self, collection: Collection) -> Collection:
        """Prompt groups and their splits; the ledger must close here."""
        assigned = assign(collection, self._context())
        assigned.ledger.close()
        for kind in LabelKind:
            account = assigned.ledger.of(kind)
            if account.received:
                _log.info("%s: %s", kind.upper(), ", ".join(f"{n} {name}" for name, n in account))
        give_memory_back()
        return assigned

    def stage(self, plan: Plan, collection: Collection) -> StagedRelease:
        """Write the release to the staging folder and read it back.

        Args:
            plan: Names the current release: what moved between splits since is told only where that is whole.
            collection: All records, with their splits.

        Raises:
            StorageError: A file cannot be written or does not read back as it was meant.
        """
        return releases.stage_release(
            collection,
            self.staging,
            plan.current,
            not plan.damaged_files,
            self.config.ids.within == "file",
            self.output.part_cache,
            self.workers,
        )

    def check_release(
        self, intakes: Sequence[FileIntake], collection: Collection, staged: StagedRelease
    ) -> CheckedRelease:
        """The gate: ``mostly`` of every row check on the sums, and the release suite on what was read back."""
        facts = releases.release_facts(intakes, collection, staged.parts, self.config, staged.previously_published)
        row_results = verdict(reports.all_counts(intakes, collection), [self.suites.sft, self.suites.rm])
        release_results: list[CheckResult] = self.workers.submit(check_release, self.suites.release, facts).result()
        figures = reports.of_collection(
            intakes,
            collection,
            self.suites,
            row_results,
            release_results,
            reasons_together=reports.reasons_together(staged.quarantine_file),
            personal_data=reports.personal_figures(intakes, self.suites),
            profile=reports.release_profile(staged.parts, collection, facts, self.config.near.threshold),
        )
        _log.info("%d checks, the gate is closed by %s", len(figures.checks), list(figures.gate.failed) or "none")
        give_memory_back()
        borderline = reports.borderline_pairs(collection)
        personal = reports.personal_samples(collection, self.suites)
        return CheckedRelease(staged, figures, tuple(intakes), borderline, personal)

    def finish(self, plan: Plan, checked: CheckedRelease, decision: Decision | None = None) -> RunResult:
        """Publish or hold, and report in any case. LATEST is switched last of all.

        Args:
            plan: What was to be done.
            checked: What came of it.
            decision: A person's, on a release that the gate holds. It counts only for the release and the failed
                reasons that it was made for; one for others is reported as not applied. Behind an open gate, and in a
                check, there is nothing to decide and it is ignored.

        Raises:
            StorageError: A raw file changed meanwhile, or the disk takes no more. Nothing is published then.
        """
        ending = self._ending(plan, checked, decision)
        if ending.publishes:
            manifest = reports.manifest_of(self._facts(plan), checked.figures, ending.decided)
            releases.finish_staged(checked.staged, plan.release_id, manifest)
        report = self._write_report(plan, ending.verdict, self._found(checked, ending))
        self._write_beside_report(checked.staged, ending)
        unless_changed(plan.files)
        self._sync(checked.staged, ending)
        self._put_in_place(plan, checked.staged, ending)
        if ending.publishes:
            self._keep_for_next_run(plan, checked)
        return RunResult(ending.verdict, report, self.output.report(self.run_id))

    def _ending(self, plan: Plan, checked: CheckedRelease, decision: Decision | None) -> _Conclusion:
        gate = checked.figures.gate
        if gate.success:
            return _Conclusion(Verdict.PUBLISHED if self.publishes else Verdict.CHECKED, None)
        if decision is None or not self.publishes:
            return _Conclusion(Verdict.HELD, None)
        decided = decision.recorded(applied=decision.holds_for(plan.release_id, gate.failed))
        anyway = decided.applied and decided.action == "publish_anyway"
        return _Conclusion(Verdict.PUBLISHED if anyway else Verdict.HELD, decided)

    def _found(self, checked: CheckedRelease, ending: _Conclusion) -> Found:
        """All that the report shows; the rows that people can leaf through are written on the way."""
        staged, files = checked.staged, checked.figures.files
        samples = Samples(
            quarantined=reports.quarantine_samples(staged.quarantine_file, files, self.suites, self.config),
            duplicates=reports.duplicate_samples(staged.duplicates_file, files, self.config),
            borderline=checked.borderline,
            personal=checked.personal,
        )
        rows = self._report_folder / "rows"
        written = self.workers.submit(reports.write_rows, staged.quarantine_file, staged.duplicates_file, rows).result()
        browse = Browse(page="browse.html", **written)
        return Found(checked.figures, samples, staged.moves, staged.previous_id, self.run_id, browse, ending.decided)

    def _write_beside_report(self, staged: StagedRelease, ending: _Conclusion) -> None:
        releases.write_moves(staged.moves, self._report_folder)
        if not ending.publishes:
            releases.write_passed(staged, self._report_folder)

    def _sync(self, staged: StagedRelease, ending: _Conclusion) -> None:
        """Everything on the disk, and not only in its cache, before any of it counts."""
        published = [staged.release] if ending.publishes else []
        for folder in (*published, staged.quarantine, staged.duplicates, self._report_folder):
            sync_tree(folder)

    def _put_in_place(self, plan: Plan, staged: StagedRelease, ending: _Conclusion) -> None:
        with releases.all_or_nothing(self.output, self.run_id, plan.release_id if ending.publishes else None):
            move_folder(staged.quarantine, self.output.quarantine(self.run_id))
            move_folder(staged.duplicates, self.output.duplicates(self.run_id))
            reports.put_in_place(self._report_folder, self.output, self.run_id)
            if ending.publishes:
                releases.put_release_in_place(staged, self.output, plan.release_id)
                releases.switch_to(self.output, plan.release_id)

    def _keep_for_next_run(self, plan: Plan, checked: CheckedRelease) -> None:
        forget_others(self.output, {intake.folder.name for intake in checked.intakes})
        with releases.nothing_moving():
            releases.keep_parts(self.output, plan.release_id, checked.staged.parts, checked.staged.kept)

    def report_unchanged(self, plan: Plan) -> RunResult:
        """The current release is what these files make: say so, with the figures that it was published with."""
        if plan.current is None:
            raise ValueError("there is no current release: nothing could be unchanged")
        manifest, release_id = plan.current.manifest, plan.current.release_id
        browse = reports.browse_of(self.output, manifest.run_id)
        no_moves = releases.MOVES.empty_table()
        found = Found(manifest.figures, NO_SAMPLES, no_moves, release_id, manifest.run_id, browse, manifest.decision)
        report = self._write_report(plan, Verdict.UNCHANGED, found)
        reports.put_in_place(self._report_folder, self.output, self.run_id)
        # A run that was killed after its switch has left what the release before it needed.
        settings = ShardSettings.of(self.config, self.suites)
        forget_others(self.output, {cache_key(file, settings) for file in plan.files})
        return RunResult(Verdict.UNCHANGED, report, self.output.report(self.run_id))

    def _write_report(self, plan: Plan, ended: Verdict, found: Found) -> Report:
        current = plan.current.manifest.figures if plan.current else None
        ending = reports.Ending(ended, time.monotonic() - self._clock, self._memory.peak_mib)
        report = reports.report_of(self._facts(plan), found, current, reports.read_past(self.output), ending)
        reports.write_report(report, self._report_folder)
        return report

    def _facts(self, plan: Plan) -> RunFacts:
        return RunFacts(
            self.run_id,
            self.mode,
            self.started,
            self.config,
            self.suites.hash,
            self.suites.file_hash,
            plan.files,
            plan.release_id,
            plan.damaged_files,
        )

    def _compile_suites(self) -> None:
        """In a worker, so that this process never needs Great Expectations; not again for the current ones."""
        if releases.current_suites_hash(self.output) != self.suites.hash:
            self.workers.submit(compile_suites, self.suites).result()

    def _context(self) -> Context:
        scratch = self.staging / "scratch"
        scratch.mkdir(exist_ok=True)
        return Context(self.config, self.suites, self.workers, scratch)


def check_before_reading(config: RunConfig) -> Suites:
    """All that can be wrong with what the user gave and can be seen at once; the suites as they are read.

    Raises ConfigError or SuiteError.
    """
    out = config.out.resolve()
    for raw in config.raw:
        if out == raw.resolve() or raw.resolve() in out.parents:
            raise ConfigError(f"{config.out}: the output lies in the raw folder {raw} and would be read the next time")
    for source in config.sources:
        if source.format != "auto":
            format_named(source.format)
    return read_suites(config.expectations)


def run(config: RunConfig, mode: Mode = Mode.RUN) -> RunResult:
    """The whole job in this process and its workers, without Prefect."""
    with Job(config, mode) as job:
        plan = job.plan()
        if job.publishes and plan.unchanged:
            return job.report_unchanged(plan)
        intakes: list[FileIntake] = []
        for file in plan.files:
            intakes += job.intake_file(plan, file)
        collection = job.assign_splits(job.deduplicate(intakes))
        return job.finish(plan, job.check_release(intakes, collection, job.stage(plan, collection)))
