"""The parts of ``report.json`` that hold a run against others: the release in force, and the runs before."""

from collections.abc import Mapping
from typing import Any

from sftrm_quality.reports.changes import NOTABLE_SHARE, changes
from sftrm_quality.reports.figures import Figures
from sftrm_quality.reports.history import FILE_RUNS, Past, judged_to_publish, summary_of
from sftrm_quality.reports.suspects import suspects
from sftrm_quality.reports.tallies import Tallies


def compared(report: Figures, before: Figures | None, past: Past) -> Figures:
    """``changes`` against the release in force (``before``: its figures, if any) and ``history`` over earlier runs."""
    then = Tallies(before["files"]) if before else None
    tonight = Tallies(report["files"])
    return {
        "changes": {
            "sentences": changes(report, before),
            "ledger": before["ledger"] if before else None,
            "checks": {f"{c['suite']}: {c['reason']}": _counted(c) for c in before["checks"]} if before else {},
            "files": _files_before(report, then) if then else {},
            "gone": sorted(name for name in then.names if not tonight.has_like(name)) if then else [],
            "by_file": steps_by_file(report["files"], then) if then and report["verdict"] != "unchanged" else [],
            "suspects": suspects(report["files"], past.files) if report["verdict"] != "unchanged" else [],
        },
        "history": _history(report, past),
    }


def _counted(check: Mapping[str, Any]) -> dict[str, int]:
    return {"failed": check["failed"], "evaluated": check["evaluated"]}


def _files_before(report: Figures, then: Tallies) -> dict[str, dict[str, Any]]:
    """What each file is compared with: itself in the last release, or the files of its series there."""
    found = {}
    for file in report["files"]:
        name = file["source_file"]
        if tally := then.find(name):
            found[name] = {"received": tally.received, "aside": tally.aside, "same_name": name in then.names}
    return found


def steps_by_file(files: list[Figures], then: Tallies) -> list[Figures]:
    """Files and reasons whose share of the records received moved notably, most records concerned first.

    step: of the share, from -1 to 1. A file that is in no way known has ``received_before`` 0.
    """
    found = []
    for file in files:
        if not file["received"]:
            continue
        tally = then.find(file["source_file"])
        known = set(tally.reasons) if tally else set()
        for reason in {*file["reasons"], *known}:
            now, was = file["reasons"].get(reason, 0), tally.reasons[reason] if tally else 0
            step = now / file["received"] - (tally.share(reason) if tally else 0.0)
            if abs(step) >= NOTABLE_SHARE:
                found.append(
                    {
                        "source_file": file["source_file"],
                        "label_kind": file["label_kind"],
                        "reason": reason,
                        "before": was,
                        "now": now,
                        "received_before": tally.received if tally else 0,
                        "received_now": file["received"],
                        "step": round(step, 6),
                    }
                )
    return sorted(found, key=lambda s: (-abs(s["step"]) * s["received_now"], s["source_file"], s["reason"]))


def _history(report: Figures, past: Past) -> Figures:
    """Summaries of the last runs and, by file, the shares set aside; both end with this run, unless it is unchanged.

    In a file's line null is a run that had no such file.
    """
    new = report["verdict"] != "unchanged"
    runs = (
        [*past.runs, summary_of(report)] if judged_to_publish(report) or report["verdict"] == "checked" else past.runs
    )
    tonight = Tallies(report["files"])
    lines = {}
    for name, tally in tonight.names.items():
        known = [run.find(name) for run in past.files] + ([tally if tally.received else None] if new else [])
        if sum(point is not None for point in known) > 1:
            lines[name] = [None if point is None else round(point.share_aside, 6) for point in known][-FILE_RUNS:]
    return {"runs": list(runs), "files": lines}
