"""Whether files whose ranks are read upside down are told: ``python -m benchmarks verdicts directions``."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from benchmarks.figures import Figure, Limit
from benchmarks.tables import figure_row, publish
from benchmarks.verdicts.direction_files import Traits, ranked, signs_of_file
from benchmarks.verdicts.direction_texts import MADE, Texts
from benchmarks.verdicts.directions_held_out import apart
from sftrm_quality.reports.directions import doubtful_directions

NAME = "directions"
_NOTES = """\
Found: files that are upside down and told. Alarms: files whose ranks are right, and that are told; none may be told as
"probably wrong". Files in which nothing tells the direction, or in which short responses or refusals are wanted, count
as alarms only."""

KINDS: Mapping[str, Traits] = {
    "long wins, two responses": Traits(longer=0.97, spread=4),
    "long wins, 60 records": Traits(60, longer=1.0, spread=5),
    "long wins, four responses": Traits(120, (4, 4), longer=0.95, spread=2),
    "refusals at the bottom": Traits(refusal=0.3, right=0.97),
    "refusals at the bottom, long wins a little": Traits(refusal=0.15, longer=0.6),
    "blanks at the bottom": Traits(blank=0.1),
    "blanks at the bottom, 50 records": Traits(50, blank=0.2, right=0.95),
    "stand-ins at the bottom": Traits(stand_in=0.1),
    "copies of the prompt at the bottom": Traits(copy=0.1),
    "copies at the bottom, nine responses": Traits(100, (9, 9), copy=0.2),
    "broken texts at the bottom": Traits(300, broken=0.25, right=0.98),
    "a little of each": Traits(300, (2, 2), 0.6, 1, 0.02, 0.02, 0.02, 0.02, 0.06),
    "a little of each, four to nine responses": Traits(150, (4, 9), 0.6, 1, 0.03, 0.03, 0.03, 0.03, 0.08),
    "short wins, blanks and copies at the bottom": Traits(longer=0.35, blank=0.06, copy=0.06),
    "short wins, refusals and blanks at the bottom": Traits(400, (3, 3), 0.4, 1, 0.05, refusal=0.1),
    "two thousand, few signs": Traits(2000, blank=0.015, refusal=0.03, copy=0.01),
    "30 records, blanks and copies at the bottom": Traits(30, blank=0.3, copy=0.2, right=1.0),
    "40 records, stubs at the bottom": Traits(40, (3, 4), longer=1.0, spread=3, stand_in=0.1, right=1.0),
    "five responses, refusals and stand-ins": Traits(80, (5, 5), 0.55, 1, 0, 0.1, 0, 0, 0.2),
    "safety: refusals above": Traits(refusal=0.35, refusal_right=0.15, tells=False),
    "safety: nothing but refusals": Traits(refusal=0.9, refusal_right=0.02, tells=False),
    "safety: few refusals, above; short wins a little": Traits(
        800, longer=0.45, refusal=0.03, refusal_right=0.2, tells=False
    ),
    "short wins": Traits(longer=0.3, tells=False),
    "nothing tells": Traits(tells=False),
    "nothing tells, six responses": Traits(300, (6, 6), tells=False),
}


def files(random: Random, count: int, held_out: bool) -> Iterator[tuple[str, str, Traits, Texts]]:
    """Kinds with language, traits and texts: of those to tune by, so many of each kind and language."""
    if held_out:
        yield from apart(random, count)
        return
    for kind, traits in KINDS.items():
        for language, texts in MADE.items():
            for _ in range(count):
                yield kind, language, traits, texts


def measure_directions(count: int, seed: int, held_out: bool, report: Path) -> None:
    """Counts made-up files, right and upside down, and publishes ``verdicts-directions``.

    Args:
        count: Files of each kind and language.
        seed: Another one makes other files.
        held_out: Measure with the files that are set apart.
        report: Folder of the tables.
    """
    figures = list(figures_of(count, seed, held_out))
    side = "set apart" if held_out else "to set the expectations with"
    kind = "-held-out" if held_out else ""
    rows = [figure_row(figure, full_size=True) for figure in figures]
    everything = [figure._asdict() for figure in figures]
    head = ["what", "figure", "limit", "verdict"]
    publish(f"verdicts-{NAME}{kind}", f"files of rankings, {side}", head, rows, everything, report, _NOTES)


def figures_of(count: int, seed: int, held_out: bool) -> Iterator[Figure]:
    """Found and alarms in all, with limits; then by kind."""
    random = Random(f"{NAME}{seed}")
    made: dict[str, list[tuple[bool, bool, bool, bool]]] = {}
    tells = {}
    for kind, _, traits, texts in files(random, count, held_out):
        records = ranked(traits, texts, random)
        told = [doubtful_directions({"x": signs_of_file(records, down)}) for down in (True, False)]
        verdict = [(bool(found), any(one.strong for one in found)) for found in told]
        made.setdefault(kind, []).append((*verdict[0], *verdict[1]))
        tells[kind] = traits.tells
    known = [one for kind, some in made.items() if tells[kind] for one in some]
    every = [one for some in made.values() for one in some]
    found, strong = sum(one[0] for one in known), sum(one[1] for one in known)
    alarms, wrong = sum(one[2] for one in every), sum(one[3] for one in every)
    yield Figure(NAME, f"found of {len(known)} upside down", found, Limit(0.9 * len(known), at_most=False), 0)
    yield Figure(NAME, "as probably wrong", strong, None, 0)
    yield Figure(NAME, f"alarms of {len(every)} right ones", alarms, Limit(0.02 * len(every)), 0)
    yield Figure(NAME, "alarms as probably wrong", wrong, Limit(0), 0)
    for kind, some in made.items():
        down, sure = sum(one[0] for one in some), sum(one[1] for one in some)
        right = sum(one[2] for one in some)
        yield Figure(NAME, f"· {kind}: found of {len(some)}", down, digits=0)
        yield Figure(NAME, f"· {kind}: probably wrong", sure, digits=0)
        if right:
            yield Figure(NAME, f"· {kind}: alarms", right, digits=0)
