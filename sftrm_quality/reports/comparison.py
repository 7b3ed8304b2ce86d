"""The parts of ``report.json`` that compare a run with others: the current release, and the runs before."""

from collections.abc import Sequence

from sftrm_quality.findings import FILE_RUNS, Past, Tallies, meant_to_publish
from sftrm_quality.reports.changes import NOTABLE_SHARE, changes
from sftrm_quality.run_record import (
    Changes,
    CheckBefore,
    Figures,
    FileBefore,
    FileEntry,
    History,
    RunSummary,
    Step,
    Verdict,
)


def changes_since(verdict: Verdict, figures: Figures, files: Sequence[FileEntry], before: Figures | None) -> Changes:
    """A run compared with the current release.

    Args:
        verdict: How the run ended.
        figures: What it found.
        files: Its source files, with what each is against the current release.
        before: The figures of the current release, if any.

    Returns:
        The part ``changes`` of the report.
    """
    then = Tallies(before.files) if before else None
    new = verdict is not Verdict.UNCHANGED
    return Changes(
        sentences=changes(verdict, figures, files, before),
        ledger=before.ledger if before else None,
        checks={
            f"{check.suite}: {check.reason}": CheckBefore(failed=check.failed, evaluated=check.evaluated)
            for check in (before.checks if before else ())
        },
        files=_files_before(figures, then) if then else {},
        by_file=steps_by_file(figures.files, then) if then and new else (),
    )


def _files_before(figures: Figures, then: Tallies) -> dict[str, FileBefore]:
    """What each file is compared with: itself in the last release, or the files of its series there."""
    found = {}
    for file in figures.files:
        name = file.source_file
        if tally := then.find(name):
            found[name] = FileBefore(received=tally.received, failing=tally.failing, same_name=name in then.names)
    return found


def steps_by_file(files: Sequence[FileEntry], then: Tallies) -> tuple[Step, ...]:
    """Files and reasons whose share of the records received moved notably, most records concerned first.

    Args:
        files: Of the later run or release.
        then: The files of the earlier one.

    Returns:
        The steps. A file that is in no way known has ``received_before`` 0.
    """
    found = []
    for file in files:
        if not file.received:
            continue
        tally = then.find(file.source_file)
        known = set(tally.reasons) if tally else set()
        for reason in {*file.reasons, *known}:
            now, was = file.reasons.get(reason, 0), tally.reasons[reason] if tally else 0
            step = now / file.received - (tally.share(reason) if tally else 0.0)
            if abs(step) >= NOTABLE_SHARE:
                found.append(
                    Step(
                        source_file=file.source_file,
                        label_kind=file.label_kind,
                        reason=reason,
                        before=was,
                        now=now,
                        received_before=tally.received if tally else 0,
                        received_now=file.received,
                        step=round(step, 6),
                    )
                )
    return tuple(sorted(found, key=lambda s: (-abs(s.step) * s.received_now, s.source_file, s.reason)))


def history_with(run: RunSummary, figures: Figures, past: Past) -> History:
    """Summaries of the last runs and, by file, the failing shares; both end with this run, unless it is unchanged.

    Args:
        run: This one.
        figures: What it found.
        past: The runs before it.

    Returns:
        The part ``history`` of the report.
    """
    shown = meant_to_publish(run) or run.verdict is Verdict.CHECKED
    lines: dict[str, tuple[float | None, ...]] = {}
    for name, tally in Tallies(figures.files).names.items():
        known = [earlier.find(name) for earlier in past.files]
        if run.verdict is not Verdict.UNCHANGED:
            known.append(tally if tally.received else None)
        if sum(point is not None for point in known) > 1:
            points = tuple(None if point is None else round(point.failing_share, 6) for point in known)
            lines[name] = points[-FILE_RUNS:]
    return History(runs=(*past.runs, run) if shown else past.runs, files=lines)
