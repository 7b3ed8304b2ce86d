"""Which act counts for a finding: of each fingerprint the newest, whatever was said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sftrm_quality.acts.act import Act
from sftrm_quality.run_record import RecordedAct


@dataclass(frozen=True)
class Acts:
    """All that was said, oldest first. damaged: of each line of the log that says nothing, where it is and why."""

    made: tuple[Act, ...]
    damaged: tuple[str, ...] = ()

    @cached_property
    def _newest(self) -> dict[str, int]:
        """The position of the newest act on each fingerprint."""
        return {fingerprint: number for number, act in enumerate(self.made) for fingerprint in act.fingerprints}

    def on(self, fingerprint: str) -> Act | None:
        """The act that was made last on a fingerprint, whether it still counts or not."""
        return self.made[self._newest[fingerprint]] if fingerprint in self._newest else None

    def counting(self, day: date) -> dict[str, str]:
        """Fingerprints on which an act counts on a day, each with the run on whose page it was made."""
        newest = ((fingerprint, self.made[number]) for fingerprint, number in self._newest.items())
        return {fingerprint: act.run_id for fingerprint, act in newest if not act.has_ended(day)}

    def ended(self, day: date) -> dict[str, date]:
        """Fingerprints that were accepted until a day before this one, and the last on which they were."""
        newest = ((fingerprint, self.made[number]) for fingerprint, number in self._newest.items())
        return {fingerprint: act.until for fingerprint, act in newest if act.until and act.has_ended(day)}

    def recorded(self, fingerprints: Sequence[str], day: date) -> RecordedAct | None:
        """The act on a finding, as a report has it.

        Args:
            fingerprints: Of the finding: several where one line tells of many files.
            day: That of the run.

        Returns:
            The newest of those on its parts; one that has ended first, since that part is open again. None where
            nothing was said of some part.
        """
        found = {self._newest.get(fingerprint) for fingerprint in fingerprints}
        numbers = sorted(number for number in found if number is not None)
        if not numbers or len(numbers) < len(found):
            return None
        acts = [self.made[number] for number in numbers]
        ended = [act for act in acts if act.has_ended(day)]
        return (ended or acts)[-1].recorded(day)


NO_ACTS = Acts(())
