"""A declaration for records of no known format. What their fields do not tell is left open, with what it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sftrm_quality.formats.base import Record
from sftrm_quality.formats.content_words import names_content
from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.proposing.conversations import conversation
from sftrm_quality.formats.proposing.open_part import Open, as_text, is_open
from sftrm_quality.formats.proposing.part_names import ANSWERS, CATEGORIES, FURTHER, PROMPTS, SYSTEMS, is_called
from sftrm_quality.formats.proposing.responses import of_responses
from sftrm_quality.formats.proposing.seen import FieldSeen, fields_of, numbers_called
from sftrm_quality.words import say

NAME = "my_format"
_LONG = 30
"""Characters on average from which a text may be content whatever it is called: shorter ones are mostly labels."""


@dataclass(frozen=True)
class Proposal:
    """text: a YAML file; where a part is open it says so in a comment. declaration: None as long as one is."""

    text: str
    declaration: Declaration | None


def propose(records: Sequence[Record]) -> Proposal | None:
    """The declaration that somebody would write for some records.

    Args:
        records: From the beginning of a file of no known format.

    Returns:
        What can be told; None where nothing in them looks like a label.
    """
    fields = fields_of(records)
    values = _values(fields)
    if values is None:
        return None
    parts = {"name": NAME, **values}
    if is_open(parts):
        return Proposal(as_text(parts), None)
    try:
        declaration = Declaration.model_validate({key: one for key, one in parts.items() if not key.startswith("#")})
    except ValidationError:  # names that no declaration takes
        return None
    return Proposal(as_text(parts), declaration)


def _values(fields: dict[str, FieldSeen]) -> dict[str, Any] | None:
    talk = conversation(fields)
    ranked, used = of_responses(fields)
    if ranked is None and talk is not None:
        return {"label_kind": "sft", "messages": talk, **_beside(fields, {talk["path"]})}
    if ranked is None:
        return _of_one_answer(fields)
    meant = _numbers_of_ranks(fields, ranked, used)
    if talk is not None and talk["path"] not in used:
        return {"label_kind": "rm", "messages": talk, **ranked, **meant, **_beside(fields, {*used, talk["path"]})}
    called = any(is_called(one.name, PROMPTS) for one in fields.values())
    if "pair" in ranked and not called and any(fields[path].is_objects for path in used if path in fields):
        # Lists of messages, which hold the prompt.
        return {"label_kind": "rm", **ranked, **_beside(fields, used)}
    prompt, asked = _prompt(fields, used)
    return {"label_kind": "rm", "prompt": prompt, **ranked, **meant, **_beside(fields, {*used, *asked})}


def _numbers_of_ranks(fields: dict[str, FieldSeen], ranked: dict[str, Any], used: set[str]) -> dict[str, Any]:
    """A rank of 0 is there only where they begin with it. Which end is the best nobody can tell: declared, or 1 is."""
    part = next(iter(ranked.values()))
    if not any(isinstance(part.get(key), str) for key in ("rank", "ranks")):
        return {}
    name = str(part.get("rank") or part.get("ranks")).rpartition(".")[2]
    numbers = [number for path in used if path in fields for number in numbers_called(name, fields[path])]
    said = {"#ranks": say("rank_direction: lowest_is_best; where the best has the highest rank, highest_is_best")}
    return said | ({"rank_base": 0} if 0 in numbers else {})


def _of_one_answer(fields: dict[str, FieldSeen]) -> dict[str, Any] | None:
    texts = [path for path, one in fields.items() if _may_be_content(one)]
    answers = [path for path in texts if is_called(fields[path].name, ANSWERS)]
    prompts = [path for path in texts if is_called(fields[path].name, PROMPTS)]
    if len(texts) < 2 or not (answers or prompts or all(_is_long(fields[path]) for path in texts[:2])):
        return None
    prompt, asked = _prompt(fields, set(answers))
    left = [path for path in texts if path not in asked]
    answer: Any = answers[0] if len(answers) == 1 else Open(answers or left)
    return {"label_kind": "sft", "prompt": prompt, "answer": answer, **_beside(fields, {*asked, *answers})}


def _prompt(fields: dict[str, FieldSeen], used: set[str]) -> tuple[dict[str, Any], set[str]]:
    """The prompt, and the fields that it is made of; open where no name or more than one tells."""
    texts = [path for path, one in fields.items() if _may_be_content(one) and path not in used]
    called = [path for path in texts if is_called(fields[path].name, PROMPTS)]
    further = [path for path in texts if is_called(fields[path].name, FURTHER)]
    if len(called) == 1:
        return {"parts": [*called, *further]}, {*called, *further}
    if not called and len(texts) == 1:
        return {"parts": texts}, set(texts)
    candidates = called or [path for path in texts if not is_called(fields[path].name, SYSTEMS)]
    return {"parts": Open(candidates, several=True)}, set(called)


def _beside(fields: dict[str, FieldSeen], used: set[str]) -> dict[str, Any]:
    """A system message and a category; what else may be content is named, since without it nothing is published."""
    left = {path: one for path, one in fields.items() if path not in used}
    beside: dict[str, Any] = {}
    for key, names in (("system", SYSTEMS), ("category", CATEGORIES)):
        found = [path for path, one in left.items() if one.is_text and is_called(one.name, names)]
        if len(found) == 1:
            beside[key] = found[0]
            del left[found[0]]
    unread = [path for path, one in left.items() if names_content(one.name) and (one.is_text or one.is_texts)]
    if unread:
        what = say(
            "not read: {fields}: a further part of the prompt, or to be named under keep or ignore",
            fields=", ".join(unread),
        )
        beside["#unread"] = what
    return beside


def _may_be_content(one: FieldSeen) -> bool:
    return one.is_text and (names_content(one.name) or is_called(one.name, PROMPTS | ANSWERS) or _is_long(one))


def _is_long(one: FieldSeen) -> bool:
    texts = [value for value in one.values if isinstance(value, str)]
    return bool(texts) and sum(map(len, texts)) > _LONG * len(texts)
