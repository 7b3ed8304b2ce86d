"""What a person should look at: the delivery against the current release, and one list of findings from all checks."""

from sftrm_quality.findings.delivery import DeliveredFile, delivered_files
from sftrm_quality.findings.facts import delivery_facts
from sftrm_quality.findings.found import Found
from sftrm_quality.findings.history import (
    FILE_RUNS,
    READ_RUNS,
    TREND_RUNS,
    Past,
    language_of,
    meant_to_publish,
    newest_runs,
    read_past,
    timezone_of,
)
from sftrm_quality.findings.listing import listed
from sftrm_quality.findings.of_checks import found_by_checks
from sftrm_quality.findings.of_decisions import found_rolled_back, rolled_back_check
from sftrm_quality.findings.of_delivery import delivery_results, found_in_delivery
from sftrm_quality.findings.of_directions import doubt_in_words, found_in_directions
from sftrm_quality.findings.of_marks import found_marks, recurring_marks
from sftrm_quality.findings.of_reviews import found_in_reviews
from sftrm_quality.findings.of_settings import found_in_settings, refuse_another_case, refuse_what_is_never_used
from sftrm_quality.findings.of_suites import entries_of, found_in_suites
from sftrm_quality.findings.release_checks import what_was_found, why_held
from sftrm_quality.findings.tallies import Tallies, Tally

__all__ = [
    "FILE_RUNS",
    "READ_RUNS",
    "TREND_RUNS",
    "DeliveredFile",
    "Found",
    "Past",
    "Tallies",
    "Tally",
    "delivered_files",
    "delivery_facts",
    "delivery_results",
    "doubt_in_words",
    "entries_of",
    "found_by_checks",
    "found_in_delivery",
    "found_in_directions",
    "found_in_reviews",
    "found_in_settings",
    "found_in_suites",
    "found_marks",
    "found_rolled_back",
    "language_of",
    "listed",
    "meant_to_publish",
    "newest_runs",
    "read_past",
    "recurring_marks",
    "refuse_another_case",
    "refuse_what_is_never_used",
    "rolled_back_check",
    "timezone_of",
    "what_was_found",
    "why_held",
]
