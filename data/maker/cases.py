"""What a planted case is, and the small edits that cases are made of.

A case is at a position of a file and changes the record there at one of three places: ``edit`` the plain record
(``data_id``, ``question``, ``answer``, … or ``prompt`` and ``responses``), ``wire`` the object as it is delivered, or
``spoil`` its bytes. A case with ``copy_of`` puts a copy of another record there instead of a text of its own.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Record = dict[str, Any]
Outcome = Literal["published", "quarantined", "duplicate", "unreadable"]


@dataclass(frozen=True)
class Case:
    """One planted case.

    Attributes:
        at: position of the record in its file, from 0; broken records count.
        note: what is planted, for the README.
        outcome: what the job has to do with the record.
        reasons: the exact set of reasons with which it is quarantined or unreadable.
        warnings: the reasons with which it is published all the same.
        duplicate: how it resembles the record it is a duplicate of.
        copy_of: how the prompt of the record begins that is copied to this position.
        keep_id: the copy keeps the ``data_id`` of its original.
        original_too: the original fails for the same reasons.
    """

    at: int
    note: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    duplicate: Literal["exact", "folded", "near"] | None = None
    copy_of: str | None = None
    keep_id: bool = False
    original_too: bool = False
    edit: Callable[[Record], None] = lambda record: None
    wire: Callable[[Record], None] = lambda record: None
    spoil: Callable[[bytes], bytes] = lambda text: text


def put(**values: object) -> Callable[[Record], None]:
    """Set fields."""
    return lambda record: record.update(values)


def drop(name: str) -> Callable[[Record], None]:
    """Remove a field."""

    def edit(record: Record) -> None:
        del record[name]

    return edit


def around(name: str, before: str = "", after: str = "") -> Callable[[Record], None]:
    """Put something before or behind a text of the record."""
    return lambda record: record.update({name: before + record[name] + after})


def ranks(*values: object) -> Callable[[Record], None]:
    """Give the responses these ranks, best first; fewer ranks than responses leave the last responses out."""

    def edit(record: Record) -> None:
        best_first = sorted(record["responses"], key=lambda response: response["rank"])[: len(values)]
        record["responses"] = [
            {"text": response["text"], "rank": rank} for response, rank in zip(best_first, values, strict=True)
        ]

    return edit


def response(place: int, text: str | None) -> Callable[[Record], None]:
    """Replace the text of the response of rank ``place``."""

    def edit(record: Record) -> None:
        next(r for r in record["responses"] if r["rank"] == place)["text"] = text

    return edit


def turned(by: int = 1) -> Callable[[Record], None]:
    """Deliver the responses in another order, with their ranks."""

    def edit(record: Record) -> None:
        record["responses"] = record["responses"][by:] + record["responses"][:by]

    return edit


def each_text(change: Callable[[str], str]) -> Callable[[Record], None]:
    """Change the prompt and everything that answers it."""

    def edit(record: Record) -> None:
        for name in ("question", "answer", "prompt"):
            if name in record:
                record[name] = change(record[name])
        for answer in record.get("responses", ()):
            answer["text"] = change(answer["text"])

    return edit


def swap(*pairs: tuple[str, str]) -> Callable[[Record], None]:
    """Replace words in the answer or in the responses; each has to occur."""

    def edit(record: Record) -> None:
        answers = [record] if "answer" in record else record["responses"]
        name = "answer" if "answer" in record else "text"
        for old, new in pairs:
            if not any(old in answer[name] for answer in answers):
                raise ValueError(f"{old!r} does not occur in the answers of {record['data_id']}: the text was changed")
            for answer in answers:
                answer[name] = answer[name].replace(old, new)

    return edit


# The suites warn of more than 32,768 characters.
_LOOP_LENGTH = 33_000


def _loop(text: str) -> str:
    return " ".join([text] * (_LOOP_LENGTH // len(text) + 1))


def looped(name: str) -> Callable[[Record], None]:
    """Repeat a text of the record until it is too long."""
    return lambda record: record.update({name: _loop(record[name])})


def looped_worst(record: Record) -> None:
    """Repeat the response of the last rank until it is too long."""
    worst = max(record["responses"], key=lambda response: response["rank"])
    worst["text"] = _loop(worst["text"])


def decomposed(text: str) -> str:
    """Text as some Macs type it."""
    return unicodedata.normalize("NFD", text)


def spaced(text: str) -> str:
    """White space that nobody sees: double, no-break and trailing."""
    return "  " + text.replace(" ", "\u00a0 ", 2).replace(". ", ".  ") + " \n"


def full_width(text: str) -> str:
    """ASCII letters, digits and signs in their full-width forms."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def without_last(what: bytes) -> Callable[[bytes], bytes]:
    """Lose the last occurrence of a quote or brace."""

    def spoil(text: bytes) -> bytes:
        before, _, after = text.rpartition(what)
        return before + after

    return spoil


def in_answer(text: bytes) -> Callable[[bytes], bytes]:
    """Slip bytes into the beginning of the answer (or of the first response) as it is in the file."""

    def spoil(record: bytes) -> bytes:
        name = b'"answer": "' if b'"answer": "' in record else b'"text": "'
        return record.replace(name, name + text, 1)

    return spoil
