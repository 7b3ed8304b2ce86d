"""The command that says what raw files are, and how a run would read them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.command_line import console, fail, no_address
from flows.commands.run_options import ConfigOption, SettingsOption
from flows.terminal_text import json_text, padded, safe
from sftrm_quality.errors import SftrmError
from sftrm_quality.imports import imports_of_a_command
from sftrm_quality.words import phrase, recognised, say, say_of, speaking_in

if TYPE_CHECKING:
    from rich.console import Console

    from sftrm_quality.run_record import InspectedFile, ProposedFormat, ReasonFound, RecordShown, UnreadField

_HEADS = {
    "read": (phrase("would be read"), "green"),
    "skipped": (phrase("would be skipped"), "cyan"),
    "unreadable": (phrase("not readable"), "yellow"),
}
# Of fields that nobody reads or knows, and characters of a name; --json has all.
_FIELDS, _NAME = 20, 60
_OUTCOMES = {
    "metadata": phrase("kept as metadata"),
    "field_unexpected": phrase("may be label content: record quarantined as field_unexpected"),
    "ignored": phrase("ignored, as declared under sources"),
}


def inspect(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…", help="Raw files or folders, or names as a report shows them (b.zip!/c.json)."),
    ],
    config: ConfigOption = None,
    settings: SettingsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON and nothing else.")] = False,
) -> None:
    """Show what raw files are and how a run would read them. Exit code 1: some are of no known format."""
    no_address([Path(path) for path in paths])
    try:
        with imports_of_a_command():
            from sftrm_quality import inspection
            from sftrm_quality.config_loading import load_config
            from sftrm_quality.run_record import Inspection

        loaded = load_config(config, settings or [])
        shown, found = console(), []
        # What is found is English, as programs read it.
        with speaking_in("en"):
            for inspected in inspection.find_inspected(paths, loaded):
                for file in inspection.inspect(inspected, loaded):
                    if not as_json:
                        with speaking_in(loaded.language):
                            _print(shown, file)
                    # The texts are printed, and may be of thousands of files.
                    found.append(file if as_json else file.model_copy(update={"shown": (), "proposed": None}))
    except SftrmError as error:
        fail(error)
    result = Inspection(files=tuple(found))
    if as_json:
        print(json_text(result.to_json()))
    raise typer.Exit(0 if result.all_known else 1)


def _print(shown: "Console", file: "InspectedFile") -> None:
    from rich.text import Text

    said, colour = _HEADS[file.status]
    head = Text.assemble((safe(file.source_file), "bold"), "  ", (say(said), colour))
    shown.print(head, soft_wrap=True)
    for title, text in _lines(file):
        shown.print(Text.assemble(("  " + padded(title), "dim"), safe(text)), soft_wrap=True)
    if file.proposed is not None:
        _print_proposed(shown, file.proposed)
    _print_records(shown, file.shown)


def _print_records(shown: "Console", records: Iterable["RecordShown"]) -> None:
    from rich.text import Text

    for record in records:
        shown.print(Text(f"  {_place(record)}", style="dim"), soft_wrap=True)
        for name, text in record.fields.items():
            shown.print(Text.assemble((f"    {name:<18}", "dim"), " ", safe(text)), soft_wrap=True)


def _print_proposed(shown: "Console", proposed: "ProposedFormat") -> None:
    """The declaration as a file holds it, and what it reads."""
    from rich.text import Text

    is_open = proposed.records_read is None
    head = (
        say("decide what is open, save it in a folder as my_format.yaml, and set formats to that folder:")
        if is_open
        else say("save it in a folder as my_format.yaml, and set formats to that folder:")
    )
    shown.print(Text.assemble(("  " + padded(say("proposed")), "dim"), head), soft_wrap=True)
    for line in proposed.declaration.splitlines():
        shown.print(Text(f"    {safe(line)}"), soft_wrap=True)
    if is_open:
        return
    read = say("{read:,} of {records:,} records", read=proposed.records_read, records=proposed.records)
    shown.print(Text.assemble(("  " + padded(say("reads")), "dim"), read), soft_wrap=True)
    for title, text in map(_reason, proposed.reasons):
        shown.print(Text.assemble(("  " + padded(title), "dim"), safe(text)), soft_wrap=True)
    _print_records(shown, proposed.shown)


def _lines(file: "InspectedFile") -> Iterator[tuple[str, str]]:
    if file.note:
        yield say("note"), recognised(file.note)
    if file.container:
        yield say("container"), f"{file.container}, {file.encoding}"
    if file.format:
        yield say("format"), f"{file.format}{f': {recognised(file.why)}' if file.why else ''}"
    if file.id_field is not None:
        yield say("ids"), file.id_field or say("from the content: no field is there and different in every record")
    if file.records is not None:
        kinds = ", ".join(f"{count:,} {kind.upper()}" for kind, count in file.label_kinds.items() if count)
        yield say("records"), kinds or f"{file.records:,}"
    if file.incomplete:
        yield (
            say("ends early"),
            say("in the middle of a record or of its list, or its stream breaks off: records may be missing"),
        )
    yield from map(_reason, file.reasons)
    for field in file.unread[:_FIELDS]:
        yield say("not read"), _becomes(field)
    for name, count in file.repairs.items():
        yield say("repair"), _repair(name, count, is_declared=name in file.repairs_declared)
    for name, why in file.left_out.items():
        yield say("left out"), f"{name}: {recognised(why)}"
    for name, count in list(file.fields_seen.items())[:_FIELDS]:
        yield say("field"), say("{name} ({records} at the beginning)", name=name, records=_records(count))
    for title, more in ((say("not read"), len(file.unread)), (say("field"), len(file.fields_seen))):
        if more > _FIELDS:
            yield title, say("and {more} more: see --json", more=more - _FIELDS)
    for near in file.nearest:
        missing = (
            say("without {missing}", missing=say(" and ").join(near.missing))
            if near.missing
            else say("whose fields hold something else here")
        )
        yield say("nearest"), f"{near.format}, {missing}"


def _reason(found: "ReasonFound") -> tuple[str, str]:
    return (
        say("reason"),
        say(
            "{reason} ({records}, first record {source_index}: {detail})",
            reason=found.reason,
            records=_records(found.count),
            source_index=found.source_index + 1,
            detail=recognised(found.detail),
        ),
    )


def _becomes(field: "UnreadField") -> str:
    counts = [(getattr(field, outcome), words) for outcome, words in _OUTCOMES.items()]
    return f"{field.field[:_NAME]}: " + "; ".join(f"{_records(count)} {say(words)}" for count, words in counts if count)


def _repair(name: str, count: int, *, is_declared: bool) -> str:
    if is_declared:
        return say("{repair} changes {records}", repair=name, records=_records(count))
    return say(
        "{repair} would change {records}; if this source is known for it, declare it under sources",
        repair=name,
        records=_records(count),
    )


def _records(count: int) -> str:
    return say_of("{count} record", "{count} records", count)


def _place(record: "RecordShown") -> str:
    named = {"kind": record.label_kind.upper(), "index": record.source_index + 1}
    if record.source_line is None:
        return say("{kind} record {index}, if it passes the checks:", **named)
    return say("{kind} record {index}, line {line}, if it passes the checks:", line=record.source_line, **named)
