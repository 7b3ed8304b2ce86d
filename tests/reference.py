"""What a run must make of a folder of label files, slowly: plain Python, dictionaries, every record with every other.

Reads what is in well-formed containers (a list, a document with a list) and any line of JSON lines. What a record
shows by itself is checked as for the samples (``samples_in_plain_python``).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sftrm_quality.config import SHIPPED_EXPECTATIONS
from tests.samples_in_plain_python import jaccard, read_reason, reasons_of, shingles

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
    for path in sorted(raw.iterdir()):
        kind = path.name.split("-")[0]
        for index, text in enumerate(_records(path.read_text("utf-8"))):
            place = (path.name, index)
            outcomes[place] = _by_itself(kind, text)
            if outcomes[place].end == "published":
                passed[kind][place] = json.loads(text)
    for kind, records in passed.items():
        _together(kind, records, outcomes)
    prompts = {
        place: _normal(_prompt(record))
        for records in passed.values() for place, record in records.items() if outcomes[place].end == "published"
    }  # fmt: skip
    return Folder(outcomes, _groups(prompts))


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
    """What all records of a kind show together: ids used again, contradictions, then exact and near duplicates."""
    holders: dict[str, Place] = {}
    for place, record in records.items():
        holder = holders.setdefault(str(record["data_id"]), place)
        if _content(kind, records[holder]) != _content(kind, record):
            outcomes[place].reasons.add("data_id_reused")
        if any(_contradict(record, other) for other in records.values()):
            outcomes[place].reasons.add("ranking_contradicted")
        if outcomes[place].reasons:
            outcomes[place].end = "quarantined"
    firsts: dict[Any, Place] = {}
    kept: list[Place] = []
    for place, record in records.items():
        if outcomes[place].end != "published":
            continue
        first = firsts.setdefault(_content(kind, record), place)
        if first != place:
            # A copy of a record that is a near duplicate itself is one of the record that stays.
            moved = outcomes[first].duplicate_of
            outcomes[place] = Outcome("duplicate", set(), moved or first, "near" if moved else "exact")
            continue
        alike = [(similarity(kind, records[other], record), other) for other in kept]
        best, other = max(alike, key=lambda found: found[0], default=(0.0, place))
        if best >= NEAR:
            outcomes[place] = Outcome("duplicate", set(), other, "near")
        else:
            kept.append(place)


def _prompt(record: dict[str, Any]) -> str:
    given = [str(record[name]) for name in _PROMPTS if record.get(name) is not None]
    return next((text for text in given if text.strip()), given[0])


def _normal(text: str) -> frozenset[str]:
    return shingles(text)


def _content(kind: str, record: dict[str, Any]) -> Any:
    from tests.samples_in_plain_python import normalise_text

    texts = [record["answer"]] if kind == "sft" else [response["text"] for response in record["responses"]]
    return normalise_text(_prompt(record)), frozenset(map(normalise_text, texts))


def _ranks(record: dict[str, Any]) -> Iterator[tuple[frozenset[str], float]]:
    for response in record.get("responses") or []:
        yield _content("rm", {"prompt": "", "responses": [response]})[1], response["rank"]


def _contradict(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if "responses" not in one or _content("rm", {**one, "responses": []}) != _content("rm", {**other, "responses": []}):
        return False
    first, second = dict(_ranks(one)), dict(_ranks(other))
    both = list(first.keys() & second.keys())
    return any((first[a] - first[b]) * (second[a] - second[b]) < 0 for a in both for b in both)


def similarity(kind: str, one: dict[str, Any], other: dict[str, Any]) -> float:
    """The least Jaccard of all parts; of responses with their counterparts, taken in order, each the most alike."""
    least = jaccard(shingles(_prompt(one)), shingles(_prompt(other)))
    if kind == "sft":
        return min(least, jaccard(shingles(one["answer"]), shingles(other["answer"])))
    free = list(other["responses"])
    if len(one["responses"]) != len(free):
        return 0.0
    pairs = []
    for response in one["responses"]:
        counterpart = max(free, key=lambda r: jaccard(shingles(response["text"]), shingles(r["text"])))
        free.remove(counterpart)
        least = min(least, jaccard(shingles(response["text"]), shingles(counterpart["text"])))
        pairs.append((response["rank"], counterpart["rank"]))
    opposite = any((a[0] - b[0]) * (a[1] - b[1]) < 0 for a in pairs for b in pairs)
    return 0.0 if opposite else least


def _groups(prompts: dict[Place, frozenset[str]]) -> list[set[Place]]:
    groups: list[set[Place]] = []
    for place, prompt in prompts.items():
        joined = [group for group in groups if any(jaccard(prompt, prompts[other]) >= NEAR for other in group)]
        groups = [group for group in groups if group not in joined] + [{place}.union(*joined)]
    return groups
