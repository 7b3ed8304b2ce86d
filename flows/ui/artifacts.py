"""What the Prefect UI shows of a run. Always under the same keys, so that the page of a key is the history."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from uuid import UUID

import httpx
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.service_settings import report_url
from flows.ui.plain_text import escaped, in_cell
from flows.ui.run_names import headline, sentence
from sftrm_quality import progress
from sftrm_quality.records import NoKind, Severity
from sftrm_quality.run_record import PLACES, Finding, Report
from sftrm_quality.words import Language, number, percent, say, speaking_in

PROGRESS, SUMMARY, CHECKS, REPORT = "sftrm-progress", "sftrm-summary", "sftrm-checks", "sftrm-report"
# An update is a request and a row in Prefect's database.
_SECONDS_BETWEEN_UPDATES = 2.0
# A page of thousands of files would be slow in the browser; report.json has them all.
_ROWS = 20


class _Pace(threading.Thread):
    """Sends the newest progress now and then. A thread, because workers report by the hundred."""

    def __init__(self) -> None:
        super().__init__(daemon=True, name="progress-artifact")
        # Prefect's annotation has the coroutine of its other colour in it.
        self._artifact = cast(UUID, create_progress_artifact(0.0, PROGRESS, say("Raw files read and checked")))
        self._share = self._sent = 0.0
        self._over = threading.Event()

    def hear(self, heard: progress.Progress) -> None:
        if heard.total:
            self._share = 100 * heard.done / heard.total

    def run(self) -> None:
        while not self._over.wait(_SECONDS_BETWEEN_UPDATES):
            self._send(self._share)

    def _send(self, share: float) -> None:
        if share != self._sent:
            # The server may be ending already, with the whole run, or be busy: the next update has this one's news too.
            with suppress(httpx.HTTPError):
                update_progress_artifact(self._artifact, share)
                self._sent = share

    def end(self) -> None:
        self._over.set()
        self.join()
        self._send(100.0)


@contextmanager
def showing_progress(language: Language) -> Iterator[None]:
    """A progress bar in the UI while the raw files are read and checked.

    Args:
        language: Of its name; a job itself speaks English.
    """
    with speaking_in(language):
        pace = _Pace()
    pace.start()
    with progress.listening(pace.hear):
        yield
    pace.end()


def _ledger(report: Report) -> list[str]:
    lines = [f"| | {' | '.join(map(say, PLACES))} |", "| --- |" + " ---: |" * len(PLACES)]
    for kind, account in report.ledger.items():
        if kind is NoKind.UNKNOWN and not account.received:
            continue
        lines.append(f"| {kind.upper()} | " + " | ".join(f"{count:,}" for _, count in account) + " |")
    return lines


def _findings(report: Report) -> list[str]:
    """New findings first; of many, as many as a person reads here."""
    lines = [
        f"- {_novelty(found)}, {say(found.severity)}: {escaped(found.said_text)} ({escaped(found.name)}){_said(found)}"
        for found in report.findings[:_ROWS]
    ]
    more = len(report.findings) - len(lines)
    if more:
        lines.append("- " + say("and {count} more", count=number(more)))
    return lines or [say("Nothing.")]


def _novelty(found: Finding) -> str:
    return say("known") if found.known else "**" + say("new") + "**"


def _said(found: Finding) -> str:
    return f" – {escaped(found.act.text)}" if found.act else ""


def _top_reasons(report: Report) -> list[str]:
    found = [
        (count, f"{kind.upper()} {reason}", severity)
        for severity, by_kind in (("critical", report.reasons), ("warning", report.warnings))
        for kind, reasons in by_kind.items()
        for reason, count in reasons.items()
        if count
    ]
    found.sort(key=lambda reason: (reason[2], -reason[0], reason[1]))
    if not found:
        return [say("No record failed a check.")]
    return [
        "| " + " | ".join((say("reason"), say("severity"), say("records"))) + " |",
        "| --- | --- | ---: |",
        *(f"| {escaped(name)} | {say(severity)} | {count:,} |" for count, name, severity in found[:_ROWS]),
    ]


def summary(report: Report) -> str:
    """Verdict, ledger, top reasons and what changed since the last release, as Markdown."""
    page = report_url(report.run_id)
    return "\n".join(
        [
            f"# {headline(report).upper()}",
            "",
            escaped(sentence(report)),
            *(["", say("[Report of this run]({page})", page=page)] if page else []),
            "",
            "## " + say("What to look at"),
            "",
            *_findings(report),
            "",
            "## " + say("Ledger"),
            "",
            *_ledger(report),
            "",
            "## " + say("Since the last release"),
            "",
            *(f"- {escaped(change)}" for change in report.changes.said_sentences),
            "",
            "## " + say("Reasons"),
            "",
            *_top_reasons(report),
        ]
    )


def checks_table(report: Report) -> list[dict[str, Any]]:
    """One row per check: failures first, then by severity and by how much failed."""
    order = list(Severity)
    # Only critical ones close the gate.
    failed = {True: say("FAILED"), False: say("warning")}
    rows = sorted(
        report.checks,
        key=lambda c: (c.success, not c.failed, order.index(c.severity), -c.failed, c.suite, c.reason),
    )
    return [
        {
            "result": say("passed") if check.success else failed[check.severity is Severity.CRITICAL],
            "check": f"{check.suite}: {check.reason}",
            "failed": check.failed,
            "of": check.evaluated,
            "share": percent(f"{100 * check.share_failed:.2f}") if check.evaluated else "–",
            "allowed": percent(f"{100 * (1 - check.mostly):.2f}"),
            "severity": say(check.severity),
            "says": in_cell(check.says),
        }
        for check in rows
    ]


def show(report: Report) -> None:
    """Make the artifacts of a finished run.

    Args:
        report: Its report.
    """
    create_markdown_artifact(summary(report), SUMMARY, say("Verdict, ledger, reasons, changes"))
    create_table_artifact(checks_table(report), CHECKS, say("Every check, failures first"))
    page = report_url(report.run_id)
    if page:
        create_link_artifact(page, say("Quality report"), key=REPORT, description=escaped(sentence(report)))
