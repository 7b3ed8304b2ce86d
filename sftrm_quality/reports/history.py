"""What earlier runs found, from their ``report.json``. Read one at a time, and little of each is kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from sftrm_quality.output import OutputFolder
from sftrm_quality.reports.tallies import Tallies
from sftrm_quality.run_record import Browse, PastRun, RunSummary, Verdict, read_past_run, read_report_json
from sftrm_quality.time_zones import DEFAULT_TIME_ZONE

# A month of nights in the charts; two weeks to know how a file usually is, since deliveries and checks change.
TREND_RUNS = 30
FILE_RUNS = 14
# The index lists so many. No run reads more reports than this, however long an output folder is in use.
READ_RUNS = 200


@dataclass(frozen=True)
class Past:
    """The runs before this one, oldest first.

    runs: summaries of those that checked data to publish it, published or held. files: what each source file brought,
    of the published ones only: a held delivery is no measure of what is usual.
    """

    runs: tuple[RunSummary, ...]
    files: tuple[Tallies, ...]


def meant_to_publish(run: RunSummary) -> bool:
    """An unchanged run repeats the one before it, and a check may be of any data."""
    return run.verdict in (Verdict.PUBLISHED, Verdict.HELD)


def newest_runs(output: OutputFolder) -> Iterator[PastRun]:
    """The newest ``READ_RUNS`` reports, newest first, without those of another layout or that cannot be read."""
    for run_id in output.run_ids()[: -READ_RUNS - 1 : -1]:
        try:
            run = read_past_run((output.report(run_id) / "report.json").read_bytes())
        except (OSError, ValueError):
            continue
        if run is not None:
            yield run


def timezone_of(output: OutputFolder) -> str:
    """The time zone of what is said of more than one run.

    Args:
        output: The output folder.

    Returns:
        That of the newest report that can be read.
    """
    return next((run.timezone for run in newest_runs(output)), DEFAULT_TIME_ZONE)


def read_past(output: OutputFolder) -> Past:
    """The runs that a new one is compared with."""
    runs: list[RunSummary] = []
    files: list[Tallies] = []
    for run in newest_runs(output):
        if meant_to_publish(run):
            runs.append(run.summary)
            if run.verdict is Verdict.PUBLISHED and len(files) < FILE_RUNS:
                files.append(Tallies(run.files))
        if len(files) == FILE_RUNS and len(runs) >= TREND_RUNS - 1:
            break
    return Past(tuple(reversed(runs[: TREND_RUNS - 1])), tuple(reversed(files)))


def browse_of(output: OutputFolder, run_id: str) -> Browse | None:
    """What another run's report says of its page of rows, seen from a report beside it.

    Args:
        output: The output folder.
        run_id: The other run.

    Returns:
        Its page; None where there is none, or no report that can be read.
    """
    try:
        browse = read_report_json((output.report(run_id) / "report.json").read_bytes()).browse
    except (OSError, ValueError):
        return None
    return browse.model_copy(update={"page": f"../{run_id}/browse.html"}) if browse else None
