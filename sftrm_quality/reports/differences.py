"""Two texts beside each other: which of their words differ."""

import re
from difflib import SequenceMatcher

# Words, white space, and every other sign by itself.
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Pieces = list[tuple[str, bool]]


def marked(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces, each with whether it differs from the other text. The pieces of a text add up to it."""
    words = _WORDS.findall(one), _WORDS.findall(other)
    found: tuple[Pieces, Pieces] = [], []
    for step, *bounds in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        for side, (first, end) in enumerate((bounds[:2], bounds[2:])):
            if first < end:
                found[side].append(("".join(words[side][first:end]), step != "equal"))
    return found
