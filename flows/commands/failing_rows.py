"""The command that writes failing rows in full, to send back to whoever delivered them."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.commands.command_line import OUT, OutOption, fail, must_exist, no_address
from flows.commands.run_options import ConfigOption, SettingsOption
from flows.terminal_text import safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.imports import imports_of_a_command
from sftrm_quality.words import DEFAULT_LANGUAGE, asked_for, say, say_of, speak_from_here

if TYPE_CHECKING:
    from sftrm_quality.sheets import WrittenSheet


class _LabelKind(StrEnum):
    """Those of records, without what makes them: help answers at once."""

    SFT = "sft"
    RM = "rm"
    UNKNOWN = "unknown"


def rows(
    out: OutOption = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="RUN_ID", help="A run.", show_default="the newest with rows")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="NAME", help="Rows of this source. May be repeated.")
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option("--file", metavar="NAME", help="Rows of this file, as reports call it. May be repeated."),
    ] = None,
    reason: Annotated[
        list[str] | None, typer.Option("--reason", metavar="NAME", help="Rows with this reason. May be repeated.")
    ] = None,
    label_kind: Annotated[
        list[_LabelKind] | None,
        typer.Option("--label-kind", help="Rows of this kind; unknown: files of no known format. May be repeated."),
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Only rows that did not fail in the release before.")] = False,
    for_repair: Annotated[
        bool,
        typer.Option("--for-repair", help="With a cell to fill beside each field, for `corrections import`."),
    ] = False,
    kind: Annotated[
        Literal["csv", "jsonl", "xlsx"] | None,
        typer.Option("--format", help="What the file is.", show_default="as --to ends, else csv; for repair xlsx"),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FILE",
            help="A new file.",
            show_default="rows-RUN_ID.csv, repair-RUN_ID.xlsx",
            callback=no_address,
        ),
    ] = None,
    config: ConfigOption = None,
    settings: SettingsOption = None,
) -> None:
    """Write the rows that failed, in full and with their reasons in words, to a file for whoever delivered them."""
    try:
        with imports_of_a_command():
            from sftrm_quality import rows as failing
            from sftrm_quality.config_loading import load_config
            from sftrm_quality.errors import storage_error_type
            from sftrm_quality.output import OutputFolder

        format_name = _format(kind, to, "xlsx" if for_repair else "csv")
        declared = load_config(config, settings or []) if config or settings else None
        output = OutputFolder(out or (declared.out if declared else OUT))
        must_exist(output.root)
        found = failing.find_run(output, run)
        # For whoever reads the reports, unless somebody asks for another language.
        speak_from_here(declared.language if declared else asked_for() or found.report.language or DEFAULT_LANGUAGE)
        path = to or Path(f"{'repair' if for_repair else 'rows'}-{found.report.run_id}.{format_name}")
        failing.refuse_target(path)
        wanted = failing.Wanted(
            sources=source or (),
            files=file or (),
            reasons=reason or (),
            label_kinds=label_kind or (),
            known=failing.known_before(output, found) if new else None,
        )
        selection = failing.select(found.quarantine, found.source_named(declared), wanted)
        try:
            if for_repair:
                from sftrm_quality import sheets

                sheet = sheets.write_sheet(found, selection, declared, path, format_name)
            else:
                written = failing.write_rows_file(selection, found.report, path, format_name)
        except OSError as error:
            raise storage_error_type(error)(
                say(
                    "{path}: cannot be written: {strerror}; free space there, or name another --to",
                    path=path,
                    strerror=error.strerror or error,
                )
            ) from error
    except SftrmError as error:
        fail(error)
    since = found.report.previous_release_id if new else None
    if for_repair:
        _tell_sheet(sheet, found.report.run_id, since, path, format_name)
        return
    said = say_of(
        "{count} row of run {run_id}", "{count} rows of run {run_id}", written.rows, run_id=found.report.run_id
    )
    _tell(said, since, path, written.long_texts, written.long_file)


def _tell_sheet(sheet: "WrittenSheet", run_id: str, since: str | None, path: Path, kind: str) -> None:
    said = say_of(
        "{count} record of run {run_id} to mend",
        "{count} records of run {run_id} to mend",
        sheet.to_mend,
        run_id=run_id,
    )
    _tell(said, since, path, sheet.long_texts, sheet.long_file)
    if sheet.to_deliver_anew:
        where = (
            say("they are in a sheet of their own")
            if kind == "xlsx"
            else say("they are left out, sftrm rows without --for-repair has them")
        )
        print(
            say_of(
                "{count} has no fields to mend and is to be delivered anew: {where}",
                "{count} have no fields to mend and are to be delivered anew: {where}",
                sheet.to_deliver_anew,
                where=where,
            )
        )
    if sheet.replaced:
        print(
            say_of(
                "{count} is left out: a later file has another record in its place",
                "{count} are left out: later files have other records in their place",
                sheet.replaced,
            )
        )


def _tell(said: str, since: str | None, path: Path, long_texts: int, long_file: Path) -> None:
    if since is not None:
        said = say("{rows}, new since release {release_id}", rows=said, release_id=since)
    said = say("{rows}: written to {path}", rows=said, path=path)
    if long_texts:
        texts = say_of("{count} long text", "{count} long texts", long_texts)
        said = say("{rows}, and {texts} to {path}", rows=said, texts=texts, path=long_file)
    print(safe(said))


def _format(kind: str | None, to: Path | None, usual: str) -> str:
    """What the file is. Raises ConfigError where its name says that it is something else."""
    from sftrm_quality.rows import FORMATS

    ending = to.suffix.removeprefix(".").lower() if to else ""
    if kind and ending in FORMATS and ending != kind:
        raise ConfigError(
            say(
                "{to}: ends with .{ending}, and --format says {kind}: leave out one of them",
                to=to,
                ending=ending,
                kind=kind,
            )
        )
    return kind or (ending if ending in FORMATS else usual)
