"""The command that says what a trainer would make of a release, before it trains."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.commands.command_line import OUT, OutOption, console, fail, must_exist, release_named
from flows.commands.preflight_shown import print_preflight
from flows.terminal_text import json_text
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.words import say

if TYPE_CHECKING:
    from sftrm_quality.output import OutputFolder
    from sftrm_quality.releases import Release
    from sftrm_quality.run_record import Preflight


def preflight(
    tokenizer: Annotated[Path, typer.Option("--tokenizer", help="A folder with a tokenizer of Hugging Face.")],
    trainer: Annotated[
        Literal["trl-sft", "trl-reward", "trl-dpo", "llama-factory"],
        typer.Option("--trainer", help="By whose rules rows are cut and dropped."),
    ],
    release_id: Annotated[
        str | None, typer.Argument(metavar="RELEASE", help="A release.", show_default="the current one")
    ] = None,
    out: OutOption = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="A file with another chat template (Jinja).")
    ] = None,
    max_length: Annotated[
        int, typer.Option("--max-length", min=0, help="The window in tokens; 0: the trainer's own default.")
    ] = 0,
    export: Annotated[
        Literal["messages", "prompt_completion", "alpaca", "pairs", "pairs_text"] | None,
        typer.Option("--export", help="What the trainer reads.", show_default="what the release has of it"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the same as JSON and nothing else.")] = False,
) -> None:
    """Say what a trainer would make of a release: rows it trains on, cuts and drops, by its tokens."""
    try:
        from flows.commands.progress_bars import showing_progress
        from sftrm_quality.output import OutputFolder

        output = OutputFolder(out or OUT)
        must_exist(output.root)
        release = release_named(output, release_id)
        with ExitStack() as stack:
            if not as_json:
                stack.enter_context(showing_progress(console(stderr=True)))
            found = _found(output, release, trainer, tokenizer, template, max_length, export)
    except SftrmError as error:
        fail(error)
    if as_json:
        print(json_text([{"release_id": release.release_id, **one.to_json()} for one in found]))
        return
    for one in found:
        print_preflight(console(), one)


def _found(
    output: "OutputFolder",
    release: "Release",
    trainer: str,
    tokenizer: Path,
    template: Path | None,
    max_length: int,
    export: str | None,
) -> "list[Preflight]":
    from sftrm_quality.config import ExportSettings, RunConfig
    from sftrm_quality.preflight import asked_of, preflights, read_tokenizer
    from sftrm_quality.releases import DataFiles
    from sftrm_quality.workers.processes import ProcessWorkers

    manifest = release.manifest
    kinds = {file.label_kind for file in manifest.data_files.values() if file.label_kind is not None}
    # With the settings that they were made by.
    made = {
        name: ExportSettings.model_validate({"name": name, **export.settings})
        for name, export in manifest.exports.items()
    }
    model = read_tokenizer(tokenizer, template)
    asked = asked_of([trainer], kinds, made, model, max_length, export)
    if not asked:
        raise ConfigError(
            say(
                "release {release_id}: has no records that {trainer} takes",
                release_id=release.release_id,
                trainer=trainer,
            )
        )
    sources = {file.source_file: file.source for file in manifest.figures.files}
    data = DataFiles(release.folder, manifest.data_files)
    # Without Great Expectations, which only runs need.
    with ProcessWorkers(RunConfig().workers, "sftrm_quality.preflight") as workers:
        return preflights(data, asked, sources, workers)
