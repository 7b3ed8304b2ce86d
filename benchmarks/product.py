"""Runs of ``sftrm``, and what became of each record in them."""

import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.measure import Usage, measure
from benchmarks.scoring import Outcome

SFTRM = Path(sys.executable).with_name("sftrm")


class Product:
    """Runs commands with a Prefect home of its own: fresh, and warmed so that no run pays for its first database."""

    def __init__(self, work: Path, records: Path) -> None:
        """``work`` is an empty folder for outputs and logs; ``records`` a small raw file to warm up with."""
        self.work = work
        self.log = work / "log.txt"  # of the newest command
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        self.env["PREFECT_HOME"] = str(work / "prefect")
        # What is compiled at first use, then the database.
        self.measure([sys.executable, "-m", "benchmarks.warm_up"])
        self.run(records, work / "warm-up")

    def run(self, raw: Path, out: Path, *, workers: int = 2, threshold: float = 0.8) -> Usage:
        """The cost of ``sftrm run``."""
        options = ["--out", str(out), "--workers", str(workers), "--set", f"near.threshold={threshold}"]
        return self.measure([SFTRM, "run", raw, *options])

    def measure(self, command: Sequence[str | Path]) -> Usage:
        return measure(command, self.log, self.env)


def release_files(out: Path, pattern: str = "*/*.parquet") -> list[Path]:
    """Parquet files of the current release."""
    return sorted((out / "releases" / (out / "LATEST").read_text("utf-8").strip()).glob(pattern))


def hashes(out: Path) -> dict[str, str]:
    """SHA-256 of each data file of the current release, by its name in the release."""
    return {"/".join(path.parts[-2:]): hashlib.sha256(path.read_bytes()).hexdigest() for path in release_files(out)}


def outcome(kept: Iterable[Path], duplicates: Iterable[Path], count: int) -> Outcome:
    """Outcomes by row, from the data_ids (SFT-00000012 is row 12) in Parquet files of kept rows and of duplicates."""
    return Outcome(_mask(kept, count), _mask(duplicates, count))


def _mask(files: Iterable[Path], count: int) -> np.ndarray:
    mask = np.zeros(count, bool)
    for path in files:
        ids = pq.read_table(path, columns=["data_id"])["data_id"].to_pylist()
        mask[[int(data_id.removeprefix("SFT-")) for data_id in ids]] = True
    return mask


def outcome_of_run(out: Path, count: int) -> Outcome:
    """Outcomes of the records of one raw SFT file after a first run."""
    return outcome(release_files(out, "sft/*.parquet"), out.glob("duplicates/*/*.parquet"), count)
