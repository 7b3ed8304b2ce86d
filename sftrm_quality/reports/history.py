"""What earlier runs found, from their ``report.json``. Read one at a time, and little of each is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from sftrm_quality.output import OutputFolder
from sftrm_quality.reports.figures import Figures
from sftrm_quality.reports.run import REPORT_VERSION
from sftrm_quality.reports.tallies import Tallies

# A month of nights in the charts; two weeks to know how a file usually is, since deliveries and checks change.
TREND_RUNS = 30
FILE_RUNS = 14
# The index lists so many. No run reads more reports than this, however long an output folder is in use.
READ_RUNS = 200
_SUMMARY = ("run_id", "release_id", "verdict", "started", "seconds", "peak_mib", "ledger")


@dataclass(frozen=True)
class Past:
    """The runs before this one, oldest first.

    runs: summaries of those that judged data to publish it, published or held. files: what each source file brought,
    of the published ones alone: a held delivery is no measure of what is usual.
    """

    runs: tuple[Figures, ...]
    files: tuple[Tallies, ...]


def judged_to_publish(report: Figures) -> bool:
    """An unchanged run repeats the one before it, and a check may be of any data."""
    return report["verdict"] in ("published", "held")


def summary_of(report: Figures) -> Figures:
    """What the index and the trends show of a run. Reports of the same layout may be older than some of it."""
    later: dict[str, Any] = {"with_warnings": False, "decision": None}
    return {name: report[name] for name in _SUMMARY} | {n: report.get(n, usual) for n, usual in later.items()}


def newest_reports(output: OutputFolder) -> Iterator[Figures]:
    """The newest ``READ_RUNS`` reports, newest first, without those of another layout or that cannot be read."""
    for run_id in output.run_ids()[: -READ_RUNS - 1 : -1]:
        try:
            report = orjson.loads((output.report(run_id) / "report.json").read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(report, dict) and report.get("report_version") == REPORT_VERSION:
            yield report


def read_past(output: OutputFolder) -> Past:
    """The runs that a new one is compared with."""
    runs: list[Figures] = []
    files: list[Tallies] = []
    for report in newest_reports(output):
        if judged_to_publish(report):
            runs.append(summary_of(report))
            if report["verdict"] == "published" and len(files) < FILE_RUNS:
                files.append(Tallies(report["files"]))
        if len(files) == FILE_RUNS and len(runs) >= TREND_RUNS - 1:
            break
    return Past(tuple(reversed(runs[: TREND_RUNS - 1])), tuple(reversed(files)))


def browse_of(output: OutputFolder, run_id: str) -> Figures | None:
    """What another run's report says of its page of rows, seen from a report beside it; None where there is no page."""
    try:
        browse = orjson.loads((output.report(run_id) / "report.json").read_bytes())["browse"]
    except (OSError, ValueError, KeyError):
        return None
    return {**browse, "page": f"../{run_id}/browse.html"} if browse else None
