"""What a person says of a finding."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from sftrm_quality.decisions import Signed
from sftrm_quality.run_record import ActKind, RecordedAct
from sftrm_quality.words import say


class Act(Signed):
    """It counts for a finding of any night that has the same fingerprints: the same reason, source, bytes and count.

    kind: what is said. until: the last day on which an acceptance counts; None for the other kinds. run_id: the run
    whose page had the finding. finding and text: what it was called and said there, for people who read the log.
    reason: the note.

    Raises pydantic.ValidationError also for an acceptance without a day, and a day for anything else.
    """

    kind: ActKind
    until: date | None = None
    run_id: Annotated[str, Field(min_length=1)]
    finding: str
    text: str
    fingerprints: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _until_a_day(self) -> Self:
        if (self.until is not None) != (self.kind == "accepted"):
            raise ValueError(say("until is for acceptances, which need it"))
        return self

    def has_ended(self, day: date) -> bool:
        """Whether it counts no more on a day."""
        return self.until is not None and self.until < day

    def recorded(self, day: date) -> RecordedAct:
        """As ``report.json`` has it.

        Args:
            day: That of the run.

        Returns:
            The act, with whether it counts on that day.
        """
        return RecordedAct(
            kind=self.kind,
            until=self.until.isoformat() if self.until else None,
            name=self.name,
            note=self.reason,
            acted_at=self.decided_at.isoformat(timespec="seconds"),
            counts=not self.has_ended(day),
        )
