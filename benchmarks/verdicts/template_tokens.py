"""Tokens and turns of chat templates that leaked, and those that are HTML, code, a document's own or spoken of."""

from collections.abc import Iterator, Mapping
from random import Random

from benchmarks.verdicts.frame import Example, Module
from benchmarks.verdicts.pools import ANSWERS, QUESTIONS, Maker, Pair, asked, examples, lines
from benchmarks.verdicts.token_texts import CLEAN, CLEAN_APART, CLEAN_PROMPTS, FILLED, LEAKED, LEAKED_APART

REASONS = ("answer_has_template_token", "question_has_template_token")


def _make(clean: Mapping[str, str], planted: Mapping[str, str], random: Random, count: int) -> Iterator[Example]:
    yield from examples(REASONS[0], {form: asked(text) for form, text in clean.items()}, False, random, count)
    yield from examples(REASONS[0], {form: _leaked(text) for form, text in planted.items()}, True, random, count)
    yield from examples(REASONS[1], {"a prompt": _prompted(CLEAN_PROMPTS)}, False, random, count)
    yield from examples(REASONS[1], {"a filled template": _prompted(FILLED)}, True, random, count)


def _leaked(text: str) -> Maker:
    frames = lines(text)

    def make(random: Random) -> Pair:
        return random.choice(QUESTIONS), random.choice(frames).format(*random.sample(ANSWERS, 3))

    return make


def _prompted(text: str) -> Maker:
    frames = lines(text)

    def make(random: Random) -> Pair:
        return random.choice(frames).format(random.choice(QUESTIONS)), random.choice(ANSWERS)

    return make


MODULE = Module(
    REASONS,
    lambda random, count: _make(CLEAN, LEAKED, random, count),
    lambda random, count: _make(CLEAN_APART, LEAKED_APART, random, count),
    alarms=1,
    found=190,
)
