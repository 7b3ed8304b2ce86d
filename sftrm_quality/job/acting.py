"""What a person says of findings of a run: by which handle they are named, and what is kept."""

from collections.abc import Sequence
from datetime import date

from sftrm_quality import reports
from sftrm_quality.acts import Act, append_acts
from sftrm_quality.decisions import Signed
from sftrm_quality.errors import ConfigError, storage_error
from sftrm_quality.output import OutputFolder
from sftrm_quality.run_record import ActKind, Finding, Report
from sftrm_quality.time_zones import day_of
from sftrm_quality.words import say

# Of a fingerprint: short enough to type, and sixteen million are enough to tell a run's findings apart, mostly.
_HANDLE = 6


def handles(findings: Sequence[Finding]) -> list[str]:
    """By what each finding is named: as much of its first fingerprint as tells it from the others.

    Args:
        findings: Of one run.

    Returns:
        One for each.
    """
    everyone = {one for finding in findings for one in finding.fingerprints}
    return [
        next((name[:length] for length in range(_HANDLE, len(name)) if _only(name[:length], everyone)), name)
        for name in (finding.fingerprints[0] for finding in findings)
    ]


def _only(beginning: str, fingerprints: set[str]) -> bool:
    return sum(one.startswith(beginning) for one in fingerprints) == 1


def finding_named(report: Report, handle: str) -> Finding:
    """The finding that a handle names.

    Args:
        report: Of the run.
        handle: The beginning of one of its fingerprints.

    Returns:
        The finding.

    Raises:
        ConfigError: No finding of the run has it, or several have.
    """
    found = [f for f in report.findings if handle and any(one.startswith(handle) for one in f.fingerprints)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(handles(report.findings)) or say("none")
    if found:
        raise ConfigError(
            say(
                "{handle}: {count} findings of run {run_id} begin so, give more of it; there are {known}",
                handle=handle,
                count=len(found),
                run_id=report.run_id,
                known=known,
            )
        )
    raise ConfigError(
        say(
            "{handle}: no finding of run {run_id}; there are {known}, see sftrm findings",
            handle=handle,
            run_id=report.run_id,
            known=known,
        )
    )


def act_on(report: Report, finding: Finding, kind: ActKind, until: date | None, who: Signed) -> Act:
    """What a person says of a finding.

    Args:
        report: Of the run.
        finding: One of its findings.
        kind: What is said.
        until: The last day of an acceptance.
        who: By whom, with the note.

    Returns:
        The act.

    Raises:
        ConfigError: The day is over.
    """
    today = day_of(who.decided_at, report.timezone)
    if until is not None and until < today:
        raise ConfigError(
            say(
                "{until}: over; today is {today}, and an acceptance counts to the end of its day",
                until=until.isoformat(),
                today=today.isoformat(),
            )
        )
    return Act(
        **dict(who),
        kind=kind,
        until=until,
        run_id=report.run_id,
        finding=finding.name,
        text=finding.text,
        fingerprints=finding.fingerprints,
    )


def store_acts(output: OutputFolder, report: Report, acts: Sequence[Act]) -> None:
    """Keep what was said, and let the page of the run and the page of all runs say so.

    Args:
        output: The output folder; the caller holds its lock.
        report: Of the run on whose page the findings are.
        acts: What was said.

    Raises:
        StorageError: The disk takes no more.
    """
    append_acts(output, acts)
    try:
        reports.write_acts(report, output)
    except OSError as error:
        raise storage_error(error, output.root) from error
