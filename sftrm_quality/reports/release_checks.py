"""What a check of the release found, in words for people: of the thing, and not by the name of the fact."""

import re

from sftrm_quality.records import LabelKind
from sftrm_quality.reports.display import bound, number, share
from sftrm_quality.run_record import Check, FileStatus, Report

_FACT = re.compile(r"(sft|rm): (\w+) is ([^,]+)")
# Three names are read at a glance; the section on sources has all.
_FILES_NAMED = 3


def what_was_found(check: Check, report: Report) -> str:
    """The detail of a check of the release as a sentence without its full stop; "" where it has none.

    Args:
        check: One of the report's.
        report: Names the files, and the records of the previous release.
    """
    facts = _FACT.findall(check.detail)
    names = {name for _, name, _ in facts}
    unreadable = [file.source_file for file in report.files if file.status is FileStatus.UNREADABLE]
    if names == {"share_unreadable_files"} and unreadable:
        more = f" and {len(unreadable) - _FILES_NAMED} more" if len(unreadable) > _FILES_NAMED else ""
        files = "1 file" if len(unreadable) == 1 else f"{len(unreadable):,} files"
        return f"{files} could not be read: {', '.join(unreadable[:_FILES_NAMED])}{more} ({facts[0][2]} of bytes)"
    if names == {"drop_against_previous"} and (before := report.changes.ledger):
        drops = []
        for kind in (LabelKind(kind) for kind, _, _ in facts):
            then, now = before[kind].published, report.ledger[kind].published
            drops.append(f"{kind.upper()} −{share(then - now, then)} ({then:,} → {now:,})")
        return f"Records would drop: {', '.join(drops)}"
    if facts:
        said = (f"{kind.upper()} {name.replace('_', ' ')}: {value}" for kind, name, value in facts)
        return f"Found: {', '.join(said)}"
    return f"Found: {check.detail}" if check.detail else ""


def why_held(check: Check, report: Report) -> str:
    """What keeps a check from being passed, in the same words on the page, in the terminal and in messages.

    Args:
        check: One of the report's that did not succeed, of the release or of its records.
        report: As for `what_was_found`.

    Returns:
        A sentence without its full stop.
    """
    failed = f"{number(check.failed)} of {number(check.evaluated)} failed ({share(check.failed, check.evaluated)})"
    return what_was_found(check, report) or f"{failed}; {bound(check.mostly)} must pass"
