"""What a check of the release found, in words for people: of the thing, and not by the name of the fact."""

import re
from collections.abc import Mapping, Sequence

from sftrm_quality.records import LabelKind, NoKind
from sftrm_quality.run_record import Account, Check, FileEntry, FileStatus
from sftrm_quality.words import bound, joined, listed, number, percent, phrase, say, say_of, share

Ledger = Mapping[LabelKind | NoKind, Account]

_FACT = re.compile(r"(sft|rm): (\w+) is ([^,]+)")
# What the release suite is run on, `checks.RELEASE_FACTS`, as people call it.
_FIGURES = {
    "ledger_difference": phrase("records unaccounted for"),
    "repeated_record_ids": phrase("repeated record ids"),
    "repeated_data_ids": phrase("repeated data ids"),
    "prompts_in_two_splits": phrase("prompts in two splits"),
    "prompts_in_two_splits_across_kinds": phrase("prompts in two splits across kinds"),
    "near_prompts_in_two_splits": phrase("near prompts in two splits"),
    "prompts_no_longer_held_out": phrase("prompts no longer held out"),
    "empty_splits": phrase("empty splits"),
    "split_share_off": phrase("split share off"),
    "records_published": phrase("records published"),
    "share_quarantined": phrase("share quarantined"),
    "share_unreadable_files": phrase("share of unreadable files"),
    "drop_against_previous": phrase("drop against the previous release"),
}
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
            share=_value(facts[0][2]),
        )
    if names == {"drop_against_previous"} and before:
        drops = []
        for kind in (LabelKind(kind) for kind, _, _ in facts):
            then, now = before[kind].published, ledger[kind].published
            drops.append(
                say(
                    "{kind} −{share} ({then} → {now})",
                    kind=kind.upper(),
                    share=share(then - now, then),
                    then=number(then),
                    now=number(now),
                )
            )
        return say("Records would drop: {drops}", drops=joined(", ", drops))
    if facts:
        said = [
            say("{kind} {figure}: {value}", kind=kind.upper(), figure=_figure(name), value=_value(value))
            for kind, name, value in facts
        ]
        return say("Found: {found}", found=joined(", ", said))
    return say("Found: {found}", found=check.found) if check.detail else ""


def _figure(name: str) -> str:
    """A figure of the release in words; one of a suite of others by its name."""
    return say(_FIGURES[name]) if name in _FIGURES else name.replace("_", " ")


def _value(value: str) -> str:
    """As it was found, a share with the sign of the language."""
    figure, sign, rest = value.partition(" %")
    return percent(figure) if sign and not rest else value


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
