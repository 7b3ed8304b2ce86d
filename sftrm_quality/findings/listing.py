"""One list of findings from what every check found: what belongs together, what is known, what comes first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sftrm_quality.acts import NO_ACTS, Acts
from sftrm_quality.findings.found import Found
from sftrm_quality.findings.sentences import sentence
from sftrm_quality.records import Severity
from sftrm_quality.run_record import FILES_NAMED, Finding, told_of

# With more files of a source and a reason than that, one line says it of all of them.
_FILES_BY_THEMSELVES = 3
_SEVERITIES = tuple(Severity)


def listed(
    found: Iterable[Found], told: Mapping[str, str], run_id: str, acts: Acts = NO_ACTS, day: date = date.max
) -> tuple[Finding, ...]:
    """The findings of a run as they are reported: new ones first, then critical ones, then by how many.

    Args:
        found: What the checks found.
        told: Fingerprints of which an earlier run told, with the first run that did.
        run_id: This run.
        acts: What people said of findings; while an act counts, its finding is known.
        day: That of the run.

    Returns:
        The list.
    """
    told = {**acts.counting(day), **told}
    findings = [
        _finding(together, [one.fingerprint for one in parts], told, run_id, acts, day)
        for together, parts in _together(found, told, acts)
    ]
    # What is the matter with a file explains what is the matter with the release.
    return tuple(
        sorted(
            findings,
            key=lambda f: (
                *(f.known, _SEVERITIES.index(f.severity), f.source is None),
                *(-f.count, f.source or "", f.files, f.name),
            ),
        )
    )


def _together(found: Iterable[Found], told: Mapping[str, str], acts: Acts) -> list[tuple[Found, list[Found]]]:
    """What is said of many files of a source in one line, with its parts."""
    groups: dict[tuple[object, ...], list[Found]] = defaultdict(list)
    for number, one in enumerate(found):
        # What is about a single file may be told together with others, all else stays by itself.
        group = (one.suite, one.reason, one.severity, one.source, one.fingerprint in told, acts.on(one.fingerprint))
        groups[group if len(one.files) == 1 and one.suite == "delivery" else (number,)].append(one)
    together = []
    for parts in groups.values():
        if len(parts) <= _FILES_BY_THEMSELVES:
            together += [(one, [one]) for one in parts]
        else:
            together.append((_merged(parts), parts))
    return together


def _merged(parts: list[Found]) -> Found:
    parts = sorted(parts, key=lambda one: (-one.count, one.files))
    because: Counter[str] = Counter()
    for one in parts:
        because.update(dict(one.because))
    return replace(
        parts[0],
        files=tuple(file for one in parts for file in one.files),
        count=sum(one.count for one in parts),
        of=sum(one.of for one in parts),
        usual=None,
        because=tuple(because.most_common(len(parts[0].because))),
    )


def _finding(
    found: Found, fingerprints: list[str], told: Mapping[str, str], run_id: str, acts: Acts, day: date
) -> Finding:
    """Of parts that are all known, or all new."""
    since = [told[one] for one in fingerprints if one in told]
    names = tuple(name for name, _ in found.files)
    said = sentence(found)
    return Finding(
        suite=found.suite,
        reason=found.reason,
        severity=found.severity,
        label_kind=found.label_kind,
        source=found.source,
        source_file=names[0] if len(names) == 1 else None,
        files=names[:FILES_NAMED],
        file_count=len(names),
        count=found.count,
        of=found.of,
        usual=found.usual,
        since=min(since, default=run_id),
        known=bool(since),
        text=said,
        said=told_of(said),
        fingerprints=tuple(fingerprints),
        act=acts.recorded(fingerprints, day),
    )
