"""The rows that people can leaf through beside a report. Workers write them while the run goes on."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from sftrm_quality import releases, reports
from sftrm_quality.job.opening import RunContext
from sftrm_quality.releases import StagedRelease
from sftrm_quality.run_record import Browse, FileEntry


@dataclass(frozen=True)
class Staged:
    """A staged release, and the excluded rows of the report, which a worker may still be writing."""

    release: StagedRelease
    excluded_rows: "Future[reports.ExcludedListed]"


def begin_rows(
    run: RunContext, previous_id: str | None, quarantine: Path, duplicates: Path
) -> "Future[reports.ExcludedListed]":
    """Have a worker write the excluded rows, as soon as their files are there: four seconds of a million records.

    Args:
        run: Has the workers and the folder of the report.
        previous_id: The current release, by which a row is new or not; None where there is none.
        quarantine: The quarantine file.
        duplicates: The duplicates file.
    """
    before = releases.excluded_of_release(run.output, previous_id)
    return run.workers.submit(reports.write_excluded_rows, quarantine, duplicates, _folder(run), before)


def finish_rows(run: RunContext, staged: Staged, files: Iterable[FileEntry]) -> Callable[[], Browse]:
    """Have a worker write the published rows with warnings behind them, and the index of all.

    Args:
        run: Has the workers and the folder of the report.
        staged: What is published, and the excluded rows.
        files: Say whose each file is.

    Returns:
        Waits for it, and says what the report needs to know of them.
    """
    parts = [part for part, _ in staged.release.parts]
    # Arrow's memory is the worker's, and of a release's millions of rows only what is listed goes to it.
    chosen = run.workers.submit(reports.chosen_rows, [(one.label_kind, one.split, one.path) for one in parts]).result()
    warned = reports.listed_of(parts, chosen)
    before = releases.published_of_release(run.output, staged.release.previous_id)
    sources = {file.source_file: file.source for file in files}
    excluded = staged.excluded_rows.result()
    written = run.workers.submit(reports.write_warned_rows, excluded, warned, _folder(run), sources, before)
    return lambda: Browse(
        page=reports.BROWSE_PAGE,
        known_sources=None,
        language=run.config.language,
        warned_reasons=dict(warned.reasons),
        **written.result(),
    )


def _folder(run: RunContext) -> Path:
    return run.report_folder / "rows"
