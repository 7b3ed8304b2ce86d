"""How a run is called in the Prefect UI, and the one sentence of its final state."""

from prefect import runtime
from prefect.client.orchestration import get_client

from sftrm_quality.records import LabelKind
from sftrm_quality.run_record import Report, Verdict
from sftrm_quality.time_zones import moment
from sftrm_quality.words import listed, number, say, say_of

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


def headline(report: Report) -> str:
    """The verdict, and that there are warnings."""
    verdict = say(report.verdict)
    return say("{verdict} with warnings", verdict=verdict) if report.with_warnings else verdict


def verdict_in_words(report: Report) -> str:
    """As runs and states are called: the headline, and how many findings are new and known."""
    found = report.finding_counts
    return f"{headline(report)} ({found})" if found.new or found.known else headline(report)


def sentence(report: Report) -> str:
    """What happened, with counts and names of reasons, never with texts of records."""
    return say(
        "{happened} Findings: {counts}.",
        happened=_what_happened(report),
        counts=report.finding_counts,
    )


def _what_happened(report: Report) -> str:
    ledger = report.ledger
    records = [f"{number(ledger[kind].published)} {kind.upper()}" for kind in LabelKind if ledger[kind].received]
    if report.verdict is Verdict.UNCHANGED:
        return say("Nothing new: release {release_id} stays current.", release_id=report.release_id)
    if report.verdict is Verdict.HELD:
        failed = list(dict.fromkeys(report.gate.failed))
        before = report.previous_release_id
        stays = say("release {before} stays current", before=before) if before else say("there is no release yet")
        if (decision := report.decision) and decision.applied:
            return say(
                "Rejected by {name}: {reason}; {stays}.",
                name=decision.name,
                reason=decision.reason,
                stays=stays,
            )
        return say("Held by {failed}; {stays}.", failed=listed(failed, _REASONS_NAMED), stays=stays)
    failing = sum(account.failing for account in ledger.values())
    duplicates = sum(account.duplicates for account in ledger.values())
    done = (
        say("Release {release_id}", release_id=report.release_id)
        if report.verdict is Verdict.PUBLISHED
        else say("Checked, not published")
    )
    return say(
        "{done}: {records}; {failing} failing, {duplicates}.",
        done=done,
        records=say("{counts} records", counts=say(" and ").join(records)) if records else say("no records"),
        failing=number(failing),
        duplicates=say_of("{count} duplicate", "{count} duplicates", duplicates),
    )
