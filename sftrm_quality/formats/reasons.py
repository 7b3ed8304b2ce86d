"""Why a record cannot be mapped by its format: the reasons of the stage ``format``."""

import re

from sftrm_quality.words import phrase

FORMAT_REASONS = {
    "not_an_object": phrase("The record is a number, a text or a list where an object was expected."),
    "field_type_wrong": phrase(
        "A field has a value of another type: a list as answer, a number in quotes, a text as rank."
    ),
    "field_unexpected": phrase("A field that may carry label content is not read by the record's format."),
    "aliases_disagree": phrase(
        "Two fields that say the same thing, such as prompt and question, are given and differ."
    ),
    "turns_malformed": phrase(
        "The turns of a conversation are not in order: a role is not known, two turns in a row are of one role, or the "
        "last one is no answer."
    ),
    "pair_differs": phrase("Chosen and rejected differ in more than their last message."),
    "responses_unmatched": phrase("There are more or fewer ranks or scores than responses."),
    "verdict_unknown": phrase("The verdict on two answers is none of the declared codes."),
    "verdict_split": phrase("Several annotators gave different verdicts, and no majority is declared or found."),
    "ranks_tied": phrase("Two responses share a rank, and ties is drop_record for the source."),
    "no_ranking": phrase("A tree in which no message has two replies with ranks."),
    "tree_malformed": phrase(
        "A message that is in no tree of its file: its parent, or one above that, is not there, or its id is taken; or "
        "a tree of more than 250 levels."
    ),
}

# What of a reason's detail are names of fields; those of unread ones come as paths, one after another.
_FIELDS_BLAMED = {
    "field_type_wrong": re.compile(r"^(\w+)"),
    "field_unexpected": re.compile(r"(?:does not read (.+?)(?: and \d+ more)?|\(fields (.+)\))$"),
    "aliases_disagree": re.compile(r"([\w.]+)(?= and .* differ| differ)"),
    "turns_malformed": re.compile(r"^(\w+)\[\d+\] has"),
    "responses_unmatched": re.compile(r"^(\w+) has"),
    "verdict_unknown": re.compile(r"^(\w+) is"),
    "verdict_split": re.compile(r"^(\w+) is"),
}


def fields_blamed(reason: str, detail: str) -> list[str]:
    """Which fields of a record are the defect.

    Args:
        reason: One of ``FORMAT_REASONS``.
        detail: What was said of this record.

    Returns:
        Their names; none where the record as a whole is the defect.
    """
    if reason not in _FIELDS_BLAMED:
        return []
    if reason != "field_unexpected":
        return _FIELDS_BLAMED[reason].findall(detail)
    found = _FIELDS_BLAMED[reason].search(detail)
    return [path.rpartition(".")[2] for path in (found[1] or found[2]).split(", ")] if found else []
