"""Links from what is counted to the rows that are."""

from urllib.parse import urlencode

from markupsafe import Markup, escape

from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.reports.display import link
from sftrm_quality.reports.page_names import page_in
from sftrm_quality.run_record import Browse, Report

# Of the names in a link, escaped: a path of a hundred Hangul syllables.
_LONGEST_LINK = 1_000


def rows_link(
    report: Report, *, source: str = "", file: str = "", reason: str = "", kind: str | None = None, outcome: str = ""
) -> Markup:
    """Where the excluded rows of a run are, or those that a check warns of, and only those that are named.

    Args:
        report: Of the run, or of one that found nothing new and shows the rows of another.
        source: A source's name.
        file: A source file's.
        reason: A reason's.
        kind: A label kind.
        outcome: As the page calls it; "" for the excluded ones.

    Returns:
        A link to the page of rows; "" where there is no such page, or none that knows what is named.
    """
    named = {"source": source, "file": file, "reason": reason, "kind": kind or "", "outcome": outcome}
    fragment = urlencode({name: value for name, value in named.items() if value}, errors="surrogatepass")
    # The size of a page is bounded, that of a name is not.
    if report.browse is None or not _knows(report.browse, source) or not 0 < len(fragment) <= _LONGEST_LINK:
        return Markup("")
    return link(page_in(report.browse.page, report.browse.language)) + escape(f"#{fragment}")


def check_link(report: Report, kind: str, reason: str, severity: str, source: str = "") -> Markup:
    """Where the records are in which a check of records found something.

    Args:
        report: Of the run.
        kind: The label kind, by whose suite they were checked.
        reason: The check's.
        severity: Its severity.
        source: Only those of a source.

    Returns:
        A link to the page of rows; "" where they are not on it: nobody lists what is only counted, and of what a check
        warns of, only published records are listed.
    """
    if severity == Severity.CRITICAL:
        return rows_link(report, source=source, reason=reason, kind=kind)
    warned = report.browse.warned_reasons.get(LabelKind(kind), {}) if report.browse else {}
    return (
        rows_link(report, source=source, reason=reason, kind=kind, outcome="warned") if reason in warned else Markup("")
    )


def _knows(browse: Browse, source: str) -> bool:
    return not source or browse.known_sources is None or source in browse.known_sources
