"""Reports on disk: ``report.json`` and the page of a run, and the index over all runs."""

import json
from collections.abc import Iterator
from pathlib import Path

from sftrm_quality.acts import read_acts
from sftrm_quality.decisions import StoredDecisions, read_decisions
from sftrm_quality.errors import StorageError, storage_error_type
from sftrm_quality.findings import READ_RUNS, language_of, newest_runs, timezone_of
from sftrm_quality.output import OutputFolder, move_folder, write_atomically
from sftrm_quality.releases import forget_unlisted_exports, take_back_unfinished
from sftrm_quality.reports.acted import as_acted
from sftrm_quality.reports.decided import as_decided
from sftrm_quality.reports.html import (
    browse_scripts,
    diff_name,
    render_browse,
    render_deleted_rows,
    render_diff,
    render_index,
    render_run,
)
from sftrm_quality.reports.page_names import BROWSE_PAGE, INDEX_PAGE, in_all_languages, page_in
from sftrm_quality.run_record import Comparison, Report, Value, read_report_json
from sftrm_quality.words import say


def write_report(report: Report, folder: Path) -> None:
    """``report.json`` and the page of one run in every language into a folder of its own; where it has rows, theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(_json(report), "utf-8")
    pages = [*_run_pages(report)]
    if (folder / "rows").is_dir():
        pages += in_all_languages(BROWSE_PAGE, report.language, lambda: render_browse(report))
        for name, script in browse_scripts().items():
            (folder / "rows" / name).write_text(script, "utf-8")
    for name, page in pages:
        (folder / name).write_text(page, "utf-8")


def _run_pages(report: Report) -> Iterator[tuple[str, str]]:
    return in_all_languages(INDEX_PAGE, report.language, lambda: render_run(report))


def _json(value: Value) -> str:
    return json.dumps(value.to_json(), ensure_ascii=False, indent=2) + "\n"


def put_in_place(folder: Path, output: OutputFolder, run_id: str) -> None:
    """Move a written report to its place and renew the index of all runs."""
    move_folder(folder, output.report(run_id))
    renew_index(output, run_id)


def write_diff(comparison: Comparison, output: OutputFolder) -> Path:
    """A comparison of two releases as a page in every language and as JSON beside it, among the reports.

    Args:
        comparison: The two, with what differs.
        output: The output folder of both.

    Returns:
        The path of the page in the language that is spoken.

    Raises:
        StorageError: They cannot be written.
    """
    name = f"{diff_name(comparison)}.html"
    plain, timezone = language_of(output), timezone_of(output)
    page = output.root / "reports" / page_in(name, plain)
    try:
        page.parent.mkdir(exist_ok=True)
        write_atomically(page.parent / f"{diff_name(comparison)}.json", _json(comparison))
        for written, text in in_all_languages(name, plain, lambda: render_diff(comparison, timezone, plain)):
            write_atomically(page.parent / written, text)
    except OSError as error:
        raise storage_error_type(error)(
            say("{page}: cannot be written: {strerror}", page=page, strerror=error.strerror or error)
        ) from error
    return page


def take_back(output: OutputFolder) -> None:
    """Take back what a run that died left half in place, so that nothing says what did not happen."""
    forget_unlisted_exports(output)
    if take_back_unfinished(output) and (output.root / "reports").is_dir():
        renew_index(output)


def write_decision(report: Report, decisions: StoredDecisions, output: OutputFolder) -> None:
    """Let the page of a held run and the index say what was decided on it; ``report.json`` stays as it is.

    Args:
        report: Of the run.
        decisions: All of the output folder.
        output: The output folder; the caller holds its lock.
    """
    _renew_page(report, decisions, output)


def write_acts(report: Report, output: OutputFolder) -> None:
    """Let the page of a run and the index say what people said of its findings; ``report.json`` stays as it is.

    Args:
        report: Of the run.
        output: The output folder; the caller holds its lock.
    """
    _renew_page(report, _decisions(output), output)


def _renew_page(report: Report, decisions: StoredDecisions, output: OutputFolder) -> None:
    shown = as_acted(as_decided(report, decisions), read_acts(output))
    for name, page in _run_pages(shown):
        write_atomically(output.report(report.run_id) / name, page)
    renew_index(output)


def say_rows_are_deleted(output: OutputFolder, run_id: str) -> None:
    """Let the page of a run's rows say that they are deleted: pages of this run and of others lead there.

    Args:
        output: The output folder; the caller holds its lock, and is about to delete them.
        run_id: The run.
    """
    folder = output.report(run_id)
    if not (folder / BROWSE_PAGE).is_file():
        return
    try:
        report = read_report_json((folder / "report.json").read_bytes())
        command, plain = report.command, report.language
    except ValueError:
        # Of a version that says more than this one knows.
        command, plain = "", language_of(output)
    for name, page in in_all_languages(BROWSE_PAGE, plain, lambda: render_deleted_rows(run_id, command, plain)):
        write_atomically(folder / name, page)


def renew_index(output: OutputFolder, publishing: str | None = None) -> None:
    """Make the page of all runs anew, from their reports and what people decided.

    Args:
        output: The output folder; the caller holds its lock.
        publishing: The run that is about to put its release in place, which is not deleted because it is not there.
    """
    decisions, acts = _decisions(output), read_acts(output)
    past = [as_acted(run, acts) for run in newest_runs(output)]
    runs = [as_decided(run.summary, decisions) for run in past]
    coming = {run.release_id for run in runs if run.run_id == publishing}
    released = {run.release_id for run in runs if run.release_id and run.release_id not in coming}
    plain = language_of(output)

    def index() -> str:
        return render_index(
            runs,
            older=max(0, len(output.run_ids()) - READ_RUNS),
            timezone=timezone_of(output),
            rollbacks=decisions.rollbacks,
            acted={run.run_id: acted for run in past if (acted := [f for f in run.findings if f.act])},
            deleted={release_id for release_id in released if not _is_there(output, release_id)},
            plain=plain,
        )

    folder = output.root / "reports"
    folder.mkdir(exist_ok=True)
    for name, page in in_all_languages(INDEX_PAGE, plain, index):
        write_atomically(folder / name, page)
        # Of the time before the setting changed: pages of runs from then lead there.
        if name == INDEX_PAGE and (before := folder / f"index.{plain}.html").exists():
            write_atomically(before, page)


def _is_there(output: OutputFolder, release_id: str) -> bool:
    try:
        return output.release(release_id).is_dir()
    except StorageError:
        # Of a report that somebody changed by hand.
        return False


def _decisions(output: OutputFolder) -> StoredDecisions:
    """None where they cannot be read: whoever publishes or decides is refused for that, and a page must not be."""
    try:
        return read_decisions(output)
    except StorageError:
        return StoredDecisions()
