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

    ``gone`` was in the current release and is not there any more. ``skipped`` is known, and holds no records of a kind;
    ``unreadable`` has no known format.
    """

    GONE = "gone"
    UNREADABLE = "unreadable"
    READ = "read"
    SKIPPED = "skipped"


class DeliveryStatus(StrEnum):
    """A source file against the current release, by its bytes. ``renamed``: the bytes are there under another name."""

    NEW = "new"
    CHANGED = "changed"
    RENAMED = "renamed"
    SAME = "same"
    GONE = "gone"

    @property
    def is_delivered(self) -> bool:
        """Whether somebody did something about the file since the current release was made."""
        return self is not DeliveryStatus.SAME

    @property
    def has_new_bytes(self) -> bool:
        """Whether there is something in it that the current release was not made from."""
        return self in (DeliveryStatus.NEW, DeliveryStatus.CHANGED)
