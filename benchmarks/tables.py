"""Figures as a table on the terminal, as Markdown, and as JSON with the machine and the versions they came from."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure

_PACKAGES = [
    *("sftrm-quality", "great-expectations", "prefect", "pandas", "pyarrow", "numba", "numpy"),
    *("datatrove", "datasketch", "rensa"),
]

_WIDTH = 140


def machine() -> dict[str, Any]:
    """Where and when the figures were taken."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "versions": {name: found for name in _PACKAGES if (found := _version(name))},
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def in_words(facts: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    return (
        f"{facts['date']}, {facts['cores']} cores of {facts['cpu']}, {facts['memory_gib']} GiB, "
        f"Python {facts['python']}; {versions}"
    )


def publish(
    name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], figures: Any, folder: Path, notes: str
) -> None:
    """Prints the table and writes NAME.md and NAME.json. The first column is text, the others are numbers.

    A row whose other cells are empty is a heading.
    """
    facts = machine()
    table = Table(title=title, caption=in_words(facts), caption_justify="left")
    for number, column in enumerate(head):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row, style=None if any(row[1:]) else "bold")
    # Wider than a narrow terminal rather than cut.
    Console(width=max(Console().width, _WIDTH)).print(table)
    aligned = "|".join(" ---: " if number else " --- " for number in range(len(head)))
    lines = ["| " + " | ".join(head) + " |", f"|{aligned}|"]
    lines += ["| " + " | ".join([row[0] if any(row[1:]) else f"**{row[0]}**", *row[1:]]) + " |" for row in rows]
    folder.mkdir(parents=True, exist_ok=True)
    text = [f"{title}.", "", *lines, "", f"{in_words(facts)}.", "", notes]
    (folder / f"{name}.md").write_text("\n".join(text).rstrip() + "\n", "utf-8")
    found = {"title": title, "machine": facts, "figures": figures}
    (folder / f"{name}.json").write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(f"written to {folder / name}.md and .json")


def number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def share(value: float | None) -> str:
    """Four digits, cut and not rounded: 0.99996 is not 1."""
    return "–" if value is None else f"{int(value * 10_000 + 1e-9) / 10_000:.4f}"


def figure_row(figure: Figure, *, full_size: bool) -> list[str]:
    """What, the figure, its limit, the verdict."""
    limit = figure.limit
    bound = f"{'≤' if limit.at_most else '≥'} {number(limit.number, figure.digits)}" if limit else ""
    return [figure.what, number(figure.value, figure.digits), bound, figure.verdict(full_size)]
