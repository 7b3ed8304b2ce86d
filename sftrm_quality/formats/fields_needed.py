"""The fields that records of a declared format have: one that no record has is a slip in the declaration."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sftrm_quality.formats.base import Record
from sftrm_quality.formats.declaration import Declaration

_ELEMENTS = "[]"
# Every record has them, where they are declared; a system message or a history may be rare.
_IN_EVERY_RECORD = ("category", "subcategory", "question_type", "id")


@dataclass(frozen=True)
class FieldNeeded:
    """key: where the declaration names it. paths: the names that it may have, ``[]`` for what is in a list."""

    key: str
    paths: tuple[str, ...]

    def is_in(self, record: Record) -> bool:
        """Whether a record has it, though it may be null; a list of nothing may be one of anything."""
        return any(_has(record, path.split(".")) for path in self.paths)


def missing_field(declared: Declaration, records: Sequence[Record]) -> FieldNeeded | None:
    """The first field that a declaration needs and no record has.

    Args:
        declared: The declaration.
        records: Of files that are said to be of it.

    Returns:
        The field; None where each is in some record, or there is no record.
    """
    if not records:
        return None
    return next((one for one in fields_needed(declared) if not any(map(one.is_in, records))), None)


def fields_needed(declared: Declaration) -> Iterator[FieldNeeded]:
    """What records of a format have, in the order of the declaration's keys."""
    conversation = declared.messages.path if declared.messages else ()
    if declared.prompt is not None:
        # Of prompt and messages a record may have either.
        yield FieldNeeded("prompt.parts", (*declared.prompt.parts[0], *conversation))
    if declared.messages is not None and declared.prompt is None:
        yield FieldNeeded("messages.path", conversation)
        yield FieldNeeded("messages.role", _below(conversation, declared.messages.role))
        # A turn that only calls a tool need not have content.
        yield FieldNeeded("messages.content", _below(conversation, (*declared.messages.content, "tool_calls")))
    if declared.answer is not None:
        yield FieldNeeded("answer", declared.answer)
    yield from _of_responses(declared)
    for key in _IN_EVERY_RECORD:
        if path := getattr(declared, key):
            yield FieldNeeded(key, (path,))


def _of_responses(declared: Declaration) -> Iterator[FieldNeeded]:
    if (listed := declared.listed) is not None:
        yield FieldNeeded("listed.path", listed.path)
        scores = listed.score.paths if listed.score else None
        for key, names in (("text", listed.text), ("rank", listed.rank), ("score.paths", scores)):
            if names:
                yield FieldNeeded(f"listed.{key}", _below(listed.path, names))
        for key, path in (("ranks", listed.ranks), ("scores", listed.scores)):
            if path:
                yield FieldNeeded(f"listed.{key}", (path,))
    if (numbered := declared.numbered) is not None:
        yield FieldNeeded("numbered.field", (numbered.field,))
        for key, names in (("text", numbered.text), ("rank", numbered.rank)):
            if names:
                yield FieldNeeded(f"numbered.{key}", tuple(f"{numbered.field}.{name}" for name in names))
        for key, path in (("ranks", numbered.ranks), ("score", numbered.score)):
            if path:
                yield FieldNeeded(f"numbered.{key}", (path,))
    if (verdict := declared.verdict) is not None:
        yield FieldNeeded("verdict.first_answer", verdict.first_answer)
        yield FieldNeeded("verdict.second_answer", verdict.second_answer)
        yield FieldNeeded("verdict.field", (verdict.field,))
    if (pair := declared.pair) is not None:
        yield FieldNeeded("pair.chosen", pair.chosen)
        yield FieldNeeded("pair.rejected", pair.rejected)
    if (texts := declared.transcripts) is not None:
        yield FieldNeeded("transcripts.chosen", (texts.chosen,))
        yield FieldNeeded("transcripts.rejected", (texts.rejected,))
    if (tree := declared.tree) is not None:
        if tree.parent is not None:
            for key in ("id", "parent", "text", "role", "rank"):
                yield FieldNeeded(f"tree.{key}", (getattr(tree, key),))
            return
        yield FieldNeeded("tree.root", (tree.root,))
        for key in ("text", "role", "replies"):
            yield FieldNeeded(f"tree.{key}", (f"{tree.root}.{getattr(tree, key)}",))
        yield FieldNeeded("tree.rank", (f"{tree.root}.{tree.replies}.{_ELEMENTS}.{tree.rank}",))


def _below(paths: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{path}.{_ELEMENTS}.{name}" for path in paths for name in names)


def _has(value: object, steps: Sequence[str]) -> bool:
    if not steps:
        return True
    name, *below = steps
    if name == _ELEMENTS:
        # A cell of a table may be the JSON of a list.
        return isinstance(value, str) or (isinstance(value, list) and (not value or any(_has(v, below) for v in value)))
    if not isinstance(value, Mapping):
        return False
    if "{}" in name:
        numbered = re.compile("[0-9A-Za-z]+".join(map(re.escape, name.split("{}"))))
        return any(numbered.fullmatch(one) and _has(value[one], below) for one in value)
    return name in value and _has(value[name], below)
