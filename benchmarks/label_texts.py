"""Made-up Korean and English texts whose words are as unevenly frequent as in real text, and how alike two of them are.

Everything follows from a seed. The order of the random draws is part of the data: another order is another data set.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_CHO = [0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18]
_JUNG = [0, 1, 4, 5, 6, 8, 12, 13, 17, 18, 20]
_JONG = [0, 0, 0, 0, 1, 4, 8, 16, 17, 21]
_ENDINGS = [
    *("은", "는", "이", "가", "을", "를", "에", "에서", "으로", "도"),
    *("의", "와", "과", "다", "습니다", "하는", "했다", "입니다", ""),
]
_KOREAN_WORDS, _ENGLISH_WORDS = 60_000, 40_000
_SEPARATORS = (" ", ". ", ".\n", ", ")
_WHITE_SPACE = re.compile(r"\s+")


def normalise(text: str) -> str:
    """The text as it is compared here: NFKC, case folded, white space runs one space."""
    return _WHITE_SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def shingles(text: str, length: int = 5) -> set[str]:
    """Runs of characters; a text that is shorter is its own single run."""
    return {text[i : i + length] for i in range(max(1, len(text) - length + 1))}


def word_shingles(text: str, length: int = 3) -> set[str]:
    words = text.split(" ")
    return {" ".join(words[i : i + length]) for i in range(max(1, len(words) - length + 1))}


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _falling(count: int, exponent: float, shift: int = 0) -> npt.NDArray[np.float64]:
    """Weights of ranks 1 to count, as Zipf found them."""
    return 1 / (np.arange(1, count + 1) + shift) ** exponent


def _korean(rng: np.random.Generator) -> list[str]:
    """Eojeol: one to four syllables of a skewed set, and an ending."""
    syllables = np.array(sorted({chr(0xAC00 + (a * 21 + b) * 28 + c) for a in _CHO for b in _JUNG for c in _JONG}))
    weights = _falling(len(syllables), 0.6)
    rng.shuffle(syllables)
    weights /= weights.sum()
    words: set[str] = set()
    while len(words) < _KOREAN_WORDS:
        lengths = rng.choice([1, 2, 3, 4], p=[0.1, 0.5, 0.3, 0.1], size=20_000)
        drawn = rng.choice(len(syllables), p=weights, size=(20_000, 4))
        endings = rng.integers(0, len(_ENDINGS), 20_000)
        for length, row, ending in zip(lengths, drawn, endings, strict=True):
            words.add("".join(syllables[row[:length]]) + _ENDINGS[ending])
    return _some(words, _KOREAN_WORDS, rng)


def _english(rng: np.random.Generator) -> list[str]:
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    weights = _falling(26, 0.7)
    weights /= weights.sum()
    words: set[str] = set()
    while len(words) < _ENGLISH_WORDS:
        lengths = np.clip(rng.poisson(5.5, 20_000), 2, 12)
        drawn = rng.choice(26, p=weights, size=(20_000, 12))
        for length, row in zip(lengths, drawn, strict=True):
            words.add("".join(letters[row[:length]]))
    return _some(words, _ENGLISH_WORDS, rng)


def _some(words: set[str], count: int, rng: np.random.Generator) -> list[str]:
    chosen = sorted(words)
    rng.shuffle(chosen)
    return chosen[:count]


def _cumulated(count: int) -> npt.NDArray[np.float64]:
    sums = np.cumsum(_falling(count, 1.0, shift=5))
    return sums / sums[-1]


class Texts:
    """A source of texts. The vocabulary is the same for every seed."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        vocabulary = np.random.default_rng(7)
        self.korean = _korean(vocabulary)
        self.english = _english(vocabulary)
        self._korean_sums, self._english_sums = _cumulated(len(self.korean)), _cumulated(len(self.english))
        self._pieces = [word + separator for word in self.korean + self.english for separator in _SEPARATORS]

    def block(self, lengths: npt.NDArray[np.float64], korean: npt.NDArray[np.bool_]) -> list[str]:
        """Texts of about these many characters; some 4 % of the words are of the other language."""
        rng = self._rng
        counts = np.maximum(2, (lengths / np.where(korean, 4.6, 6.4))).astype(np.int64)
        total = int(counts.sum())
        place = rng.random(total)
        is_korean = np.repeat(korean, counts) ^ (rng.random(total) < 0.04)
        words = np.where(
            is_korean,
            np.searchsorted(self._korean_sums, place),
            np.searchsorted(self._english_sums, place) + len(self.korean),
        )
        kind = rng.random(total)
        separators = np.where(kind < 0.08, 1, np.where(kind < 0.1, 2, np.where(kind < 0.13, 3, 0)))
        pieces = (words * 4 + separators).tolist()
        ends = np.cumsum(counts).tolist()
        return [
            "".join([self._pieces[i] for i in pieces[end - count : end]]).strip() + "."
            for end, count in zip(ends, counts.tolist(), strict=True)
        ]

    def edited(self, words: Sequence[str], edits: int, rng: np.random.Generator) -> list[str]:
        """The words with some replaced, inserted or deleted, each way as often."""
        result = list(words)
        for _ in range(edits):
            way, place = rng.integers(3), int(rng.integers(len(result)))
            language = self.korean if rng.random() < 0.6 else self.english
            word = language[int(rng.integers(len(language)))]
            if way == 0:
                result[place] = word
            elif way == 1:
                result.insert(place, word)
            elif len(result) > 3:
                del result[place]
        return result
