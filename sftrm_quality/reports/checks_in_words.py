"""What a check of a report found, and what keeps it from being passed: the words of `findings.release_checks`."""

from sftrm_quality import findings
from sftrm_quality.run_record import Check, Report


def what_was_found(check: Check, report: Report) -> str:
    """The detail of a check as a sentence without its full stop; "" where it has none."""
    return findings.what_was_found(check, report.files, report.ledger, report.changes.ledger)


def why_held(check: Check, report: Report) -> str:
    """What keeps a check from being passed, as a sentence without its full stop."""
    return findings.why_held(check, report.files, report.ledger, report.changes.ledger)
