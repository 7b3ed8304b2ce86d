"""What stays and what goes: releases by their number, rows of runs by their age, and nothing that somebody names."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sftrm_quality.config import PruneSettings
from sftrm_quality.housekeeping.rows_of_runs import rows_of
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases import Release, all_releases, decisions_of, named_by_unfinished
from sftrm_quality.run_record import PastRun, Verdict, read_past_run
from sftrm_quality.words import say, say_of


@dataclass(frozen=True)
class Going:
    """What goes. releases: their ids, oldest first. runs: those whose rows go, oldest first; their reports stay.

    kept: of each release that is older than those that stay by their number, why it stays.
    """

    releases: tuple[str, ...]
    runs: tuple[str, ...]
    kept: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.releases or self.runs)


@dataclass(frozen=True)
class Coming:
    """A run that is about to publish: what is current by then, and what is the newest run."""

    run_id: str
    release_id: str


def what_goes(
    output: OutputFolder,
    settings: PruneSettings,
    frozen: Collection[str] = (),
    coming: Coming | None = None,
    now: datetime | None = None,
) -> Going:
    """What may be deleted by some settings.

    Releases go only by their number, and only those that are older than the days that are given. Rows of a run go with
    its release, those of a run that published nothing by their age; and never while its release stays, nor those of
    the newest run.

    Args:
        output: The output folder.
        settings: How much stays.
        frozen: The releases by which splits are frozen.
        coming: The run that asks, where it is about to publish.
        now: The time; that of the clock without it.

    Returns:
        What goes.

    Raises:
        StorageError: What people decided cannot be read.
    """
    days = settings.keep_days
    youngest = None if days is None else (now or datetime.now(UTC)) - timedelta(days=days)
    releases = all_releases(output)
    named = _named(output, releases, frozen, coming)
    going, kept = [], {}
    for release in _beyond(releases, settings.keep_releases, coming):
        if why := named.get(release.release_id):
            kept[release.release_id] = why
        elif youngest and _is_younger(release.manifest.created, youngest):
            kept[release.release_id] = say_of("younger than {count} day", "younger than {count} days", days or 0)
        else:
            going.append(release)
    ids = tuple(release.release_id for release in going)
    runs = [run for run in _with_rows(output, coming) if not _stays(output, run, ids)]
    return Going(ids, tuple(run.run_id for run in runs if _rows_go(run, youngest, settings)), kept)


def _beyond(releases: list[Release], keep: int | None, coming: Coming | None) -> list[Release]:
    """Releases that are older than the newest ones, of which the coming one is the first."""
    if keep is None:
        return []
    others = [release for release in releases if not coming or release.release_id != coming.release_id]
    room = keep - (coming is not None)
    return others[: len(others) - room] if len(others) > room else []


def _named(
    output: OutputFolder, releases: list[Release], frozen: Collection[str], coming: Coming | None
) -> dict[str, str]:
    """Releases that stay whatever their age, and why."""
    decisions = decisions_of(output)
    named: dict[str, str] = {}
    for rollback in decisions.rollbacks:
        for release_id in (rollback.left, rollback.target, rollback.superseded_by):
            if release_id:
                named[release_id] = say("a rollback by {name} names it", name=rollback.name)
    made = [(decision.release_id, decision.name) for decision in decisions.held]
    # One that was made in the form of Prefect is kept in only the manifest of what it published.
    made += [(one.release_id, one.manifest.decision.name) for one in releases if one.manifest.decision]
    for release_id, name in made:
        named[release_id] = say("a decision by {name} names it", name=name)
    for release_id in named_by_unfinished(output):
        named[release_id] = say("a run that has not ended names it")
    named |= dict.fromkeys(frozen, say("the frozen splits name it"))
    current = coming.release_id if coming else output.current_release_id()
    if current:
        named[current] = say("it is the current release")
    return named


def _with_rows(output: OutputFolder, coming: Coming | None) -> Iterator[PastRun]:
    """Runs with rows, oldest first, but for the newest."""
    runs = [run_id for run_id in output.run_ids() if rows_of(output, run_id)]
    for run_id in runs if coming else runs[:-1]:
        try:
            run = read_past_run((output.report(run_id) / "report.json").read_bytes())
        except (OSError, ValueError):
            # Nobody knows of which release it is: its rows stay.
            continue
        if run:
            yield run


def _stays(output: OutputFolder, run: PastRun, going: tuple[str, ...]) -> bool:
    """Whether the release of a run stays, also one whose manifest cannot be read."""
    release_id = run.release_id
    return release_id is not None and release_id not in going and output.release(release_id).is_dir()


def _rows_go(run: PastRun, youngest: datetime | None, settings: PruneSettings) -> bool:
    if youngest is not None:
        return not _is_younger(run.started, youngest)
    # By number only: with its release, tonight or by a run that was killed between the two.
    return settings.keep_releases is not None and run.verdict is Verdict.PUBLISHED


def _is_younger(when: str, youngest: datetime) -> bool:
    moment = datetime.fromisoformat(when)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) > youngest
