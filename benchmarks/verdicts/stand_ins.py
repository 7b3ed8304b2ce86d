"""Short texts that are right answers, and stand-ins for missing texts, in answers and in questions."""

from collections.abc import Iterator, Mapping
from random import Random

from benchmarks.verdicts.frame import Example, Module
from benchmarks.verdicts.pools import ANSWERS, QUESTIONS, Maker, Pair, asked, examples, lines, ordinary
from benchmarks.verdicts.stand_in_texts import CLEAN, CLEAN_APART, STAND_INS, STAND_INS_APART

REASONS = ("answer_placeholder", "question_placeholder")
# What people type into an answer to get on; as a question it may be one.
_NOT_AS_QUESTIONS = ("typed to get on", "later", "broken call", "marks only")


def _make(clean: Mapping[str, str], planted: Mapping[str, str], random: Random, count: int) -> Iterator[Example]:
    yield from examples(REASONS[0], {form: asked(text) for form, text in clean.items()}, False, random, count)
    yield from examples(REASONS[0], {form: _answered(text) for form, text in planted.items()}, True, random, count)
    as_questions = {form: _asking(text) for form, text in planted.items() if form not in _NOT_AS_QUESTIONS}
    yield from examples(REASONS[1], {"ordinary": ordinary}, False, random, count)
    yield from examples(REASONS[1], as_questions, True, random, count)


def _answered(text: str) -> Maker:
    stand_ins = lines(text)

    def make(random: Random) -> Pair:
        return random.choice(QUESTIONS), random.choice(stand_ins)

    return make


def _asking(text: str) -> Maker:
    stand_ins = lines(text)

    def make(random: Random) -> Pair:
        return random.choice(stand_ins), random.choice(ANSWERS)

    return make


MODULE = Module(
    REASONS,
    lambda random, count: _make(CLEAN, STAND_INS, random, count),
    lambda random, count: _make(CLEAN_APART, STAND_INS_APART, random, count),
    alarms=1,
    found=190,
)
