"""Before anything is read: what can be wrong is refused, the output folder is locked, the workers come up."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sftrm_quality import dedup, findings, progress, releases, reports
from sftrm_quality.acts import Acts, read_acts
from sftrm_quality.checks import Suites, compile_suites, read_suites
from sftrm_quality.config import RunConfig
from sftrm_quality.decisions import StoredDecisions
from sftrm_quality.errors import ConfigError, storage_error
from sftrm_quality.formats import Formats, formats_of, read_declarations
from sftrm_quality.memory import PeakMemory
from sftrm_quality.output import OutputFolder, new_run_id
from sftrm_quality.preflight import Model, read_tokenizer
from sftrm_quality.reviews import NO_REVIEWS, DatedReviews, Reviews, read_reviews, refuse_reasons
from sftrm_quality.run_record import Mode
from sftrm_quality.splits import FrozenSplits, read_frozen
from sftrm_quality.time_zones import day_of
from sftrm_quality.words import say, speaking_in
from sftrm_quality.workers import Workers, workers_for


@dataclass(frozen=True)
class RunContext:
    """What the steps of one run share: what it was given, its folders, its workers, and since when it runs.

    reviews: what people wrote, on the day of the run; None where the settings name no folder of them. decisions: of
    people, as they were when it began. acts: what they said of findings, the same. model: the tokenizer of the
    preflight; None where none is named.
    """

    config: RunConfig
    mode: Mode
    suites: Suites
    formats: Formats
    frozen: FrozenSplits | None
    reviews: DatedReviews | None
    run_id: str
    output: OutputFolder
    decisions: StoredDecisions
    acts: Acts
    workers: Workers
    memory: PeakMemory
    model: Model | None
    started: datetime
    clock: float

    @property
    def publishes(self) -> bool:
        return self.mode is Mode.RUN

    @property
    def effective(self) -> Reviews:
        """The reviews that count."""
        return self.reviews.effective if self.reviews else NO_REVIEWS

    @property
    def staging(self) -> Path:
        return self.output.staging / self.run_id

    @property
    def report_folder(self) -> Path:
        """Where the report is written before it is put in its place."""
        return self.staging / "report"

    @property
    def day(self) -> date:
        """The day on which it began: until which acceptances of findings count, whatever day reviews are taken of."""
        return day_of(self.started, self.config.timezone)

    @property
    def seconds(self) -> float:
        """Since the run began, waiting for another one included."""
        return time.monotonic() - self.clock


@contextmanager
def opened(config: RunConfig, mode: Mode) -> Iterator[RunContext]:
    """One run on one output folder: inside it the folder is locked and the workers are up.

    Args:
        config: What to read, where to write.
        mode: Whether it publishes.

    Yields:
        What its steps share.

    Raises:
        ConfigError: Something that was given cannot be; nothing was read yet.
        SuiteError: A suite cannot be read or compiled; the same.
        StorageError: Another run has the folder, or the system refuses something in the middle of a step.
    """
    clock, started = time.monotonic(), datetime.now(UTC)
    given = check_before_reading(config, started)
    output = OutputFolder(config.out)
    with (
        # What is stored is English; what is shown of it is said again in the language of whoever reads it.
        speaking_in("en"),
        # The lock is given back last, when no worker can write any more.
        output.locked(config.lock_seconds, progress.tell, config.timezone),
        _left_as_it_was(output),
        # Of a file that somebody edited: to be refused before the workers come up.
        nullcontext(releases.settled_decisions(output)) as decisions,
        workers_for(config) as workers,
        PeakMemory() as memory,
    ):
        model = _tokenizer(config, workers)
        context = RunContext(
            config,
            mode,
            given.suites,
            given.formats,
            given.frozen,
            given.reviews,
            new_run_id(),
            output,
            decisions,
            _acts(output),
            workers,
            memory,
            model,
            started,
            clock,
        )
        context.staging.mkdir(parents=True)
        # While Great Expectations is imported for the workers, for which the next step waits.
        reports.prepare_pages()
        _compile_suites(context)
        yield context


@contextmanager
def _left_as_it_was(output: OutputFolder) -> Iterator[None]:
    """What a run had put in place that came to no good end is taken back: first a killed one's, then our own.

    What the system refuses in the middle of a step is a StorageError, as it is in the workers.
    """
    try:
        reports.take_back(output)
        yield
    except BaseException as error:
        # A disk that takes nothing any more may refuse this too: then the next run does it.
        with suppress(OSError):
            reports.take_back(output)
        if isinstance(error, OSError):
            raise storage_error(error, output.root) from error
        raise


def _acts(output: OutputFolder) -> Acts:
    acts = read_acts(output)
    for told in acts.damaged:
        progress.tell(told)
    return acts


def _tokenizer(config: RunConfig, workers: Workers) -> Model | None:
    """In a worker, so that this process never needs transformers."""
    settings = config.preflight
    if not settings.tokenizer:
        return None
    return workers.submit(read_tokenizer, Path(settings.tokenizer), settings.template_file).result()


def _compile_suites(context: RunContext) -> None:
    """In a worker, so that this process never needs Great Expectations; not again for the current ones."""
    if releases.current_suites_hash(context.output) != context.suites.hash:
        context.workers.submit(compile_suites, context.suites).result()


@dataclass(frozen=True)
class Given:
    """What people wrote and a run is made by, as it was read."""

    suites: Suites
    formats: Formats
    frozen: FrozenSplits | None
    reviews: DatedReviews | None


def check_before_reading(config: RunConfig, started: datetime | None = None) -> Given:
    """All that can be wrong with what the user gave and can be seen at once.

    Args:
        config: What the user gave.
        started: When the run begins: its day is that of the reviews, where none is set. Now without it.

    Returns:
        The suites, the formats, the frozen splits and the reviews as they are read.

    Raises:
        ConfigError: The output lies in a raw folder, a source declares a format that is not known or is never used, or
            the frozen splits or the reviews cannot be used.
        SuiteError: A suite cannot be read.
    """
    out = config.out.resolve()
    for raw in config.raw:
        if out == raw.resolve() or raw.resolve() in out.parents:
            raise ConfigError(
                say(
                    "{out}: the output lies in the raw folder {raw} and would be read the next time",
                    out=config.out,
                    raw=raw,
                )
            )
    findings.refuse_what_is_never_used(config)
    formats = formats_of(read_declarations(config.formats))
    for source in config.sources:
        if source.format != "auto":
            formats.named(source.format)
    frozen_file = config.splits.frozen_file
    frozen = read_frozen(frozen_file, dedup.KEY_VERSION) if frozen_file else None
    suites = read_suites(config.expectations)
    return Given(suites, formats, frozen, _dated_reviews(config, suites, started))


def _dated_reviews(config: RunConfig, suites: Suites, started: datetime | None) -> DatedReviews | None:
    if config.reviews_folder is None:
        return None
    today = day_of(started or datetime.now(UTC), config.timezone)
    as_of = date.fromisoformat(config.as_of) if config.as_of else today
    reviews = DatedReviews(read_reviews(config.reviews_folder), as_of)
    refuse_reasons(reviews.effective, suites)
    return reviews
