"""What a run costs before it does anything."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.product import Product


def median_wall(product: Product, command: Sequence[str | Path], times: int) -> float:
    """Wall seconds of a command; the first, not counted, brings its files into memory."""
    return median([product.measure(command).wall_seconds for _ in range(times + 1)][1:])
