"""The run whose failing rows are meant, and the release that they are compared with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases import KnownRecords, excluded_of_release, read_known
from sftrm_quality.run_record import Report, read_report_json
from sftrm_quality.sources import source_of
from sftrm_quality.words import say

_SHOWN_RUNS = 5


@dataclass(frozen=True)
class RunWithRows:
    """A run that checked records: its report, and the quarantine file with the rows that failed in it.

    sources: whose each source file is, by the newest report about them.
    """

    report: Report
    quarantine: Path
    sources: Mapping[str, str]

    def source_named(self, config: RunConfig | None) -> Callable[[str], str]:
        """Whose a source file is.

        Args:
            config: Has the names that are declared; None for those of the report.

        Returns:
            A function of the file's name.
        """
        given = self.sources if config is None else {}
        named = config or RunConfig()
        return lambda source_file: given.get(source_file) or source_of(source_file, named)


def find_run(output: OutputFolder, run_id: str | None) -> RunWithRows:
    """The run whose failing rows are meant. One that found nothing new points to the run that checked the records.

    Args:
        output: The output folder.
        run_id: The run; None for the newest that has a quarantine.

    Returns:
        The run that checked them.

    Raises:
        ConfigError: There is no such run, or no quarantine of it any more.
        StorageError: A report names a run that cannot be one.
    """
    runs = output.run_ids()
    if run_id is not None and run_id not in runs:
        newest = ", ".join(reversed(runs[-_SHOWN_RUNS:])) or say("none yet")
        raise ConfigError(
            say("{root}: no run '{run_id}'; the newest are {newest}", root=output.root, run_id=run_id, newest=newest)
        )
    for candidate in reversed(runs) if run_id is None else [run_id]:
        report = _report(output, candidate)
        checked_by = PurePosixPath(report.paths.quarantine).parent.name
        path = output.quarantine(checked_by) / "quarantine.parquet"
        if path.is_file():
            # Names may be declared in the meantime: they change no release.
            sources = {file.source_file: file.source for file in report.files}
            return RunWithRows(report if checked_by == candidate else _report(output, checked_by), path, sources)
    if run_id is not None:
        raise ConfigError(
            say(
                "{path}: the quarantine of run '{run_id}' is not there any more; name a newer run with --run",
                path=path,
                run_id=run_id,
            )
        )
    raise ConfigError(
        say("{root}: no run has a quarantine yet; make one with sftrm run or sftrm check", root=output.root)
    )


def known_before(output: OutputFolder, run: RunWithRows) -> KnownRecords:
    """The records that failed already when the release before was made.

    Args:
        output: The output folder.
        run: The run whose rows are new or not.

    Returns:
        Their ids.

    Raises:
        ConfigError: There is nothing to compare with.
    """
    before = run.report.previous_release_id
    if before is None:
        raise ConfigError(
            say(
                "run '{run_id}' had no release before it, so that all of its rows are new: leave out --new",
                run_id=run.report.run_id,
            )
        )
    paths = excluded_of_release(output, before)
    if paths is None or paths[0] == run.quarantine:
        raise ConfigError(
            say(
                "{root}: release '{before}', which run '{run_id}' came after, has no quarantine of its "
                "own any more: nothing to compare with, leave out --new",
                root=output.root,
                before=before,
                run_id=run.report.run_id,
            )
        )
    return read_known(paths[0])


def _report(output: OutputFolder, run_id: str) -> Report:
    path = output.report(run_id) / "report.json"
    try:
        return read_report_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(
            say("{path}: {strerror}; name another run with --run", path=path, strerror=error.strerror or error)
        ) from error
    except ValueError as error:
        raise ConfigError(
            say("{path}: damaged ({error}); name another run with --run", path=path, error=error)
        ) from error
