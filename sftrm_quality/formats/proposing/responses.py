"""Several responses in records of no known format, and what tells which of them is better."""

import re
from collections.abc import Sequence
from typing import Any

from sftrm_quality.formats.proposing.open_part import Open, shown_code
from sftrm_quality.formats.proposing.part_names import (
    ANSWERS,
    CHOSEN,
    RANKS,
    REJECTED,
    ROLES,
    SCORES,
    SIDES,
    TEXTS,
    VERDICTS,
    is_called,
    words_of,
)
from sftrm_quality.formats.proposing.seen import FieldSeen, within

Fields = dict[str, FieldSeen]
Found = tuple[dict[str, Any] | None, set[str]]
_NOTHING: Found = (None, set())
_MOST_CODES = 10
"""Different values of a verdict. What has more is none."""
_NUMBERED = re.compile(r"^(\D*)(\d+)(\D*)$")


def of_responses(fields: Fields) -> Found:
    """The part of a declaration that holds responses, and the fields that it takes; None where there are none."""
    for look in (_pair, _numbered, _two_sides, _objects, _texts):
        found = look(fields)
        if found[0] is not None:
            return found
    return _NOTHING


def _pair(fields: Fields) -> Found:
    def side(names: frozenset[str]) -> list[str]:
        return [path for path, one in fields.items() if is_called(one.name, names) and _is_a_side(one)]

    chosen, rejected = side(CHOSEN), side(REJECTED)
    if not chosen or not rejected:
        return _NOTHING
    pair = {"chosen": _one_of(chosen), "rejected": _one_of(rejected)}
    return {"pair": pair}, {*chosen, *rejected}


def _is_a_side(one: FieldSeen) -> bool:
    """A text that is no code, or a list of texts or messages."""
    codes = {value for value in one.values if isinstance(value, str)}
    is_code = len(one.values) > 1 and 2 * len(codes) <= len(one.values)
    return one.is_texts or one.is_objects or (one.is_text and not is_code)


def _numbered(fields: Fields) -> Found:
    """Fields that differ in a number, with a list of ranks or a rank or score in each."""
    groups: dict[str, list[str]] = {}
    for path in fields:
        top = path.split(".")[0]
        if (matched := _NUMBERED.match(top)) and top not in groups.get(_named(matched), []):
            groups.setdefault(_named(matched), []).append(top)
    for name, members in groups.items():
        if len(members) < 2:
            continue
        inside = [path for path in fields if path.startswith(f"{members[0]}.")]
        if members[0] in fields and fields[members[0]].is_text and is_called(name.replace("{}", ""), ANSWERS):
            ranks = [path for path, one in fields.items() if one.is_numbers and is_called(one.name, RANKS)]
            scores = [g for g, of in groups.items() if is_called(g.replace("{}", ""), SCORES | RANKS) and len(of) > 1]
            if len(ranks) == 1:
                return {"numbered": {"field": name, "ranks": ranks[0]}}, {*members, *ranks}
            if len(scores) == 1 and is_called(scores[0].replace("{}", ""), SCORES):
                return {"numbered": {"field": name, "score": scores[0]}}, {*members, *groups[scores[0]]}
        texts = [p.partition(".")[2] for p in inside if fields[p].is_text and is_called(fields[p].name, TEXTS)]
        ranked = [p.partition(".")[2] for p in inside if is_called(fields[p].name, RANKS) and fields[p].is_number]
        if texts and ranked:
            used = {path for path in fields if path.split(".")[0] in members}
            return {"numbered": {"field": name, "text": _one_of(texts), "rank": _one_of(ranked)}}, used
    return _NOTHING


def _named(matched: re.Match[str]) -> str:
    return f"{matched[1]}{{}}{matched[3]}"


def _two_sides(fields: Fields) -> Found:
    """Two answers; the codes of the verdict are what the file has, and what each means nobody can tell."""
    texts = {path: words_of(one.name) for path, one in fields.items() if one.is_text}
    for path, words in texts.items():
        for first, second in SIDES:
            other = next((p for p, w in texts.items() if words[-1:] == [first] and w == [*words[:-1], second]), None)
            if other is None or len(words) < 2:
                continue
            beside = [p for p, one in fields.items() if p not in (path, other) and _codes(one)]
            verdicts = [p for p in beside if is_called(fields[p].name, VERDICTS)]
            others = [p for p in beside if len(_codes(fields[p])) > 1]
            codes = _codes(fields[verdicts[0]]) if len(verdicts) == 1 else []
            verdict = {
                "first_answer": path,
                "second_answer": other,
                "field": _one_of(verdicts) if verdicts else Open(others),
                "first": Open(codes, several=True),
                "second": Open(codes, several=True),
                "tie": Open(codes, several=True),
            }
            return {"verdict": verdict}, {path, other, *verdicts}
    return _NOTHING


def _codes(one: FieldSeen) -> list[str]:
    """The different values of a field that may be a verdict; none where it is something else."""
    values = [value for given in one.values for value in (given if isinstance(given, list) else [given])]
    if not all(isinstance(value, str | int | float) for value in values):
        return []
    codes = sorted({shown_code(value) for value in values})
    return codes if len(codes) <= _MOST_CODES and all(codes) else []


def _objects(fields: Fields) -> Found:
    """A list of objects with a text and a rank or score in each."""
    for one in fields.values():
        if not one.is_objects:
            continue
        inside = within(one.elements)
        if any(is_called(field.name, ROLES) for field in inside.values()):
            continue
        texts = [path for path, field in inside.items() if field.is_text and is_called(field.name, TEXTS | ANSWERS)]
        ranks = [path for path, field in inside.items() if field.is_number and is_called(field.name, RANKS)]
        scores = [path for path, field in inside.items() if field.is_number and is_called(field.name, SCORES)]
        if not texts or not (is_called(one.name, ANSWERS) or ranks or scores):
            continue
        listed: dict[str, Any] = {"path": one.path, "text": _one_of(texts)}
        if ranks or not scores:
            listed["rank"] = _one_of(ranks) if ranks else Open([p for p, f in inside.items() if f.is_number])
        else:
            listed["score"] = {"paths": _one_of(scores)}
        return {"listed": listed}, {one.path}
    return _NOTHING


def _texts(fields: Fields) -> Found:
    """A list of texts, and beside it a list of numbers that has an entry for each."""
    for one in fields.values():
        if not one.is_texts or not is_called(one.name, ANSWERS | TEXTS):
            continue
        beside = [path for path, other in fields.items() if other.is_numbers and _as_long(one, other)]
        ranks = [path for path in beside if is_called(fields[path].name, RANKS)]
        scores = [path for path in beside if is_called(fields[path].name, SCORES)]
        listed: dict[str, Any] = {"path": one.path}
        if len(ranks) + len(scores) == 1:
            listed |= {"ranks": ranks[0]} if ranks else {"scores": scores[0]}
        else:
            listed |= {"ranks": Open(ranks or beside), "scores": Open(scores or beside)}
        return {"listed": listed}, {one.path, *ranks, *scores}
    return _NOTHING


def _as_long(one: FieldSeen, other: FieldSeen) -> bool:
    lengths = [[len(value) for value in field.values if isinstance(value, list)] for field in (one, other)]
    return lengths[0] == lengths[1]


def _one_of(paths: Sequence[str]) -> Any:
    return paths[0] if len(paths) == 1 else Open(paths)
