"""What changed since the current release: sentences made from figures."""

from sftrm_quality.records import LabelKind
from sftrm_quality.reports.tallies import Tallies
from sftrm_quality.run_record import Figures, Verdict

# Three reasons and one file are what a reviewer can keep in mind; the tables have the others.
_REASONS = 3
# A share of records moves a little every night. Half a point of all records is some fault of somebody.
NOTABLE_SHARE = 0.005


def _changed(kind: LabelKind, then: int, now: int) -> str:
    if now == then:
        return f"{kind.upper()} records unchanged ({now:,})"
    return f"{now - then:+,} {kind.upper()} records ({then:,} → {now:,})".replace("-", "−")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _shares(figures: Figures) -> dict[tuple[LabelKind, str], float]:
    """Share of the records received that left for each reason."""
    return {
        (kind, reason): count / max(1, figures.ledger[kind].received)
        for kind, reasons in figures.reasons.items()
        for reason, count in reasons.items()
    }


def _jumped(figures: Figures, before: Figures) -> str:
    now, then = _shares(figures), _shares(before)
    steps = sorted(
        ((now.get(key, 0.0) - then.get(key, 0.0), key) for key in {*now, *then}), key=lambda step: (-abs(step[0]), step)
    )
    notable = [
        f"{kind.upper()} {reason} {_percent(then.get((kind, reason), 0))} → {_percent(now.get((kind, reason), 0))}"
        for step, (kind, reason) in steps[:_REASONS]
        if abs(step) >= NOTABLE_SHARE
    ]
    return f"Reasons that moved: {', '.join(notable)}." if notable else "No reason moved by half a point or more."


def _file_that_lost_most(figures: Figures, before: Figures) -> str:
    """The file with most failing records beyond the share that it, or all files if it is new, had before."""
    known = Tallies(before.files)
    lost = sum(tally.failing for tally in known.names.values())
    usual = lost / max(1, sum(tally.received for tally in known.names.values()))
    found = []
    for name, tally in Tallies(figures.files).names.items():
        then = known.find(name)
        step = tally.failing_share - (then.failing_share if then else usual)
        if step >= NOTABLE_SHARE:
            whose = "all files had" if then is None else "it had" if name in known.names else "files named like it had"
            found.append(
                (step * tally.received, name, tally.failing_share, whose, then.failing_share if then else usual)
            )
    if not found:
        return "No source file has notably more failing records."
    _, name, share, whose, was = max(found)
    return f"{name} has more failing records: {_percent(share)}; {whose} {_percent(was)} before."


def changes(verdict: Verdict, figures: Figures, before: Figures | None) -> tuple[str, ...]:
    """Three sentences: records, reasons, files; one where there is nothing to compare.

    Args:
        verdict: How the run ended.
        figures: What it found.
        before: The figures of the current release, if any.

    Returns:
        The sentences.
    """
    if before is None:
        return ("There was no release before.",)
    if verdict is Verdict.UNCHANGED:
        return ("Nothing: the same raw files, settings and suites.",)
    parts = []
    for kind in LabelKind:
        now, then = (found.ledger[kind].published for found in (figures, before))
        if now or then:
            parts.append(_changed(kind, then, now))
    word = "Published" if verdict is Verdict.PUBLISHED else "Publishable"
    return f"{word}: {'; '.join(parts) or 'nothing'}.", _jumped(figures, before), _file_that_lost_most(figures, before)
