"""What each source file of a run brought and lost, as far as one run is compared with another."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sftrm_quality.run_record import FileEntry


@dataclass
class Tally:
    """Of a file, or of all files of a series: records received, failing ones, and their reasons."""

    received: int = 0
    failing: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, file: FileEntry) -> None:
        """Add a file of a run.

        Args:
            file: Its entry.
        """
        self.received += file.received
        self.failing += file.failing
        self.reasons.update(file.reasons)

    @property
    def failing_share(self) -> float:
        return self.failing / max(1, self.received)

    def share(self, reason: str) -> float:
        return self.reasons[reason] / max(1, self.received)


def _series(name: str) -> str:
    """The name without its numbers: deliveries carry dates, and tonight's file is compared with those before it."""
    return re.sub(r"\d+", "#", name)


class Tallies:
    """The files of one run, to be found by their name, else by that of their series."""

    def __init__(self, files: Iterable[FileEntry]) -> None:
        self.names: dict[str, Tally] = {}
        self._series: dict[str, Tally] = {}
        for file in files:
            for known, name in ((self.names, file.source_file), (self._series, _series(file.source_file))):
                known.setdefault(name, Tally()).add(file)

    def has_like(self, name: str) -> bool:
        """Whether there is a file of that name or of its series, with records or without."""
        return _series(name) in self._series

    def find(self, name: str) -> Tally | None:
        """The file of that name, the sum of its series where there is none, None without either or without records."""
        found = self.names.get(name) or self._series.get(_series(name))
        return found if found and found.received else None
