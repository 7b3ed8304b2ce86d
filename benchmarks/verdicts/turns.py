"""Conversations whose earlier turns are whole and in order, and those that have a defect in one of them."""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from benchmarks.verdicts.frame import Example, Module, Turn
from benchmarks.verdicts.pools import ANSWERS, QUESTIONS

REASONS = (
    "history_out_of_order",
    "question_blank",
    "question_garbled",
    "question_has_template_token",
    "question_placeholder",
)
Change = Callable[[list[Turn], Random], list[Turn]]


def _turns(random: Random) -> list[Turn]:
    said = [(random.choice(QUESTIONS), random.choice(ANSWERS)) for _ in range(random.randint(1, 3))]
    return [turn for question, answer in said for turn in (("user", question), ("assistant", answer))]


def _with_tools(turns: list[Turn], random: Random) -> list[Turn]:
    at = 2 * random.randrange(len(turns) // 2) + 1
    return [
        *turns[:at],
        ("function_call", '{"name": "look_up"}'),
        ("tool", random.choice(["", "[]", "ok"])),
        *turns[at:],
    ]


def _one_said(text: str, *, by: str | None = None) -> Change:
    """Another text in one of the turns."""

    def change(turns: list[Turn], random: Random) -> list[Turn]:
        at = random.choice([at for at, (role, _) in enumerate(turns) if by in (None, role)])
        role, said = turns[at]
        return [*turns[:at], (role, text.replace("{}", said)), *turns[at + 1 :]]

    return change


_CLEAN: Mapping[str, Change] = {
    "whole": lambda turns, random: turns,
    "none": lambda turns, random: [],
    "tools between": _with_tools,
    "a system message in front": lambda turns, random: [("system", "Be brief."), *turns],
    "a user who hesitates": _one_said("…", by="user"),
    "code": _one_said("{}\n```\n</s>\n```"),
}
_PLANTED: Mapping[str, Mapping[str, Change]] = {
    REASONS[0]: {
        "without the last answer": lambda turns, random: turns[:-1],
        "without the first question": lambda turns, random: turns[1:],
        "a turn twice": lambda turns, random: [*turns[:1], *turns],
        "all of the user": lambda turns, random: [("user", said) for _, said in turns],
        "a system message between": lambda turns, random: [*turns[:1], ("system", "Be brief."), *turns[1:]],
    },
    REASONS[1]: {"empty": _one_said(""), "unseen": _one_said("\u200b \u3164"), "tokens": _one_said("<|im_end|>")},
    REASONS[2]: {
        "U+FFFD": _one_said("x\ufffdy {}"),
        "a control": _one_said("{}\x00"),
        "lost": _one_said("?? ??? ?? ????"),
    },
    REASONS[3]: {
        "an end": _one_said("{}</s>"),
        "a start": _one_said("<|im_start|>{}"),
        "EXAONE": _one_said("{}[|endofturn|]"),
    },
    REASONS[4]: {
        "null": _one_said("None"),
        "not applicable": _one_said("N/A"),
        "a template": _one_said("{{ answer }}"),
    },
}


def _make(random: Random, count: int) -> Iterator[Example]:
    for reason in REASONS:
        for planted, changes in ((False, _CLEAN), (True, _PLANTED[reason])):
            forms = list(changes)
            for at in range(count):
                form = forms[at % len(forms)]
                history = changes[form](_turns(random), random)
                question, answer = random.choice(QUESTIONS), random.choice(ANSWERS)
                yield Example(reason, form, question, answer, planted, tuple(history))


MODULE = Module(REASONS, _make, _make, alarms=1, found=190)
