"""Findings on suites that ask for less than those of the current release did."""

from collections.abc import Mapping, Sequence
from typing import Any

from sftrm_quality.checks import Suites
from sftrm_quality.findings.found import Found
from sftrm_quality.findings.release_checks import named
from sftrm_quality.records import Severity
from sftrm_quality.run_record import Check, Manifest, SuiteEntry
from sftrm_quality.words import joined, say, say_of

_SEVERITIES = tuple(Severity)
# One line says so much; the manifests have all of it.
_CHANGES_SAID = 5
# Where less is asked for when the number falls, and where when it rises. Other numbers can be read either way.
_LEAST = ("min_value", "minimum", "mostly")
_MOST = ("max_value", "maximum", "records", "records_if_all", "points", "times", "times_greatest", "points_greatest")


def entries_of(suites: Suites) -> dict[str, tuple[SuiteEntry, ...]]:
    """The suites as a manifest keeps them.

    Args:
        suites: Of a run.

    Returns:
        The entries of each, by its name.
    """
    return {
        suite.name: tuple(
            SuiteEntry(
                type=entry.type,
                kwargs={name: value for name, value in entry.kwargs.items() if name != "mostly"},
                severity=entry.severity,
                reason=entry.reason,
                mostly=entry.mostly,
            )
            for entry in suite.entries
        )
        for suite in suites.all
    }


def found_in_suites(suites: Suites, current: Manifest | None) -> list[Found]:
    """One finding for each suite that was weakened since the current release: what is gone, lowered or widened.

    Args:
        suites: Of the run.
        current: Of the current release, None without one.

    Returns:
        The findings.
    """
    if current is None:
        return []
    now, found = entries_of(suites), []
    for name, before in _entries_before(current).items():
        gone, weaker = _weaker(before, {entry.reason: entry for entry in now.get(name, ())})
        if gone or weaker:
            changes = joined(
                "; ",
                [*([_gone(gone)] if gone else []), *weaker[:_CHANGES_SAID], *(["…"] if weaker[_CHANGES_SAID:] else [])],
            )
            said = say(
                "{suite}.json asks for less than for the current release: {changes}", suite=name, changes=changes
            )
            found.append(
                Found(
                    suite="suites",
                    reason="suite_weakened",
                    severity=Severity.WARNING,
                    description="",
                    count=len(gone) + len(weaker),
                    of=len(before),
                    about=(said,),
                    key=" ".join([name, *gone, *weaker]),
                )
            )
    return found


def _gone(reasons: list[str]) -> str:
    return say_of(
        "{count} check is gone: {names}", "{count} checks are gone: {names}", len(reasons), names=named(reasons)
    )


def _weaker(before: Sequence[SuiteEntry], now: Mapping[str, SuiteEntry]) -> tuple[list[str], list[str]]:
    """Reasons of checks that are gone, and what of others asks for less, in words."""
    gone, weaker = [], []
    for entry in before:
        if (other := now.get(entry.reason)) is None:
            gone.append(entry.reason)
            continue
        if _SEVERITIES.index(other.severity) > _SEVERITIES.index(entry.severity):
            weaker.append(f"{entry.reason}: {entry.severity} → {other.severity}")
        if other.type != entry.type:
            # Settings of another expectation mean something else.
            weaker.append(f"{entry.reason}: {entry.type} → {other.type}")
            continue
        was, is_now = ({**one.kwargs, "mostly": one.mostly} for one in (entry, other))
        # Manifests of older versions do not have the settings.
        names = was if entry.kwargs else ["mostly"]
        weaker += [
            f"{entry.reason}: {name} {was[name]} → {is_now.get(name, '–')}"
            for name in names
            if _asks_for_less(name, was[name], is_now.get(name))
        ]
    return gone, weaker


def _asks_for_less(name: str, was: Any, is_now: Any) -> bool:
    if was == is_now:
        return False
    if isinstance(was, list):
        return not isinstance(is_now, list) or not set(map(str, was)) <= set(map(str, is_now))
    if not isinstance(was, int | float):
        return name in ("regex", "type")
    if is_now is None:
        return name in (*_LEAST, *_MOST)
    return (name in _LEAST and is_now < was) or (name in _MOST and is_now > was)


def _entries_before(current: Manifest) -> Mapping[str, tuple[SuiteEntry, ...]]:
    if current.suites is not None:
        return current.suites
    found: dict[str, tuple[SuiteEntry, ...]] = {}
    for check in current.figures.checks:
        found[check.suite] = (*found.get(check.suite, ()), _entry_of(check))
    return found


def _entry_of(check: Check) -> SuiteEntry:
    """Manifests of older versions have what came of a check, and not its settings."""
    return SuiteEntry(type=check.check, kwargs={}, severity=check.severity, reason=check.reason, mostly=check.mostly)
