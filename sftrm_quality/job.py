"""The whole way of a record as one job. Its methods are the steps; `run` takes them in order without Prefect.

``flows/ingest.py`` takes the same steps as Prefect tasks.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sftrm_quality import progress
from sftrm_quality.checks import Suites, compile_suites, judge_release, read_suites, verdict
from sftrm_quality.checks.results import CheckResult
from sftrm_quality.collection.assign import assign
from sftrm_quality.collection.deduplicate import Context, deduplicate
from sftrm_quality.collection.outcome import Collection
from sftrm_quality.config import RunConfig
from sftrm_quality.decisions import Decision
from sftrm_quality.errors import ConfigError, StorageError, storage_error
from sftrm_quality.formats import format_named
from sftrm_quality.intake import cache
from sftrm_quality.intake.files import Intake
from sftrm_quality.intake.take_in import Intaker, ReadProgress
from sftrm_quality.memory import PeakMemory
from sftrm_quality.output import OutputFolder, move_folder, new_run_id, sync_tree
from sftrm_quality.reading import SourceFile, content_hash, discover, hashed
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import kept_parts
from sftrm_quality.releases.facts import release_facts
from sftrm_quality.releases.manifest import Release, release_id
from sftrm_quality.releases.moves import MOVES
from sftrm_quality.releases.publish import (
    finish_staged,
    put_release_in_place,
    release_and_damage,
    suites_in_force,
    switch_to,
)
from sftrm_quality.releases.stage import StagedRelease, stage_release, write_moves, write_passed
from sftrm_quality.releases.unfinished import all_or_nothing, nothing_moving
from sftrm_quality.reports.borderline import borderline_pairs
from sftrm_quality.reports.browse import write_rows
from sftrm_quality.reports.figures import all_counts, of_collection
from sftrm_quality.reports.history import browse_of, read_past
from sftrm_quality.reports.personal import personal_figures, personal_samples
from sftrm_quality.reports.profiles import release_profile
from sftrm_quality.reports.run import Ending, Findings, RunFacts, manifest_of, report_of
from sftrm_quality.reports.samples import duplicate_samples, quarantine_samples
from sftrm_quality.reports.together import reasons_together
from sftrm_quality.reports.write import put_in_place, take_back, write_report
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
    """What is to be done: the raw files, the id of the release that they make, and the release in force.

    damaged_files: of the release in force. A damaged one still tells the gate how much it had, and is never unchanged.
    """

    files: tuple[SourceFile, ...]
    release_id: str
    in_force: Release | None
    damaged_files: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        return self.in_force is not None and self.in_force.release_id == self.release_id and not self.damaged_files


@dataclass(frozen=True)
class Judged:
    """A staged release with the verdict of every check, and what of the collection is worth a look.

    borderline: near duplicates that only just were. personal: published records with personal data.
    """

    staged: StagedRelease
    figures: Figures
    intakes: tuple[Intake, ...]
    borderline: tuple[BorderlinePair, ...]
    personal: tuple[PersonalSample, ...]


@dataclass(frozen=True)
class RunResult:
    """How a run ended and where its report is."""

    verdict: Verdict
    report: Report
    report_folder: Path


class Job:
    """One run on one output folder. A context: inside it the folder is locked and the workers are up.

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
            take_back(self.output)
            yield
        except BaseException as error:
            # A disk that takes nothing any more may refuse this too: then the next run does it.
            with suppress(OSError):
                take_back(self.output)
            if isinstance(error, OSError):
                raise storage_error(error, self.output.root) from error
            raise

    @property
    def publishes(self) -> bool:
        return self.mode is Mode.RUN

    @property
    def staging(self) -> Path:
        return self.output.staging / self.run_id

    def plan(self) -> Plan:
        """Find the raw files, hash them, and see whether the release that they make is in force already."""
        files = _hashed_files(self.config)
        wanted = release_id(files, self.config, self.suites.hash)
        _log.info("%d raw files, %.1f MB, make %s", len(files), sum(file.size for file in files) / 1e6, wanted)
        release, damaged = release_and_damage(self.output)
        if damaged:
            progress.tell(
                f"{self.output.root}: the release in force is damaged, it will be replaced: {', '.join(damaged[:5])}"
            )
        self._intaker = Intaker(
            self.config,
            self.suites,
            self.output,
            self.staging,
            self.workers,
            ReadProgress(sum(file.size for file in files)),
        )
        self._in_force, self._in_force_is_whole = release, not damaged
        return Plan(files, wanted, release, tuple(damaged))

    def take_in(self, file: SourceFile) -> list[Intake]:
        """Read, map, check and fingerprint one raw file, or find that in the cache."""
        intakes = self._intaker.take_in(file)
        shards = [shard for intake in intakes for shard in intake.shards]
        received, passed = sum(shard.received for shard in shards), sum(shard.passed for shard in shards)
        _log.info("%r: %d records, %d passed their own checks", file.source_file, received, passed)
        return intakes

    def deduplicate(self, intakes: Sequence[Intake]) -> Collection:
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

    def stage(self, collection: Collection) -> StagedRelease:
        """Write the release aside and read it back."""
        return stage_release(
            collection,
            self.staging,
            self._in_force,
            self._in_force_is_whole,
            self.config.ids.within == "file",
            self.output.kept_parts,
            self.workers,
        )

    def judge(self, intakes: Sequence[Intake], collection: Collection, staged: StagedRelease) -> Judged:
        """The gate: ``mostly`` of every row check on the sums, and the release suite on what was read back."""
        facts = release_facts(intakes, collection, staged.parts, self.config, staged.previously_published)
        row_results = verdict(all_counts(intakes, collection), [self.suites.sft, self.suites.rm])
        release_results: list[CheckResult] = self.workers.submit(judge_release, self.suites.release, facts).result()
        figures = of_collection(
            intakes,
            collection,
            self.suites,
            row_results,
            release_results,
            reasons_together=reasons_together(staged.quarantine_file),
            personal_data=personal_figures(intakes, self.suites),
            profile=release_profile(staged.parts, collection, facts, self.config.near.threshold),
        )
        _log.info("%d checks, the gate is closed by %s", len(figures.checks), list(figures.gate.failed) or "none")
        give_memory_back()
        borderline, personal = borderline_pairs(collection), personal_samples(collection, self.suites)
        return Judged(staged, figures, tuple(intakes), borderline, personal)

    def finish(self, plan: Plan, judged: Judged, decision: Decision | None = None) -> RunResult:
        """Publish or hold, and report in any case. LATEST is switched last of all.

        decision: a person's, on a release that the gate holds. It counts only for the release and the failed reasons
        that it was made for; one for others is reported as not applied. Behind an open gate, and in a check, there is
        nothing to decide and it is ignored.
        """
        open_gate = judged.figures.gate.success
        decided = self._decided(plan, judged, decision)
        anyway = decided is not None and decided.applied and decided.action == "publish_anyway"
        publishing = self.publishes and (open_gate or anyway)
        ended = Verdict.PUBLISHED if publishing else Verdict.CHECKED if open_gate else Verdict.HELD
        staged = judged.staged
        if publishing:
            finish_staged(staged, plan.release_id, manifest_of(self._facts(plan), judged.figures, decided))
        files = judged.figures.files
        samples = Samples(
            quarantined=quarantine_samples(staged.quarantine_file, files, self.suites, self.config),
            duplicates=duplicate_samples(staged.duplicates_file, files, self.config),
            borderline=judged.borderline,
            personal=judged.personal,
        )
        rows = self.staging / "report" / "rows"
        listing = self.workers.submit(write_rows, staged.quarantine_file, staged.duplicates_file, rows).result()
        page = Browse(page="browse.html", **listing)
        found = Findings(judged.figures, samples, staged.moves, staged.previous_id, self.run_id, page, decided)
        report = self._write_report(plan, ended, found)
        write_moves(staged.moves, self.staging / "report")
        _unless_changed(plan.files)
        if publishing:
            sync_tree(staged.release)
        else:
            write_passed(staged, self.staging / "report")
        for folder in (staged.quarantine, staged.duplicates, self.staging / "report"):
            sync_tree(folder)
        with all_or_nothing(self.output, self.run_id, plan.release_id if publishing else None):
            move_folder(staged.quarantine, self.output.quarantine(self.run_id))
            move_folder(staged.duplicates, self.output.duplicates(self.run_id))
            put_in_place(self.staging / "report", self.output, self.run_id)
            if publishing:
                put_release_in_place(staged, self.output, plan.release_id)
                switch_to(self.output, plan.release_id)
        if publishing:
            cache.forget_others(self.output, {intake.folder.name for intake in judged.intakes})
            with nothing_moving():
                kept_parts.keep(self.output, plan.release_id, staged.parts, staged.kept)
        return RunResult(ended, report, self.output.report(self.run_id))

    def _decided(self, plan: Plan, judged: Judged, decision: Decision | None) -> RecordedDecision | None:
        """The decision as it is recorded; None where there was none to take."""
        gate = judged.figures.gate
        if decision is None or gate.success or not self.publishes:
            return None
        return decision.recorded(applied=decision.holds_for(plan.release_id, gate.failed))

    def report_unchanged(self, plan: Plan) -> RunResult:
        """The release in force is what these files make: say so, with the figures that it was published with."""
        if plan.in_force is None:
            raise ValueError("no release is in force: there is nothing that could be unchanged")
        manifest, release_id = plan.in_force.manifest, plan.in_force.release_id
        browse = browse_of(self.output, manifest.run_id)
        no_moves = MOVES.empty_table()
        found = Findings(manifest.figures, NO_SAMPLES, no_moves, release_id, manifest.run_id, browse, manifest.decision)
        report = self._write_report(plan, Verdict.UNCHANGED, found)
        put_in_place(self.staging / "report", self.output, self.run_id)
        # A run that was killed after its switch has left what the release before it needed.
        cache.forget_others(self.output, {cache.cache_key(file, self.config, self.suites) for file in plan.files})
        return RunResult(Verdict.UNCHANGED, report, self.output.report(self.run_id))

    def _write_report(self, plan: Plan, ended: Verdict, found: Findings) -> Report:
        in_force = plan.in_force.manifest.figures if plan.in_force else None
        past = read_past(self.output)
        ending = Ending(ended, time.monotonic() - self._clock, self._memory.peak_mib)
        report = report_of(self._facts(plan), found, in_force, past, ending)
        write_report(report, self.staging / "report")
        return report

    def _facts(self, plan: Plan) -> RunFacts:
        return RunFacts(
            self.run_id,
            self.mode,
            self.started,
            self.config,
            self.suites.hash,
            plan.files,
            plan.release_id,
            plan.damaged_files,
        )

    def _compile_suites(self) -> None:
        """In a worker, so that this process never needs Great Expectations; not again for those in force."""
        if suites_in_force(self.output) != self.suites.hash:
            self.workers.submit(compile_suites, self.suites).result()

    def _context(self) -> Context:
        scratch = self.staging / "scratch"
        scratch.mkdir(exist_ok=True)
        return Context(self.config, self.suites, self.workers, scratch)


def _unless_changed(files: Sequence[SourceFile]) -> None:
    """Raise StorageError when a raw file is not what it was when the run began."""

    def changed(file: SourceFile) -> bool:
        try:
            return content_hash(file.path) != file.content_hash
        except (OSError, StorageError):
            return True

    with ThreadPoolExecutor() as threads:
        names = [
            file.source_file for file, is_changed in zip(files, threads.map(changed, files), strict=True) if is_changed
        ]
    if names:
        raise StorageError(
            f"{', '.join(names[:5])}: changed while it was read, nothing is published; run again when it is whole"
        )


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


def _hashed_files(config: RunConfig) -> tuple[SourceFile, ...]:
    """The raw files with the hashes of their bytes, read side by side: hashing waits for the disk, not for Python."""
    with ThreadPoolExecutor(config.workers) as threads:
        return tuple(threads.map(hashed, discover(config.raw)))


def run(config: RunConfig, mode: Mode = Mode.RUN) -> RunResult:
    """The whole job in this process and its workers, without Prefect."""
    with Job(config, mode) as job:
        plan = job.plan()
        if job.publishes and plan.unchanged:
            return job.report_unchanged(plan)
        intakes: list[Intake] = []
        for file in plan.files:
            intakes += job.take_in(file)
        collection = job.assign_splits(job.deduplicate(intakes))
        return job.finish(plan, job.judge(intakes, collection, job.stage(collection)))
