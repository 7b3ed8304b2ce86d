"""A run as a person decided on it afterwards: its report stays as it is, pages and lists say what came of it."""

from typing import TypeVar

from sftrm_quality.decisions import StoredDecisions
from sftrm_quality.run_record import Report, RunSummary, Verdict

Run = TypeVar("Run", Report, RunSummary)


def as_decided(run: Run, decisions: StoredDecisions) -> Run:
    """A held run with its rejection, where that was made after it had ended.

    Args:
        run: As it reported itself.
        decisions: Of the output folder.

    Returns:
        The run. A decision to publish is told by the run that publishes by it.
    """
    decision = decisions.of_run(run.run_id)
    if run.verdict is not Verdict.HELD or run.decision or decision is None or decision.action != "reject":
        return run
    return run.model_copy(update={"decision": decision.recorded(applied=True)})
