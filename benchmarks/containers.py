"""The same records as JSON lines, CSV and Parquet, in the names of the reference format and as Alpaca: their costs."""

import csv
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from benchmarks.data_sets import DataSet, data_set
from benchmarks.measure import Usage
from benchmarks.product import Product
from benchmarks.tables import number, publish

Record = dict[str, Any]
_BLOCK = 50_000
"""Records at a time, and rows per row group."""
_SMALL = 2_000
_NOTES = """\
CPU and memory (PSS) are of all processes together; MiB are 2**20 bytes. Forms are measured in turn, round by round, and
the median of the rounds is shown; × is CPU per record of that of reference JSON lines in the same session. "Reading and
mapping" is one process, without imports; its peak has them."""


def _alpaca(record: Record) -> Record:
    return {"id": record["data_id"], "instruction": record["question"], "input": "", "output": record["answer"]}


def _alpaca_and_more(record: Record) -> Record:
    """With three fields that the format does not read, which become metadata."""
    names = ("data_category", "question_type", "question_count")
    return _alpaca(record) | {name: record[name] for name in names}


SHAPES: dict[str, Callable[[Record], Record]] = {
    "reference": dict,
    "Alpaca": _alpaca,
    "Alpaca and 3 unread": _alpaca_and_more,
}


class Form(NamedTuple):
    shape: str
    container: str

    @property
    def name(self) -> str:
        return f"{self.shape}, {self.container}"


REFERENCE = Form("reference", "JSON lines")
FORMS = [Form(shape, container) for shape in SHAPES for container in ("JSON lines", "CSV", "Parquet")]
IN_A_RUN = [form for form in FORMS if form.shape != "Alpaca and 3 unread"]
"""What comes after mapping costs the same, and a run over a million records takes a minute."""


def _blocks(data: DataSet, shape: str) -> Iterator[list[Record]]:
    with data.lines.open("rb") as lines:
        while block := [SHAPES[shape](orjson.loads(line)) for line in islice(lines, _BLOCK)]:
            yield block


def written(data: DataSet, form: Form, folder: Path) -> Path:
    """The records of a data set in a form, in a file that is made if it is not there."""
    path = folder / f"{data.kind}-{data.count}-{form.shape.replace(' ', '-')}.{form.container.replace(' ', '-')}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        {"JSON lines": _write_lines, "CSV": _write_csv, "Parquet": _write_parquet}[form.container](
            part, _blocks(data, form.shape)
        )
        part.replace(path)
    return path


def _write_lines(path: Path, blocks: Iterator[list[Record]]) -> None:
    with path.open("wb") as file:
        for block in blocks:
            file.write(b"".join(orjson.dumps(record) + b"\n" for record in block))


def _write_csv(path: Path, blocks: Iterator[list[Record]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for at, block in enumerate(blocks):
            writer = csv.DictWriter(file, list(block[0]))
            if not at:
                writer.writeheader()
            writer.writerows(block)


def _write_parquet(path: Path, blocks: Iterator[list[Record]]) -> None:
    writer = None
    for block in blocks:
        table = pa.Table.from_pylist(block)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


def compare_containers(records: int, rounds: int, runs: int, data: Path, report: Path) -> None:
    """Measures all forms in turn and publishes ``containers``.

    Args:
        records: How many SFT records.
        rounds: How often each form is read and mapped; 0 for not at all.
        runs: How often each form but those with unread fields goes through ``sftrm run``; 0 for not at all.
        data: Folder for the data.
        report: Folder for the table.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    small, large = data_set(data, "sft", _SMALL), data_set(data, "sft", records)
    files = {form: (written(large, form, data / "forms"), written(small, form, data / "forms")) for form in FORMS}
    with tempfile.TemporaryDirectory(dir=data) as folder:
        product = Product(Path(folder), small.document)
        reading: dict[Form, list[Usage]] = {form: [] for form in FORMS}
        whole: dict[Form, list[Usage]] = {form: [] for form in FORMS}
        for turn in range(rounds):
            for form, paths in files.items():
                reading[form].append(_reading(product, *paths, records))
                console.print(f"read {turn + 1}/{rounds}  {form.name}  {reading[form][-1]}")
        for turn in range(runs):
            for form in IN_A_RUN:
                out = Path(folder) / "out"
                whole[form].append(product.run(files[form][0], out))
                shutil.rmtree(out)
                console.print(f"run {turn + 1}/{runs}  {form.name}  {whole[form][-1]}")
    publish(
        "containers",
        f"{records:,} SFT records in every form, {rounds} rounds of reading, {runs} of whole runs",
        ["form", "reading and mapping, CPU s", "×", "peak MiB", "`sftrm run`, CPU s", "×", "peak MiB"],
        [[form.name, *_cells(reading, form), *_cells(whole, form)] for form in FORMS],
        {form.name: {"reading": reading[form], "run": whole[form]} for form in FORMS},
        report,
        _NOTES,
    )


def _reading(product: Product, path: Path, small: Path, records: int) -> Usage:
    """CPU as the process itself counts it, the peak as it is seen from outside."""
    usage = product.measure([sys.executable, "-m", "benchmarks.read_and_map", path, small])
    told = json.loads(product.log.read_text("utf-8").splitlines()[-1])
    assert told["records"] == records, f"{path}: {told}"
    return usage._replace(cpu_seconds=told["cpu_seconds"])


def _cells(usages: dict[Form, list[Usage]], form: Form) -> list[str]:
    if not usages[form]:
        return ["", "", ""]
    cpu, of_reference = (median(usage.cpu_seconds for usage in usages[one]) for one in (form, REFERENCE))
    return [number(cpu), number(cpu / of_reference, 2), number(median(usage.peak_mib for usage in usages[form]), 0)]
