"""``OUT/decisions.json``: what people decided at the shell on held runs, and that they rolled back.

A run looks here before it publishes or holds. Everything in it is said of a release by its id, and an id follows from
all that a release is made from: nothing here ever counts for other data.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sftrm_quality.config_loading import said_of_mistake
from sftrm_quality.decisions.decision import Decision, Signed
from sftrm_quality.errors import PermanentStorageError, storage_error
from sftrm_quality.output import OutputFolder, write_atomically
from sftrm_quality.words import say

_Id = Annotated[str, Field(min_length=1)]


class HeldDecision(Decision):
    """A decision on a held run.

    run_id: that run. ended: it does not count any more, because another one on the same came later, or because the
    release was left since.
    """

    run_id: _Id
    ended: bool = False


class Rollback(Signed):
    """A person left one release for another one.

    superseded_by: the release that a run published afterwards, with which it ended; the one that was left, where
    somebody decided to publish that again, or where the command was killed before it took effect.
    """

    left: _Id
    target: _Id
    superseded_by: _Id | None = None


class StoredDecisions(BaseModel):
    """All of the file; every method leaves it as it is. Both lists: the oldest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Of the layout of the file.
    version: Literal[1] = 1
    held: tuple[HeldDecision, ...] = ()
    rollbacks: tuple[Rollback, ...] = ()

    def on(self, release_id: str, failed: Sequence[str]) -> HeldDecision | None:
        """The decision that counts for a release held for these reasons, None without one."""
        found = (made for made in self.held if not made.ended and made.holds_for(release_id, failed))
        return next(found, None)

    def of_run(self, run_id: str) -> HeldDecision | None:
        """The last decision that was made on a run, whether it still counts or not."""
        return next((made for made in reversed(self.held) if made.run_id == run_id), None)

    def with_decision(self, decision: HeldDecision) -> "StoredDecisions":
        """With one more, which counts instead of earlier ones on the same release and reasons."""
        before = tuple(
            made.model_copy(update={"ended": True}) if made.holds_for(decision.release_id, decision.failed) else made
            for made in self.held
        )
        return self.model_copy(update={"held": (*before, decision)})

    def with_rollback(self, rollback: Rollback) -> "StoredDecisions":
        """With one more, after which no earlier decision on the release that is left counts: it was made before."""
        held = tuple(
            made.model_copy(update={"ended": True}) if made.release_id == rollback.left else made for made in self.held
        )
        return self.model_copy(update={"held": held, "rollbacks": (*self.rollbacks, rollback)})

    def settled(self, current: str | None) -> "StoredDecisions":
        """With it that a release was published since the last rollback, as LATEST tells.

        Args:
            current: The release that LATEST names. None tells of no publication, and changes nothing.

        Returns:
            The same, or with the end of the last rollback.
        """
        if not self.rollbacks or current is None:
            return self
        last = self.rollbacks[-1]
        if last.superseded_by is not None or last.target == current:
            return self
        ended = last.model_copy(update={"superseded_by": current})
        return self.model_copy(update={"rollbacks": (*self.rollbacks[:-1], ended)})

    @property
    def left(self) -> dict[str, Rollback]:
        """Releases that were left and that no run publishes by itself, each with the rollback that left it.

        Who goes back to such a release takes that back, and does not leave the one that is current until then. All
        of it ends when a run publishes another release.
        """
        return self._left()[0]

    @property
    def no_baseline(self) -> frozenset[str]:
        """Releases that were left and that no person made current again: their nights measure nothing."""
        return frozenset(self._left()[1])

    def _left(self) -> tuple[dict[str, Rollback], set[str]]:
        left: dict[str, Rollback] = {}
        ever: set[str] = set()
        for rollback in self.rollbacks:
            if left.pop(rollback.target, None) is None:
                left[rollback.left] = rollback
                ever.add(rollback.left)
            ever.discard(rollback.target)
            if rollback.superseded_by is not None:
                left.clear()
                ever.discard(rollback.superseded_by)
        return left, ever


def read_decisions(output: OutputFolder) -> StoredDecisions:
    """What is stored in an output folder; nothing where there is no such file.

    Args:
        output: The output folder.

    Returns:
        All of it.

    Raises:
        StorageError: The file cannot be read, or not all of it is understood. A run that went on without it would
            publish what somebody rejected or left.
    """
    path = output.decisions
    try:
        return StoredDecisions.model_validate_json(path.read_bytes(), strict=True)
    except FileNotFoundError:
        return StoredDecisions()
    except OSError as error:
        raise storage_error(error, path) from error
    except ValidationError as error:
        raise PermanentStorageError(
            say("{path}: {found}; {what_to_do}", path=path, found=_first_of(error), what_to_do=_what_to_do(path))
        ) from error


def _first_of(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    said = said_of_mistake(first)
    return f"{where}: {said}" if where else said


def _what_to_do(path: Path) -> str:
    return say(
        "nothing is published while it is not known what people decided. Correct it, or move "
        "{name} away: then nothing is decided",
        name=path.name,
    )


def write_decisions(output: OutputFolder, stored: StoredDecisions) -> None:
    """Replace the file atomically.

    Args:
        output: The output folder; the caller holds its lock.
        stored: All of it.

    Raises:
        StorageError: The disk takes it not.
    """
    try:
        write_atomically(output.decisions, stored.model_dump_json(indent=2) + "\n")
    except OSError as error:
        raise storage_error(error, output.decisions) from error
