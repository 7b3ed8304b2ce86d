"""The command: ``python -m benchmarks --help``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.data_sets import ROOT
from benchmarks.measure import CommandFailedError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="What sftrm costs and finds: CPU and wall seconds, peak memory of all processes, recall, precision.",
)

DataOption = Annotated[Path, typer.Option("--data", help="Folder for the generated data; what is there is used again.")]
ReportOption = Annotated[Path, typer.Option("--report", help="Folder for the Markdown and JSON tables.")]
_REPORT = ROOT / "build" / "benchmarks"
_DATA = _REPORT / "data"


@app.command()
def peers(
    records: Annotated[int, typer.Option("--records", min=1000, help="SFT records.")] = 50_000,
    data: DataOption = _DATA,
    report: ReportOption = _REPORT,
) -> None:
    """Ours against the usual script and against datatrove, datasketch and rensa, on the same texts.

    Five minutes for 50,000 records, most of it in the usual script.
    """
    from benchmarks.peers import compare

    compare(records, data.resolve(), report.resolve())


@app.command()
def targets(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Some of the targets; all when none is named.")
    ] = None,
    records: Annotated[
        int,
        typer.Option("--records", min=1000, help="What one million stands for; other sizes keep their proportion."),
    ] = 1_000_000,
    script: Annotated[
        Path | None,
        typer.Option("--script", exists=True, help="A hand-tuned script to compare with: IN.json OUT procs 2."),
    ] = None,
    data: DataOption = _DATA,
    report: ReportOption = _REPORT,
) -> None:
    """The product's own targets, each figure beside its limit: hand_tuned, size, rm, workers, script, quality,
    incremental, small_files, loop, families, exports, help.

    Half an hour for one million records, and 30 GB of disk. Limits in seconds and MiB hold for one million only.
    """
    from benchmarks.targets import TARGETS, measure_targets

    if unknown := set(names or ()) - set(TARGETS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; expected some of {', '.join(TARGETS)}")
    measure_targets(names or list(TARGETS), records, data.resolve(), report.resolve(), script and script.resolve())


@app.command()
def containers(
    records: Annotated[int, typer.Option("--records", min=1000, help="SFT records.")] = 1_000_000,
    rounds: Annotated[int, typer.Option("--rounds", min=0, help="How often each form is read and mapped.")] = 2,
    runs: Annotated[int, typer.Option("--runs", min=0, help="How often each form goes through a whole run.")] = 1,
    data: DataOption = _DATA,
    report: ReportOption = _REPORT,
) -> None:
    """JSON lines, CSV and Parquet, in the names of the reference format and as Alpaca: what each form costs.

    Half an hour for one million records, and 15 GB of disk.
    """
    from benchmarks.containers import compare_containers

    compare_containers(records, rounds, runs, data.resolve(), report.resolve())


@app.command()
def variants(
    records: Annotated[int, typer.Option("--records", min=1000, help="SFT records.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="Another one makes other records.")] = 1,
    data: DataOption = _DATA,
    report: ReportOption = _REPORT,
) -> None:
    """What a duplicate is: copies that should go, look-alikes that should stay, and examples of those that did not.

    Half a minute for 20,000 records.
    """
    from benchmarks.variants import measure_variants

    measure_variants(records, seed, data.resolve(), report.resolve())


@app.command()
def verdicts(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Some of the modules; all when none is named.")
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="Texts of each reason, planted and clean.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Another one makes other texts.")] = 1,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="The texts that are set apart; examples are not shown.")
    ] = False,
    report: ReportOption = _REPORT,
) -> None:
    """How often the checks of texts are right: alarms on clean ones, planted ones that are found.

    Modules: personal, stand_ins, template_tokens, garbled, turns, leftovers, speakers; and directions, of whole files
    whose ranks are upside down, a twentieth as many of each kind and language; and marks, of files that tools left some
    in. Ten seconds for each.
    """
    from benchmarks.verdicts.directions import NAME, measure_directions
    from benchmarks.verdicts.frame import measure_verdicts
    from benchmarks.verdicts.marks import measure_marks
    from benchmarks.verdicts.modules import MODULES

    known = (*MODULES, NAME, "marks")
    if unknown := set(names or ()) - set(known):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; expected some of {', '.join(known)}")
    for name in names or known:
        if name == NAME:
            measure_directions(max(1, count // 20), seed, held_out, report.resolve())
        elif name == "marks":
            measure_marks(seed, held_out, report.resolve())
        else:
            measure_verdicts(name, MODULES[name], count, seed, held_out, report.resolve())


if __name__ == "__main__":
    try:
        app()
    except CommandFailedError as error:
        sys.exit(f"error: {error}")
