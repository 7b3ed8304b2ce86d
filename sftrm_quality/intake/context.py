"""What the intake of raw files needs besides the files, and how far it is."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from sftrm_quality import progress
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.output import OutputFolder
from sftrm_quality.reviews import NO_REVIEWS, Reviews
from sftrm_quality.workers import Workers


@dataclass
class ReadProgress:
    """Bytes of raw files read so far, over all files and threads of a run."""

    total: int
    done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, count: int) -> None:
        with self._lock:
            self.done += count
            done = self.done
        progress.report("read", min(done, self.total), self.total, "bytes")

    def again(self, count: int) -> None:
        """So many bytes are read once more."""
        with self._lock:
            self.total += count


@dataclass(frozen=True)
class IntakeContext:
    """What the intake of raw files needs besides the files."""

    settings: ShardSettings
    output: OutputFolder
    staging: Path
    workers: Workers
    progress: ReadProgress
    reviews: Reviews = NO_REVIEWS
