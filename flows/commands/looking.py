"""Commands that look at what is there and change nothing but reports: why, releases, report, diff."""

import sys
from typing import Annotated

import typer

from flows.commands.browsing import opened
from flows.commands.command_line import OUT, OutOption, console, fail, must_exist, report_named
from flows.terminal_text import json_text, safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.imports import imports_of_a_command
from sftrm_quality.words import say


def why(
    record: Annotated[str, typer.Argument(metavar="RECORD_OR_DATA_ID", help="A record_id or a data_id.")],
    out: OutOption = None,
) -> None:
    """Show where a record came from and what happened to it."""
    with imports_of_a_command():
        from flows.commands.traces_shown import print_traces
        from sftrm_quality.output import OutputFolder
        from sftrm_quality.releases import trace

    output = OutputFolder(out or OUT)
    try:
        must_exist(output.root)
        found = trace(output, record)
        if not found:
            raise ConfigError(
                say(
                    "{root}: no record of the current release or of the newest run has the record_id or "
                    "data_id '{record}'; an unreadable record can be asked for by its record_id only",
                    root=output.root,
                    record=record,
                )
            )
    except SftrmError as error:
        fail(error)
    print_traces(console(), found)


def releases(out: OutOption = None) -> None:
    """List the releases of an output folder, with their sizes; the current one is marked."""
    with imports_of_a_command():
        from flows.commands.terminal import print_releases
        from sftrm_quality import progress
        from sftrm_quality.findings import timezone_of
        from sftrm_quality.housekeeping import sizes_of
        from sftrm_quality.output import OutputFolder
        from sftrm_quality.releases import all_releases, decisions_of

    try:
        output = OutputFolder(out or OUT)
        must_exist(output.root)
        with progress.hearing(lambda told: print(say("warning: {told}", told=safe(told)), file=sys.stderr)):
            found = all_releases(output)
            left = decisions_of(output).left
            print_releases(console(), found, timezone_of(output), left, sizes_of(found))
    except SftrmError as error:
        fail(error)


def report(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="A run id.", show_default="the newest")] = None,
    out: OutOption = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Print a run's verdict and where its report is."""
    with imports_of_a_command():
        from flows.commands.terminal import print_result
        from sftrm_quality.output import OutputFolder
        from sftrm_quality.reports import INDEX_PAGE, page_in

    output = OutputFolder(out or OUT)
    try:
        must_exist(output.root)
        found = report_named(output, run)
    except SftrmError as error:
        fail(error)
    folder = output.report(found.run_id)
    page = folder / page_in(INDEX_PAGE, found.language)
    shown = console()
    print_result(shown, found, output.root)
    paths = [path for path in (found.paths.release, found.paths.quarantine) if path]
    if gone := [path for path in paths if not (output.root / path).exists()]:
        shown.print(safe(say("deleted since: {paths}", paths=", ".join(gone))), soft_wrap=True)
    for sentence in found.changes.said_sentences:
        shown.print(f"  {safe(sentence)}", soft_wrap=True, markup=False, highlight=False)
    if open_it and not opened(page):
        fail(
            ConfigError(
                say(
                    "{folder}: no browser can be opened from here; open this file yourself",
                    folder=page,
                )
            )
        )


def diff(
    before: Annotated[
        str | None, typer.Argument(metavar="A", help="A release.", show_default="the one before the current one")
    ] = None,
    now: Annotated[
        str | None, typer.Argument(metavar="B", help="Another, or a check or held run.", show_default="the current one")
    ] = None,
    out: OutOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON and nothing else.")] = False,
) -> None:
    """Compare two releases: counts, reasons, files, splits, settings, and records by their ids.

    A run that was held or only checked is compared by its run id, with what it would have published; without a second
    name, it is compared with the current release.
    """
    with imports_of_a_command():
        from flows.commands.terminal import print_diff
        from sftrm_quality.output import OutputFolder
        from sftrm_quality.reports import compare_releases, sides_named, write_diff

    output = OutputFolder(out or OUT)
    try:
        must_exist(output.root)
        comparison = compare_releases(*sides_named(output, before, now))
        page = write_diff(comparison, output)
    except SftrmError as error:
        fail(error)
    if as_json:
        print(json_text(comparison.to_json()))
    else:
        print_diff(console(), comparison, page)
