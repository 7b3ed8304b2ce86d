"""What a run must make of a folder of label files, slowly: plain Python, dictionaries, every record with every other.

Reads what is in well-formed containers (a list, a document with a list) and any line of JSON lines. What a record
shows by itself is checked as for the samples (``samples_in_plain_python``).
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.sources import natural_key
from tests.dedup_cases import (
    Record,
    content_of,
    contradictions_reference,
    folded_content_of,
    groups_reference,
    near_reference,
)
from tests.samples_in_plain_python import read_reason, reasons_of

NEAR = 0.8
Place = tuple[str, int]
_PROMPTS = ("prompt", "input", "question")


@dataclass
class Outcome:
    """Where a record ends: published, unreadable, quarantined (with its reasons) or duplicate (of a published one)."""

    end: str = "published"
    reasons: set[str] = field(default_factory=set)
    duplicate_of: Place | None = None
    kind: str | None = None


@dataclass
class Folder:
    """The outcomes of all records, and the groups of published places whose prompts are equal or nearly so."""

    outcomes: dict[Place, Outcome]
    groups: list[set[Place]]


def expected(raw: Path) -> Folder:
    outcomes: dict[Place, Outcome] = {}
    passed: dict[str, dict[Place, dict[str, Any]]] = {"sft": {}, "rm": {}}
    for path in sorted(raw.iterdir(), key=lambda path: natural_key(path.name)):
        kind = path.name.split("-")[0]
        for index, text in enumerate(_records(path.read_text("utf-8"))):
            place = (path.name, index)
            outcomes[place] = _by_itself(kind, text)
            if outcomes[place].end == "published":
                passed[kind][place] = json.loads(text)
    for kind, records in passed.items():
        _together(kind, records, outcomes)
    every = [(place, _compared(kind, record)) for kind, records in passed.items() for place, record in records.items()]
    of = groups_reference([record for _, record in every], NEAR, [0] * len(every))
    groups: dict[int, set[Place]] = {}
    for (place, _), group in zip(every, of, strict=True):
        if outcomes[place].end == "published":
            groups.setdefault(group, set()).add(place)
    return Folder(outcomes, [*groups.values()])


def _records(text: str) -> list[str]:
    try:
        whole = json.loads(text)
    except ValueError:
        return [line for line in text.split("\n") if line.strip()]
    listed = whole["data_info"] if isinstance(whole, dict) and "data_info" in whole else whole
    return [json.dumps(record) for record in listed] if isinstance(listed, list) else [text]


def _by_itself(kind: str, text: str) -> Outcome:
    """What a record shows by itself."""
    unread = read_reason(text, is_last=False)
    if unread:
        return Outcome("unreadable", {unread})
    record = json.loads(text)
    misfit = _misfit(kind, record)
    if misfit:
        return Outcome("quarantined", {misfit})
    filled = {"data_category": "", **record, "data_id": "" if record.get("data_id") is None else record["data_id"]}
    critical = reasons_of(kind, filled) & _critical(kind)
    return Outcome("quarantined", critical) if critical else Outcome()


def _misfit(kind: str, record: Any) -> str | None:
    if not isinstance(record, dict):
        return "not_an_object"
    other = record.get("responses" if kind == "sft" else "answer")
    read = [record.get("answer"), *(record.get(name) for name in _PROMPTS)]
    if kind == "rm":
        read = [*read[1:], *(r.get("text") for r in record.get("responses") or [] if isinstance(r, dict))]
    if other and not (isinstance(other, str) and any(isinstance(text, str) and other in text for text in read)):
        return "field_unexpected"
    types: dict[str, type | tuple[type, ...]] = {
        "data_id": (str, int),
        "question_count": int,
        **dict.fromkeys(_PROMPTS, str),
    }
    types["answer" if kind == "sft" else "responses"] = str if kind == "sft" else list
    for name, wanted in types.items():
        value = record.get(name)
        if value is not None and (not isinstance(value, wanted) or isinstance(value, bool)):
            return "field_type_wrong"
    for response in record.get("responses") or []:
        number = (int, float)
        for name, accepted in (("text", (str,)), ("rank", number)):
            value = response.get(name) if isinstance(response, dict) else False
            if value is not None and (not isinstance(value, accepted) or isinstance(value, bool)):
                return "field_type_wrong"
    given = {record[name] for name in _PROMPTS if (record.get(name) or "").strip()}
    return "aliases_disagree" if len(given) > 1 else None


def _critical(kind: str) -> set[str]:
    suite = json.loads((SHIPPED_EXPECTATIONS / f"{kind}.json").read_text("utf-8"))
    return {entry["meta"]["reason"] for entry in suite["expectations"] if entry["severity"] == "critical"}


def _together(kind: str, records: dict[Place, dict[str, Any]], outcomes: dict[Place, Outcome]) -> None:
    """What all records of a kind show together: ids used again, contradictions, then duplicates, round by round."""
    compared = {place: _compared(kind, record) for place, record in records.items()}
    opposite = dict(zip(records, contradictions_reference([*compared.values()]), strict=True)) if kind == "rm" else {}
    holders: dict[str, Place] = {}
    for place, record in records.items():
        holder = holders.setdefault(str(record["data_id"]), place)
        if folded_content_of(compared[holder]) != folded_content_of(compared[place]):
            outcomes[place].reasons.add("data_id_reused")
        if opposite.get(place, -1) >= 0:
            outcomes[place].reasons.add("ranking_contradicted")
        if outcomes[place].reasons:
            outcomes[place].end = "quarantined"
    stays = {place: place for place in records if outcomes[place].end == "published"}
    for name, meaning in (("exact", content_of), ("folded", folded_content_of)):
        firsts: dict[Any, Place] = {}
        _settle(name, {p: firsts.setdefault(meaning(compared[p]), p) for p in stays if stays[p] == p}, stays, outcomes)
    left = [place for place in stays if stays[place] == place]
    near = near_reference([compared[place] for place in left], [True] * len(left), NEAR).found
    _settle("near", {p: left[of] if of >= 0 else p for p, (of, _) in zip(left, near, strict=True)}, stays, outcomes)


def _settle(kind: str, found: dict[Place, Place], stays: dict[Place, Place], outcomes: dict[Place, Outcome]) -> None:
    """Of each record that is left the one that stays for it; what went for one that goes now goes for that."""
    for place, first in stays.items():
        if found.get(first, first) != first:
            stays[place] = found[first]
            outcomes[place] = Outcome("duplicate", set(), found[first], kind)


def _compared(kind: str, record: dict[str, Any]) -> Record:
    """The record as the reference of deduplication takes it."""
    nothing: Record = {"history": None, "system": None}
    if kind == "sft":
        return {**nothing, "question": _prompt(record), "answer": record["answer"]}
    return {**nothing, "prompt": _prompt(record), "responses": record["responses"]}


def _prompt(record: dict[str, Any]) -> str:
    given = [str(record[name]) for name in _PROMPTS if record.get(name) is not None]
    return next((text for text in given if text.strip()), given[0])
