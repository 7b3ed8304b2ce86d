"""SFT labels of which it is known what they say: copies that say the same, and look-alikes that do not.

Each record has a *meaning*, a number; records of one meaning are copies of each other. Kinds:

- ``orig``: nothing is like it
- ``template``: one instruction in front of, behind or round another text each, in families of 240, 8 to 20, 2 to 7
- ``number``, ``quantity``, ``negation``, ``opposite``: says something else than its source, in a few characters; one
  number in digits, a number in another place, in words or of another unit, a negation, a word of the opposite sense
- ``spacing``, ``punctuation``: its source, spaced or punctuated otherwise
- ``cut``: its source, whose answer ends too early; the whole one should stay
- ``near``: its source with one to three words of the answer replaced, inserted or deleted; of records of a template too
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from benchmarks.label_texts import Texts
from benchmarks.variant_texts import NEGATIONS, NUMBER_FRAMES, NUMBERS, OPPOSITES, QUANTITIES

SHARES = {
    "template": 0.36,
    "number": 0.09,
    "quantity": 0.05,
    "negation": 0.12,
    "opposite": 0.03,
    "spacing": 0.08,
    "punctuation": 0.07,
    "cut": 0.04,
    "near": 0.08,
}
"""Of the records asked for, their kinds with look-alikes and copies; the rest is originals."""
COPIES = ("near", "cut", "spacing", "punctuation")
"""Kinds that say what their sources say."""
_LABELS = (("positive", "negative", "neutral"), ("긍정", "부정", "중립"))
_FAMILIES = (("240", 240, 241), ("8 to 20", 8, 21), ("2 to 7", 2, 8))
_NEEDLESS_SPACE = re.compile("(?<=[가-힣]) | (?=[가-힣])")
_WITHIN_WORD = re.compile("(?<=[가-힣])(?=[가-힣])")
_WORD = re.compile(r"\w+")
_COMMA = re.compile(r",(?=\s)")
_FULL_STOP = re.compile(r"\.(?=\s|$)")
_QUOTED = re.compile("“(.*?)”", re.DOTALL)
_QUOTES = ('"{}"', "'{}'", "‘{}’", "「{}」", "『{}』", "«{}»", "{}")


class Variant(NamedTuple):
    """A record and what is true of it. ``source`` is its source's place among the variants, -1 for none; ``part`` is
    where it differs: question, answer or both."""

    question: str
    answer: str
    kind: str
    form: str
    part: str
    meaning: int
    source: int


class VariantMaker:
    """Makes the variants of a seed, in random order; at least 1,000, so that a large family has room."""

    def __init__(self, count: int, seed: int) -> None:
        self._count = count
        self._rng = np.random.default_rng(seed + 200)
        self._texts = Texts(seed + 201)
        self._made: list[Variant] = []

    def make(self) -> list[Variant]:
        """All of them. Copies come before and after their sources."""
        for kind, share in SHARES.items():
            end = len(self._made) + round(share * self._count)
            while len(self._made) < end:
                if kind == "template":
                    self._family()
                else:
                    self._pair(kind)
        while len(self._made) < self._count:
            self._add(self._text(30, 250), self._text(80, 500), "orig")
        order = self._rng.permutation(self._count)
        places = np.argsort(order)
        made = [self._made[i] for i in order]
        return [one._replace(source=int(places[one.source]) if one.source >= 0 else -1) for one in made]

    def _add(self, question: str, answer: str, kind: str, form: str = "", part: str = "", source: int = -1) -> None:
        same = source >= 0 and kind in COPIES
        meaning = self._made[source].meaning if same else len(self._made)
        self._made.append(Variant(question, answer, kind, form, part, meaning, source))

    def _text(self, least: int, most: int, korean: bool | None = None) -> str:
        language = self._rng.random() < 0.7 if korean is None else korean
        return self._texts.block(self._rng.integers(least, most, 1).astype(float), np.array([language]))[0]

    def _family(self) -> None:
        rng = self._rng
        form, least, most = _FAMILIES[int(rng.choice(len(_FAMILIES), p=[0.05, 0.75, 0.2]))]
        korean = bool(rng.random() < 0.7)
        before, after = self._text(150, 600, korean), self._text(40, 120, korean)
        shape = ["{0}\n\n{1}", "{1}\n\n{0}", "{0}\n\n{1}\n\n{2}", "{0} “{1}” {2}"][int(rng.integers(4))]
        longest = [12, 40, 120, 200][int(rng.integers(4))]
        own_answers = rng.random() < 0.4
        family: list[list[str]] = []
        for _ in range(int(rng.integers(least, most))):
            slot = self._text(6, longest, korean)
            while _WORD.findall(slot) in family:
                slot = self._text(6, longest, korean)
            family.append(_WORD.findall(slot))
            answer = self._text(180, 400, korean) if own_answers else _LABELS[korean][int(rng.integers(3))]
            question = shape.format(before, slot, after)
            self._add(question, answer, "template", form, "question")
            if own_answers and rng.random() < 0.1:
                _, edited = self._edited(answer)
                self._add(question, edited, "near", "behind a template", "answer", len(self._made) - 1)

    def _pair(self, kind: str) -> None:
        """A source and its variant; which of them comes first is settled by the order."""
        korean = kind == "spacing" or bool(self._rng.random() < 0.65)
        question, answer = self._text(120, 260, korean), self._text(250, 600, korean)
        if kind in ("number", "quantity", "negation", "opposite"):
            self._told_apart(kind, question, answer, korean)
        elif kind in ("cut", "near"):
            form, changed = self._cut(answer) if kind == "cut" else self._edited(answer)
            self._add(question, answer, "orig")
            self._add(question, changed, kind, form, "answer", len(self._made) - 1)
        else:
            texts = {"question": self._marked(question), "answer": self._marked(answer)}
            self._add(*texts.values(), "orig")
            part = ["question", "answer", "both"][int(self._rng.integers(3))]
            form, change = self._spacing() if kind == "spacing" else self._punctuation()
            changed_texts = [change(text) if part in (name, "both") else text for name, text in texts.items()]
            self._add(*changed_texts, kind, form, part, len(self._made) - 1)

    def _told_apart(self, kind: str, question: str, answer: str, korean: bool) -> None:
        """One sentence among others says this in the one record, and that in the other."""
        rng, language = self._rng, 0 if korean else 1
        if kind in ("number", "quantity"):
            values = NUMBERS if kind == "number" else QUANTITIES
            form = list(values)[int(rng.integers(len(values)))]
            one, other = values[form](rng)
            frame = NUMBER_FRAMES[language][int(rng.integers(len(NUMBER_FRAMES[language])))]
        else:
            known = (NEGATIONS if kind == "negation" else OPPOSITES)[language]
            form, one, other = known[int(rng.integers(len(known)))]
            frame = "{}."
            if rng.random() < 0.5 and form.partition(": ")[2] not in ("예, 아니요", "yes, no"):
                one, other = other, one
        part = ["question", "answer"][int(rng.integers(2))]
        text = question if part == "question" else answer
        # At the end of the question, within the answer.
        words = text.split(" ")
        place = len(words) if part == "question" else int(rng.integers(len(words)))
        source = len(self._made)
        for said, truth in ((one, ("orig",)), (other, (kind, form, part, source))):
            whole = " ".join([*words[:place], frame.format(said), *words[place:]])
            texts = (whole, answer) if part == "question" else (question, whole)
            self._add(*texts, *truth)

    def _cut(self, answer: str) -> tuple[str, str]:
        share = float(self._rng.uniform(0.82, 0.97))
        return f"to {int(share * 20) * 5} %", answer[: int(len(answer) * share)].rstrip()

    def _edited(self, answer: str) -> tuple[str, str]:
        edits, words = int(self._rng.integers(1, 4)), answer.split(" ")
        while (changed := self._texts.edited(words, edits, self._rng)) == words:
            pass  # two edits may undo each other
        return f"edits: {edits}", " ".join(changed)

    def _marked(self, text: str) -> str:
        """The text with a comma and a quoted word among its first words."""
        first, second, *others = text.split(" ")
        return " ".join([first.rstrip(",.") + ",", f"“{second.rstrip(',.')}”", *others])

    def _spacing(self) -> tuple[str, Callable[[str], str]]:
        rng = self._rng
        form = ("one", "two in five", "all", "one more")[int(rng.integers(4))]

        def change(text: str) -> str:
            pattern = _WITHIN_WORD if form == "one more" else _NEEDLESS_SPACE
            places = [found.span() for found in pattern.finditer(text)]
            kept = {"one": 1 / len(places), "one more": 1 / len(places), "two in five": 0.4, "all": 1.0}[form]
            chosen = np.flatnonzero(rng.random(len(places)) < kept) if kept < 1 else np.arange(len(places))
            if not len(chosen):
                chosen = rng.integers(0, len(places), 1)
            for number in chosen[::-1].tolist():
                begin, end = places[number]
                text = text[:begin] + ("" if end > begin else " ") + text[end:]
            return text

        return form, change

    def _punctuation(self) -> tuple[str, Callable[[str], str]]:
        form = ("last mark", "full stops", "commas", "quotes")[int(self._rng.integers(4))]
        mark = ("", "!", "?", "…", "。", "..")[int(self._rng.integers(6))]
        quotes = _QUOTES[int(self._rng.integers(len(_QUOTES)))]
        changes: dict[str, Callable[[str], str]] = {
            "last mark": lambda text: text[:-1] + mark,
            "full stops": lambda text: _FULL_STOP.sub("", text),
            "commas": lambda text: _COMMA.sub("", text),
            "quotes": lambda text: _QUOTED.sub(lambda found: quotes.format(found[1]), text),
        }
        return form, changes[form]
