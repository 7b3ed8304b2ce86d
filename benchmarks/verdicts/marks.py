"""Marks that no list knows, by file: how many planted ones are told of, and which clean files are.

A file is clean prose, code, markup, maths, chat, logs or Korean, with signs as people write them. In planted ones a
share of the records has a mark, at the end of sentences, beside words or between lines.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import NamedTuple

import pyarrow as pa
from rich.markup import escape

from benchmarks.figures import Figure, Limit
from benchmarks.tables import figure_row, publish
from benchmarks.verdicts.mark_texts import CLEAN, MARKS, MARKS_APART
from benchmarks.verdicts.pools import ANSWERS, QUESTIONS
from sftrm_quality.findings import recurring_marks
from sftrm_quality.intake.census import marks_in
from sftrm_quality.records import CANDIDATES, LabelKind

_NOTES = """\
Planted: the mark of the file must be told of, and no other. Clean: nothing may. Of a file in which a twentieth of the
records has a mark, chance may take it below the share that is told of."""
RECORDS = 300
SHARES = (0.05, 0.2, 0.5)


class MarkedFile(NamedTuple):
    """A file. form: what it is made of. mark: as it is told of, None in a clean one."""

    form: str
    share: float
    mark: str | None
    answers: list[str]


def files(random: Random, held_out: bool) -> Iterator[MarkedFile]:
    """Clean files of each form, several of each, and with each mark one for each share."""
    for form, texts in CLEAN.items():
        for _ in range(4):
            yield MarkedFile(form, 0.0, None, [_answer(random, texts) for _ in range(RECORDS)])
    forms = list(CLEAN)
    for written, told in MARKS_APART if held_out else MARKS:
        for share in SHARES:
            texts = CLEAN[random.choice(forms)]
            answers = [_answer(random, texts) for _ in range(RECORDS)]
            marked = [_marked(one, written, random) if random.random() < share else one for one in answers]
            yield MarkedFile("planted", share, told, marked)


def _answer(random: Random, texts: list[str]) -> str:
    """Some lines: mostly of the form, some of ordinary prose."""
    text = "\n".join(random.choice(texts if random.random() < 0.6 else ANSWERS) for _ in range(random.randint(1, 4)))
    return re.sub("‹w›", lambda _: "".join(random.choices(ascii_lowercase, k=5)), text)


def _marked(text: str, mark: str, random: Random) -> str:
    """With the mark once or several times: in place of a line end, before, behind or around the text."""
    return random.choice(
        (f"{text}{mark}", f"{mark} {text}", f"{ANSWERS[0]}{mark}{text}", f"{mark}{text}\n{mark}", f"{text} {mark} ")
    )


def told_of(file: MarkedFile) -> dict[str, int]:
    """The marks that a run would tell of."""
    count = len(file.answers)
    named = {"question": (QUESTIONS * count)[:count], "answer": file.answers}
    schema = CANDIDATES[LabelKind.SFT]
    arrays = [pa.array(named[f.name], f.type) if f.name in named else pa.nulls(count, f.type) for f in schema]
    return recurring_marks(marks_in(LabelKind.SFT, pa.table(arrays, schema=schema)), count)


def mark_figures(made: list[MarkedFile]) -> Iterator[Figure]:
    """False alarms by form, and of each share how many marks are told of, and false ones beside them."""
    for form in CLEAN:
        of_form = [told_of(file) for file in made if file.form == form]
        told = sorted({mark for marks in of_form for mark in marks})
        what = f"clean, {form}: alarms of {len(of_form)} files" + (f": {escape(', '.join(told))}" if told else "")
        yield Figure("marks", what, sum(map(bool, of_form)), Limit(0), 0)
    for share in SHARES:
        planted = [(file.mark, told_of(file)) for file in made if file.share == share]
        missed = [mark for mark, told in planted if mark not in told]
        others = [other for mark, told in planted for other in told if other != mark]
        what = f"planted in {share:.0%}: found of {len(planted)}" + (
            f", missed {escape(', '.join(map(str, missed)))}" * bool(missed)
        )
        yield Figure("marks", what, len(planted) - len(missed), Limit(0.9 * len(planted), at_most=False), 0)
        yield Figure("marks", f"planted in {share:.0%}: others told of", len(others), Limit(0), 0)


def measure_marks(seed: int, held_out: bool, report: Path) -> None:
    """Counts the marks of made-up files and publishes ``verdicts-marks``.

    Args:
        seed: Another one makes other files.
        held_out: With the marks that are set apart.
        report: Folder of the tables.
    """
    made = list(files(Random(f"marks{seed}"), held_out))
    found = list(mark_figures(made))
    head = ["what", "figure", "limit", "verdict"]
    rows = [figure_row(figure, full_size=True) for figure in found]
    name = "verdicts-marks-held-out" if held_out else "verdicts-marks"
    title = f"{len(made)} files of {RECORDS} records"
    publish(name, title, head, rows, [figure._asdict() for figure in found], report, _NOTES)
