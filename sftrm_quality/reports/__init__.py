"""What people look at after a run: figures, samples, the page, the index over all runs."""

from sftrm_quality.reports.acted import as_acted
from sftrm_quality.reports.borderline import apart_pairs, borderline_pairs, texts_of, what_differs
from sftrm_quality.reports.browse import ExcludedListed, browse_of, write_excluded_rows, write_warned_rows
from sftrm_quality.reports.checks_in_words import why_held
from sftrm_quality.reports.compared_sides import sides_named
from sftrm_quality.reports.decided import as_decided
from sftrm_quality.reports.display import position
from sftrm_quality.reports.figures import (
    all_counts,
    described_checks,
    file_entries,
    gate_of,
    of_collection,
    with_check,
)
from sftrm_quality.reports.html import prepare_pages, render_index
from sftrm_quality.reports.names import heading, told_apart
from sftrm_quality.reports.page_names import BROWSE_PAGE, INDEX_PAGE, page_in
from sftrm_quality.reports.personal import personal_figures, personal_samples
from sftrm_quality.reports.profiles import release_profile
from sftrm_quality.reports.releases_compared import compare_releases
from sftrm_quality.reports.repairs import repairs_done, repairs_possible
from sftrm_quality.reports.reviews import reviewed_records
from sftrm_quality.reports.run import Ending, Found, RunFacts, manifest_of, report_of
from sftrm_quality.reports.samples import duplicate_samples, quarantine_samples
from sftrm_quality.reports.together import reasons_together
from sftrm_quality.reports.warned_places import chosen_rows
from sftrm_quality.reports.warned_rows import WarnedRows, listed_of
from sftrm_quality.reports.write import (
    put_in_place,
    renew_index,
    say_rows_are_deleted,
    take_back,
    write_acts,
    write_decision,
    write_diff,
    write_report,
)

__all__ = [
    "BROWSE_PAGE",
    "INDEX_PAGE",
    "Ending",
    "ExcludedListed",
    "Found",
    "RunFacts",
    "WarnedRows",
    "all_counts",
    "apart_pairs",
    "as_acted",
    "as_decided",
    "borderline_pairs",
    "browse_of",
    "chosen_rows",
    "compare_releases",
    "described_checks",
    "duplicate_samples",
    "file_entries",
    "gate_of",
    "heading",
    "listed_of",
    "manifest_of",
    "of_collection",
    "page_in",
    "personal_figures",
    "personal_samples",
    "position",
    "prepare_pages",
    "put_in_place",
    "quarantine_samples",
    "reasons_together",
    "release_profile",
    "render_index",
    "renew_index",
    "repairs_done",
    "repairs_possible",
    "report_of",
    "reviewed_records",
    "say_rows_are_deleted",
    "sides_named",
    "take_back",
    "texts_of",
    "told_apart",
    "what_differs",
    "why_held",
    "with_check",
    "write_acts",
    "write_decision",
    "write_diff",
    "write_excluded_rows",
    "write_report",
    "write_warned_rows",
]
