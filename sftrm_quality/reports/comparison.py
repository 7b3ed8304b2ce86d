"""The parts of ``report.json`` that compare a run with others: the current release, and the runs before."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

from sftrm_quality.config import RunConfig
from sftrm_quality.findings import FILE_RUNS, Past, Tallies, Tally, meant_to_publish
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
    told_of,
)
from sftrm_quality.sources import source_of


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
    sentences = changes(verdict, figures, files, before)
    return Changes(
        sentences=sentences,
        said=tuple(map(told_of, sentences)),
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


def history_with(run: RunSummary, figures: Figures, past: Past, config: RunConfig | None = None) -> History:
    """Summaries of the last runs, and the failing shares by file and by source; all end with this run, unless it is
    unchanged.

    Args:
        run: This one.
        figures: What it found.
        past: The runs before it.
        config: Says whose a file is, also one of an earlier run; None where nothing is declared.

    Returns:
        The part ``history`` of the report.
    """
    shown = meant_to_publish(run) or run.verdict is Verdict.CHECKED
    tonight = Tallies(figures.files).names
    named = cache(partial(source_of, config=config or RunConfig()))
    earlier = [_by_source(tallies.names, named) for tallies in past.files]
    # An unchanged run is one of those before it.
    again = run.verdict is Verdict.UNCHANGED
    files = {
        name: _line([*(night.find(name) for night in past.files), *(() if again else (tally,))])
        for name, tally in tonight.items()
    }
    sources = {
        name: _line([*(night.get(name) for night in earlier), *(() if again else (tally,))])
        for name, tally in _by_source(tonight, named).items()
    }
    return History(
        runs=(*past.runs, run) if shown else past.runs,
        files={name: line for name, line in files.items() if line},
        sources={name: line for name, line in sources.items() if line},
    )


def _by_source(files: Mapping[str, Tally], named: Callable[[str], str]) -> dict[str, Tally]:
    """What each source brought and lost, weighted by the records of its files."""
    found: dict[str, Tally] = {}
    for name, tally in files.items():
        of_source = found.setdefault(named(name), Tally())
        of_source.received += tally.received
        of_source.failing += tally.failing
    return found


def _line(tallies: Sequence[Tally | None]) -> tuple[float | None, ...]:
    """The failing share of each night; empty where fewer than two are known."""
    nights = [tally if tally and tally.received else None for tally in tallies]
    if sum(night is not None for night in nights) < 2:
        return ()
    return tuple(None if night is None else round(night.failing_share, 6) for night in nights)[-FILE_RUNS:]
