"""What each source file of a run brought and lost, as far as one run is compared with another."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sftrm_quality.run_record import DeliveryStatus, FileEntry
from sftrm_quality.sources import series_of


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


class Tallies:
    """The files of one run, to be found by their name, else by that of their series."""

    def __init__(self, files: Iterable[FileEntry]) -> None:
        self.names: dict[str, Tally] = {}
        self._series: dict[str, Tally] = {}
        for file in files:
            if file.delivery is not DeliveryStatus.GONE:
                for known, name in ((self.names, file.source_file), (self._series, series_of(file.source_file))):
                    known.setdefault(name, Tally()).add(file)

    def find(self, name: str) -> Tally | None:
        """The file of that name, the sum of its series where there is none, None without either or without records."""
        found = self.names.get(name) or self._series.get(series_of(name))
        return found if found and found.received else None
