"""Made-up files of rankings, whose ranks are right, and the same upside down."""

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

import pyarrow as pa

from benchmarks.verdicts.direction_texts import BLANKS, BROKEN, STAND_INS, Texts
from sftrm_quality import dedup
from sftrm_quality.checks.directions import direction_signs
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind

Ranked = tuple[str, list[str]]
"""A prompt, and its responses from the best to the worst."""


class Traits(NamedTuple):
    """What the rankings of a file are like. responses: the least and the most of a record.

    longer: in how many records the better responses are the longer ones. spread: how many sentences these have more.
    blank, stand_in, copy, broken, refusal: in how many records one response is so. right: how often it is below
    another one that is not. tells: whether an upside-down file can be known at all.
    """

    records: int = 200
    responses: tuple[int, int] = (2, 2)
    longer: float = 0.5
    spread: int = 1
    blank: float = 0.0
    stand_in: float = 0.0
    copy: float = 0.0
    broken: float = 0.0
    refusal: float = 0.0
    right: float = 0.9
    refusal_right: float | None = None
    tells: bool = True


def ranked(traits: Traits, texts: Texts, random: Random) -> list[Ranked]:
    """The records of a file."""
    return [_record(traits, texts, random) for _ in range(traits.records)]


def _record(traits: Traits, texts: Texts, random: Random) -> Ranked:
    topic = random.choice(texts.topics)
    prompt = random.choice(texts.prompts).format(topic)
    count = random.randint(*traits.responses)
    lengths = [1 + random.randint(0, 1) + at * traits.spread for at in range(count)]
    longer = random.random() < traits.longer
    responses = [_said(texts, topic, length, random) for length in sorted(lengths, reverse=longer)]
    defects: Sequence[tuple[float, Callable[[str], str], float]] = (
        (traits.blank, lambda text: random.choice(BLANKS), traits.right),
        (traits.stand_in, lambda text: random.choice(STAND_INS), traits.right),
        (traits.copy, lambda text: prompt, traits.right),
        (traits.broken, lambda text: random.choice(BROKEN).replace("{}", text), traits.right),
        (
            traits.refusal,
            lambda text: random.choice(texts.refusals).replace("{}", topic),
            traits.right if traits.refusal_right is None else traits.refusal_right,
        ),
    )
    drawn = random.random()
    for share, change, right in defects:
        if drawn < share:
            # Annotators err, and then put it anywhere but at the bottom.
            at = count - 1 if random.random() < right else random.randrange(count - 1)
            responses[at] = change(responses[at])
            break
        drawn -= share
    return prompt, responses


def _said(texts: Texts, topic: str, sentences: int, random: Random) -> str:
    # A number keeps responses apart that drew the same sentence.
    said = [random.choice(texts.sentences).replace("{}", topic) for _ in range(sentences)]
    return " ".join([*said, f"({random.randint(1, 999)})"])


def signs_of_file(records: Sequence[Ranked], upside_down: bool) -> dict[str, int]:
    """What is counted of a file."""
    rows = [
        {
            "prompt": prompt,
            "responses": [
                {"text": text, "rank": float(len(texts) - at if upside_down else at + 1)}
                for at, text in enumerate(texts)
            ],
        }
        for prompt, texts in records
    ]
    table = pa.Table.from_pylist(rows, schema=CANDIDATE_FIELDS[LabelKind.RM])
    for name, column in dedup.form_columns(LabelKind.RM, table).items():
        table = table.append_column(name, column)
    return dict(direction_signs(table))
