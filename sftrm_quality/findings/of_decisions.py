"""A release that a person rolled back from: the check that holds it, and the finding that says who left it and why."""

from sftrm_quality.decisions import Rollback
from sftrm_quality.findings.found import Found
from sftrm_quality.records import Severity
from sftrm_quality.run_record import Check, told_of
from sftrm_quality.time_zones import moment
from sftrm_quality.words import phrase, say

_REASON = "rolled_back"
_DESCRIPTION = phrase(
    "A release that a person left by a rollback is not published again from the same inputs, until somebody says so."
)


def rolled_back_check(rollback: Rollback, timezone: str) -> Check:
    """The check that holds a release, as reports have it.

    Args:
        rollback: The one by which it was left.
        timezone: The one to tell its time in.

    Returns:
        A check that did not succeed.
    """
    detail = _who_and_why(rollback, timezone)
    return Check(
        suite="decisions",
        reason=_REASON,
        severity=Severity.CRITICAL,
        evaluated=1,
        failed=1,
        waived=0,
        replaced=0,
        mostly=1.0,
        success=False,
        detail=detail,
        detail_said=told_of(detail),
        check="decision",
        description=say(_DESCRIPTION),
        descriptions={},
        scope="decisions",
    )


def found_rolled_back(rollback: Rollback, timezone: str) -> Found:
    """The finding on a release.

    Args:
        rollback: The one by which it was left.
        timezone: The one to tell its time in.

    Returns:
        What was found; known to later runs until it is left another time.
    """
    return Found(
        suite="decisions",
        reason=_REASON,
        severity=Severity.CRITICAL,
        description="",
        count=1,
        of=1,
        about=(_who_and_why(rollback, timezone),),
        key=f"{rollback.left} {rollback.decided_at.isoformat()}",
    )


def _who_and_why(rollback: Rollback, timezone: str) -> str:
    """A sentence without its full stop, on one line."""
    return say(
        "{name} left release {left} at {moment} for {target}: {reason}",
        name=" ".join(rollback.name.split()),
        left=rollback.left,
        moment=moment(rollback.decided_at, timezone, "minutes"),
        target=rollback.target,
        reason=" ".join(rollback.reason.split()).rstrip("."),
    )
