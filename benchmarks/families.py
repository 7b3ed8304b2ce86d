"""One template behind every record, and as many records of the same lengths that share nothing, as JSON lines."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import orjson

from benchmarks.label_texts import Texts

FAMILIES = ("reviews", "arithmetic")
"""Reviews behind an instruction of 500 characters, with one of three answers; questions that only differ in their
numbers, with answers that only do."""
_BLOCK = 10_000


def write_family(target: Path, family: str, count: int, shared: bool, seed: int = 1) -> None:
    """Writes a family, or (not ``shared``) records of as many characters, or a few less, that share nothing."""
    own = Texts(seed + 501)
    with target.open("wb") as lines:
        records = enumerate(_reviews(seed) if family == "reviews" else _sums(seed))
        while block := list(islice(records, min(_BLOCK, count))):
            count -= len(block)
            texts = [text for _, record in block for text in record]
            if not shared:
                lengths = np.array([len(text) for text in texts], float)
                longer = own.block(1.3 * lengths + 10, np.ones(len(texts), bool))
                texts = [new[: len(text)].strip() for new, text in zip(longer, texts, strict=True)]
            for (row, _), question, answer in zip(block, texts[::2], texts[1::2], strict=True):
                given = {"data_id": f"SFT-{row:08d}", "question": question, "answer": answer}
                lines.write(orjson.dumps(given) + b"\n")


def _reviews(seed: int) -> Iterator[tuple[str, str]]:
    texts, rng = Texts(seed + 502), np.random.default_rng(seed + 503)
    instruction = texts.block(np.array([500.0]), np.array([True]))[0]
    while True:
        reviews = texts.block(rng.uniform(40, 200, _BLOCK), np.ones(_BLOCK, bool))
        answers = rng.integers(0, 3, _BLOCK).tolist()
        for review, answer in zip(reviews, answers, strict=True):
            yield f"{instruction}\n\n리뷰: {review}", ("긍정적인 리뷰", "부정적인 리뷰", "중립적인 리뷰")[answer]


def _sums(seed: int) -> Iterator[tuple[str, str]]:
    rng = np.random.default_rng(seed + 504)
    while True:
        for a, b, c in rng.integers(2, 1000, (_BLOCK, 3)).tolist():
            question = f"다음 식을 계산하고 답을 한 문장으로 쓰세요. 곱셈을 먼저 합니다: {a} + {b} × {c} = ?"
            yield question, f"곱셈을 먼저 하면 {b} × {c} = {b * c}이므로 정답은 {a + b * c}입니다."
