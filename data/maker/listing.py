"""What is planted where: for machines (``planted.json``) and for people (``README.md``)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from maker.files import NOTE, SKIPPED, Sample
from maker.plan import Plan

# Outcome of a record → the column of the ledger that counts it.
_LEDGER = {
    "published": "published",
    "duplicate": "duplicates",
    "quarantined": "quarantined",
    "unreadable": "unreadable",
}

_INTRODUCTION = """# The samples

`raw/` is what `make run` reads: {total} label records of our own, Korean and English, with every kind of defect that
the job knows planted in them. All text in `texts/` was written for this repository; none of it comes from elsewhere.

`.venv/bin/python data/make_samples.py` makes `raw/`, `planted.json` and this file from `texts/` and `maker/`, always
the same bytes (the Parquet file by the same version of pyarrow). To plant another case, add it to `maker/cases_*.py`
and run it again; a test tells when you forgot.
`planted.json` lists for machines what the tables below list for people. What is not listed is published.

Positions count the records of a file from 0, broken ones included. An *unreadable* record is not strict JSON, or no row
of its table; a *quarantined* one is, and fails its format or a check; a *duplicate* gives way to the record it names. A
warning keeps nothing out.

| file | form | records | published | duplicates | quarantined | unreadable |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
"""

_OTHER_FILES = """
Two kinds of file hold no label records: {skipped} are questions without
answers, as AI Hub delivers them beside the labels, and are skipped; `{note}` is a note in spite of
its name, and of no known format.
"""

_SHARED = """
## Prompts that occur twice

Each line is one prompt in several published records: they belong in one split, SFT and RM together.

"""


def _outcome(plan: Plan, place: tuple[str, int]) -> str:
    case = plan[place].case
    return "published" if case is None else case.outcome


def _ledger(samples: Sequence[Sample], plan: Plan) -> list[dict[str, Any]]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for place in plan:
        counted[place[0]][_outcome(plan, place)] += 1
    return [
        {
            "source_file": sample.source_file,
            "label_kind": sample.label_kind,
            "received": counted[sample.source_file].total(),
            **{column: counted[sample.source_file][outcome] for outcome, column in _LEDGER.items()},
        }
        for sample in samples
    ]


def _shared_prompts(plan: Plan) -> list[list[list[str | int]]]:
    places: dict[str, list[list[str | int]]] = defaultdict(list)
    for place, planned in plan.items():
        if _outcome(plan, place) == "published":
            places[planned.prompt].append(list(place))
    return [found for found in places.values() if len(found) > 1]


def planted(samples: Sequence[Sample], plan: Plan) -> dict[str, Any]:
    """The content of ``planted.json``.

    ``files``: the ledger of each source file. ``skipped``, ``unknown``: files without label records. ``cases``: every
    planted case with its place, outcome, exact reasons and warnings; ``duplicate_of`` is [source file, position] of the
    record that survives. ``shared_prompts``: places of published records with the same prompt.
    """
    kinds = {sample.source_file: sample.label_kind for sample in samples}
    cases = [
        {
            "source_file": source_file,
            "source_index": index,
            "label_kind": kinds[source_file],
            "outcome": planned.case.outcome,
            "reasons": list(planned.case.reasons),
            "warnings": list(planned.case.warnings),
            "duplicate_kind": planned.case.duplicate,
            "duplicate_of": list(planned.original) if planned.original and planned.case.duplicate else None,
            "note": planned.case.note,
        }
        for (source_file, index), planned in plan.items()
        if planned.case is not None
    ]
    return {
        "files": _ledger(samples, plan),
        "skipped": list(SKIPPED),
        "unknown": [NOTE],
        "cases": cases,
        "shared_prompts": _shared_prompts(plan),
    }


def _row(cells: Sequence[object]) -> str:
    escaped = (str(cell).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |\n"


def _place(place: Sequence[object], here: str | None = None) -> str:
    return f"position {place[1]}" + ("" if place[0] == here else f" of `{place[0]}`")


def _becomes(case: Mapping[str, Any]) -> str:
    if case["duplicate_of"]:
        text = f"{case['duplicate_kind']} duplicate of {_place(case['duplicate_of'], case['source_file'])}"
    else:
        text = case["outcome"]
    named = [f"`{reason}`" for reason in case["reasons"]] + [f"warning `{reason}`" for reason in case["warnings"]]
    return text + (f": {', '.join(named)}" if named else "")


def readme(samples: Sequence[Sample], listed: Mapping[str, Any]) -> str:
    """The README of ``data/``: every file and what is planted in it."""
    files = listed["files"]
    parts = [_INTRODUCTION.format(total=sum(file["received"] for file in files))]
    for sample, file in zip(samples, files, strict=True):
        figures = [file[name] for name in ("received", *_LEDGER.values())]
        parts.append(_row([f"`{sample.source_file}`", sample.container, *figures]))
    parts.append(_OTHER_FILES.format(skipped=",\n".join(f"`{name}`" for name in listed["skipped"]), note=NOTE))
    for sample in samples:
        parts.append(f"\n## {sample.source_file}\n\n| position | what is planted | what becomes of it |\n")
        parts.append(_row(["---:", "---", "---"]))
        here = [case for case in listed["cases"] if case["source_file"] == sample.source_file]
        parts.extend(_row([case["source_index"], case["note"], _becomes(case)]) for case in here)
    parts.append(_SHARED)
    parts.extend(f"- {', '.join(_place(place) for place in places)}\n" for places in listed["shared_prompts"])
    return "".join(parts)
