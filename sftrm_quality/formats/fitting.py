"""Which records are of a declared format: by the names of their fields, and by types where names do not tell."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sftrm_quality.formats.base import Record
from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.fields import has
from sftrm_quality.formats.shapes import trees
from sftrm_quality.formats.shapes.record import lookup

_TWO = 2
"""Responses that a ranking has at least."""


def label_names(declared: Declaration) -> Sequence[Sequence[str]]:
    """Of each part of a declaration that holds labels the names that it may have."""
    if declared.pair:
        return (declared.pair.chosen, declared.pair.rejected)
    if declared.transcripts:
        return ((declared.transcripts.chosen,), (declared.transcripts.rejected,))
    if declared.verdict:
        return (declared.verdict.first_answer, declared.verdict.second_answer, (declared.verdict.field,))
    if declared.listed:
        beside = [path for path in (declared.listed.ranks, declared.listed.scores) if path]
        return (declared.listed.path, *((path,) for path in beside))
    if declared.numbered:
        scores = declared.numbered.score
        names = [declared.numbered.field.replace("{}", number) for number in ("0", "1")]
        names += [declared.numbered.ranks] if declared.numbered.ranks else []
        names += [scores.replace("{}", number) for number in ("0", "1")] if scores else []
        return tuple((name,) for name in names)
    if declared.tree and declared.tree.parent:
        return ((declared.tree.id,), (declared.tree.parent,), (declared.tree.text,))
    if declared.tree:
        return ((f"{declared.tree.root}.{declared.tree.replies}",),)
    assert declared.messages is not None
    return (declared.messages.path,)


def needed_names(declared: Declaration) -> Sequence[Sequence[str]]:
    """The fields by which people know the format: of each the names that it may have."""
    prompt = (declared.prompt.parts[0],) if declared.prompt else ()
    conversation = (declared.messages.path,) if declared.messages else ()
    return tuple(dict.fromkeys((*prompt, *conversation, *label_names(declared))))


def fits(record: Record, declared: Declaration) -> bool:
    """Whether a record looks like one of the format.

    Args:
        record: The record, with lists and objects where cells hold them.
        declared: The format.
    """
    if any(lookup(record, path) is not None for path in declared.absent):
        return False
    if declared.tree is not None and declared.tree.parent is not None and (joined := trees.members_of(record)):
        return all(has(one, declared.tree.id) and has(one, declared.tree.text) for one in joined)
    needed = list(needed_names(declared))
    if declared.numbered is not None:
        fields, scores = declared.numbered.field, declared.numbered.score
        if _numbered(record, fields) < _TWO or (scores is not None and not _numbered(record, scores)):
            return False
        patterns = [re.compile(pattern_of(one)) for one in (fields, scores) if one]
        needed = [paths for paths in needed if not any(one.fullmatch(paths[0]) for one in patterns)]
    return all(any(has(record, path) for path in paths) for paths in needed) and _looks_like_it(record, declared)


def _looks_like_it(record: Record, declared: Declaration) -> bool:
    """Values of the types by which formats of the same names are told apart."""
    if declared.transcripts is not None:
        text = record.get(declared.transcripts.chosen)
        return isinstance(text, str) and text.lstrip().startswith(declared.transcripts.user.strip())
    if declared.pair is not None and declared.prompt is None and declared.messages is None:
        return isinstance(_first(record, declared.pair.chosen), list)
    if declared.messages is not None and declared.prompt is None:
        return isinstance(_first(record, declared.messages.path), list)
    if declared.listed is not None:
        values = _first(record, declared.listed.path)
        first = values[0] if isinstance(values, list) and values else None
        if declared.listed.text is None:
            return first is None or isinstance(first, str)
        return first is None or (isinstance(first, Mapping) and any(has(first, path) for path in declared.listed.text))
    if declared.tree is not None and declared.tree.parent is None:
        return has(record.get(declared.tree.root), declared.tree.replies)
    return True


def pattern_of(numbered: str) -> str:
    """Of names with a number, or a letter that counts."""
    return r"(?:[0-9]+|[A-Za-z])".join(map(re.escape, numbered.split("{}")))


def _numbered(record: Record, names: str) -> int:
    pattern = re.compile(pattern_of(names))
    return sum(pattern.fullmatch(name) is not None for name in record)


def _first(record: Record, paths: Sequence[str]) -> Any:
    return next((value for path in paths if (value := lookup(record, path)) is not None), None)
