"""What changed since the current release: sentences made from figures."""

from collections import Counter
from collections.abc import Sequence

from sftrm_quality.records import LabelKind
from sftrm_quality.run_record import DeliveryStatus, Figures, FileEntry, Verdict
from sftrm_quality.words import joined, number, percent, phrase, say

# What a reviewer can keep in mind; the tables have the others.
_REASONS = 3
_STATUSES = {
    DeliveryStatus.NEW: phrase("{count} new"),
    DeliveryStatus.CHANGED: phrase("{count} changed"),
    DeliveryStatus.RENAMED: phrase("{count} renamed"),
    DeliveryStatus.GONE: phrase("{count} gone"),
    DeliveryStatus.SAME: phrase("{count} the same"),
}
# A share of records moves a little every night. Half a point of all records is some fault of somebody.
NOTABLE_SHARE = 0.005


def _changed(kind: LabelKind, then: int, now: int) -> str:
    if now == then:
        return say("{kind} records unchanged ({count})", kind=kind.upper(), count=number(now))
    step = f"{now - then:+,}".replace("-", "−")
    shown = {"kind": kind.upper(), "then": number(then), "now": number(now)}
    return say("{step} {kind} records ({then} → {now})", step=step, **shown)


def _percent(share: float) -> str:
    return percent(f"{100 * share:.1f}")


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
        say(
            "{kind} {reason} {before} → {now}",
            kind=kind.upper(),
            reason=reason,
            before=_percent(then.get((kind, reason), 0)),
            now=_percent(now.get((kind, reason), 0)),
        )
        for step, (kind, reason) in steps[:_REASONS]
        if abs(step) >= NOTABLE_SHARE
    ]
    if not notable:
        return say("No reason moved by half a point or more.")
    return say("Reasons that moved: {reasons}.", reasons=joined(", ", notable))


def _delivered(files: Sequence[FileEntry]) -> str:
    """How many source files are new, changed, renamed, gone and the same; a file of both label kinds is one."""
    counts = Counter(status for _, status in {(file.source_file, file.delivery) for file in files})
    said = [say(_STATUSES[status], count=number(counts[status])) for status in _STATUSES if counts[status]]
    return say("Files: {counts}.", counts=joined(", ", said) or say("none"))


def changes(verdict: Verdict, figures: Figures, files: Sequence[FileEntry], before: Figures | None) -> tuple[str, ...]:
    """Sentences on records, reasons, files, and on keys where these are of another version; one where there is nothing
    to compare.

    Args:
        verdict: How the run ended.
        figures: What it found.
        files: Its source files, with what each is against the current release.
        before: The figures of the current release, if any.

    Returns:
        The sentences.
    """
    if before is None:
        return (say("There was no release before."),)
    if verdict is Verdict.UNCHANGED:
        return (say("Nothing: the same raw files, settings and suites."),)
    parts = []
    for kind in LabelKind:
        now, then = (found.ledger[kind].published for found in (figures, before))
        if now or then:
            parts.append(_changed(kind, then, now))
    records = joined("; ", parts) or say("nothing")
    published = verdict is Verdict.PUBLISHED
    first = phrase("Published: {records}.") if published else phrase("Publishable: {records}.")
    return say(first, records=records), _jumped(figures, before), _delivered(files), *_keys(figures, before)


def _keys(figures: Figures, before: Figures) -> tuple[str, ...]:
    """One sentence where prompts are compared by other keys than in the current release."""
    now, then = (found.profile.splits.key_version if found.profile else 1 for found in (figures, before))
    if now == then:
        return ()
    return (
        say(
            "Equal prompts are told by keys of version {now}, in the release before by those of version {then}: "
            "other prompts may be equal, and records may move between splits once.",
            now=now,
            then=then,
        ),
    )
