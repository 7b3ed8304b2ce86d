"""What is said about one run: its report and the manifest of the release that it makes."""

import os
import shlex
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa

from sftrm_quality.config import RunConfig
from sftrm_quality.decisions import Recorded
from sftrm_quality.reading import SourceFile
from sftrm_quality.releases import hash_of, settings_in_force
from sftrm_quality.reports.figures import Figures
from sftrm_quality.versions import versions

# Of the layout of report.json: an index over all runs must not fail on what an older version wrote.
REPORT_VERSION = 1
# More than this many moved records are a change of settings and not news; all of them stand in split_moves.parquet.
_MOVES_LISTED = 1000


class Mode(StrEnum):
    """``run`` publishes; ``check`` does everything else."""

    RUN = "run"
    CHECK = "check"


class Verdict(StrEnum):
    """How a run ended. ``checked`` is a check that the gate would have let through."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    HELD = "held"
    CHECKED = "checked"


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run before it has read anything."""

    run_id: str
    mode: Mode
    started: datetime
    config: RunConfig
    suites_hash: str
    suite_files_hash: str
    files: tuple[SourceFile, ...]
    release_id: str
    damaged_files: tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """What a run found: figures of the data, samples of rows set aside, records whose split changed.

    data_run_id: the run whose quarantine and duplicates files hold these rows.
    browse: how many rows there are, and how many of them the page ``page`` lists; None without such a page.
    decision: a person's on what the gate held, with whether it was applied. In a report that says published or
    unchanged it is the one by which the release was published.
    """

    figures: Figures
    samples: Figures
    moves: pa.Table
    previous_release_id: str | None
    data_run_id: str
    browse: Figures | None
    decision: Recorded | None


def manifest_of(run: RunFacts, figures: Figures, decision: Recorded | None) -> dict[str, Any]:
    """What a release was made from and what came of it, without what only its files tell."""
    return {
        "run_id": run.run_id,
        "inputs": [{"source_file": f.source_file, "bytes": f.size, "content_hash": f.content_hash} for f in run.files],
        "config": settings_in_force(run.config),
        "suites_hash": run.suites_hash,
        "suite_files_hash": run.suite_files_hash,
        "versions": versions(),
        "decision": decision,
        "figures": figures,
    }


def _release_warns(figures: Figures) -> bool:
    return any(c["suite"] == "release" and c["severity"] == "warning" and not c["success"] for c in figures["checks"])


def _path_as_text(path: Path) -> str:
    """A path as text; bytes that are not UTF-8 as \\xNN, since JSON cannot hold them."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def report_of(run: RunFacts, verdict: Verdict, found: Findings, seconds: float, peak_mib: int) -> Figures:
    """``report.json``, from which the page is made and nothing else."""
    published = verdict in (Verdict.PUBLISHED, Verdict.UNCHANGED)
    return {
        "report_version": REPORT_VERSION,
        "run_id": run.run_id,
        "release_id": run.release_id if published else None,
        "verdict": str(verdict),
        "with_warnings": verdict is Verdict.PUBLISHED and _release_warns(found.figures),
        "decision": found.decision,
        "previous_release_id": found.previous_release_id,
        "mode": str(run.mode),
        "started": run.started.isoformat(timespec="seconds"),
        **found.figures,
        "split_moves": {"count": len(found.moves), "records": found.moves.slice(0, _MOVES_LISTED).to_pylist()},
        "samples": found.samples,
        "browse": found.browse,
        "paths": {
            "release": f"releases/{run.release_id}" if published else None,
            "quarantine": f"quarantine/{found.data_run_id}/quarantine.parquet",
            "duplicates": f"duplicates/{found.data_run_id}/duplicates.parquet",
        },
        "inputs": [{"source_file": f.source_file, "content_hash": f.content_hash} for f in run.files],
        "damaged_files": list(run.damaged_files),
        "command": shlex.join(
            ["sftrm", str(run.mode), *map(_path_as_text, run.config.raw), "--out", _path_as_text(run.config.out)]
        ),
        "why": shlex.join(["sftrm", "why", "--out", _path_as_text(run.config.out)]),
        "suites_hash": run.suites_hash,
        "config_hash": hash_of(settings_in_force(run.config)),
        "versions": versions(),
        "seconds": round(seconds, 1),
        "peak_mib": peak_mib,
    }
