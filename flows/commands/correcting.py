"""The commands on corrections: what there is, and sheets that came back from vendors as files of them."""

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.changes_shown import change_shown
from flows.commands.command_line import OUT, ByOption, OutOption, fail, must_exist, no_address
from flows.commands.run_options import ConfigOption, SettingsOption
from flows.terminal_text import safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.time_zones import day_of
from sftrm_quality.words import say, say_of

if TYPE_CHECKING:
    from sftrm_quality.config import RunConfig
    from sftrm_quality.output import OutputFolder
    from sftrm_quality.sheets import Import

corrections = typer.Typer(help="Show the corrections there are, or take a filled sheet as a file of them.")


@corrections.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    out: OutOption = None,
    config: ConfigOption = None,
    settings: SettingsOption = None,
) -> None:
    """List the files of corrections in the folder of reviews, each with how many records they correct, and who."""
    if context.invoked_subcommand is not None:
        return
    try:
        from sftrm_quality.reviews import read_reviews

        declared, output = _declared(config, settings, out)
        folder = _folder(declared or _of_newest_run(output))
        found = read_reviews(folder)
    except SftrmError as error:
        fail(error)
    files: dict[str, list[tuple[str, str]]] = {}
    for placed in found.corrections:
        files.setdefault(placed.file, []).append((placed.entry.record, placed.entry.by))
    for name, entries in files.items():
        count = len({record for record, _ in entries})
        names = ", ".join(f"{by} {many:,}" for by, many in sorted(Counter(by for _, by in entries).items()))
        print(
            safe(
                say_of(
                    "{file}: {count} record, by {names}",
                    "{file}: {count} records, by {names}",
                    count,
                    file=name,
                    names=names,
                )
            )
        )
    if not files:
        print(safe(say("{folder}: no corrections", folder=folder)))


@corrections.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A filled sheet: .xlsx, .csv or .jsonl.", callback=no_address)
    ],
    by: ByOption,
    why: Annotated[
        str | None, typer.Option("--why", metavar="TEXT", help="Why, in a few words.", show_default="the sheet's name")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    run: Annotated[
        str | None,
        typer.Option(
            "--run", metavar="RUN_ID", help="Whose failing records it is of.", show_default="the newest with rows"
        ),
    ] = None,
    out: OutOption = None,
    config: ConfigOption = None,
    settings: SettingsOption = None,
) -> None:
    """Take a sheet of `rows --for-repair` that was filled, and write what is new in it as a file of corrections.

    What differs is shown first. Exit code 1: some rows are refused; the others are written all the same.
    """
    try:
        from sftrm_quality import rows, sheets
        from sftrm_quality.reviews import read_reviews

        declared, output = _declared(config, settings, out)
        must_exist(output.root)
        found = rows.find_run(output, run)
        of_run = sheets.settings_of_run(found.report, declared)
        folder = _folder(declared or of_run)
        said = why or say("mended in {file}", file=file.name)
        brought = sheets.read_import(file, found, declared, read_reviews(folder), by, said)
        _print(brought)
        if brought.corrections and (yes or _asked(folder)):
            path = sheets.store_corrections(folder, brought.corrections, day_of(datetime.now(UTC), of_run.timezone))
            count = len(brought.corrections)
            print(
                safe(
                    say_of(
                        "{path}: {count} correction; the next run takes it",
                        "{path}: {count} corrections; the next run takes them",
                        count,
                        path=path,
                    )
                )
            )
    except SftrmError as error:
        fail(error)
    raise typer.Exit(1 if brought.compared.refused else 0)


def _declared(
    config: Path | None, settings: list[str] | None, out: Path | None
) -> tuple["RunConfig | None", "OutputFolder"]:
    """The settings that are given, and the output folder."""
    from sftrm_quality.config_loading import load_config
    from sftrm_quality.output import OutputFolder

    declared = load_config(config, settings or []) if config or settings else None
    return declared, OutputFolder(out or (declared.out if declared else OUT))


def _of_newest_run(output: "OutputFolder") -> "RunConfig":
    from sftrm_quality import rows, sheets

    must_exist(output.root)
    return sheets.settings_of_run(rows.find_run(output, None).report)


def _folder(config: "RunConfig") -> Path:
    if config.reviews_folder is None:
        raise ConfigError(
            say(
                "no folder of reviews is set: make one, write reviews: path/to/reviews into the settings of your runs, "
                "and name them here with --config"
            )
        )
    return config.reviews_folder


def _print(brought: "Import") -> None:
    """What differs, record by record, and what is refused, row by row."""
    compared = brought.compared
    for one in compared.new:
        row = one.failing.row
        print(
            safe(say("{record}  {file}, {where}", record=one.failing.record, file=row["source_file"], where=one.where))
        )
        for name, (old, new) in one.changes.items():
            print(safe(f"  {name}: {change_shown(old, new, row['data_id'])}"))
    for told in compared.refused:
        print(safe(say("refused: {where}: {why}", where=told.where, why=told.why)), file=sys.stderr)
    for told in compared.same:
        print(safe(f"{told.where}: {told.why}"))
    counts = [
        say_of("{count} record to correct", "{count} records to correct", len(compared.new)),
        say_of("{count} row refused", "{count} rows refused", len(compared.refused)),
        say_of("{count} row left empty", "{count} rows left empty", compared.empty),
    ]
    if brought.known:
        counts.append(
            say_of("{count} value is corrected already", "{count} values are corrected already", brought.known)
        )
    print("; ".join(counts))


def _asked(folder: Path) -> bool:
    """Whether a person says yes; where nobody can, how to say it."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        try:
            return typer.confirm(say("Write them to {folder}?", folder=safe(folder)))
        except typer.Abort:  # Ctrl-C or Ctrl-D is a no
            print()
            return False
    print(say("nothing is written yet: say --yes"))
    return False
