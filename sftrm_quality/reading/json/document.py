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
from sftrm_quality.words import say

RECORDS_KEY = "data_info"
HEADER_KEY = "dataset_info"
_HEADER_BYTES = 64 << 10  # a larger dataset_info describes no data set
_KEY_BYTES = 64 << 10
SHOWN_KEYS = 8
_BLOCK = 1 << 20
_BLANK = re.compile(rb"[ \t\r\n]*")
_BLANK_OR_COMMAS = re.compile(rb"[ \t\r\n,]*")
_BLANK_OR_MARKS = re.compile(rb"(?:[ \t\r\n]|\xef\xbb\xbf)*")
_KEY = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass
class TopLevel:
    """What the walk saw: the first keys (as many as are shown), the header if it came by, and how the walk ended.

    ``end`` is ``list`` (the window begins behind the ``[`` of the records), ``closed`` (behind the document's last
    brace), ``text`` (no more text) or ``damage``. ``kind`` says what ``data_info`` is where it is no list.
    """

    keys: list[str] = field(default_factory=list)
    has_header: bool = False
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

    Members are passed without being kept, whatever their size and number; only a small ``dataset_info`` is parsed.
    """
    seen, cursor = TopLevel(), _Cursor(window, position)
    seen.end = _walk_members(seen, cursor, encoding)
    cursor.forget()
    return seen


def _walk_members(seen: TopLevel, cursor: "_Cursor", encoding: str) -> str:
    while True:
        if (byte := cursor.next_byte(_BLANK_OR_COMMAS)) == b"}":
            cursor.at += 1
            return "closed"
        key = cursor.key(encoding) if byte == b'"' else None
        colon = cursor.next_byte()
        if key is None or colon != b":":
            return "damage" if colon else "text"
        cursor.at += 1
        byte = cursor.next_byte()
        if key == RECORDS_KEY:
            if byte == b"[":
                cursor.at += 1
                return "list"
            seen.kind = kind_of(byte.decode("latin-1"))
        if len(seen.keys) <= SHOWN_KEYS:
            seen.keys.append(key)
        value = cursor.pass_value(_HEADER_BYTES if key == HEADER_KEY else 0)
        if key == HEADER_KEY:
            seen.has_header, seen.header = True, _header(value, encoding)


def kind_of(first: str) -> str:
    """What a JSON value that is no list is, by its first character."""
    return {"{": say("an object"), '"': "a string", "n": "null"}.get(first, say("no list"))


class _Cursor:
    """A place in a window. What is behind it is forgotten when more text is needed, and not token by token: the window
    is copied each time."""

    def __init__(self, window: Window, at: int) -> None:
        self._window, self.at = window, at

    def forget(self) -> None:
        self._window.drop(self.at)
        self.at = 0

    def _more(self, size: int) -> None:
        self.forget()
        self._window.fill(size)

    def next_byte(self, passed: re.Pattern[bytes] = _BLANK) -> bytes:
        """Go behind what matches; the byte there, empty at the end."""
        while True:
            found = passed.match(self._window.data, self.at)
            assert found is not None  # all of it is optional
            self.at = found.end()
            if self.at < len(self._window.data) or self._window.at_end:
                return self._window.data[self.at : self.at + 1]
            self._more(_BLOCK)

    def key(self, encoding: str) -> str | None:
        """Go behind the key at the cursor; None where there is no whole key: the text ends in it, or it is damaged."""
        while (match := _KEY.match(self._window.data, self.at)) is None:
            if len(self._window.data) - self.at > _KEY_BYTES:
                return None
            if self._window.at_end:
                self.at = len(self._window.data)
                return None
            self._more(2 * _KEY_BYTES)
        self.at = match.end()
        try:
            return str(json.loads(match.group().decode(encoding)))
        except ValueError:
            return None

    def pass_value(self, kept: int) -> bytes:
        """Go behind the value at the cursor; its first ``kept`` + 1 bytes."""
        state, value = np.zeros(3, np.int64), b""
        while True:
            data, begin = self._window.data, self.at
            stop = _skip_value(np.frombuffer(data, np.uint8), begin, state)
            self.at = stop if stop >= 0 else len(data)
            if kept:
                value += data[begin : min(self.at, begin + kept + 1 - len(value))]
            if stop >= 0 or self._window.at_end:
                return value
            self._more(_BLOCK)


def _header(value: bytes, encoding: str) -> dict[str, Any]:
    try:
        header = json.loads(value.decode(encoding)) if len(value) <= _HEADER_BYTES else {}
    except (ValueError, RecursionError):
        return {}
    return header if isinstance(header, dict) else {}


def rest_of_document(window: Window, container: str, encoding: str) -> Iterator[tuple[Oversized, str]]:
    """What follows the list of records and should not: at most two rows, each with its reason.

    The window begins behind the list's ``]``. In a document other members may follow, but no second ``data_info``.
    """
    if container == "json_document":
        top = walk(window, 0, encoding)
        if top.end == "list":
            yield _drained(window), "duplicate_key"
        elif top.end == "text" and not window.damage:
            yield Oversized(b"", window.source_offset(0), 0), "unclosed_document"
    cursor = _Cursor(window, 0)
    more = cursor.next_byte(_BLANK_OR_MARKS)
    cursor.forget()
    if more:
        yield _drained(window), "trailing_data"
    if window.damage:
        yield Oversized(b"", window.source_offset(0), 0), "stream_broken"


def _drained(window: Window) -> Oversized:
    """All that is left of the text, as one row of which only the beginning is kept."""
    window.fill(KEPT_OF_OVERSIZED)
    head, offset = bytes(window.original(0, KEPT_OF_OVERSIZED)), window.source_offset(0)
    end = offset
    while window.data:
        window.drop(len(window.data))
        end = window.source_offset(0)
        window.fill(_BLOCK)
    return Oversized(head, offset, end - offset)
