"""What a person decides on a release that the gate holds: publish it anyway, or reject it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from sftrm_quality.config_loading import said_of_mistake
from sftrm_quality.errors import ConfigError
from sftrm_quality.run_record import Action, RecordedDecision
from sftrm_quality.text import normalise_text
from sftrm_quality.words import say


def _with_visible(least: int) -> AfterValidator:
    """At least so many characters that can be seen: nobody signs with a zero-width space."""

    def check(text: str) -> str:
        # What is left of a text to be compared is what a reader sees of it.
        visible = len(normalise_text(text).replace(" ", ""))
        if visible < least:
            raise ValueError(
                say("{visible} visible characters, expected at least {least}", visible=visible, least=least)
            )
        return text

    return AfterValidator(check)


SignedName = Annotated[str, Field(max_length=100), _with_visible(1)]
"""Of a person who acts."""
SignedReason = Annotated[str, Field(max_length=2000), _with_visible(3)]
"""What a person says of why they act."""


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


class Signed(BaseModel):
    """Who acted, why, and when (UTC).

    White space around texts is dropped; else they are kept as they were given, and made harmless where they are shown.

    Raises pydantic.ValidationError for a name or reason that says nothing or is too long, and a time without a zone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: SignedName
    reason: SignedReason
    decided_at: Annotated[AwareDatetime, AfterValidator(_in_utc)]


def signed(name: str, reason: str, reason_option: str = "--why") -> Signed:
    """Who acts now, and why.

    Args:
        name: As the person gave it.
        reason: The same.
        reason_option: By which option it is given.

    Returns:
        The two with the time.

    Raises:
        ConfigError: One of them says nothing or is too long; the message has the option by which it is given.
    """
    try:
        return Signed(name=name, reason=reason, decided_at=datetime.now(UTC))
    except ValidationError as error:
        first = error.errors()[0]
        option = {"name": "--by", "reason": reason_option}[str(first["loc"][0])]
        said = said_of_mistake(first)
        raise ConfigError(
            say(
                "{option}: {said}; a name has 1 to 100 characters, a reason 3 to 2,000 that can be seen",
                option=option,
                said=said,
            )
        ) from error


class Decision(Signed):
    """A person's on what the gate holds: a release by its id, held for just these failed reasons.

    Raises pydantic.ValidationError also for a decision on nothing that failed.
    """

    action: Action
    release_id: Annotated[str, Field(min_length=1)]
    failed: Annotated[tuple[str, ...], Field(min_length=1)]

    def holds_for(self, release_id: str, failed: Sequence[str]) -> bool:
        """Whether it was made for this release, held for these reasons: all of them, no other, in any order.

        The reasons matter beside the id, because the gate also looks at the current release, which the id leaves out.
        """
        return self.release_id == release_id and sorted(self.failed) == sorted(failed)

    def recorded(self, applied: bool) -> RecordedDecision:
        """As it is in report.json and manifest.json.

        Args:
            applied: Whether the run ended as it says.

        Returns:
            The decision with that, as the run record holds it.
        """
        made = self.model_dump(mode="json", include=set(Decision.model_fields))
        return RecordedDecision(**made, applied=applied)
