"""An output folder as an outsider reads it: with pyarrow and json, without the product's code."""

import json
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.config_loading import load_config
from sftrm_quality.job import RunResult, run
from sftrm_quality.run_record import Mode, Verdict
from tests.inline_workers import tasks_here

KINDS = ("sft", "rm")
SPLITS = ("train", "validation", "test")
LINEAGE = ["source_file", "source_index", "source_offset", "source_length", "source_line"]


@dataclass(frozen=True)
class Ran:
    """How a run ended, and its report as it lies on the disk."""

    verdict: Verdict
    report: dict[str, Any]
    report_folder: Path


def ran(result: RunResult) -> Ran:
    report = json.loads((result.report_folder / "report.json").read_text("utf-8"))
    return Ran(result.verdict, report, result.report_folder)


def run_on(raw: list[Path], out: Path, *settings: str, mode: Mode = Mode.RUN) -> Ran:
    """The job on some raw files with some ``key=value`` settings.

    Its tasks are in this process, or in the workers that the settings name.
    """
    config = load_config(None, ["workers=2", *settings], {"raw": raw, "out": out})
    elsewhere = any(setting.startswith(("workers=", "engine=")) for setting in settings)
    with nullcontext() if elsewhere else tasks_here():
        return ran(run(config, mode))


def open_gate(folder: Path) -> str:
    """The setting for suites that check the rows as shipped and never hold a release: for a handful of bad records."""
    folder.mkdir()
    for name in (*KINDS, "release", "delivery"):
        suite = json.loads((SHIPPED_EXPECTATIONS / f"{name}.json").read_text("utf-8"))
        for entry in suite["expectations"]:
            if name not in KINDS:
                entry["severity"] = "warning"
            else:
                entry["kwargs"]["mostly"] = 0
        (folder / f"{name}.json").write_text(json.dumps(suite), "utf-8")
    return f"expectations={folder}"


@dataclass
class Output:
    """The newest run in an output folder."""

    out: Path
    report: dict[str, Any]

    @cached_property
    def release(self) -> Path:
        return self.out / "releases" / (self.out / "LATEST").read_text().strip()

    def published(self, kind: str, split: str | None = None) -> list[dict[str, Any]]:
        """Published rows of a kind, with the split in the column ``split``."""
        rows = []
        for name in (split,) if split else SPLITS:
            for path in sorted((self.release / kind).glob(f"{name}-*.parquet")):
                rows += [{**row, "split": name} for row in pq.read_table(path).to_pylist()]
        return rows

    @cached_property
    def quarantine(self) -> list[dict[str, Any]]:
        return pq.read_table(self.out / self.report["paths"]["quarantine"]).to_pylist()

    @cached_property
    def duplicates(self) -> list[dict[str, Any]]:
        return pq.read_table(self.out / self.report["paths"]["duplicates"]).to_pylist()

    @cached_property
    def outcomes(self) -> dict[tuple[str, int], tuple[str, dict[str, Any]]]:
        """(source_file, source_index) → (where the record ended, its row); a record found twice is an error."""
        ends = [("published", row) for kind in KINDS for row in self.published(kind)]
        # A row of a file of no known format stands for all that is in it.
        rows = [row for row in self.quarantine if row["label_kind"] != "unknown"]
        ends += [("unreadable" if row["stage"] == "read" else "quarantined", row) for row in rows]
        ends += [("duplicate", row) for row in self.duplicates]
        places = Counter((row["source_file"], row["source_index"]) for _, row in ends)
        assert not [place for place, count in places.items() if count > 1]
        return {(row["source_file"], row["source_index"]): (end, row) for end, row in ends}

    def without_lineage(self) -> dict[str, pa.Table]:
        """The data files by their names in the release, without the columns that tell where a record came from."""
        return {
            path.relative_to(self.release).as_posix(): pq.read_table(path).drop_columns(LINEAGE)
            for path in sorted(self.release.rglob("*.parquet"))
        }

    def data_bytes(self) -> dict[str, bytes]:
        """The data files, byte by byte."""
        return {p.relative_to(self.release).as_posix(): p.read_bytes() for p in sorted(self.release.rglob("*.parquet"))}


def report_of(out: Path, run_id: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((out / "reports" / run_id / "report.json").read_text("utf-8"))
    return report
