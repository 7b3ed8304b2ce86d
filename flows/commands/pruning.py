"""The command that deletes old releases and the rows of old runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.command_line import OUT, OutOption, fail, mebibytes, must_exist
from flows.commands.run_options import ConfigOption, SettingsOption
from flows.terminal_text import safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.words import say, say_of

if TYPE_CHECKING:
    from sftrm_quality.config import RunConfig
    from sftrm_quality.housekeeping import Deleted, Going
    from sftrm_quality.output import OutputFolder


def prune(
    keep_releases: Annotated[
        int | None,
        typer.Option("--keep-releases", min=1, metavar="N", help="So many of the newest releases stay; older ones go."),
    ] = None,
    keep_days: Annotated[
        int | None,
        typer.Option(
            "--keep-days", min=1, max=36_500, metavar="D", help="What is younger stays; rows of older runs go."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete it; without this, only say what would go.")] = False,
    out: OutOption = None,
    config: ConfigOption = None,
    settings: SettingsOption = None,
) -> None:
    """Delete old releases, and quarantine, duplicates and rows of old runs. Every report stays.

    Never the current release, nor one that a decision, a rollback or splits.frozen names.
    """
    from sftrm_quality import findings, housekeeping, progress, reports
    from sftrm_quality.config_loading import load_config
    from sftrm_quality.output import OutputFolder

    try:
        declared = load_config(config, settings or []) if config or settings else None
        output = OutputFolder(out or (declared.out if declared else OUT))
        must_exist(output.root)
        with progress.hearing(lambda told: print(say("warning: {told}", told=safe(told)), file=sys.stderr)):
            if not yes:
                _print_going(output, _going(output, declared, keep_releases, keep_days))
                return
            with output.locked(0, lambda waiting: print(safe(waiting)), findings.timezone_of(output)):
                reports.take_back(output)
                deleted = housekeeping.delete(output, _going(output, declared, keep_releases, keep_days))
    except SftrmError as error:
        fail(error)
    print(_what_was_deleted(deleted))


def _going(
    output: "OutputFolder", declared: "RunConfig | None", keep_releases: int | None, keep_days: int | None
) -> "Going":
    from sftrm_quality.config import PruneSettings
    from sftrm_quality.housekeeping import what_goes

    given = {"keep_releases": keep_releases, "keep_days": keep_days}
    said = {name: value for name, value in given.items() if value is not None}
    settings = (declared.prune if declared else PruneSettings()).model_copy(update=said)
    if settings == PruneSettings():
        raise ConfigError(say("say how much stays: --keep-releases, --keep-days or both"))
    return what_goes(output, settings, _frozen(output, declared))


def _frozen(output: "OutputFolder", declared: "RunConfig | None") -> set[str]:
    """The releases by which splits are frozen, in the settings that are given and in those of the newest run."""
    from sftrm_quality import dedup
    from sftrm_quality.splits import read_frozen

    given = declared.splits.frozen_file if declared else None
    named = {read_frozen(given, dedup.KEY_VERSION).release_id} if given else set()
    if file := _frozen_file_of_the_newest_run(output):
        try:
            named.add(read_frozen(file, dedup.KEY_VERSION).release_id)
        except ConfigError:
            # Who gives settings says by what splits are frozen now; else nobody knows which release must stay.
            if declared is None:
                raise
    return named


def _frozen_file_of_the_newest_run(output: "OutputFolder") -> Path | None:
    from sftrm_quality.run_record import read_report_json

    for run_id in reversed(output.run_ids()):
        try:
            report = read_report_json((output.report(run_id) / "report.json").read_bytes())
        except (OSError, ValueError):
            continue
        if report.config is not None:
            named = report.config.get("splits", {}).get("frozen")
            return Path(named) if named else None
    return None


def _print_going(output: "OutputFolder", going: "Going") -> None:
    from sftrm_quality.housekeeping import paths_of, size_of

    for release_id in going.releases:
        size = mebibytes(size_of([output.release(release_id)]).own)
        print(say("would go: release {release_id}, {size} MiB of its own", release_id=safe(release_id), size=size))
    for run_id in going.runs:
        print(say("would go: rows of run {run_id}", run_id=safe(run_id)))
    for release_id, why in going.kept.items():
        print(say("stays: release {release_id}: {why}", release_id=safe(release_id), why=safe(why)))
    if not going:
        print(say("nothing to delete"))
        return
    whole = size_of(paths_of(output, going))
    said = say(
        "{freed} MiB would be freed; {shared} MiB more have other names too and stay",
        freed=mebibytes(whole.own),
        shared=mebibytes(whole.shared),
    )
    print(said)
    print(say("nothing was deleted; the same with --yes deletes it"))


def _what_was_deleted(deleted: "Deleted") -> str:
    if not deleted.releases and not deleted.runs:
        return say("nothing to delete")
    return say(
        "deleted: {releases}, {runs}; {freed} MiB freed, {shared} MiB more have other names too and stay",
        releases=say_of("{count} release", "{count} releases", deleted.releases),
        runs=say_of("the rows of {count} run", "the rows of {count} runs", deleted.runs),
        freed=mebibytes(deleted.size.own),
        shared=mebibytes(deleted.size.shared),
    )
