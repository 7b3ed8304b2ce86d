"""Findings on checks of which too many records failed, by source; and on checks of the release as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sftrm_quality.findings.found import Found
from sftrm_quality.findings.release_checks import Ledger, facts_of, what_was_found
from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.run_record import Check, DeliveryStatus, FileEntry, FileStatus
from sftrm_quality.sources import raw_name
from sftrm_quality.words import say

# Told by the delivery file by file, with what is the matter of each.
_OF_UNREADABLE = "share_unreadable_files is"


@dataclass
class _OfSource:
    """Records of one label kind of a source: those that a check looked at, those that failed it, in which files."""

    source: str
    evaluated: int = 0
    failed: int = 0
    files: tuple[tuple[int, str], ...] = ()


def found_by_checks(
    checks: Iterable[Check],
    files: Sequence[FileEntry],
    hashes: Mapping[str, str],
    ledger: Ledger,
    before: Ledger | None,
) -> list[Found]:
    """One finding for each check of records that did not succeed and source that has more failures than are allowed;
    one for each check of the release that did not succeed.

    Args:
        checks: Of the run.
        files: Of the run, with the reasons and warnings of each.
        hashes: Of the bytes of the raw files, by name.
        ledger: Of the run.
        before: Of the current release, None without one.

    Returns:
        The findings.
    """
    found: list[Found] = []
    checks = list(checks)
    held_for = {fact for check in checks if check.holds_the_release for fact in facts_of(check)}
    for check in checks:
        if check.success or check.severity is Severity.INFO:
            continue
        if check.suite in list(LabelKind):
            found += _of_rows(check, LabelKind(check.suite), files, hashes)
        elif check.suite == "release" and not _is_told(check, held_for):
            found.append(_of_release(check, files, hashes, ledger, before))
    return found


def _is_told(check: Check, held_for: set[tuple[str, str]]) -> bool:
    """Whether a warning says what is said already: of each file by the delivery, or of what holds the release."""
    facts = facts_of(check)
    of_the_same = bool(facts) and facts <= held_for
    return check.severity is Severity.WARNING and (_OF_UNREADABLE in check.detail or of_the_same)


def _of_rows(check: Check, kind: LabelKind, files: Sequence[FileEntry], hashes: Mapping[str, str]) -> list[Found]:
    allowed = 1 - check.mostly
    sources = [one for one in _by_source(check, kind, files) if one.failed]
    # Together they are beyond it, so one of them is, but for records that a scope does not look at.
    beyond = [one for one in sources if one.failed > allowed * one.evaluated]
    return [
        Found(
            suite="sft" if kind is LabelKind.SFT else "rm",
            reason=check.reason,
            severity=check.severity,
            description=check.expects,
            source=one.source,
            files=tuple((name, hashes.get(raw_name(name), "")) for _, name in sorted(one.files)),
            count=one.failed,
            of=one.evaluated,
            label_kind=kind,
            allowed=allowed,
        )
        for one in beyond or sources[:1]
    ]


def _by_source(check: Check, kind: LabelKind, files: Sequence[FileEntry]) -> list[_OfSource]:
    """Most failures first."""
    found: dict[str, _OfSource] = {}
    for file in files:
        if file.label_kind is kind and file.delivery is not DeliveryStatus.GONE:
            failed = (file.reasons if check.severity is Severity.CRITICAL else file.warnings).get(check.reason, 0)
            failed -= file.replaced_reasons.get(check.reason, 0)
            one = found.setdefault(file.source, _OfSource(file.source))
            one.evaluated += file.received - file.unreadable - file.replaced
            one.failed += failed
            one.files += ((-failed, file.source_file),) if failed else ()
    return sorted(found.values(), key=lambda one: (-one.failed, one.source))


def _of_release(
    check: Check, files: Sequence[FileEntry], hashes: Mapping[str, str], ledger: Ledger, before: Ledger | None
) -> Found:
    unreadable = [file.source_file for file in files if file.status is FileStatus.UNREADABLE]
    concerned = unreadable if _OF_UNREADABLE in check.detail else []
    said = what_was_found(check, files, ledger, before)
    return Found(
        suite="release",
        reason=check.reason,
        severity=check.severity,
        description=check.expects,
        files=tuple((name, hashes.get(raw_name(name), "")) for name in concerned),
        count=check.failed,
        of=check.evaluated,
        # What was found comes first: of a rule by itself nobody knows whether it was met.
        about=(say("{found}. Expected: {check}", found=said, check=check.expects),) if said else (),
        # The figure changes with every night of an accumulating folder, what is the matter does not.
        key=check.reason,
    )
