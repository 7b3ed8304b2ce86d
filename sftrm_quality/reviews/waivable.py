"""Which reasons a waiver may name: those of checks of single records that quarantine, but for ids and ranks.

What a record is called, in which order its responses are, and what it is beside others is no matter of taste: another
record, or the release as a whole, would be wrong with it.
"""

from sftrm_quality.checks import Entry, Scope, Suite, Suites
from sftrm_quality.errors import ConfigError
from sftrm_quality.records import Severity
from sftrm_quality.reviews.entries import Waiver
from sftrm_quality.reviews.reviews import Placed, Reviews
from sftrm_quality.words import say

_OF_RANKS = {
    "expect_responses_to_be_ranked",
    "expect_ranked_responses_to_number_at_least",
    "expect_ranks_to_be_whole_numbers",
    "expect_ranks_to_be_contiguous",
    "expect_ranks_to_prefer_a_response",
    "expect_scores_to_agree_with_ranks",
}


def waivable(suite: Suite) -> list[str]:
    """The reasons of a suite of records that a waiver may name, in their order."""
    return [entry.reason for entry in suite.entries if _may_be_waived(entry)]


def _may_be_waived(entry: Entry) -> bool:
    of_ids = entry.kwargs.get("column") == "data_id"
    by_itself = entry.scope is Scope.RECORD and entry.severity is Severity.CRITICAL
    return by_itself and not of_ids and entry.type not in _OF_RANKS


def refuse_reasons(reviews: Reviews, suites: Suites) -> None:
    """See that every waiver is of a check that it may be of.

    Args:
        reviews: The effective ones. What a suite had when a waiver ended that has ended is of no concern.
        suites: Of the run.

    Raises:
        ConfigError: One is not; the message says which reasons may be waived.
    """
    known = list(dict.fromkeys(reason for suite in (suites.sft, suites.rm) for reason in waivable(suite)))
    for waiver in reviews.waivers:
        if waiver.entry.reason not in known:
            raise ConfigError(_refused(waiver, known))


def _refused(waiver: Placed[Waiver], known: list[str]) -> str:
    return say(
        "{place}: {reason!r} cannot be waived; expected a reason of a check that quarantines single records, but for "
        "ids and ranks: {known}",
        place=waiver.place,
        reason=waiver.entry.reason,
        known=", ".join(known),
    )
