"""Reports on disk: ``report.json`` and the page of a run, and the index over all runs."""

import json
import shutil
from pathlib import Path

from sftrm_quality.output import OutputFolder, move_folder, write_atomically
from sftrm_quality.reports.figures import Figures
from sftrm_quality.reports.html import render_index, render_run
from sftrm_quality.reports.run import REPORT_VERSION


def write_report(report: Figures, folder: Path) -> None:
    """``report.json`` and ``index.html`` of one run into a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / "index.html").write_text(render_run(report), "utf-8")


def put_in_place(folder: Path, output: OutputFolder, run_id: str) -> None:
    """Move a written report to its place and renew the index of all runs."""
    move_folder(folder, output.report(run_id))
    write_atomically(output.root / "reports" / "index.html", render_index(read_reports(output)))


def take_back(output: OutputFolder, run_id: str) -> None:
    """Remove the report of a run that could not be finished, so that nothing says what did not happen."""
    shutil.rmtree(output.report(run_id), ignore_errors=True)
    write_atomically(output.root / "reports" / "index.html", render_index(read_reports(output)))


def read_reports(output: OutputFolder) -> list[Figures]:
    """The reports of all runs, newest first, without those of another layout or that cannot be read."""
    reports = []
    for run_id in reversed(output.run_ids()):
        try:
            report = json.loads((output.report(run_id) / "report.json").read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(report, dict) and report.get("report_version") == REPORT_VERSION:
            reports.append(report)
    return reports
