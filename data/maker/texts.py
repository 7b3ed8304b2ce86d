"""The hand-written texts of ``data/texts`` in the order in which they are dealt to the sample files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

TEXTS = Path(__file__).resolve().parent.parent / "texts"

T = TypeVar("T")


@dataclass(frozen=True)
class Text:
    """One prompt, and what answers it: the answer (SFT), or the responses, best first (RM)."""

    category: str
    subcategory: str
    question_type: str
    prompt: str
    answers: tuple[str, ...]


def interleave(*parts: Sequence[T]) -> list[T]:
    """All items of all parts, each part in its order and spread evenly over the whole."""
    places = [((i + 0.5) / len(part), number, item) for number, part in enumerate(parts) for i, item in enumerate(part)]
    return [item for _, _, item in sorted(places, key=lambda place: place[:2])]


def read_texts(name: str) -> list[Text]:
    """The texts of ``<name>.json``: ``{"category/subcategory/question type": [[prompt, answer, …], …]}``.

    The sections are interleaved, so that every file and every part of a file has something of each.
    """
    parts = []
    for section, rows in json.loads((TEXTS / f"{name}.json").read_text(encoding="utf-8")).items():
        category, subcategory, question_type = section.split("/")
        parts.append([Text(category, subcategory, question_type, prompt, tuple(answers)) for prompt, *answers in rows])
    return interleave(*parts)
