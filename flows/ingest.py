"""The flow: the way of a record as a graph of Prefect tasks. Every step is a method of `sftrm_quality.job.Job`.

Tasks hand each other boxes: what is in them stays in this process and Prefect does not walk through it.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, Generic, NamedTuple, TypeVar, cast

from flows import stopping
from flows.prefect_settings import set_defaults
from sftrm_quality.imports import large_imports

set_defaults()

# Prefect reads its settings when it is imported, so these come after them.
with large_imports():
    from prefect import flow, get_run_logger, task, unmapped
    from prefect.cache_policies import NO_CACHE
    from prefect.client.schemas.objects import State
    from prefect.exceptions import PrefectHTTPStatusError
    from prefect.runtime import task_run
    from prefect.states import Completed, Failed
    from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

    from flows.notification.news import calls, tell_of_failure, tell_of_hold, tell_of_recovery_or_findings
    from flows.retries import READ_AGAIN_SECONDS, may_pass, with_retries
    from flows.service_settings import report_url, timeout_seconds
    from flows.terminal_text import safe
    from flows.ui import (
        HeldRun,
        OnHold,
        ask,
        decision_on,
        keep_held_runs_out_of_logs,
        keep_links_out_of_logs,
        name_at_the_end,
        name_at_the_start,
        said_of_findings,
        sentence,
        show,
        showing_progress,
        verdict_in_words,
    )
    from sftrm_quality import progress
    from sftrm_quality.collection import Collection
    from sftrm_quality.config import RunConfig
    from sftrm_quality.decisions import Decision
    from sftrm_quality.errors import ConfigError, SftrmError
    from sftrm_quality.intake import FileIntake
    from sftrm_quality.job import (
        CheckedRelease,
        Job,
        Plan,
        RunResult,
        Staged,
        must_make,
    )
    from sftrm_quality.reading import SourceFile
    from sftrm_quality.run_record import Mode, Report, Verdict
    from sftrm_quality.words import Language, number, phrase, say, speaking_in

T = TypeVar("T")
_REFUSALS = {
    401: phrase("the password is another one, see PREFECT_API_AUTH_STRING"),
    403: phrase("this account may not start runs there"),
    422: phrase("it cannot store the settings; are there very many raw paths? Name their folder instead"),
}
# The release that a person decided on at the shell: no parameter of the flow, since nobody should fill it in by a form.
_decided: ContextVar[str | None] = ContextVar("decided release", default=None)
# A deployment has settings of its own. Prefect's quick run asks for what has no default instead of starting with them.
_AS_AT_THE_SHELL = RunConfig()
# A task run costs Prefect some milliseconds and database rows; thousands of small files are read in groups.
_MOST_TASKS = 100


class Box(Generic[T]):
    """One value that Prefect passes on unopened."""

    def __init__(self, value: T) -> None:
        self.value = value


def _step(name: str) -> Callable[[Callable[..., Any]], Any]:
    return task(name=name, cache_policy=NO_CACHE, persist_result=False)


@_step("discover")
def discover(job: Job) -> Box[Plan]:
    return Box(job.plan())


def _files_named() -> str:
    first, *others = task_run.parameters["files"].value
    if not others:
        return say("read {source_file}", source_file=safe(first.source_file))
    return say("read {source_file} and {count} more", source_file=safe(first.source_file), count=number(len(others)))


@task(
    name="read and check",
    task_run_name=_files_named,
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=len(READ_AGAIN_SECONDS),
    retry_delay_seconds=list(READ_AGAIN_SECONDS),
    retry_condition_fn=may_pass,
)
def read_and_check(job: Job, plan: Box[Plan], files: Box[Sequence[SourceFile]]) -> Box[list[FileIntake]]:
    return Box(job.intake_files(plan.value, files.value))


@_step("deduplicate")
def deduplicate(job: Job, intakes: Sequence[Box[list[FileIntake]]]) -> Box[Collection]:
    return Box(job.deduplicate(_together(intakes)))


@_step("assign splits")
def assign_splits(job: Job, deduplicated: Box[Collection]) -> Box[Collection]:
    return Box(job.assign_splits(deduplicated.value))


@_step("write and read back")
def stage(job: Job, plan: Box[Plan], collection: Box[Collection]) -> Box[Staged]:
    return Box(job.stage(plan.value, collection.value))


@_step("release checks")
def release_checks(
    job: Job,
    plan: Box[Plan],
    intakes: Sequence[Box[list[FileIntake]]],
    collection: Box[Collection],
    staged: Box[Staged],
) -> Box[CheckedRelease]:
    return Box(job.check_release(plan.value, _together(intakes), collection.value, staged.value))


@_step("publish and report")
def publish_and_report(
    job: Job, plan: Box[Plan], checked: Box[CheckedRelease], decision: Box[Decision | None]
) -> Box[RunResult]:
    return Box(job.finish(plan.value, checked.value, decision.value))


@_step("report: nothing has changed")
def report_unchanged(job: Job, plan: Box[Plan]) -> Box[RunResult]:
    return Box(job.report_unchanged(plan.value))


def _done(task: Any) -> Any:
    """A finished task, still as the future by which Prefect draws the graph; its own error if it failed, where the
    tasks after it would only say that they could not begin."""
    task.result()
    return task


def _together(intakes: Sequence[Box[list[FileIntake]]]) -> list[FileIntake]:
    return [intake for box in intakes for intake in box.value]


def _groups(files: Sequence[SourceFile]) -> list[Box[Sequence[SourceFile]]]:
    """Neighbouring files together, so that there are at most _MOST_TASKS groups."""
    size = -(-len(files) // _MOST_TASKS) or 1
    return [Box(files[start : start + size]) for start in range(0, len(files), size)]


class _Done(NamedTuple):
    """A finished run, what it was planned on, and whether it was rejected before it began."""

    result: RunResult
    plan: Plan
    known_rejection: bool


def _take_all_steps(job: Job, on_hold: OnHold, language: Language) -> _Done:
    plan = discover(job)
    must_make(plan.value, _decided.get())
    if job.publishes and plan.value.unchanged:
        unchanged: Box[RunResult] = report_unchanged(job, plan)
        return _Done(unchanged.value, plan.value, False)
    with showing_progress(language):
        groups = _groups(plan.value.files)
        intakes = [_done(task) for task in read_and_check.map(unmapped(job), unmapped(plan), groups)]
    deduplicated = _done(deduplicate.submit(job, intakes))
    collection = _done(assign_splits.submit(job, deduplicated))
    staged = _done(stage.submit(job, plan, collection))
    checked = _done(release_checks.submit(job, plan, intakes, collection, staged))
    failed = checked.result().value.figures.gate.failed
    asking = on_hold is OnHold.ASK and failed and job.publishes
    decision = Box(decision_on(plan.value.release_id, failed) if asking else None)
    finished: Box[RunResult] = publish_and_report.submit(job, plan, checked, decision).result()
    report = finished.value.report
    if asking:
        _keep_what_was_said(job, plan.value, report)
    rejected = report.decision is not None and report.verdict is Verdict.HELD
    return _Done(finished.value, plan.value, rejected and decision.value is None)


def _keep_what_was_said(job: Job, plan: Plan, report: Report) -> None:
    """Of the findings that hold the release, in the form. The run has ended by then, so nothing here fails it."""
    try:
        if said := said_of_findings(plan.release_id):
            job.say_of_what_holds(report, *said)
    except (ValueError, SftrmError) as error:
        get_run_logger().warning("%s", safe(say("what was said of the findings is not kept: {error}", error=error)))


def _run(config: RunConfig, mode: Mode, on_hold: OnHold) -> _Done:
    stopping.again()
    with progress.hearing(lambda told: get_run_logger().warning("%s", safe(told))), Job(config, mode) as job:
        stopping.again()
        return _take_all_steps(job, on_hold, config.language)


@flow(
    name="ingest",
    flow_run_name=name_at_the_start,
    persist_result=False,
    timeout_seconds=timeout_seconds(),
    on_failure=[tell_of_failure],
    on_crashed=[tell_of_failure],
)
def ingest(
    *,
    mode: Mode = Mode.RUN,
    config: RunConfig = _AS_AT_THE_SHELL,
    on_hold: OnHold = OnHold.STOP,
    storage_retries: int = 0,
) -> "State[RunResult]":
    """Raw SFT and RM label files in, a release with Parquet splits, quarantine, duplicates and report out.

    A run that the gate holds ends in the state "Held" (of the type Failed), and the current release stays current.

    Args:
        mode: run publishes a release if the checks allow it. check does all the same and publishes nothing.
        config: What to read, where to write, and what counts as a duplicate. Filled in as each night has it.
        on_hold: What happens to a run that the gate holds: stop ends it, ask lets it wait for a person's decision.
        storage_retries: How often to begin again when a file server fails or a raw file changes, after 30, 60, … s.
    """
    keep_links_out_of_logs()
    keep_held_runs_out_of_logs()
    with speaking_in(config.language):
        return _ended(config, mode, on_hold, storage_retries)


def _ended(config: RunConfig, mode: Mode, on_hold: OnHold, storage_retries: int) -> "State[RunResult]":
    """The run, and the state that it ends in."""
    result, plan, known_rejection = with_retries(
        lambda: _run(config, mode, on_hold), storage_retries, lambda told: get_run_logger().warning("%s", told)
    )
    report, said = result.report, sentence(result.report)
    get_run_logger().info(said)
    show(report)
    name_at_the_end(report)
    if result.verdict is not Verdict.HELD:
        tell_of_recovery_or_findings(report)
        return Completed(name=verdict_in_words(report).capitalize(), message=said, data=result)
    asks = on_hold is OnHold.ASK and mode is Mode.RUN and report.decision is None
    # Who is asked is told of it.
    if not known_rejection and (asks or calls(report)):
        tell_of_hold(report)
    if asks:
        ask(plan.release_id, said, report_url(report.run_id))
    return Failed(name="Held", message=said, data=HeldRun(said, result))


def ingest_with(config: RunConfig, mode: Mode, decided_release_id: str | None = None) -> RunResult:
    """The flow for a caller in this process, who wants the result or the exception and not a state.

    As many task threads as there are worker processes to keep busy, and one that reads ahead.

    Args:
        config: The settings.
        mode: Whether it publishes.
        decided_release_id: The only release that may be published, where a person decided on one.

    Returns:
        How it ended.

    Raises:
        ConfigError: Prefect's server refuses the run: wrong password, settings that it cannot store.
        DecisionError: The inputs make another release than the decided one.
    """
    _decided.set(decided_release_id)
    threads: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=config.workers + 1)
    # Prefect's own annotation fits no instance of its own runner.
    runner = cast("TaskRunner[Any]", threads)
    try:
        state: Any = ingest.with_options(task_runner=runner)(config=config, mode=mode, return_state=True)
    except PrefectHTTPStatusError as error:
        status = error.response.status_code
        if status not in _REFUSALS:
            raise
        address = error.request.url.copy_with(path="/", query=None)
        raise ConfigError(
            say(
                "{address}: the Prefect server refuses the run, HTTP status {status}: {why}",
                address=address,
                status=status,
                why=say(_REFUSALS[status]),
            )
        ) from error
    ended = state.result(raise_on_failure=state.name != "Held")
    return ended.result if isinstance(ended, HeldRun) else cast(RunResult, ended)
