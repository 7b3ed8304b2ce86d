"""The rows that people can leaf through beside a report."""

from collections.abc import Callable, Iterable

from sftrm_quality import releases, reports
from sftrm_quality.job.opening import RunContext
from sftrm_quality.releases import StagedRelease
from sftrm_quality.run_record import Browse, FileEntry


def write_rows(run: RunContext, staged: StagedRelease, files: Iterable[FileEntry]) -> Callable[[], Browse]:
    """Have a worker write them, which takes it longer than the rest of a run takes this process.

    Args:
        run: Has the workers and the folder of the report.
        staged: What is published, and what is not.
        files: Say whose each file is.

    Returns:
        Waits for it, and says what the report needs to know of them.
    """
    parts = [part for part, _ in staged.parts]
    # Arrow's memory is the worker's, and of a release's millions of rows only what is listed goes to it.
    chosen = run.workers.submit(reports.chosen_rows, [(one.label_kind, one.split, one.path) for one in parts]).result()
    warned = reports.listed_of(parts, chosen)
    before = reports.Before(
        excluded=releases.excluded_of_release(run.output, staged.previous_id),
        published=releases.published_of_release(run.output, staged.previous_id),
    )
    excluded = staged.quarantine_file, staged.duplicates_file
    sources = {file.source_file: file.source for file in files}
    written = run.workers.submit(reports.write_rows, *excluded, warned, run.report_folder / "rows", sources, before)
    return lambda: Browse(
        page=reports.BROWSE_PAGE,
        known_sources=None,
        language=run.config.language,
        warned_reasons=dict(warned.reasons),
        **written.result(),
    )
