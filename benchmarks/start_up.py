"""What a run costs before it does anything."""

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.product import Product

_TIMES = 3
_IMPORT = "import great_expectations"
_EMPTY_FLOW = """\
from flows.prefect_settings import set_defaults
set_defaults(quiet=True)
from prefect import flow
flow(lambda: None, name="empty")()
"""


def median_wall(product: Product, command: Sequence[str | Path], times: int) -> float:
    """Wall seconds of a command; the first, not counted, brings its files into memory."""
    return median([product.measure(command).wall_seconds for _ in range(times + 1)][1:])


def fixed_costs(product: Product, records: Path) -> tuple[float, float, float]:
    """Median wall seconds of a run on a small file into an empty output, of an import, and of an empty flow.

    In turns, so that all three see the same machine.
    """
    walls: list[tuple[float, ...]] = []
    for time in range(_TIMES + 1):
        found = [product.run(records, product.work / f"fixed-{time}")]
        found += [product.measure([sys.executable, "-c", code]) for code in (_IMPORT, _EMPTY_FLOW)]
        walls.append(tuple(usage.wall_seconds for usage in found))
    run, great_expectations, prefect = (median(wall) for wall in zip(*walls[1:], strict=True))
    return run, great_expectations, prefect
