"""A person's decision as a run recorded it."""

from typing import Literal

from sftrm_quality.run_record.value import Moment, Value

Action = Literal["publish_anyway", "reject"]


class RecordedDecision(Value):
    """Who decided what, why, when, and on what: a release by its id, held for these failed reasons.

    applied: whether the run ended as it says.
    """

    action: Action
    name: str
    reason: str
    decided_at: Moment
    release_id: str
    failed: tuple[str, ...]
    applied: bool
