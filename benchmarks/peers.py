"""Ours, the usual script and the peers on the same records: what they cost and what they find."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console

from benchmarks.data_sets import DataSet, data_set, write_texts
from benchmarks.measure import Usage
from benchmarks.near import THRESHOLD, TOOLS
from benchmarks.product import Product, outcome, outcome_of_run
from benchmarks.scoring import Outcome, Score, score
from benchmarks.tables import number, publish, share

_HEAD = [
    *("tool", "records/s", "CPU s", "× ours", "wall s", "peak MiB"),
    *("exact recall", "recall ≥ 0.8", "precision", "originals lost"),
]
_JOB, _SEARCH = "whole job", "near-duplicate search alone"
_NOTES = f"""\
Recall: of the copies in the truth table, those of which not both, copy and source, are kept (near: true Jaccard of runs
of five characters of at least 0.8). Precision: of the rows removed, those that are copies by the truth table, or alike
by at least {THRESHOLD} to a row that stays, compared exactly. CPU and memory (PSS) are of all processes together.
Whole job: `sftrm run` (two workers) with all checks, splits and report; `benchmarks/typical_script.py`, from the same
file to Parquet. Search alone: one process each, on the same normalised texts, settings in `benchmarks/near.py`."""


class Result(NamedTuple):
    group: str
    tool: str
    usage: Usage
    score: Score


def compare(records: int, data: Path, report: Path) -> None:
    """Measures all tools on SFT records and publishes ``peers``. Data sets are kept in ``data``."""
    found = data_set(data, "sft", records)
    with tempfile.TemporaryDirectory(dir=data) as folder:
        results = _measured(found, Path(folder), data_set(data, "sft", 10))
    ours = {result.group: result for result in reversed(results) if result.tool.startswith("ours")}
    rows: list[list[str]] = []
    for group in (_JOB, _SEARCH):
        rows.append([group, *[""] * (len(_HEAD) - 1)])
        rows += [_row(result, ours[group], records) for result in results if result.group == group]
    title = f"{records:,} SFT records, of which {_copies(results[0].score)}"
    publish("peers", title, _HEAD, rows, [_figures(result, records) for result in results], report, _NOTES)


def _measured(data: DataSet, work: Path, tiny: DataSet) -> list[Result]:
    console = Console(stderr=True)
    product = Product(work, tiny.document)
    truth = data.truth()
    texts = work / "texts.parquet"
    rows = write_texts(data, texts)
    kept = work / "kept.npy"

    def job() -> Outcome:
        return outcome_of_run(work / "ours", data.count)

    def script() -> Outcome:
        present = outcome((work / "typical").glob("*.parquet"), [], data.count).kept
        not_blank = np.array([kind != "empty" for kind in truth["kind"].to_pylist()])
        return Outcome(present, not_blank & ~present)

    def search() -> Outcome:
        mask, removed = np.zeros(data.count, bool), np.zeros(data.count, bool)
        found = np.load(kept)
        mask[rows], removed[rows] = found, ~found
        return Outcome(mask, removed)

    python = [sys.executable, "-m"]
    script_command = [*python, "benchmarks.typical_script", data.document, work / "typical"]
    plan: list[tuple[str, str, Callable[[], Usage], Callable[[], Outcome]]] = [
        (_JOB, "ours: sftrm run", lambda: product.run(data.document, work / "ours"), job),
        (_JOB, "the usual script", lambda: product.measure(script_command), script),
    ]
    for tool in TOOLS:
        command = [*python, "benchmarks.near", tool, texts, kept]
        name = "ours: the library" if tool == "ours" else tool
        plan.append((_SEARCH, name, lambda command=command: product.measure(command), search))
    results = []
    for group, tool, run, result in plan:
        console.print(f"{group}: {tool} …", highlight=False)
        usage = run()
        results.append(Result(group, tool, usage, score(truth, result(), data.answers, THRESHOLD)))
    return results


def _copies(found: Score) -> str:
    return f"{found.pairs['exact']:,} exact copies and {found.pairs['near']:,} near ones of a Jaccard of at least 0.8"


def _row(result: Result, ours: Result, records: int) -> list[str]:
    usage, found = result.usage, result.score
    return [
        result.tool,
        number(records / usage.wall_seconds, 0),
        number(usage.cpu_seconds),
        number(usage.cpu_seconds / ours.usage.cpu_seconds),
        number(usage.wall_seconds),
        number(usage.peak_mib, 0),
        share(found.exact_recall),
        share(found.near_recall),
        share(found.precision),
        str(found.originals_lost),
    ]


def _figures(result: Result, records: int) -> dict[str, Any]:
    return {
        "group": result.group,
        "tool": result.tool,
        "records": records,
        **result.usage._asdict(),
        **result.score._asdict(),
    }
