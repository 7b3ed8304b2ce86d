"""Walking the top level of one JSON document: to its list of records, and from that list's end to the document's."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sftrm_quality.reading.kernels import kernel
from sftrm_quality.reading.spans import KEPT_OF_OVERSIZED, Oversized
from sftrm_quality.reading.window import Window

RECORDS_KEY = "data_info"
HEADER_KEY = "dataset_info"
_HEADER_BYTES = 64 << 10  # a larger dataset_info describes no data set
_KEY_BYTES = 64 << 10
_BLOCK = 1 << 20
_SPACE = re.compile(rb"[ \t\r\n]*")
_KEY = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass
class TopLevel:
    """What the walk saw: the keys so far, the header if it came by, and how the walk ended.

    ``end`` is ``list`` (the window begins behind the ``[`` of the records), ``closed`` (behind the document's last
    brace), ``text`` (no more text) or ``damage``. ``kind`` says what ``data_info`` is where it is no list.
    """

    keys: list[str] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)
    kind: str | None = None
    end: str = "damage"


@kernel
def _skip_value(buf: Any, i: int, state: Any) -> int:
    """The position of the comma or bracket after the value in which ``i`` is, -1 if it is not in ``buf``.

    ``state`` is depth, inside a string, after a backslash; it goes on from one block to the next.
    """
    depth, inside, escaped = state[0], state[1], state[2]
    while i < buf.size:
        c = buf[i]
        if escaped:
            escaped = 0
        elif inside:
            if c == 0x22:
                inside = 0
            elif c == 0x5C:
                escaped = 1
        elif c == 0x22:
            inside = 1
        elif c == 0x7B or c == 0x5B:
            depth += 1
        elif depth == 0 and (c == 0x2C or c == 0x7D or c == 0x5D):
            return i
        elif c == 0x7D or c == 0x5D:
            depth -= 1
        i += 1
    state[0], state[1], state[2] = depth, inside, escaped
    return -1


def walk(window: Window, position: int, encoding: str) -> TopLevel:
    """Go from ``position``, inside the document's braces and between members, to the list of records or to the end.

    Members are passed without being kept, whatever their size; only a small ``dataset_info`` is parsed.
    """
    seen = TopLevel()
    window.drop(position)
    while True:
        if (byte := _next_byte(window, b",")) == b"}":
            window.drop(1)
            seen.end = "closed"
            return seen
        key = _key(window, encoding) if byte == b'"' else None
        if key is None or _next_byte(window) != b":":
            seen.end = "damage" if byte else "text"
            return seen
        window.drop(1)
        byte = _next_byte(window)
        if key == RECORDS_KEY:
            if byte == b"[":
                window.drop(1)
                seen.end = "list"
                return seen
            seen.kind = kind_of(byte.decode("latin-1"))
        seen.keys.append(key)
        value = _pass_value(window, _HEADER_BYTES if key == HEADER_KEY else 0)
        if key == HEADER_KEY:
            seen.header = _header(value, encoding)


def kind_of(first: str) -> str:
    """What a JSON value that is no list is, by its first character."""
    return {"{": "an object", '"': "a string", "n": "null"}.get(first, "no list")


def _next_byte(window: Window, also: bytes = b"") -> bytes:
    """Drop white space (and the bytes in ``also``); the byte that the window then begins with, empty at the end."""
    while True:
        rest = window.data.lstrip(b" \t\r\n" + also)
        window.drop(len(window.data) - len(rest))
        if rest or window.at_end:
            return rest[:1]
        window.fill(_BLOCK)


def _key(window: Window, encoding: str) -> str | None:
    """Take the key at the window's beginning; None where there is no whole key."""
    while (match := _KEY.match(window.data)) is None:
        if window.at_end or len(window.data) > _KEY_BYTES:
            return None
        window.fill(2 * _KEY_BYTES)
    window.drop(match.end())
    try:
        return str(json.loads(match.group().decode(encoding)))
    except ValueError:
        return None


def _pass_value(window: Window, kept: int) -> bytes:
    """Go behind a value; its first ``kept`` + 1 bytes."""
    state, value = np.zeros(3, np.int64), b""
    while True:
        stop = _skip_value(np.frombuffer(window.data, np.uint8), 0, state)
        passed = stop if stop >= 0 else len(window.data)
        if kept:
            value += window.data[: max(0, kept + 1 - len(value))][:passed]
        window.drop(passed)
        if stop >= 0 or window.at_end:
            return value
        window.fill(_BLOCK)


def _header(value: bytes, encoding: str) -> dict[str, Any]:
    try:
        header = json.loads(value.decode(encoding)) if len(value) <= _HEADER_BYTES else {}
    except (ValueError, RecursionError):
        return {}
    return header if isinstance(header, dict) else {}


def rest_of_document(window: Window, container: str, encoding: str) -> Iterator[tuple[Oversized, str]]:
    """What stands behind the list of records and should not: at most two rows, each with its reason.

    The window begins behind the list's ``]``. In a document other members may follow, but no second ``data_info``.
    """
    if container == "json_document":
        top = walk(window, 0, encoding)
        if top.end == "list":
            yield _drained(window), "duplicate_key"
        elif top.end == "text" and not window.damage:
            yield Oversized(b"", window.source_offset(0), 0), "unclosed_document"
    if _next_byte(window):
        yield _drained(window), "trailing_data"
    if window.damage:
        yield Oversized(b"", window.source_offset(0), 0), "stream_broken"


def _drained(window: Window) -> Oversized:
    """All that is left of the text, as one row of which only the beginning is kept."""
    window.fill(KEPT_OF_OVERSIZED)
    head, offset = window.data[:KEPT_OF_OVERSIZED], window.source_offset(0)
    end = offset
    while window.data:
        window.drop(len(window.data))
        end = window.source_offset(0)
        window.fill(_BLOCK)
    return Oversized(head, offset, end - offset)
