"""What is asked of a record's payload after it was read: its value, and where in its text something is.

A payload is JSON, a record's own text or made from a row of a table; what could not be read has its own text. Nobody
above reading takes a payload apart in another way than by these functions.
"""

import re
from collections.abc import Sequence
from typing import Any

import orjson

Span = tuple[int, int]

# Strings are passed over as a whole.
_NOT_A_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)', re.DOTALL)


def payload_value(payload: str | bytes) -> Any:
    """Parse a payload again: much faster than when it was checked, and laxer, for what need not be checked any more.

    Args:
        payload: A text, or bytes in UTF-8.

    Returns:
        The value: objects, lists, texts, numbers.

    Raises:
        ValueError: It is not one JSON value in valid UTF-8.
    """
    return orjson.loads(payload)


def naming(fields: str) -> re.Pattern[bytes]:
    """A search for payloads that name a field, which is much faster than parsing them all.

    Args:
        fields: A pattern of the names.

    Returns:
        What to search payloads for. It may also find a name in a text, so that a parser has the last word.
    """
    return re.compile(rf'"(?:{fields})"\s*:'.encode())


def field_spans(payload: str, names: Sequence[str]) -> list[Span]:
    """Where a payload names fields, on whatever level.

    Args:
        payload: A text.
        names: Those of the fields.

    Returns:
        The places of the names with their quotes, ``payload[start:end]``, in order.
    """
    keys = "|".join(map(re.escape, names))
    return [match.span() for match in re.finditer(rf'"(?:{keys})"(?=\s*:)', payload)] if names else []


def damage_spans(reason: str, detail: str, payload: str, as_read: bool) -> list[Span]:
    """Where in a payload the damage is for which it is unreadable.

    Args:
        reason: One of ``READ_REASONS``.
        detail: What was said of this record.
        payload: Its text.
        as_read: The text is the record's bytes in UTF-8, so that a position in bytes can be found in it.

    Returns:
        The places ``payload[start:end]``, in order; none where the reason has no place in the text.
    """
    if (
        reason in ("invalid_json", "quote_misplaced")
        and as_read
        and payload
        and (at := re.search(r"(\d+) bytes into the record", detail))
    ):
        before = len(payload.encode()[: int(at[1])].decode("utf-8", "ignore"))
        return [(min(before, len(payload) - 1), min(before, len(payload) - 1) + 1)]
    if reason == "not_a_number":
        return [match.span(1) for match in _NOT_A_NUMBER.finditer(payload) if match[1]]
    if reason == "duplicate_key":
        return field_spans(payload, re.findall(r"key '(.+?)'", detail))
    return []
