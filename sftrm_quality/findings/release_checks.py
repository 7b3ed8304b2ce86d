"""What a check of the release found, in words for people: of the thing, and not by the name of the fact."""

import re
from collections.abc import Mapping, Sequence

from sftrm_quality.records import LabelKind, NoKind
from sftrm_quality.run_record import Account, Check, FileEntry, FileStatus
from sftrm_quality.words import bound, listed, number, say, say_of, share

Ledger = Mapping[LabelKind | NoKind, Account]

_FACT = re.compile(r"(sft|rm): (\w+) is ([^,]+)")
# Three names are read at a glance; the section on sources has all.
FILES_NAMED = 3


def facts_of(check: Check) -> set[tuple[str, str]]:
    """The figures that a check of the release found wrong: label kinds and names."""
    return {(kind, name) for kind, name, _ in _FACT.findall(check.detail)} if check.suite == "release" else set()


def what_was_found(check: Check, files: Sequence[FileEntry], ledger: Ledger, before: Ledger | None) -> str:
    """The detail of a check as a sentence without its full stop; "" where it has none.

    Args:
        check: One of a run's.
        files: Of the run.
        ledger: Of the run.
        before: Of the previous release, None without one.

    Returns:
        The sentence.
    """
    facts = _FACT.findall(check.detail) if check.suite == "release" else []
    names = {name for _, name, _ in facts}
    unreadable = [file.source_file for file in files if file.status is FileStatus.UNREADABLE]
    if names == {"share_unreadable_files"} and unreadable:
        return say_of(
            "{count} file could not be read: {files} ({share} of bytes)",
            "{count} files could not be read: {files} ({share} of bytes)",
            len(unreadable),
            files=named(unreadable),
            share=facts[0][2],
        )
    if names == {"drop_against_previous"} and before:
        drops = []
        for kind in (LabelKind(kind) for kind, _, _ in facts):
            then, now = before[kind].published, ledger[kind].published
            drops.append(f"{kind.upper()} −{share(then - now, then)} ({number(then)} → {number(now)})")
        return say("Records would drop: {drops}", drops=", ".join(drops))
    if facts:
        said = (f"{kind.upper()} {name.replace('_', ' ')}: {value}" for kind, name, value in facts)
        return say("Found: {found}", found=", ".join(said))
    return say("Found: {found}", found=check.detail) if check.detail else ""


def why_held(check: Check, files: Sequence[FileEntry], ledger: Ledger, before: Ledger | None) -> str:
    """What keeps a check from being passed, in the same words on the page, in the terminal and in messages.

    Args:
        check: One of a run's that did not succeed, of the release or of its records.
        files: As for `what_was_found`.
        ledger: The same.
        before: The same.

    Returns:
        A sentence without its full stop.
    """
    return what_was_found(check, files, ledger, before) or say(
        "{failed} of {evaluated} failed ({share}); {mostly} must pass",
        failed=number(check.failed),
        evaluated=number(check.evaluated),
        share=share(check.failed, check.evaluated),
        mostly=bound(check.mostly),
    )


def named(files: Sequence[str], count: int | None = None) -> str:
    """The first names of a list, and how many more there are.

    Args:
        files: Names, at least one.
        count: How many there are, where ``files`` are only the first of them.

    Returns:
        The text.
    """
    return listed(files, FILES_NAMED, count)
