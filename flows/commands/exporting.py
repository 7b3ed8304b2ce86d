"""The command that writes the records of a release as a trainer takes them."""

import secrets
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.commands.command_line import OUT, OutOption, console, fail, must_exist, release_named
from flows.terminal_text import json_text, safe
from sftrm_quality.errors import ConfigError, PermanentStorageError, SftrmError
from sftrm_quality.words import number, say, say_of

if TYPE_CHECKING:
    from pathlib import Path

    from sftrm_quality.config import ExportSettings
    from sftrm_quality.output import OutputFolder
    from sftrm_quality.releases import Release
    from sftrm_quality.run_record import Export


def export(
    to: Annotated[
        Literal["messages", "prompt_completion", "alpaca", "pairs", "pairs_text", "ms_swift", "mlx"],
        typer.Option("--to", help="What is written; see docs/exports.md."),
    ],
    release_id: Annotated[
        str | None, typer.Argument(metavar="RELEASE", help="A release.", show_default="the current one")
    ] = None,
    out: OutOption = None,
    file_format: Annotated[
        Literal["parquet", "jsonl"], typer.Option("--format", help="What the files are; mlx is always jsonl.")
    ] = "parquet",
    pairs: Annotated[
        Literal["all", "adjacent", "best_against_each", "best_against_worst"],
        typer.Option("--pairs", help="Which pairs of a ranking."),
    ] = "all",
    most_per_record: Annotated[
        int, typer.Option("--most-per-record", min=0, help="Pairs of a record at most; 0: as many as there are.")
    ] = 0,
    least_rank_difference: Annotated[
        int, typer.Option("--least-rank-difference", min=1, help="Of the ranks of a pair.")
    ] = 1,
    least_score_difference: Annotated[
        float, typer.Option("--least-score-difference", min=0, help="Of the scores of a pair; 0: they do not matter.")
    ] = 0,
    margin: Annotated[
        Literal["none", "rank", "score"],
        typer.Option("--margin", help="A column with that difference, which TRL and OpenRLHF train by."),
    ] = "none",
    as_json: Annotated[bool, typer.Option("--json", help="Print the same as JSON and nothing else.")] = False,
) -> None:
    """Write a release as a trainer takes it, into the release's folder exports/. Its data files stay as they are."""
    try:
        from pydantic import ValidationError

        from flows.commands.progress_bars import showing_progress
        from sftrm_quality.config import ExportSettings
        from sftrm_quality.config_loading import first_mistake
        from sftrm_quality.output import OutputFolder

        given = {
            "name": to,
            "file_format": file_format,
            "pairs": pairs,
            "most_per_record": most_per_record,
            "least_rank_difference": least_rank_difference,
            "least_score_difference": least_score_difference,
            "margin": margin,
        }
        try:
            settings = ExportSettings.model_validate(given)
        except ValidationError as error:
            raise ConfigError(first_mistake(error, ExportSettings)) from error
        output = OutputFolder(out or OUT)
        must_exist(output.root)
        release = release_named(output, release_id)
        with ExitStack() as stack:
            if not as_json:
                stack.enter_context(showing_progress(console(stderr=True)))
            made = _written(output, release, settings)
    except SftrmError as error:
        fail(error)
    folder = release.folder / "exports" / to
    if as_json:
        print(json_text({"release_id": release.release_id, "name": to, "folder": str(folder), **made.to_json()}))
    else:
        _print(made, folder)


def _written(output: "OutputFolder", release: "Release", settings: "ExportSettings") -> "Export":
    from sftrm_quality import findings, releases, reports
    from sftrm_quality.config import RunConfig
    from sftrm_quality.workers.processes import ProcessWorkers

    with output.locked(0, lambda waiting: print(safe(waiting)), findings.timezone_of(output)):
        reports.take_back(output)
        if damaged := releases.damaged_files(release.folder, release.manifest):
            raise PermanentStorageError(
                say(
                    "{folder}: damaged, nothing is exported: {damaged}",
                    folder=release.folder,
                    damaged=", ".join(damaged[:5]),
                )
            )
        # Without Great Expectations, which only runs need.
        with ProcessWorkers(RunConfig().workers, "sftrm_quality.releases") as workers:
            staging = output.staging / f"export-{secrets.token_hex(4)}"
            return releases.add_exports(output, release, [settings], staging, workers)[settings.name]


def _print(made: "Export", folder: "Path") -> None:
    rows = say_of("{count} row", "{count} rows", made.rows)
    records = say_of("{count} record", "{count} records", made.records)
    shown = console()
    shown.print(
        safe(say("{rows} of {records}: written to {folder}", rows=rows, records=records, folder=folder)), soft_wrap=True
    )
    for rule, count in made.left_out.items():
        shown.print(say("left out: {rule} {count}", rule=rule, count=number(count)), soft_wrap=True)
