"""Text that lost letters on the way, and control characters and signs of loss that are where they belong."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random

from benchmarks.verdicts.frame import Example, Module
from benchmarks.verdicts.garbled_texts import CLEAN, CLEAN_APART
from benchmarks.verdicts.pools import ANSWERS, QUESTIONS, Pair, asked, examples, ordinary

REASONS = ("answer_garbled", "question_garbled")
Damage = Callable[[str, Random], str]


def _put(damage: str) -> Damage:
    """Somewhere within a text."""

    def put(text: str, random: Random) -> str:
        at = random.randint(1, len(text) - 1)
        # What was lost was a letter: between words a sign may be what it says.
        while not (text[at - 1].isalpha() and text[at].isalpha()):
            at = random.randint(1, len(text) - 1)
        return f"{text[:at]}{damage}{text[at:]}"

    return put


def _marks(text: str, random: Random) -> str:
    """What is left where an encoding has none of the letters: a question mark for each."""
    lost = "".join(character if character.isascii() else "?" for character in text)
    return lost if lost != text else "".join("?" if c.isalpha() else c for c in text)


_DAMAGES: Mapping[str, Damage] = {
    "U+FFFD": _put("\ufffd"),
    "several U+FFFD": _put("\ufffd\ufffd\ufffd"),
    "U+FFFD at the end": lambda text, random: f"{text[:-3]}\ufffd",
    "a NUL": _put("\x00"),
    "a bell": _put("\x07"),
    "a separator": _put("\x1f"),
    "DEL": _put("\x7f"),
    "a backspace of \\beta": lambda text, random: f"{text} $\x08eta$",
    "an escape sequence in prose": lambda text, random: f"\x1b[3{random.randint(1, 7)}m{text}\x1b[0m",
    "U+FFFD as a reference": _put("&#65533;"),
    "U+FFFD read as Latin-1": _put("ï¿½"),
    "filled memory": lambda text, random: random.choice("烫屯") * random.randint(3, 9),
}
_DAMAGES_APART: Mapping[str, Damage] = {
    "question marks for letters": _marks,
    "a form feed of \\frac": lambda text, random: f"{text} $\x0crac{{{random.randint(1, 9)}}}{{2}}$",
    "C1 of Windows-1252": _put("\x92"),
    "U+FFFD read as GBK": _put("锟斤拷"),
    "a vertical tab": _put("\x0b"),
}


def _make(clean: Mapping[str, str], damages: Mapping[str, Damage], random: Random, count: int) -> Iterator[Example]:
    shown = {form: asked(text) for form, text in clean.items()}
    yield from examples(REASONS[0], {**shown, "ordinary": ordinary}, False, random, count)
    answers = {form: partial(_answered, damage) for form, damage in damages.items()}
    yield from examples(REASONS[0], answers, True, random, count)
    yield from examples(REASONS[1], {**shown, "ordinary": ordinary}, False, random, count)
    questions = {form: partial(_asking, damage) for form, damage in damages.items()}
    yield from examples(REASONS[1], questions, True, random, count)


def _answered(damage: Damage, random: Random) -> Pair:
    return random.choice(QUESTIONS), damage(random.choice(ANSWERS), random)


def _asking(damage: Damage, random: Random) -> Pair:
    return damage(random.choice(QUESTIONS), random), random.choice(ANSWERS)


MODULE = Module(
    REASONS,
    lambda random, count: _make(CLEAN, _DAMAGES, random, count),
    lambda random, count: _make(CLEAN_APART, _DAMAGES_APART, random, count),
    alarms=1,
    found=190,
)
