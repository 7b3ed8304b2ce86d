"""A run with what people said of its findings afterwards: its report stays as it is, pages and lists say it."""

from typing import TypeVar

from sftrm_quality.acts import Acts
from sftrm_quality.run_record import Finding, PastRun, Report
from sftrm_quality.time_zones import day_of

Run = TypeVar("Run", Report, PastRun)


def as_acted(run: Run, acts: Acts) -> Run:
    """A run whose findings have the acts on them, also those that were made after it had ended.

    Args:
        run: As it reported itself.
        acts: Of the output folder.

    Returns:
        The run. Whether an act counts is told for its day.
    """
    day = day_of(run.started, run.timezone)

    def with_act(finding: Finding) -> Finding:
        act = acts.recorded(finding.fingerprints, day)
        return finding.model_copy(update={"act": act}) if act else finding

    return run.model_copy(update={"findings": tuple(map(with_act, run.findings))})
