"""The pages for people: one of a run and one of all runs, made from the figures of ``report.json`` and nothing else.

A page is one file without scripts and without requests; its policy forbids both. Its size is bounded whatever the
data: what is left out is counted, and stands in ``report.json``.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sftrm_quality.reports import display
from sftrm_quality.reports.differences import marked
from sftrm_quality.reports.samples_shown import samples_shown
from sftrm_quality.reports.trends import trend_charts

Figures = Mapping[str, Any]

# With texts as long and as foreign as can be, a page of this many rows is below 2 MB.
FILES_SHOWN = 300
PAIRS_SHOWN = 12
PERSONAL_FILES_SHOWN = 5
PERSONAL_SAMPLES_SHOWN = 24
MOVES_SHOWN = 50
DIRECTIONS_SHOWN = 20
RESPONSE_NUMBERS_SHOWN = 20
STEPS_SHOWN = 25
SUSPECTS_SHOWN = 10
GONE_SHOWN = 20
RUNS_SHOWN = 200

_SCOPES = {
    "record": "Each record alone",
    "collection": "Records beside all others: ids, rankings, prompts",
    "split": "Records beside all others: ids, rankings, prompts",
    "release": "The release as a whole",
}
_SEVERITIES = ("critical", "warning", "info")
# Nobody can have meant to deliver an unreadable file; a skipped one holds no records by design.
_STATUSES = ("unreadable", "read", "skipped")


class _Missing(StrictUndefined):
    """A figure that is not there is an UndefinedError when it is formatted, too."""

    __slots__ = ()
    __format__ = __round__ = StrictUndefined._fail_with_undefined_error


@cache
def _environment() -> Environment:
    loader = PackageLoader("sftrm_quality.reports")
    # finalize shows the text of every expression, so a template cannot forget to.
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=_Missing,
        finalize=display.text,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        text=display.text,
        number=display.number,
        bound=display.bound,
        duration=display.duration,
        moment=display.moment,
        points=display.points,
        spark=display.spark,
        link=display.link,
        passage=display.passage,
        lead=display.lead,
        setting=display.setting,
    )
    style = loader.get_source(environment, "report.css")[0]
    environment.globals.update(
        share=display.share,
        segments=display.segments,
        marked=marked,
        style=Markup(style),
        style_hash="sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    return environment


def render_run(report: Figures) -> str:
    """The page of one run, to stand at ``OUT/reports/<run_id>/index.html`` beside its ``report.json``.

    report: the content of ``report.json``. Links are relative to that place.

    Raises:
        jinja2.UndefinedError, KeyError: a figure is missing. Neither is an error of the user's.
    """
    checks = sorted(report["checks"], key=_worst_first)
    files = sorted(report["files"], key=_most_to_see_first)
    return (
        _environment()
        .get_template("run.html.j2")
        .render(
            report=report,
            in_force=report["verdict"] in ("published", "unchanged"),
            holding=[c for c in checks if _holds(c)],
            flows={kind: _flow(account) for kind, account in report["ledger"].items()},
            files=files[:FILES_SHOWN],
            sums={name: sum(f[name] for f in files) for name in _ACCOUNT},
            findings=_by_scope(c for c in checks if _has_finding(c)),
            without_findings=_by_scope(c for c in checks if not _has_finding(c)),
            charts=trend_charts(report["history"]["runs"]),
            steps=report["changes"]["by_file"][:STEPS_SHOWN],
            suspects=report["changes"]["suspects"][:SUSPECTS_SHOWN],
            gone=report["changes"]["gone"][:GONE_SHOWN],
            tallies={kind: _tallies(report, kind) for kind in report["ledger"]},
            together={kind: pairs[:PAIRS_SHOWN] for kind, pairs in (report.get("reasons_together") or {}).items()},
            moves=report["split_moves"]["records"][:MOVES_SHOWN],
            personal=[row for row in report.get("personal_data", ()) if row["records"]],
            without_personal=[row for row in report.get("personal_data", ()) if not row["records"]],
            personal_files=PERSONAL_FILES_SHOWN,
            personal_samples=report["samples"]["personal"][:PERSONAL_SAMPLES_SHOWN],
            **samples_shown(report),
            **_of_rankings((report.get("profile") or {}).get("rm")),
        )
    )


def render_browse(report: Figures) -> str:
    """The page that leafs through all rows set aside, to stand beside the page of the run and the folder ``rows``.

    Raises:
        jinja2.UndefinedError, KeyError: a figure is missing. Neither is an error of the user's.
    """
    return _environment().get_template("browse.html.j2").render(report=report)


def browse_script() -> str:
    """The script of that page, to stand at ``rows/browse.js``."""
    return PackageLoader("sftrm_quality.reports").get_source(_environment(), "browse.js")[0]


def render_index(reports: Sequence[Figures], older: int = 0) -> str:
    """The page of all runs, newest first, to stand at ``OUT/reports/index.html``.

    reports: the contents of ``report.json`` or their summaries, in any order. older: runs that are not among them.

    Raises:
        jinja2.UndefinedError, KeyError: a figure is missing. Neither is an error of the user's.
    """
    newest_first = sorted(reports, key=lambda r: (display.moment(r["started"]), r["run_id"]), reverse=True)
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            reports=newest_first[:RUNS_SHOWN],
            left_out=max(0, len(newest_first) - RUNS_SHOWN) + older,
            charts=trend_charts(list(reversed(newest_first[:RUNS_SHOWN]))),
        )
    )


def render_diff(comparison: Figures) -> str:
    """The page of two releases, to stand at ``OUT/reports/diff-A-B.html``.

    comparison: of `compare_releases`, and the content of the JSON beside the page.

    Raises:
        jinja2.UndefinedError, KeyError: a figure is missing. Neither is an error of the user's.
    """
    differing = [file for file in comparison["files"] if file["before"] != file["now"]]
    return (
        _environment()
        .get_template("diff.html.j2")
        .render(
            comparison=comparison,
            files=differing[:FILES_SHOWN],
            files_left_out=max(0, len(differing) - FILES_SHOWN),
            files_alike=len(comparison["files"]) - len(differing),
            steps=comparison["by_file"][:STEPS_SHOWN],
        )
    )


def _of_rankings(rm: Figures | None) -> dict[str, list[Any]]:
    """What the page shows of lists that grow with the number of files or of responses."""
    if rm is None:
        return {"doubtful": [], "responses": []}
    most = sorted(rm["responses"].items(), key=lambda pair: (-pair[1], int(pair[0])))[:RESPONSE_NUMBERS_SHOWN]
    return {
        "doubtful": rm["doubtful_directions"][:DIRECTIONS_SHOWN],
        "responses": sorted(most, key=lambda pair: int(pair[0])),
    }


_ACCOUNT = ("received", "unreadable", "quarantined", "duplicates", "published")


def _holds(check: Figures) -> bool:
    return check["severity"] == "critical" and not check["success"]


def _has_finding(check: Figures) -> bool:
    return bool(check["failed"]) or not check["success"]


def _failed_share(check: Figures) -> float:
    return float(check["failed"] / check["evaluated"]) if check["evaluated"] else 0.0


def _worst_first(check: Figures) -> tuple[bool, int, bool, float]:
    """Findings before none, critical before warning, beyond the bound before within it, most rows first."""
    severity = _SEVERITIES.index(check["severity"])
    return not _has_finding(check), severity, check["success"], -_failed_share(check)


def _by_scope(checks: Iterable[Figures]) -> list[tuple[str, list[Figures]]]:
    """Checks of one record, of records beside others, of the release; each group in the order that was given."""
    groups: dict[str, list[Figures]] = {title: [] for title in _SCOPES.values()}
    for check in checks:
        groups[_SCOPES[check["scope"]]].append(check)
    return [(title, found) for title, found in groups.items() if found]


def _most_to_see_first(file: Figures) -> tuple[int, int, str]:
    return _STATUSES.index(file["status"]), -(file["unreadable"] + file["quarantined"]), file["source_file"]


def _flow(account: Mapping[str, int]) -> list[dict[str, Any]]:
    """The steps from received to unique: how many records are left after each, and how many left there."""
    left = account["received"]
    steps = [{"step": "received", "left": left, "lost": 0, "to": ""}]
    for step, to in (("readable", "unreadable"), ("passed checks", "quarantined"), ("unique", "duplicates")):
        left -= account[to]
        steps.append({"step": step, "left": left, "lost": account[to], "to": to})
    return steps


def _tallies(report: Figures, kind: str) -> list[dict[str, Any]]:
    """Reasons that set records aside and those that only warn, each with its findings in order of their number."""
    return [
        {
            "title": title,
            "none": none,
            "class": fate,
            "found": sorted(((r, n) for r, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0])),
            "without": sorted(r for r, n in counts.items() if not n),
        }
        for title, none, fate, counts in (
            ("Set aside", "Nothing was set aside.", "quarantined", report["reasons"][kind]),
            ("Kept, with a warning", "No warnings.", "warned", report["warnings"][kind]),
        )
    ]
