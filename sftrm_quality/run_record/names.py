"""Words that a run is described with, each from a short list."""

from enum import StrEnum


class Mode(StrEnum):
    """``run`` publishes; ``check`` does everything else."""

    RUN = "run"
    CHECK = "check"


class Verdict(StrEnum):
    """How a run ended. ``checked`` is a check, whatever the gate says of it."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    HELD = "held"
    CHECKED = "checked"

    @property
    def has_release(self) -> bool:
        """Whether the release that the run describes is published."""
        return self in (Verdict.PUBLISHED, Verdict.UNCHANGED)


class FileStatus(StrEnum):
    """What became of a source file. The first is what people must see first.

    ``skipped`` is known, and holds no records of a kind; ``unreadable`` has no known format.
    """

    UNREADABLE = "unreadable"
    READ = "read"
    SKIPPED = "skipped"
