"""How much each of many may have where there is not room for all."""

from collections.abc import Mapping
from typing import Any


def equal_share(counts: Mapping[Any, int], most: int) -> int:
    """The greatest number n for which the sum of min(count, n) is at most ``most``."""
    left, waiting = most, sorted(counts.values())
    for place, count in enumerate(waiting):
        if count * (len(waiting) - place) > left:
            return left // (len(waiting) - place)
        left -= count
    return max(waiting, default=0)
