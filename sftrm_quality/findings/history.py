"""What earlier runs found, from their ``report.json``. Read one at a time, and little of each is kept."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sftrm_quality.findings.tallies import Tallies
from sftrm_quality.output import OutputFolder
from sftrm_quality.run_record import FileEntry, Mode, PastRun, RunSummary, Verdict, read_past_run
from sftrm_quality.time_zones import DEFAULT_TIME_ZONE, day_of
from sftrm_quality.words import DEFAULT_LANGUAGE, Language

# A month of nights in the charts; two weeks to know how a file usually is, since deliveries and checks change.
TREND_RUNS = 30
FILE_RUNS = 14
# The index lists so many. No run reads more reports than this, however long an output folder is in use.
READ_RUNS = 200


@dataclass(frozen=True)
class Past:
    """The runs before this one, oldest first.

    runs: summaries of those that checked data to publish it, published or held. files: what each source file brought,
    of the published ones only: a held delivery is no measure of what is usual. delivered: of the same nights, the
    entries of files that were new or changed, without those of a source about which there was something new to tell.
    told: for each finding that an earlier run told of, by its fingerprint, the first run that did.
    """

    runs: tuple[RunSummary, ...]
    files: tuple[Tallies, ...]
    delivered: tuple[tuple[FileEntry, ...], ...]
    told: Mapping[str, str]


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


def language_of(output: OutputFolder) -> Language:
    """The language of pages without a language in their names, of those that are of more than one run.

    Args:
        output: The output folder.

    Returns:
        That of the newest report that can be read; English where there is none, or an older version wrote it.
    """
    return next((run.language for run in newest_runs(output)), None) or DEFAULT_LANGUAGE


def read_past(
    output: OutputFolder, left: Collection[str] = (), ended: Mapping[str, date] = MappingProxyType({})
) -> Past:
    """The runs that a new one is compared with.

    Args:
        output: The output folder.
        left: Releases that a person rolled back from; their nights are no measure either.
        ended: Fingerprints that a person accepted until a day that is over: what was told until then counts no more.

    Returns:
        The past.
    """
    runs: list[RunSummary] = []
    files: list[Tallies] = []
    delivered: list[tuple[FileEntry, ...]] = []
    told: dict[str, str] = {}
    for run in newest_runs(output):
        if run.mode is Mode.CHECK:
            continue
        day = day_of(run.started, run.timezone)
        told |= {
            fingerprint: finding.since
            for finding in run.findings
            for fingerprint in finding.fingerprints
            if fingerprint not in ended or day > ended[fingerprint]
        }
        if meant_to_publish(run):
            runs.append(run.summary)
            if run.verdict is Verdict.PUBLISHED and run.release_id not in left and len(files) < FILE_RUNS:
                files.append(Tallies(run.files))
                delivered.append(_delivered(run))
        if len(files) == FILE_RUNS and len(runs) >= TREND_RUNS - 1:
            break
    return Past(tuple(reversed(runs[: TREND_RUNS - 1])), tuple(reversed(files)), tuple(reversed(delivered)), told)


def _delivered(run: PastRun) -> tuple[FileEntry, ...]:
    """Reports of older versions do not say what was new: there each file counts in every night that had it."""
    told_of = {finding.source for finding in run.findings if not finding.known}
    return tuple(
        file
        for file in run.files
        if file.received and file.source not in told_of and (file.delivery is None or file.delivery.has_new_bytes)
    )
