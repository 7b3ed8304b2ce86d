"""The data of the benchmarks: made once, kept in a folder, read back record by record."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.label_files import TRUTH_NAME, label_file, tag
from benchmarks.label_texts import normalise

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class DataSet:
    """A generated data set: one JSON document, the same records as JSON lines, and their truth."""

    folder: Path
    kind: str
    count: int

    @property
    def document(self) -> Path:
        return label_file(self.folder, self.kind, self.count, "compact")

    @property
    def lines(self) -> Path:
        return label_file(self.folder, self.kind, self.count, "jsonl")

    def truth(self) -> pa.Table:
        return pq.read_table(self.folder / TRUTH_NAME.format(tag(self.kind, self.count)))

    def answers(self) -> Iterator[tuple[int, str]]:
        """Row and normalised answer of every SFT record."""
        with self.lines.open("rb") as lines:
            for row, line in enumerate(lines):
                yield row, normalise(orjson.loads(line)["answer"])


def data_set(root: Path, kind: str, count: int, seed: int = 1, shape: str = "reference") -> DataSet:
    """The data set of these arguments below a folder; made if it is not there, whole or not at all."""
    wanted = root / f"{kind}-{count}-seed-{seed}{'' if shape == 'reference' else f'-{shape}'}"
    if not wanted.is_dir():
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root) as folder:
            made = Path(folder) / "made"
            # A process of its own gives the memory of the truth table back.
            command = [sys.executable, "-m", "benchmarks.make_labels", kind, str(count), "--out", str(made)]
            subprocess.run(
                [*command, "--forms", "compact,jsonl", "--seed", str(seed), "--shape", shape], check=True, cwd=ROOT
            )
            made.replace(wanted)
    return DataSet(wanted, kind, count)


def write_texts(data: DataSet, target: Path) -> list[int]:
    """Normalised question and answer of the rows that are not blank, as ``near`` takes them. Returns their rows."""
    rows, questions, answers = [], [], []
    with data.lines.open("rb") as lines:
        for row, line in enumerate(lines):
            record = orjson.loads(line)
            if answer := normalise(record["answer"]):
                rows.append(row)
                questions.append(normalise(record["question"]))
                answers.append(answer)
    pq.write_table(pa.table({"row": range(len(rows)), "question": questions, "answer": answers}), target)
    return rows
