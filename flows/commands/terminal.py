"""What a person sees in a terminal of runs and releases."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.commands.command_line import mebibytes
from flows.terminal_text import padded, safe
from sftrm_quality.time_zones import moment
from sftrm_quality.words import number, say

if TYPE_CHECKING:
    from sftrm_quality.decisions import Rollback
    from sftrm_quality.housekeeping import Size
    from sftrm_quality.releases import Release
    from sftrm_quality.run_record import Comparison, Finding, RecordedDecision, Report

_COLOURS = {"published": "green", "unchanged": "cyan", "checked": "green", "held": "red"}
# Of the differences by file and reason, the greatest; the page has more and its JSON all.
_STEPS = 10
# What a person reads before the report; it has the others.
_FINDINGS, _REASONS = 10, 5


def print_result(console: Console, report: "Report", out: Path) -> None:
    """Verdict, ledger, release and report of a run."""
    verdict, decision = report.verdict, report.decision
    from sftrm_quality.reports import INDEX_PAGE, heading, page_in

    decided = verdict == "published" and decision is not None
    said = heading(verdict, by_decision=decided, with_warnings=report.with_warnings)
    warned = report.with_warnings and not decided
    line = Text(said, style="bold yellow" if warned else f"bold {_COLOURS[verdict]}")
    about = []
    if decided and decision:
        line.append(" " + say("of {who_and_why}", who_and_why=_who_and_why(decision)), style="default")
    if verdict == "held":
        about.append(say("nothing was published"))
    elif verdict == "unchanged":
        about.append(say("nothing new since the current release"))
    elif verdict == "checked":
        about.append(say("the gate would let this through; nothing was published, as asked"))
    if report.findings:
        about.append(say("findings: {counts}", counts=report.finding_counts))
    console.print(line.append("".join(f"  {said}" for said in about), style="default"), soft_wrap=True)
    if decision and verdict != "published":
        console.print(Text(f"  {_decided(decision, verdict)}"), soft_wrap=True)
    for found in findings_told(report):
        console.print(found, soft_wrap=True)
    last = say("published") if verdict.has_release else say("publishable")
    heads = (say("received"), say("unreadable"), say("quarantined"), say("duplicates"), last)
    table = Table("", *heads, box=None, pad_edge=False, header_style="dim")
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, account in report.ledger.items():
        if account.received:
            table.add_row(kind.upper(), *(f"{count:,}" for _, count in account))
    console.print(table)
    for reasons in _reasons(report):
        console.print(reasons, soft_wrap=True)
    for told in (*_reviewed(report), *_repairs(report), *_pairs_exports_and_pruned(report)):
        console.print(told, soft_wrap=True)
    for file in report.files:
        if file.status == "unreadable":
            said = say("not readable: {file}: {note}", file=safe(file.source_file), note=safe(file.said_note))
            see = say("see: {command}", command=safe(file.inspect))
            console.print(Text.assemble((said, "yellow"), (f"; {see}", "dim")), soft_wrap=True)
    for title, path in (
        (say("release"), report.paths.release),
        (say("quarantine"), report.paths.quarantine),
        (say("report"), f"reports/{report.run_id}/{page_in(INDEX_PAGE, report.language)}"),
    ):
        if path:
            console.print(Text.assemble((padded(title), "dim"), safe(out / path)), soft_wrap=True)


def _who_and_why(decision: "RecordedDecision") -> str:
    return f"{safe(decision.name)}: {safe(decision.reason)}"


def _decided(decision: "RecordedDecision", verdict: str) -> str:
    """What a decision did to a run that published nothing itself."""
    if verdict == "unchanged":
        return say("published by decision of {who_and_why}", who_and_why=_who_and_why(decision))
    if decision.applied:
        return say("rejected by decision of {who_and_why}", who_and_why=_who_and_why(decision))
    held = ", ".join(map(safe, decision.failed))
    return say(
        "the decision by {name} was for other data or other reasons and is not used: "
        "release {release_id}, held for {held}",
        name=safe(decision.name),
        release_id=safe(decision.release_id),
        held=held,
    )


def findings_told(report: "Report") -> list[Text]:
    """What to look at, a line each: the new findings, those that hold the release, and how many more are known."""
    shown = [found for found in report.findings if not found.known or _holds(found, report)]
    lines = [
        Text(f"  {safe(found.said_text)}", style=_style(found)).append(f"  {_named(found)}", style="dim")
        for found in shown[:_FINDINGS]
    ]
    if more := len(shown) - _FINDINGS:
        lines += (
            [Text("  " + say("and {count} more, see the report", count=number(more)), style="dim")] if more > 0 else []
        )
    known = sum(found.known for found in report.findings) - sum(found.known for found in shown)
    if known:
        lines.append(Text("  " + say("{count} known, see the report", count=number(known)), style="dim"))
    return lines


def _style(found: "Finding") -> str:
    return "red" if found.severity == "critical" else "yellow"


def _named(found: "Finding") -> str:
    """By what it was found, whether it is known, and what a person said of it."""
    said = say("{name}, known", name=found.name) if found.known else found.name
    return f"{said}; {safe(found.act.text)}" if found.act else said


def print_findings(console: Console, report: "Report", handles: Sequence[str]) -> None:
    """All findings of a run, new ones first, a line each, with the handles by which they are named."""
    when = moment(report.started, report.timezone, "minutes")
    said = say("run {run_id}, {moment}: {counts}", run_id=report.run_id, moment=when, counts=report.finding_counts)
    console.print(Text(said), soft_wrap=True)
    for handle, found in zip(handles, report.findings, strict=True):
        told = (safe(found.said_text), _style(found))
        line = Text.assemble((handle, "bold"), "  ", told, (f"  {_named(found)}", "dim"))
        console.print(line, soft_wrap=True)
    if report.findings:
        advice = say("to say what you know of one: sftrm act HANDLE --known, --accepted-until DATE or --sent")
        console.print(Text(advice, style="dim"), soft_wrap=True)


def _holds(found: "Finding", report: "Report") -> bool:
    return report.verdict == "held" and found.severity == "critical"


def _reasons(report: "Report") -> list[Text]:
    """Of each label kind the most frequent reasons, with how many records have them."""
    lines = []
    for kind, counts in report.reasons.items():
        most = sorted(((count, reason) for reason, count in counts.items() if count), key=lambda c: (-c[0], c[1]))
        if most:
            named = ", ".join(f"{reason} {count:,}" for count, reason in most[:_REASONS])
            if len(most) > _REASONS:
                named = say("{reasons}, and {count} more", reasons=named, count=number(len(most) - _REASONS))
            lines.append(Text.assemble((padded(say("{kind} reasons", kind=kind.upper())), "dim"), named))
    return lines


def _reviewed(report: "Report") -> list[Text]:
    """Of each label kind the records that are waived, were corrected or replaced, where there are any."""
    from sftrm_quality.reports import reviewed_records

    lines = []
    for found in reviewed_records(report.files, by_source=False):
        counts = (
            (say("published and waived"), found.waived),
            (say("published and corrected"), found.corrected),
            (say("quarantined and replaced"), found.replaced),
        )
        named = ", ".join(f"{name} {count:,}" for name, count in counts if count)
        title = say("{kind} reviews", kind=found.label_kind.upper())
        lines.append(Text.assemble((f"{title:<12}", "dim"), named))
    return lines


def _repairs(report: "Report") -> list[Text]:
    """What was repaired, and what could be if its source declared it."""
    from sftrm_quality.reports import repairs_done, repairs_possible

    lines = []
    if done := _by_repair((one.repair, one.records) for one in repairs_done(report.files)):
        lines.append(Text.assemble((padded(say("repaired")), "dim"), done))
    if possible := _by_repair((one.repair, one.passing or 0) for one in repairs_possible(report.files)):
        advice = say("records that would pass: {repairs}; see Repairs in the report", repairs=possible)
        lines.append(Text.assemble((padded(say("repairable")), "dim"), advice))
    return lines


def _by_repair(counts: Iterable[tuple[str, int]]) -> str:
    """``strip_end_tokens 8,400``, the most first; those of no record are not named."""
    total: Counter[str] = Counter()
    for name, count in counts:
        total[name] += count
    return ", ".join(f"{name} {count:,}" for name, count in total.most_common() if count)


def _pairs_exports_and_pruned(report: "Report") -> list[Text]:
    """How many pairs the rankings make, what was exported, and what of old nights was deleted."""
    lines = []
    if report.profile and report.profile.rm and report.profile.rm.pairs:
        made = ", ".join(f"{take} {counts.pairs:,}" for take, counts in report.profile.rm.pairs.items())
        lines.append(Text.assemble((padded(say("pairs")), "dim"), made))
    if report.exports:
        rows = ", ".join(f"{name} {export.rows:,}" for name, export in report.exports.items())
        lines.append(Text.assemble((padded(say("exports")), "dim"), rows))
    if report.pruned:
        lines.append(Text.assemble((padded(say("pruned")), "dim"), str(report.pruned)))
    return lines


def print_releases(
    console: Console,
    releases: list["Release"],
    timezone: str,
    left: "Mapping[str, Rollback]" = MappingProxyType({}),
    sizes: "Mapping[str, Size]" = MappingProxyType({}),
) -> None:
    """One line per release, oldest first, its time in a time zone; who decided to publish it, and who left it.

    With sizes, also how much of the disk it has of its own, and how much it shares with other releases.
    """
    if not releases:
        console.print(say("no release yet"))
        return
    heads = ["", say("release"), say("created"), "SFT", "RM", *([say("own"), say("shared")] if sizes else [])]
    table = Table(*heads, box=None, pad_edge=False, header_style="dim")
    for column in table.columns[3:]:
        column.justify = "right"
    for column in table.columns:
        column.no_wrap = True  # a long name is folded, never the ids beside it
    table.add_column("", overflow="fold")
    for release in releases:
        manifest = release.manifest
        table.add_row(
            say("current") if release.is_current else "",
            release.release_id,
            moment(manifest.created, timezone, "minutes"),
            *(f"{account.published:,}" for kind, account in manifest.figures.ledger.items() if kind != "unknown"),
            *([mebibytes(size.own), mebibytes(size.shared)] if (size := sizes.get(release.release_id)) else []),
            # A string would be read as markup.
            Text(_decided_on(release, left.get(release.release_id), timezone)),
        )
    console.print(table)
    if sizes:
        console.print(say("own, shared: MiB that only this release has, and that other releases have too"), style="dim")


def _decided_on(release: "Release", rollback: "Rollback | None", timezone: str) -> str:
    decision, said = release.manifest.decision, []
    if decision:
        said.append(say("by decision of {name}", name=safe(decision.name)))
    if rollback:
        when = moment(rollback.decided_at, timezone, "minutes")
        said.append(
            say(
                "left by {name} at {when}: {reason}",
                name=safe(rollback.name),
                when=when,
                reason=safe(rollback.reason),
            )
        )
    return "; ".join(said)


def print_diff(console: Console, comparison: "Comparison", page: Path) -> None:
    """Two releases: records by their ids, every count that differs, files, settings, and where the page is."""
    before, now = comparison.before, comparison.now
    console.print(Text(f"{safe(before.release_id)} → {safe(now.release_id)}", style="bold"))
    for kind, found in comparison.records.items():
        moved = ", ".join(f"{way} {count:,}" for way, count in found.moved.items()) or say("none")
        console.print(
            say(
                "{kind} records: {added:,} added, {removed:,} removed, {kept:,} kept, moved: {moved}",
                kind=kind.upper(),
                added=found.added,
                removed=found.removed,
                kept=found.kept,
                moved=moved,
            ),
            highlight=False,
        )
    table = Table("", "", say("before"), say("now"), say("change"), box=None, pad_edge=False, header_style="dim")
    for column in table.columns[2:]:
        column.justify = "right"
    for counts in (
        comparison.ledger,
        comparison.duplicates,
        comparison.splits,
        comparison.reasons,
        comparison.warnings,
    ):
        for kind, pairs in counts.items():
            for name, (was, is_now) in pairs.items():
                if was != is_now:
                    table.add_row(kind.upper(), name, f"{was:,}", f"{is_now:,}", f"{is_now - was:+,}")
    if table.row_count:
        console.print(table)
    alike = sum(file.before == file.now for file in comparison.files)
    lines = [say("files: {alike:,} the same, {others:,} not", alike=alike, others=len(comparison.files) - alike)]
    for step in comparison.by_file[:_STEPS]:
        shift = say(
            "{before:,} → {now:,} ({change:+.1f} points)", before=step.before, now=step.now, change=100 * step.step
        )
        lines.append(f"{safe(step.source_file)}: {step.reason} {shift}")
    for name, (was, is_now) in {**comparison.settings, **comparison.versions}.items():
        lines.append(f"{name}: {safe(was)} → {safe(is_now)}")
    if before.suites_hash != now.suites_hash:
        lines.append(say("the suites differ"))
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    console.print(Text.assemble((padded(say("report"), 10), "dim"), safe(page)), soft_wrap=True)
