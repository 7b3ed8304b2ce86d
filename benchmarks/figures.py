"""A figure of a target, and the limit that it is held to."""

from typing import NamedTuple


class Limit(NamedTuple):
    """``at_most`` or at least a number. Some limits are of one million records and say nothing of other sizes."""

    number: float
    at_most: bool = True
    of_a_million: bool = False


class Figure(NamedTuple):
    """One measured number. ``digits`` are those shown after the point; None is what could not be told."""

    target: str
    what: str
    value: float | None
    limit: Limit | None = None
    digits: int = 2

    def verdict(self, full_size: bool) -> str:
        """met, missed, or nothing where there is no limit or none for this size."""
        if self.limit is None or self.value is None or (self.limit.of_a_million and not full_size):
            return ""
        met = self.value <= self.limit.number if self.limit.at_most else self.value >= self.limit.number
        return "met" if met else "missed"
