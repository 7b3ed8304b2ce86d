"""What stands around the records: one document, a list, lines, or objects one after another. Content decides."""

import re
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.reading.document import HEADER_KEY, RECORDS_KEY, walk
from sftrm_quality.reading.reasons import excerpt
from sftrm_quality.reading.scan import FULL, LIST_END, MORE, Marks, scan_list
from sftrm_quality.reading.strict import parse_record
from sftrm_quality.reading.window import Window

ContainerName = Literal["json_document", "json_array", "json_lines", "json_sequence"]

HEAD_BYTES = 4 << 20
_SAMPLE_RECORDS = 200
_SAMPLE_LINES = 50
_LEARN_BYTES = 1 << 20
_MAX_MARKS = 16
_MAX_RESTARTS = 200
_RECORDS_MEMBER = re.compile(rb'"data_info"\s*:\s*\[')
_MARK = re.compile(rb'\{[ \t\r\n]*"(?:[^"\\]|\\.)*"', re.DOTALL)


class Parse:
    """Strict parsing of raw bytes in the encoding of the text."""

    def __init__(self, encoding: str, limits: Limits) -> None:
        self.encoding, self._depth = encoding, limits.nesting_depth
        self.most_bytes = limits.record_bytes

    def __call__(self, raw: bytes) -> tuple[Any, bool]:
        """The value and True, or None and False."""
        try:
            value, reason, _ = parse_record(raw.decode(self.encoding).encode(), self._depth)
        except UnicodeDecodeError:
            return None, False
        return value, reason is None

    def valid(self, raw: bytes) -> bool:
        return self(raw)[1]


@dataclass(frozen=True)
class Container:
    """What was recognised. The window then begins at the first record (behind the ``[``, if there is one)."""

    name: ContainerName
    header: dict[str, Any]
    sample: list[Any]
    marks: Marks


def recognise(window: Window, parse: Parse) -> Container | str:
    """Decide what holds the records of the text in ``window``, or say what was seen instead ("": nothing of JSON).

    In this order: a first line that is a whole JSON value of its own (lines), ``[``
    (a list), ``{`` with a ``data_info`` list on its top level (a document), mostly lines that are objects (lines, the
    first of them damaged), a document damaged before its records, whole objects one after another (a sequence).
    """
    window.fill(HEAD_BYTES)
    window.drop(len(window.data) - len(window.data.lstrip()))
    lines = _first_lines(window)
    if lines and (found := _by_first_line(lines, parse)) is not None:
        return found
    if window.data.startswith(b"["):
        after = window.data[1:].lstrip()[:1]
        return _list(window, 1, "json_array", {}, parse, sure=after in (b"{", b"]"))
    if window.data.startswith(b"{"):
        return _document_or_sequence(window, lines, parse)
    return _mostly_lines(lines, parse) or ""


def _first_lines(window: Window) -> list[bytes]:
    """Whole lines at the beginning that are not blank."""
    lines = window.data[:HEAD_BYTES].split(b"\n", 4 * _SAMPLE_RECORDS)
    if not window.at_end or len(lines) > 4 * _SAMPLE_RECORDS:
        lines.pop()
    return [line for line in map(bytes.strip, lines) if line][: _SAMPLE_RECORDS + 1]


def _by_first_line(lines: list[bytes], parse: Parse) -> Container | str | None:
    value, _ = parse(lines[0])
    if isinstance(value, dict):
        if isinstance(value.get(RECORDS_KEY), list):
            return None
        if len(lines) == 1 and (HEADER_KEY in value or RECORDS_KEY in value):
            return _without_records(list(value), None)
        return _lines(lines, parse)
    if isinstance(value, list) and len(lines) > 1 and isinstance(parse(lines[1])[0], list):
        return _lines(lines, parse)
    return None


def _lines(lines: list[bytes], parse: Parse) -> Container:
    parsed = [parse(line) for line in lines[:_SAMPLE_RECORDS]]
    return Container("json_lines", {}, [value for value, valid in parsed if valid], Marks.of(()))


def _mostly_lines(lines: list[bytes], parse: Parse) -> Container | None:
    objects = [isinstance(parse(line)[0], dict) for line in lines[:_SAMPLE_LINES] if line]
    return _lines(lines, parse) if objects and 2 * sum(objects) >= len(objects) else None


def _document_or_sequence(window: Window, lines: list[bytes], parse: Parse) -> Container | str:
    while True:
        # A walk forgets what it passes, so it is tried on the text at hand first.
        ahead = Window(BytesIO(window.data))
        ahead.fill(len(window.data) + 1)
        top = walk(ahead, 1, parse.encoding)
        if top.end != "text" or window.at_end or len(window.data) > parse.most_bytes:
            break
        window.grow()
    if top.end == "list":
        return _list(window, ahead.offset, "json_document", top.header, parse, sure=True)
    if (as_lines := _mostly_lines(lines, parse)) is not None:
        return as_lines
    if top.end == "text" and not window.at_end:
        top = walk(window, 1, parse.encoding)
        if top.end == "list":
            return _list(window, 0, "json_document", top.header, parse, sure=True)
        return _without_records(top.keys, top.kind)
    if HEADER_KEY in top.keys or top.kind:
        return _without_records(top.keys, top.kind)
    if top.end != "closed" and (member := _RECORDS_MEMBER.search(window.data)):
        found = _list(window, member.end(), "json_document", {}, parse, sure=False)
        if isinstance(found, Container):
            return found
    return _list(window, 0, "json_sequence", {}, parse, sure=False)


def _without_records(keys: list[str], kind: str | None) -> str:
    shown = ", ".join(repr(key[:40]) for key in keys[:8]) + (", …" if len(keys) > 8 else "")
    return f"JSON document with the keys {shown}: " + (
        f"{RECORDS_KEY} is {kind}, expected a list" if kind else f"no {RECORDS_KEY} list"
    )


def _list(
    window: Window, position: int, name: ContainerName, header: dict[str, Any], parse: Parse, sure: bool
) -> Container | str:
    """The container whose first record is at ``position``; ``sure``: also if no record can be read."""
    closing = name != "json_sequence"
    marks, sample, text_ends = _learn(window.data, position, closing, parse)
    while not sample and not text_ends and not window.at_end and len(window.data) <= parse.most_bytes:
        window.grow()
        marks, sample, text_ends = _learn(window.data, position, closing, parse)
    if not sample and not sure:
        seen = excerpt(window.data, parse.encoding)
        return f'JSON-like text in which no whole record was found, begins with "{seen}"'
    window.drop(position)
    return Container(name, header, sample, marks)


def _learn(data: bytes, position: int, closing: bool, parse: Parse) -> tuple[Marks, list[Any], bool]:
    """The marks of the records at the beginning, up to 200 of their values, and whether the list ends among them.

    Where a record is damaged, the search goes on at the next brace and quote; what is found there may be a nested
    object, so a beginning that also occurs within a valid record is no mark, and its values are no sample.
    """
    buf = np.frombuffer(data, np.uint8)
    none = Marks.of(())
    starts, ends, odd = (np.empty(_SAMPLE_RECORDS, kind) for kind in (np.int64, np.int64, np.bool_))
    found: list[tuple[bytes, Any]] = []
    list_ends, restarts = False, 0
    while len(found) < _SAMPLE_RECORDS and restarts < _MAX_RESTARTS:
        outcome, n, position, _ = scan_list(buf, position, buf.size, True, closing, *none.layout, starts, ends, odd)
        damaged = position if outcome == MORE else None
        for start, end in zip(starts[:n].tolist(), ends[:n].tolist(), strict=True):
            value, valid = parse(data[start:end])
            if not valid:
                damaged = start
                break
            found.append((data[start:end], value))
        if damaged is None:
            list_ends = outcome == LIST_END
            if outcome != FULL:
                break
            continue
        restarts += 1
        again = _MARK.search(data, damaged + 1, damaged + _LEARN_BYTES)
        if again is None:
            break
        position = again.start()
    beginnings = Counter(match.group() for raw, _ in found if (match := _MARK.match(raw)))
    nested = {text for text in beginnings for raw, _ in found if raw.find(text, 1) >= 0}
    texts = tuple(text for text, _ in beginnings.most_common(_MAX_MARKS) if text not in nested)
    if texts:
        found = [(raw, value) for raw, value in found if raw.startswith(texts)]
    return Marks.of(texts), [value for _, value in found], list_ends
