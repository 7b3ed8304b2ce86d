"""Texts with what a check must say of them, and how often it does: the frame for reasons of every sort."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import pyarrow as pa

from benchmarks.figures import Figure, Limit
from benchmarks.tables import figure_row, publish
from sftrm_quality.checks import FRAMES, Scope, load_suites, run_suite
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind
from sftrm_quality.text import fold_text, normalise_text, strict_text

_NOTES = """\
Planted: the reason must be given. Clean: none of the reasons of the module may. Set apart: texts of other sentences and
forms than those that the checks were made with; look at their figures, and not at the texts."""
_EXAMPLES = 3


Turn = tuple[str, str]
"""Who speaks, and what."""


class Example(NamedTuple):
    """One record. form: what sort of text it is, for figures of their own. planted: the reason must be given.

    history: earlier turns.
    """

    reason: str
    form: str
    question: str
    answer: str
    planted: bool
    history: tuple[Turn, ...] = ()


# Examples of every reason of a module, so many of each reason and side.
Maker = Callable[[Random, int], Iterator[Example]]


class Module(NamedTuple):
    """Reasons that are looked at together. make: texts to make a check with; set_apart: others. alarms, found: the
    limits, in 200 clean and of 200 planted ones of each reason."""

    reasons: tuple[str, ...]
    make: Maker
    set_apart: Maker
    alarms: int
    found: int


def measure_verdicts(name: str, module: Module, count: int, seed: int, held_out: bool, report: Path) -> None:
    """Checks made-up records by the shipped suite and publishes ``verdicts-NAME``.

    Args:
        name: Of the module.
        module: What is measured.
        count: Texts of each reason and side.
        seed: Another one makes other texts.
        held_out: Measure with the texts that are set apart, without examples of what is wrong.
        report: Folder of the tables.
    """
    examples = list((module.set_apart if held_out else module.make)(Random(f"{name}{seed}"), count))
    wrong = wrong_ones(examples, module)
    found = list(figures(name, module, examples, wrong))
    rows = [figure_row(figure, full_size=True) for figure in found]
    if not held_out:
        rows += [[text, "", "", ""] for text in _shown(examples, wrong)]
    side = "set apart" if held_out else "to make the checks with"
    everything = [figure._asdict() for figure in found]
    head = ["what", "figure", "limit", "verdict"]
    kind = "-held-out" if held_out else ""
    publish(f"verdicts-{name}{kind}", f"{len(examples):,} records, {side}", head, rows, everything, report, _NOTES)


def reasons_of(examples: Sequence[Example]) -> list[set[str]]:
    """The reasons that the shipped suite gives each SFT record."""
    texts = {
        "question": pa.array([one.question for one in examples]),
        "answer": pa.array([one.answer for one in examples]),
    }
    columns = {**texts, "data_id": pa.array([str(number) for number in range(len(examples))])}
    for name, array in texts.items():
        for form, make in (("strict", strict_text), ("normalised", normalise_text), ("folded", fold_text)):
            columns[f"{name}_{form}"] = pa.array([make(text) for text in array.to_pylist()])
    turns = [[{"role": role, "content": said} for role, said in one.history] or None for one in examples]
    columns["history"] = pa.array(turns, CANDIDATE_FIELDS[LabelKind.SFT].field("history").type)
    schema = FRAMES[LabelKind.SFT][Scope.RECORD]
    for field in schema:
        if field.name not in columns:
            columns[field.name] = pa.nulls(len(examples), field.type)
    table = pa.table({field.name: columns[field.name].cast(field.type) for field in schema}, schema=schema)
    suite = load_suites(SHIPPED_EXPECTATIONS).sft
    given: list[set[str]] = [set() for _ in examples]
    for row in run_suite(suite, Scope.RECORD, table, {}).failures.to_pylist():
        given[row["row"]].add(row["reason"])
    return given


def figures(name: str, module: Module, examples: Sequence[Example], wrong: Sequence[bool]) -> Iterator[Figure]:
    """By reason: alarms on clean texts and planted ones that are found, with limits; precision and recall; then forms
    of which some are wrong."""
    for reason in module.reasons:
        sides: dict[bool, list[bool]] = {True: [], False: []}
        forms: dict[tuple[bool, str], list[bool]] = defaultdict(list)
        for one, is_it in zip(examples, wrong, strict=True):
            if one.reason == reason:
                sides[one.planted].append(is_it)
                forms[one.planted, one.form].append(is_it)
        clean, planted = sides[False], sides[True]
        alarms, found = sum(clean), len(planted) - sum(planted)
        yield Figure(
            name, f"{reason}: alarms of {len(clean)} clean", alarms, Limit(module.alarms * len(clean) / 200), 0
        )
        least = Limit(module.found * len(planted) / 200, at_most=False)
        yield Figure(name, f"{reason}: found of {len(planted)} planted", found, least, 0)
        yield Figure(name, f"{reason}: precision", found / (found + alarms) if found + alarms else None)
        yield Figure(name, f"{reason}: recall", found / len(planted) if planted else None)
        for (is_planted, form), some in forms.items():
            if any(some):
                what = "missed" if is_planted else "alarms"
                yield Figure(name, f"· {form}: {what} of {len(some)}", sum(some), digits=0)


def wrong_ones(examples: Sequence[Example], module: Module) -> list[bool]:
    """Of each example whether the suite is wrong about it."""
    return [is_wrong(one, given, module) for one, given in zip(examples, reasons_of(examples), strict=True)]


def is_wrong(one: Example, given: set[str], module: Module) -> bool:
    """Whether a planted one has not its reason, or a clean one any of the module's."""
    return one.reason not in given if one.planted else bool(given & set(module.reasons))


def _shown(examples: Sequence[Example], wrong: Sequence[bool]) -> Iterator[str]:
    shown: Counter[tuple[str, bool, str]] = Counter()
    for one, is_it in zip(examples, wrong, strict=True):
        key = one.reason, one.planted, one.form
        shown[key] += is_it
        if is_it and shown[key] <= _EXAMPLES:
            yield f"{one.reason}, {'missed' if one.planted else 'alarm'}: {one.question!r} → {one.answer!r}"
