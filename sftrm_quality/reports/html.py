"""The pages for people: one of a run and one of all runs, made from the figures of ``report.json`` and nothing else.

A page is one file without requests, and without scripts but one of ours that sorts tables; its policy forbids all else.
Its size is bounded whatever the data: what is left out is counted, and is in ``report.json``.
"""

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sftrm_quality.decisions import Rollback
from sftrm_quality.records import LabelKind, NoKind, Severity
from sftrm_quality.reports import display, names, page_words
from sftrm_quality.reports.checks_in_words import what_was_found, why_held
from sftrm_quality.reports.differences import marked
from sftrm_quality.reports.page_names import BROWSE_PAGE, INDEX_PAGE, other_pages, page_in
from sftrm_quality.reports.rankings_shown import rankings_shown
from sftrm_quality.reports.repairs import repairs_done, repairs_possible
from sftrm_quality.reports.reviews import reviewed_records
from sftrm_quality.reports.rows_links import check_link, rows_link
from sftrm_quality.reports.samples_shown import samples_shown
from sftrm_quality.reports.script_words import sentences_for
from sftrm_quality.reports.sources_shown import FILES_SHOWN, sources_shown
from sftrm_quality.reports.trends import trend_charts
from sftrm_quality.run_record import (
    Account,
    Check,
    Comparison,
    Finding,
    Report,
    RunSummary,
)
from sftrm_quality.time_zones import DEFAULT_TIME_ZONE, moment
from sftrm_quality.words import DEFAULT_LANGUAGE, Language, bound, language_spoken, number, percent, phrase, say, share

PAIRS_SHOWN = 12
PERSONAL_FILES_SHOWN = 5
PERSONAL_SAMPLES_SHOWN = 24
MOVES_SHOWN = 50
STEPS_SHOWN = 25
# A source may have six of each kind.
_REPAIRS_SHOWN = 60
# Of waivers, of corrections by who made them and why, and of sources.
_REVIEWS_SHOWN = 60
# With three names and a sentence each.
FINDINGS_SHOWN = 20
RUNS_SHOWN = 200
ROLLBACKS_SHOWN = 20
# Of a run in the index; its page has all.
ACTED_SHOWN = 3

_SCOPES = {
    "record": phrase("Each record by itself"),
    "collection": phrase("Records beside all others: ids, rankings, prompts"),
    "split": phrase("Records beside all others: ids, rankings, prompts"),
    "release": phrase("The release as a whole"),
    "delivery": phrase("What was delivered: files and sources"),
    "decisions": phrase("What people decided"),
}
_SEVERITIES = tuple(Severity)


class _Missing(StrictUndefined):
    """A figure that is not there is an UndefinedError when it is formatted, too."""

    __slots__ = ()
    __format__ = __round__ = StrictUndefined._fail_with_undefined_error


def prepare_pages() -> None:
    """Compile the templates of all pages, which are kept for as long as the process lives: a fifth of a second."""
    environment = _environment()
    for name in environment.list_templates(extensions=["j2"]):
        environment.get_template(name)


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
        breakable=display.breakable,
        number=number,
        bound=bound,
        duration=display.duration,
        moment=moment,
        points=display.points,
        spark=display.spark,
        link=display.link,
        passage=display.passage,
        lead=display.lead,
        setting=display.setting,
    )
    style, script = (loader.get_source(environment, name)[0] for name in ("report.css", "sort.js"))
    environment.globals.update(
        share=share,
        percent=percent,
        language=language_spoken,
        page_in=page_in,
        say=page_words.say,
        say_of=page_words.say_of,
        called=names.called,
        counted=names.counted,
        heading=names.heading,
        part_name=names.part_name,
        told_apart=names.told_apart,
        way=names.way,
        position=display.position,
        rows_link=rows_link,
        check_link=check_link,
        segments=display.segments,
        what_was_found=what_was_found,
        why_held=why_held,
        marked=marked,
        style=Markup(style),
        style_hash=_hash(style),
        sort_script=Markup(script),
        sort_script_hash=_hash(script),
    )
    return environment


def _hash(source: str) -> str:
    """Of a style sheet or a script within a page, as its policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def render_run(report: Report) -> str:
    """The page of one run, to be put at ``OUT/reports/<run_id>/index.html`` beside its ``report.json``.

    Links are relative to that place.

    Args:
        report: The content of ``report.json``.

    Returns:
        The page.
    """
    checks = sorted(report.checks, key=_worst_first)
    return (
        _environment()
        .get_template("run.html.j2")
        .render(
            report=report,
            other_pages=other_pages(INDEX_PAGE, report.language),
            has_release=report.verdict.has_release,
            # What the checks of the delivery say of each file is among the findings.
            holding=[c for c in checks if c.holds_the_release and c.suite != "delivery"],
            holding_names={c.reason for c in checks if c.holds_the_release},
            flows={kind: _flow(report.ledger[kind]) for kind in LabelKind},
            unknown=report.ledger[NoKind.UNKNOWN],
            failed_checks=_by_scope(c for c in checks if c.has_finding),
            passed_checks=_by_scope(c for c in checks if not c.has_finding),
            charts=trend_charts(report.history.runs, report.timezone),
            steps=report.changes.by_file[:STEPS_SHOWN],
            new_findings=[finding for finding in report.findings if not finding.known][:FINDINGS_SHOWN],
            known_findings=[finding for finding in report.findings if finding.known][:FINDINGS_SHOWN],
            tallies={kind: _tallies(report, kind) for kind in LabelKind},
            together={kind: pairs[:PAIRS_SHOWN] for kind, pairs in report.reasons_together.items()},
            moves=report.split_moves.records[:MOVES_SHOWN],
            personal=[row for row in report.personal_data or () if row.records],
            without_personal=[row for row in report.personal_data or () if not row.records],
            personal_files=PERSONAL_FILES_SHOWN,
            personal_samples=report.samples.personal[:PERSONAL_SAMPLES_SHOWN],
            **sources_shown(report, STEPS_SHOWN),
            **samples_shown(report),
            repairs_done=repairs_done(report.files),
            repairs_possible=repairs_possible(report.files),
            repairs_most=_REPAIRS_SHOWN,
            reviewed=reviewed_records(report.files, by_source=True),
            reviewed_of={one.label_kind: one for one in reviewed_records(report.files, by_source=False)},
            reviews_most=_REVIEWS_SHOWN,
            **rankings_shown(report.profile.rm if report.profile else None),
        )
    )


def render_browse(report: Report) -> str:
    """The page to browse excluded rows and those with warnings, to be put beside the page of the run and ``rows``.

    Args:
        report: The content of ``report.json``, of a run that has such a page.

    Returns:
        The page.
    """
    # The output folder is the one of the other command.
    command = f"sftrm rows{report.why.removeprefix('sftrm why')} --run {report.run_id}"
    return (
        _environment()
        .get_template("browse.html.j2")
        .render(
            report=report,
            other_pages=other_pages(BROWSE_PAGE, report.language),
            rows_command=command,
            sentences=sentences_for(browse_scripts().values()),
        )
    )


def render_deleted_rows(run_id: str, command: str, plain: Language | None) -> str:
    """The page that is where the rows of a run were, once they are deleted.

    Args:
        run_id: The run.
        command: The one that made it; "" where nobody knows.
        plain: The language of the pages of this run without a language in their names.

    Returns:
        The page.
    """
    return (
        _environment()
        .get_template("deleted_rows.html.j2")
        .render(run_id=run_id, command=command, plain=plain, other_pages=other_pages(BROWSE_PAGE, plain))
    )


def browse_scripts() -> dict[str, str]:
    """The scripts of that page, by their names in the folder ``rows``."""
    loader = PackageLoader("sftrm_quality.reports")
    names = ("browse_texts.js", "browse_filters.js", "browse.js")
    return {name: loader.get_source(_environment(), name)[0] for name in names}


def render_index(
    runs: Sequence[RunSummary],
    older: int = 0,
    timezone: str = DEFAULT_TIME_ZONE,
    rollbacks: Sequence[Rollback] = (),
    deleted: Collection[str] = (),
    acted: Mapping[str, Sequence[Finding]] = MappingProxyType({}),
    plain: Language = DEFAULT_LANGUAGE,
) -> str:
    """The page of all runs, newest first, to be put at ``OUT/reports/index.html``.

    Args:
        runs: Summaries of runs, in any order.
        older: How many runs are not among them.
        timezone: The one to show their times in.
        rollbacks: Of the output folder, oldest first.
        deleted: Releases that are not there any more.
        acted: By run, the findings of which people said something.
        plain: The language of the page without a language in its name.

    Returns:
        The page.
    """
    newest_first = sorted(runs, key=lambda run: (moment(run.started, "UTC"), run.run_id), reverse=True)
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            reports=newest_first[:RUNS_SHOWN],
            other_pages=other_pages(INDEX_PAGE, plain),
            left_out=max(0, len(newest_first) - RUNS_SHOWN) + older,
            deleted=deleted,
            acted=acted,
            acted_shown=ACTED_SHOWN,
            rollbacks=rollbacks[: -ROLLBACKS_SHOWN - 1 : -1],
            rollbacks_left_out=max(0, len(rollbacks) - ROLLBACKS_SHOWN),
            charts=trend_charts(list(reversed(newest_first[:RUNS_SHOWN])), timezone),
            timezone=timezone,
        )
    )


def diff_name(comparison: Comparison) -> str:
    """What the page of two releases and its JSON are called, without their suffixes."""
    return f"diff-{comparison.before.release_id}-{comparison.now.release_id}"


def render_diff(comparison: Comparison, timezone: str, plain: Language = DEFAULT_LANGUAGE) -> str:
    """The page of two releases, to be put at ``OUT/reports/diff-A-B.html``.

    Args:
        comparison: The content of the JSON beside the page.
        timezone: The one to show times in.
        plain: The language of the page without a language in its name.

    Returns:
        The page.
    """
    differing = [file for file in comparison.files if file.before != file.now]
    return (
        _environment()
        .get_template("diff.html.j2")
        .render(
            comparison=comparison,
            plain=plain,
            other_pages=other_pages(f"{diff_name(comparison)}.html", plain),
            timezone=timezone,
            files=differing[:FILES_SHOWN],
            files_left_out=max(0, len(differing) - FILES_SHOWN),
            json=f"{diff_name(comparison)}.json",
            files_alike=len(comparison.files) - len(differing),
            steps=comparison.by_file[:STEPS_SHOWN],
        )
    )


def _worst_first(check: Check) -> tuple[bool, int, bool, float]:
    """Findings before none, critical before warning, beyond the bound before within it, most rows first."""
    return not check.has_finding, _SEVERITIES.index(check.severity), check.success, -check.share_failed


def _by_scope(checks: Iterable[Check]) -> list[tuple[str, list[Check]]]:
    """Checks of one record, of records beside others, of the release; each group in the order that was given."""
    groups: dict[str, list[Check]] = {title: [] for title in _SCOPES.values()}
    for check in checks:
        groups[_SCOPES[check.scope]].append(check)
    return [(say(title), found) for title, found in groups.items() if found]


def _flow(account: Account) -> list[dict[str, Any]]:
    """The steps from received to unique: how many records are left after each, and how many left there."""
    left = account.received
    steps = [{"step": say("received"), "left": left, "lost": 0, "to": ""}]
    for step, to, lost in (
        (say("readable"), "unreadable", account.unreadable),
        (say("passed checks"), "quarantined", account.quarantined),
        (say("unique"), "duplicates", account.duplicates),
    ):
        left -= lost
        steps.append({"step": step, "left": left, "lost": lost, "to": to})
    return steps


def _tallies(report: Report, kind: LabelKind) -> list[dict[str, Any]]:
    """Reasons for which records fail and those that only warn, each with its records, most first."""
    return [
        {
            "title": title,
            "none": none,
            "class": outcome,
            "found": sorted(((r, n) for r, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0])),
            "without": sorted(r for r, n in counts.items() if not n),
        }
        for title, none, outcome, counts in (
            (say("Failing"), say("No record failed."), "quarantined", report.reasons[kind]),
            (say("Kept, with a warning"), say("No warnings."), "warned", report.warnings[kind]),
        )
    ]
