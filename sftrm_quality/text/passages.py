"""What differs between two texts that are nearly the same, in a few words."""

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
# Characters of each side that are shown.
_SHOWN = 40


def difference(one: str, other: str) -> tuple[str, str]:
    """The first passage in which two texts differ, whole words of each.

    Args:
        one: A text.
        other: One that differs from it.

    Returns:
        The passage as each has it, shortened with …; empty where one only has more.
    """
    tokens, others = _TOKEN.findall(one), _TOKEN.findall(other)
    for kind, first, last, other_first, other_last in SequenceMatcher(
        None, tokens, others, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            return _shown(tokens[first:last]), _shown(others[other_first:other_last])
    return "", ""


def _shown(tokens: list[str]) -> str:
    text = " ".join("".join(tokens).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
