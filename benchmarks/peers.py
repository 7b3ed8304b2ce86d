"""Ours, the usual script and the peers on the same records: what they cost and what they find."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console

from benchmarks.data_sets import DataSet, data_set, write_texts
from benchmarks.measure import Usage
from benchmarks.near import THRESHOLD, TOOLS
from benchmarks.product import Product, outcome, outcome_of_run
from benchmarks.scoring import Mask, Outcome, Score, score
from benchmarks.tables import number, publish, share

_HEAD = [
    *("tool", "records/s", "CPU s", "× ours", "wall s", "peak MiB"),
    *("exact recall", "recall ≥ 0.8", "precision", "originals lost"),
]
_JOB, _SEARCH = "whole job", "near-duplicate search only"
_NOTES = f"""\
Recall: of the copies in the truth table, those of which not both, copy and source, are kept (near: true Jaccard of runs
of five characters of at least 0.8). Precision: of the rows removed, those that are copies by the truth table, or alike
by at least {THRESHOLD} to a row that stays, compared exactly. CPU and memory (PSS) are of all processes together.
Whole job: `sftrm run` (two workers) with all checks, splits and report; `benchmarks/typical_script.py`, from the same
file to Parquet. Search only: one process each, on the same normalised texts, settings in `benchmarks/near.py`."""


class Result(NamedTuple):
    group: str
    tool: str
    usage: Usage
    score: Score


def compare(records: int, data: Path, report: Path) -> None:
    """Measures all tools on SFT records and publishes ``peers``. Data sets are kept in ``data``."""
    found = data_set(data, "sft", records)
    with tempfile.TemporaryDirectory(dir=data) as folder:
        results = list(_Comparison(found, Path(folder), data_set(data, "sft", 10)).results())
    ours = {result.group: result for result in reversed(results) if result.tool.startswith("ours")}
    rows: list[list[str]] = []
    for group in (_JOB, _SEARCH):
        rows.append([group, *[""] * (len(_HEAD) - 1)])
        rows += [_row(result, ours[group], records) for result in results if result.group == group]
    title = f"{records:,} SFT records, of which {_copies(results[0].score)}"
    publish("peers", title, _HEAD, rows, [_figures(result, records) for result in results], report, _NOTES)


class _Comparison:
    """Runs each tool on one data set, outputs below an empty folder."""

    def __init__(self, data: DataSet, work: Path, tiny: DataSet) -> None:
        self.data = data
        self.work = work
        self.product = Product(work, tiny.document)
        self.truth = data.truth()
        self.texts = work / "texts.parquet"
        self.rows = write_texts(data, self.texts)

    def results(self) -> Iterator[Result]:
        yield self._result(_JOB, "ours: sftrm run", self._job)
        yield self._result(_JOB, "the usual script", self._script)
        for tool in TOOLS:
            name = "ours: the library" if tool == "ours" else tool
            yield self._result(_SEARCH, name, partial(self._search, tool))

    def _result(self, group: str, tool: str, run: Callable[[], tuple[Usage, Outcome]]) -> Result:
        Console(stderr=True, highlight=False).print(f"{group}: {tool} …")
        usage, found = run()
        return Result(group, tool, usage, score(self.truth, found, self.data.answers, THRESHOLD))

    def _job(self) -> tuple[Usage, Outcome]:
        out = self.work / "ours"
        usage = self.product.run(self.data.document, out)
        return usage, outcome_of_run(out, self.data.count)

    def _script(self) -> tuple[Usage, Outcome]:
        out = self.work / "typical"
        command = [sys.executable, "-m", "benchmarks.typical_script"]
        usage = self.product.measure([*command, self.data.document, out])
        kept = outcome(out.glob("*.parquet"), [], self.data.count).kept
        # It lists nothing of what it drops; blank answers aside, that is duplicates.
        return usage, Outcome(kept, self._not_blank() & ~kept)

    def _search(self, tool: str) -> tuple[Usage, Outcome]:
        target = self.work / f"{tool}.npy"
        usage = self.product.measure([sys.executable, "-m", "benchmarks.near", tool, self.texts, target])
        kept = np.zeros(self.data.count, bool)
        kept[self.rows] = np.load(target)
        return usage, Outcome(kept, self._not_blank() & ~kept)

    def _not_blank(self) -> Mask:
        mask = np.zeros(self.data.count, bool)
        mask[self.rows] = True
        return mask


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
