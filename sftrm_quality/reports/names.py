"""What the codes of a report are called on its pages. Reasons and settings are not here: people type them."""

import re

from sftrm_quality.records import ApartBy
from sftrm_quality.run_record import Verdict
from sftrm_quality.words import number, phrase, say, say_of

_CALLED = {
    # Outcomes, and what they are counted of; verdicts.
    "received": phrase("received"),
    "unreadable": phrase("unreadable"),
    "quarantined": phrase("quarantined"),
    "duplicates": phrase("duplicates"),
    "published": phrase("published"),
    "publishable": phrase("publishable"),
    "unchanged": phrase("unchanged"),
    "held": phrase("held"),
    "checked": phrase("checked"),
    # Files; stages of a record.
    "gone": phrase("gone"),
    "skipped": phrase("skipped"),
    "read": phrase("read"),
    "format": phrase("format"),
    "check": phrase("check"),
    # Severities, kinds of duplicates, splits, a response without a rank.
    "critical": phrase("critical"),
    "warning": phrase("warning"),
    "info": phrase("info"),
    "exact": phrase("exact"),
    "folded": phrase("folded"),
    "near": phrase("near"),
    "train": phrase("train"),
    "validation": phrase("validation"),
    "test": phrase("test"),
    "none": phrase("none"),
    # Texts of a record.
    "question": phrase("question"),
    "answer": phrase("answer"),
    "prompt": phrase("prompt"),
    "response": phrase("response"),
    "record": phrase("record"),
}
_COUNTED = {
    "received": phrase("{count} received"),
    "unreadable": phrase("{count} unreadable"),
    "quarantined": phrase("{count} quarantined"),
    "duplicates": phrase("{count} duplicates"),
    "published": phrase("{count} published"),
    "publishable": phrase("{count} publishable"),
    "train": phrase("{count} train"),
    "validation": phrase("{count} validation"),
    "test": phrase("{count} test"),
}
_HEADINGS = {
    Verdict.PUBLISHED: (phrase("PUBLISHED"), phrase("PUBLISHED WITH WARNINGS")),
    Verdict.UNCHANGED: (phrase("UNCHANGED"), phrase("UNCHANGED WITH WARNINGS")),
    Verdict.HELD: (phrase("HELD"), phrase("HELD WITH WARNINGS")),
    Verdict.CHECKED: (phrase("CHECKED"), phrase("CHECKED WITH WARNINGS")),
}
_APART = {
    ApartBy.NUMBERS: phrase("other numbers"),
    ApartBy.NEGATIONS: phrase("yes and no"),
    ApartBy.PASSAGE: phrase("another passage in the prompt"),
}
_RESPONSE = re.compile(r"response (\d+)")


def called(code: str) -> str:
    """What a code is called.

    Args:
        code: A verdict, an outcome, a severity, a split and the like.

    Returns:
        The word; what is none of these is called by itself.
    """
    return say(_CALLED[code]) if code in _CALLED else code


def told_apart(by: ApartBy, prompts: int, one: str, other: str) -> str:
    """What tells two records apart that are nearly the same.

    Args:
        by: What it is.
        prompts: For a template how many prompts share it.
        one: What the one record has where they differ.
        other: What the other has there.

    Returns:
        ``template of 240 prompts``, ``6 ≠ 5``, ``허용 ≠ 허용되지 않``.
    """
    if by is ApartBy.TEMPLATE:
        return say_of("template of {count} prompt", "template of {count} prompts", prompts)
    return f"{one or '–'} ≠ {other or '–'}" if one or other else say(_APART[by])


def counted(code: str, count: int) -> str:
    """So many records with an outcome or in a split: ``12 quarantined``."""
    return say(_COUNTED[code], count=number(count))


def heading(verdict: Verdict, *, by_decision: bool, with_warnings: bool) -> str:
    """A verdict as what a page begins with.

    Args:
        verdict: How the run ended.
        by_decision: A person decided that it was published.
        with_warnings: There is something to look at.

    Returns:
        The words.
    """
    if by_decision and verdict is Verdict.PUBLISHED:
        return say("PUBLISHED BY DECISION")
    return say(_HEADINGS[verdict][with_warnings])


def part_name(name: str) -> str:
    """What a text of a record is called, by its name in ``report.json``: a column, or ``response 2``."""
    response = _RESPONSE.fullmatch(name)
    return say("response {place}", place=response[1]) if response else called(name)


def way(name: str) -> str:
    """From which split to which records moved, by its name in a comparison: ``train → test``."""
    return " → ".join(map(called, name.split(" → ")))
