"""Texts that say the same over and over at their end: where a generator did not find out of its loop."""

import re
from collections import Counter

# A loop goes on until the text was cut off: the end shows it, whatever the length of the rest.
_END = 600
# In words, and as many characters where no blanks divide them (Chinese, Japanese).
_RUN_OF_WORDS, _RUN_OF_CHARACTERS = 4, 10
_LEAST_TIMES = 5
# Of the end, what the run and its copies cover.
_LEAST_SHARE = 0.6
_LETTERS = re.compile(r"[^\W\d_]")
_ASKED = re.compile(
    "repeat|times|over and over|lyrics|song|chant|poem|list all|pattern|echo"
    "|반복|되풀이|번 (?:써|말|적|외)|가사|노래|시를|구구단|주문|만트라|重复|遍|歌词|繰り返|歌詞",
    re.IGNORECASE,
)


def loop_in(text: str, asked: str | None) -> str | None:
    """What a text repeats at its end.

    Args:
        text: As it was delivered.
        asked: The question that it answers; it may ask for repetition.

    Returns:
        One turn of the loop; None where there is none.
    """
    end = text[-_END:]
    if len(end) < _RUN_OF_CHARACTERS * _LEAST_TIMES or _ASKED.search(asked or ""):
        return None
    words = re.sub(r"\d+", "0", end).split()
    if len(words) >= _RUN_OF_WORDS * _LEAST_TIMES:
        return _repeated([" ".join(words[at : at + _RUN_OF_WORDS]) for at in range(len(words))], len(end))
    packed = "".join(words)
    if len(packed) < _RUN_OF_CHARACTERS * _LEAST_TIMES:
        return None
    return _repeated([packed[at : at + _RUN_OF_CHARACTERS] for at in range(len(packed))], len(packed))


def _repeated(runs: list[str], size: int) -> str | None:
    counts = Counter(runs)
    run, times = counts.most_common(1)[0]
    if times < _LEAST_TIMES or len(_LETTERS.findall(run)) < _RUN_OF_WORDS:
        return None
    # The runs of a loop are all as frequent as each other: together they are the end of the text.
    in_loop = sum(count for count in counts.values() if count >= max(_LEAST_TIMES - 1, times - 2))
    return run if in_loop >= _LEAST_SHARE * len(runs) else None
