"""How a run is called in the Prefect UI, and the one sentence of its final state."""

from prefect import runtime
from prefect.client.orchestration import get_client

from sftrm_quality.records import LabelKind
from sftrm_quality.run_record import Report, Verdict
from sftrm_quality.time_zones import moment

# Of a list of reasons; the report has them all.
_REASONS_NAMED = 5


def _moment() -> str:
    timezone = runtime.flow_run.parameters["config"].timezone
    return moment(runtime.flow_run.scheduled_start_time, timezone, "minutes")


def name_at_the_start() -> str:
    """The moment for which a run is scheduled, in the time zone of its settings."""
    return f"{_moment()} {runtime.flow_run.parameters['mode']}"


def name_at_the_end(report: Report) -> None:
    """That moment and the verdict, so that a list of runs is the history of an output folder."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(runtime.flow_run.id, name=f"{_moment()} {verdict_in_words(report)}")


def verdict_in_words(report: Report) -> str:
    """As runs and states are called: the verdict, that there are warnings, how many findings are new and known."""
    warned = f"{report.verdict} with warnings" if report.with_warnings else str(report.verdict)
    found = report.finding_counts
    return f"{warned} ({found})" if found.new or found.known else warned


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def sentence(report: Report) -> str:
    """What happened, with counts and names of reasons, never with texts of records."""
    return f"{_what_happened(report)} Findings: {report.finding_counts}."


def _what_happened(report: Report) -> str:
    ledger = report.ledger
    records = " and ".join(f"{ledger[kind].published:,} {kind.upper()}" for kind in LabelKind if ledger[kind].received)
    if report.verdict is Verdict.UNCHANGED:
        return f"Nothing new: release {report.release_id} stays current."
    if report.verdict is Verdict.HELD:
        failed = list(dict.fromkeys(report.gate.failed))
        more = f" and {len(failed) - _REASONS_NAMED} more" if len(failed) > _REASONS_NAMED else ""
        before = report.previous_release_id
        stays = f"release {before} stays current" if before else "there is no release yet"
        if (decision := report.decision) and decision.applied:
            return f"Rejected by {decision.name}: {decision.reason}; {stays}."
        return f"Held by {', '.join(failed[:_REASONS_NAMED])}{more}; {stays}."
    failing = sum(account.failing for account in ledger.values())
    duplicates = sum(account.duplicates for account in ledger.values())
    done = f"Release {report.release_id}" if report.verdict is Verdict.PUBLISHED else "Checked, not published"
    return f"{done}: {records or 'no'} records; {failing:,} failing, {counted(duplicates, 'duplicate')}."
