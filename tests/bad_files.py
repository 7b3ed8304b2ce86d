"""Bad files made by code, each with what must become of it. ``SMALL_FILES`` is all of those that fit into one folder.

A case has good records of its own around the damage: their ids begin with the name of its file, and their texts are
random words that no other file has, so that nothing but the damage decides what happens to them.
"""

import json
import os
import random
from dataclasses import dataclass
from typing import Any

import pytest

from tests.sentences import KOREAN

SOAK = bool(os.environ.get("SFTRM_SOAK"))
"""Whether the long forms of the tests are asked for."""
LONG_FORM = [pytest.mark.soak] if SOAK else []
"""``pytestmark`` of modules whose tests have a short form, which always runs, and a long one."""


@dataclass(frozen=True)
class BadFile:
    """A file and its expected outcome.

    ``kept``: data_ids of the records that must be published, in order. ``unreadable``: reasons of the unreadable rows,
    in order. ``misfits``: reasons of the records that were read and fit no column or no check. ``refused``: what is
    said about each stream in which no records are, or none that can be parsed, in the order of the streams.
    """

    name: str
    data: bytes
    kept: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def received(self) -> int:
        """Records that the ledger must know of this file; those of a refused stream are not records yet."""
        return 0 if self.refused and not self.kept else len(self.kept) + len(self.unreadable) + len(self.misfits)


def good(name: str, number: int, **more: Any) -> dict[str, Any]:
    """A record that passes every check and is like no other."""
    chance = random.Random(f"{name}/{number}")
    latin = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(6)]
    hangul = ["".join(chr(chance.randrange(0xAC00, 0xD7A4)) for _ in range(4)) for _ in range(4)]
    words = chance.sample([*latin, *hangul], 10)
    return {
        "data_id": f"{name}/{number}",
        "question": " ".join(words[:5]) + "?",
        "answer": f"{' '.join(words[5:])} {{}}[],: that is how.",
        **more,
    }


def korean(name: str, number: int) -> dict[str, Any]:
    """A good record in Korean that somebody may have written; there are four of a name."""
    question, *answer = random.Random(name).sample(KOREAN, 12)[3 * number : 3 * number + 3]
    return good(name, number, question=question, answer=" ".join(answer))


def good_ranking(name: str, number: int) -> dict[str, Any]:
    """An RM record of the same sort: objects and a list inside."""
    texts = good(name, number)["answer"], good(name + "b", number)["answer"]
    return {
        "data_id": f"{name}/{number}",
        "prompt": good(name, number)["question"],
        "responses": [{"text": text, "rank": rank} for rank, text in enumerate(texts, 1)],
    }


def dumped(records: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(record, ensure_ascii=False) for record in records]


def wrapped(form: str, records: list[str]) -> str:
    """The texts of some records in one of the four containers: document, array, lines, sequence."""
    if form == "lines":
        return "".join(record + "\n" for record in records)
    if form == "sequence":
        return "\n\n".join(record.replace('{"', '{\n"', 1) for record in records)
    joined = ", ".join(records)
    return f"[{joined}]" if form == "array" else f'{{"dataset_info": {{"name": "bad"}}, "data_info": [{joined}]}}'


def ids(name: str, *numbers: int) -> tuple[str, ...]:
    return tuple(f"{name}/{number}" for number in numbers)
