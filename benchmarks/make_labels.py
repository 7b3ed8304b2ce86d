"""Synthetic SFT and RM label files with known truth, for speed, precision and recall.

    python -m benchmarks.make_labels sft 1000000 --out DIR --forms compact,jsonl
    python -m benchmarks.make_labels rm 300000 --out DIR --forms compact --shape aihub
    python -m benchmarks.make_labels variants 20000 --out DIR --forms compact

The same arguments give the same bytes. Shapes: ``reference`` and ``aihub`` (see the README of the repository). Forms:
pretty and compact are one JSON document, jsonl is JSON lines, gz and zst are these lines compressed.

- ``truth_sft_N.parquet``: row, kind (orig, exact, exact_norm, near, empty), src (row of the source or -1), edits, and
  the true Jaccard of the normalised answers of both by runs of 5 characters (jac5) and of 3 words (jac_w3). The
  question of a copy is that of its source.
- ``truth_rm_N.parquet``: row, n_resp, bad_rank, identical (two of its responses)
- ``truth_variants_N.parquet``, of SFT records that are like each other and may say the same or not
  (``benchmarks/variant_labels.py``): row, kind, form (which sort of that kind), part (where it differs from its
  source), meaning (a number that records which say the same have in common), src, and the true Jaccard by runs of 5
  characters of the questions and of the answers of both
"""

import argparse
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.label_files import FORMS, TRUTH_NAME, tag, write_files
from benchmarks.label_texts import Texts, jaccard, normalise, shingles, word_shingles
from benchmarks.variant_labels import VariantMaker

_MAIN = ["상식", "과학", "경제", "법률", "문화", "역사", "기술", "생활"]
_MIDDLE = ["사회", "일반", "세부", "응용", "정책", "기초"]
_QUESTION_TYPES = ["What형", "Why형", "How형", "단답형", "서술형"]
_TOKENS = ["<|endoftext|>", "<s>", "[INST]", "</s>", "<|im_start|>"]
_ORIGINAL, _EXACT, _NEAR, _EMPTY = range(4)
# Copies are made of this many of the last originals.
_SOURCES = 20_000

SFT_TRUTH = pa.schema(
    [
        ("row", pa.int32()),
        ("kind", pa.string()),
        ("src", pa.int32()),
        ("edits", pa.int8()),
        ("jac5", pa.float32()),
        ("jac_w3", pa.float32()),
    ]
)
VARIANT_TRUTH = pa.schema(
    [
        ("row", pa.int32()),
        ("kind", pa.string()),
        ("form", pa.string()),
        ("part", pa.string()),
        ("meaning", pa.int32()),
        ("src", pa.int32()),
        ("jac5_question", pa.float32()),
        ("jac5_answer", pa.float32()),
    ]
)
RM_TRUTH = pa.schema([("row", pa.int32()), ("n_resp", pa.int8()), ("bad_rank", pa.bool_()), ("identical", pa.bool_())])

Record = dict[str, Any]
Draws = npt.NDArray[np.float64]


class Truth(NamedTuple):
    """Columns of a truth table, filled while the records are made."""

    schema: pa.Schema
    columns: dict[str, list[Any]]

    @classmethod
    def empty(cls, schema: pa.Schema) -> "Truth":
        return cls(schema, {name: [] for name in schema.names})

    def add(self, *values: object) -> None:
        for column, value in zip(self.columns.values(), values, strict=True):
            column.append(value)

    def table(self) -> pa.Table:
        return pa.table(self.columns, schema=self.schema)


def _personal(draws: npt.NDArray[np.int64]) -> str:
    """A made-up telephone number, resident number or mail address."""
    which, a, b = int(draws[0]) % 3, int(draws[1]), int(draws[2])
    if which == 0:
        return f"연락처는 010-{a:04d}-{b:04d} 입니다"
    if which == 1:
        return f"주민번호 {900101 + a % 28:06d}-1{100000 + b:06d} 확인"
    return f"mail me at user{a}.k{b}@example.co.kr"


def _blemish(draw: float, draws: npt.NDArray[np.int64]) -> str:
    """What follows one answer in a thousand each: personal data, or a token of a chat template."""
    if draw < 0.001:
        return " " + _personal(draws)
    return " " + _TOKENS[int(draws[0]) % 5] if draw < 0.002 else ""


def _equal_when_normalised(answer: str, draw: int) -> str:
    comma = answer.replace(", ", "\uff0c ", 2) if ", " in answer else answer + "\u00a0"
    return [unicodedata.normalize("NFD", answer), answer.replace(" ", "  ", 3) + " ", comma][draw % 3]


def _blank(draw: float) -> str:
    if draw < 0.5:
        return ""
    return "  " if draw < 0.75 else "\n\u3000"


def _lengths(rng: np.random.Generator, count: int, *, answers: bool) -> Draws:
    if answers:
        return np.clip(rng.lognormal(np.log(400) - 0.18, 0.6, count), 20, 6000)
    return np.clip(rng.lognormal(np.log(55), 0.4, count), 10, 300)


class _SftMaker:
    """Originals (93 %), exact copies (3 %), edited copies (3 %), blank answers (1 %), block by block."""

    def __init__(self, count: int, seed: int, truth: Truth) -> None:
        self.rng = np.random.default_rng(seed)
        self.texts = Texts(seed + 1)
        self.truth = truth
        self.kinds = self.rng.choice(4, size=count, p=[0.93, 0.03, 0.03, 0.01]).astype(np.int8)
        self.kinds[: min(count, 1000)] = _ORIGINAL
        self.sources: list[tuple[int, str, str]] = []

    def block(self, start: int, count: int, shape: str) -> list[Record]:
        rng = self.rng
        korean = rng.random(count) < 0.7
        questions = self.texts.block(_lengths(rng, count, answers=False), korean)
        answers = self.texts.block(_lengths(rng, count, answers=True), korean)
        categories = [rng.integers(0, len(names), count) for names in (_MAIN, _MIDDLE, _QUESTION_TYPES)]
        draw, draws = rng.random(count), rng.integers(0, 10000, (count, 4))
        new_sources = []
        for i in range(count):
            row, kind = start + i, self.kinds[start + i]
            if kind == _ORIGINAL or not self.sources:
                answers[i] += _blemish(draw[i], draws[i])
                if draw[i] > 0.9:
                    new_sources.append((row, questions[i], answers[i]))
                self.truth.add(row, "orig", -1, 0, 0.0, 0.0)
            elif kind == _EMPTY:
                answers[i] = _blank(draw[i])
                self.truth.add(row, "empty", -1, 0, 0.0, 0.0)
            else:
                questions[i], answers[i] = self._copied(row, kind, draw[i], int(draws[i, 0]))
        self.sources = (self.sources + new_sources)[-_SOURCES:]
        labels = zip(questions, answers, *(column.tolist() for column in categories), strict=True)
        return [_sft_record(shape, start + i, *label) for i, label in enumerate(labels)]

    def _copied(self, row: int, kind: int, draw: float, drawn: int) -> tuple[str, str]:
        """Question and answer of a copy of an earlier original, told to the truth table."""
        source, question, original = self.sources[int(self.rng.integers(len(self.sources)))]
        name, edits, answer = "exact", 0, original
        if kind == _NEAR:
            name, edits = "near", int(self.rng.integers(1, 4))
            answer = " ".join(self.texts.edited(original.split(" "), edits, self.rng))
        elif draw < 0.3:
            name, answer = "exact_norm", _equal_when_normalised(original, drawn)
        one, other = normalise(original), normalise(answer)
        alike = jaccard(shingles(one), shingles(other)), jaccard(word_shingles(one), word_shingles(other))
        self.truth.add(row, name, source, edits, *alike)
        return question, answer


def _sft_record(shape: str, row: int, question: str, answer: str, main: int, middle: int, asked: int) -> Record:
    data_id, question_type = f"SFT-{row:08d}", _QUESTION_TYPES[asked]
    if shape == "reference":
        return {
            "data_id": data_id,
            "data_category": _MAIN[main],
            "question_type": question_type,
            "question_count": len(question.split()),
            "question": question,
            "answer": answer,
        }
    return {
        "data_id": data_id,
        "data_category": {"main": _MAIN[main], "middle": _MIDDLE[middle]},
        "question_type": question_type,
        "question": question,
        "question_count": len(question),
        "answer": {"contents": answer, "answer_count": len(answer)},
    }


def sft_blocks(count: int, seed: int, shape: str, truth: Truth) -> Iterator[list[Record]]:
    size = min(50_000, max(1000, count // 20))
    maker = _SftMaker(count, seed, truth)
    for start in range(0, count, size):
        yield maker.block(start, min(size, count - start), shape)


def rm_blocks(count: int, seed: int, shape: str, truth: Truth) -> Iterator[list[Record]]:
    """Two to five responses each; one record in a hundred has wrong ranks, one two identical responses."""
    rng, texts = np.random.default_rng(seed + 100), Texts(seed + 101)
    for start in range(0, count, 20_000):
        size = min(count - start, 20_000)
        korean = rng.random(size) < 0.7
        prompts = texts.block(_lengths(rng, size, answers=False), korean)
        numbers = rng.integers(2, 6, size)
        responses = texts.block(_lengths(rng, int(numbers.sum()), answers=True), np.repeat(korean, numbers))
        main, middle = (rng.integers(0, len(names), size).tolist() for names in (_MAIN, _MIDDLE))
        draw = rng.random((size, 2))
        ends = np.cumsum(numbers).tolist()
        block = []
        for i, number in enumerate(numbers.tolist()):
            own, ranks = responses[ends[i] - number : ends[i]], (rng.permutation(number) + 1).tolist()
            wrong, identical = bool(draw[i, 0] < 0.01), bool(draw[i, 1] < 0.01)
            if wrong:  # a gap, or two firsts
                ranks[ranks.index(number)] = number + 1 if draw[i, 0] < 0.005 else 1
            if identical:
                own[1] = own[0]
            truth.add(start + i, number, wrong, identical)
            block.append(_rm_record(shape, start + i, prompts[i], own, ranks, _MAIN[main[i]], _MIDDLE[middle[i]]))
        yield block


def _rm_record(
    shape: str, row: int, prompt: str, responses: list[str], ranks: list[int], main: str, middle: str
) -> Record:
    data_id, ranked = f"RM-{row:08d}", list(zip(responses, ranks, strict=True))
    if shape == "reference":
        return {"data_id": data_id, "prompt": prompt, "responses": [{"text": t, "rank": r} for t, r in ranked]}
    return {
        "data_id": data_id,
        "data_category": {"main": main, "middle": middle},
        "question_type": "생성",
        "question_count": len(prompt.split()),
        "question": prompt,
        **{
            f"answer{number:02d}": {"contents": text, "answer_count": len(text), "ranking": rank}
            for number, (text, rank) in enumerate(ranked, 1)
        },
    }


def variant_blocks(count: int, seed: int, shape: str, truth: Truth) -> Iterator[list[Record]]:
    """What ``variant_labels`` makes, all at once."""
    rng = np.random.default_rng(seed + 300)
    made = VariantMaker(count, seed).make()
    categories = [rng.integers(0, len(names), count).tolist() for names in (_MAIN, _MIDDLE, _QUESTION_TYPES)]
    block = []
    for row, (one, *category) in enumerate(zip(made, *categories, strict=True)):
        alike = [0.0, 0.0]
        if one.source >= 0:
            texts = ((made[one.source].question, one.question), (made[one.source].answer, one.answer))
            alike = [jaccard(*(shingles(normalise(text)) for text in pair)) for pair in texts]
        truth.add(row, one.kind, one.form, one.part, one.meaning, one.source, *alike)
        block.append(_sft_record(shape, row, one.question, one.answer, *category))
    yield block


_MAKERS = {"sft": (sft_blocks, SFT_TRUTH), "rm": (rm_blocks, RM_TRUTH), "variants": (variant_blocks, VARIANT_TRUTH)}


def make(kind: str, count: int, out: Path, forms: list[str], seed: int = 1, shape: str = "reference") -> None:
    """Writes the label files and the truth table into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    blocks, schema = _MAKERS[kind]
    truth = Truth.empty(schema)
    write_files(out / tag(kind, count), forms, count, blocks(count, seed, shape, truth))
    pq.write_table(truth.table(), out / TRUTH_NAME.format(tag(kind, count)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=list(_MAKERS))
    parser.add_argument("count", type=int)
    parser.add_argument("--out", type=Path, default=Path("data"))
    parser.add_argument("--forms", default="pretty,compact,jsonl", help=f"some of {','.join(FORMS)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shape", choices=["reference", "aihub"], default="reference")
    given = parser.parse_args()
    forms = given.forms.split(",")
    if unknown := set(forms) - set(FORMS):
        parser.error(f"--forms: {', '.join(sorted(unknown))}; expected some of {', '.join(FORMS)}")
    if {"gz", "zst"} & set(forms) and "jsonl" not in forms:
        parser.error("--forms: gz and zst are made from jsonl; name it too")
    make(given.kind, given.count, given.out, forms, given.seed, given.shape)


if __name__ == "__main__":
    main()
