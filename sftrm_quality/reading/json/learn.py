"""What the records of a text look like: a sample of them, and the marks with which they begin."""

import re
from collections import Counter
from typing import Any

import numpy as np

from sftrm_quality.config import Limits
from sftrm_quality.reading.json.scan import BLANK, CLOSED, FULL, LIST_END, MORE, Marks, scan_list, scan_object
from sftrm_quality.reading.json.strict import parse_record
from sftrm_quality.reading.json.syntax import object_end

SAMPLE_RECORDS = 200
CLOSERS = re.compile(rb"[ \t\r\n,\]}]*")
"""What may come between a ``]`` and a record if that bracket does not end the list."""
LIST_END_TEXT = re.compile(rb'\]\s*(?:\Z|,\s*"|(?:\}\s*)?(?:\{\s*"|\Z))')
"""The end of a list and what may follow: the end of the text, a closing brace, a member, another document."""

BLANK_END = re.compile(rb"\s*\Z")

_LEARN_BYTES = 1 << 20
# Of less, Python's objects are a megabyte or two.
_LONG_BYTES = 1 << 16
_MAX_MARKS = 16
_MAX_TRIES = 200
_MARK = re.compile(rb'\{[ \t\r\n]*"(?:[^"\\]|\\.)*"', re.DOTALL)

_Found = list[tuple[bytes, Any]]


class Parse:
    """Strict parsing of raw bytes in the encoding of the text."""

    def __init__(self, encoding: str, limits: Limits) -> None:
        self.encoding, self._depth = encoding, limits.nesting_depth
        self.most_bytes = limits.record_bytes

    def __call__(self, raw: bytes) -> tuple[Any, bool]:
        """The value and True, or None and False.

        That a long text cannot be an object is seen by its brackets, without building what is in it: damaged text is
        tried more than once, and Python's objects take twenty times its bytes.
        """
        if len(raw) > _LONG_BYTES and raw.startswith(b"{"):
            stop = object_end(np.frombuffer(raw, np.uint8), 0, len(raw), self._depth)
            if stop < 0 or not BLANK_END.match(raw, stop):
                return None, False
        try:
            value, reason, _ = parse_record(raw.decode(self.encoding).encode(), self._depth)
        except UnicodeDecodeError:
            return None, False
        return value, reason is None

    def valid(self, raw: bytes) -> bool:
        return self(raw)[1]

    def read_as(self, encoding: str) -> None:
        """The text began as ASCII, and what follows is in this encoding."""
        self.encoding = encoding


def learn(data: bytes, final: bool, position: int, closing: bool, parse: Parse) -> tuple[Marks, list[Any], bool]:
    """The marks of the records at the beginning, up to 200 of their values, and whether the list ends among them.

    ``data`` is the whole text if ``final``; else an empty sample asks for more of it.
    Where something is damaged already here, whole objects are looked for wherever they are. Some of them may be parts
    of a damaged record, so a beginning that often occurs within other objects is no mark, and its objects no sample.
    """
    found, outcome = _listed(data, position, closing, parse)
    if outcome == MORE and not found and not final:
        return Marks.of(()), [], False  # the first record is longer than ``data``
    if found is None:
        found = _scattered(data, position, parse)
    beginnings = Counter(match.group() for raw, _ in found if (match := _MARK.match(raw)))
    # A list without its end: a record may have lost its brackets, taken the list's and swallowed all after it.
    swallowed = closing and final and outcome == BLANK
    nested = {text for text in beginnings if 3 * sum(raw.find(text, 1) >= 0 for raw, _ in found) > len(found)}
    texts = tuple(text for text, _ in beginnings.most_common(_MAX_MARKS) if swallowed or text not in nested)
    if texts:
        found = [(raw, value) for raw, value in found if raw.startswith(texts)]
    return Marks.of(texts), [value for _, value in found], outcome == LIST_END


def _listed(data: bytes, position: int, closing: bool, parse: Parse) -> tuple[_Found | None, int]:
    """The first elements of an undamaged list (None if it is damaged), and how the scan ended."""
    buf = np.frombuffer(data, np.uint8)
    starts, ends, odd = (np.empty(SAMPLE_RECORDS, kind) for kind in (np.int64, np.int64, np.bool_))
    outcome, count, stop, _ = scan_list(buf, position, buf.size, True, closing, *Marks.of(()).layout, starts, ends, odd)
    found: _Found = []
    for start, end in zip(starts[:count].tolist(), ends[:count].tolist(), strict=True):
        value, valid = parse(data[start:end])
        if not valid:
            return None, FULL
        found.append((data[start:end], value))
    if outcome == LIST_END:
        after = CLOSERS.match(data, stop)
        assert after is not None
        begins = _MARK.match(data, after.end())
        again = begins is not None and (not found or any(raw.startswith(begins.group()) for raw, _ in found))
        if again or not LIST_END_TEXT.match(data, stop):
            return None, LIST_END
    begins = _MARK.match(found[-1][0]) if found else None
    if outcome == MORE and (begins is None or data.find(begins.group(), stop + 1) >= 0):
        return None, MORE  # an element that does not end, with another record in it
    if closing and outcome == BLANK and odd[:count].any():
        return None, BLANK  # ``[[{…}, {…}]``: a bracket too many
    return found, outcome


def _scattered(data: bytes, position: int, parse: Parse) -> _Found:
    """Whole objects, the outermost that are to be had, in the first megabyte."""
    data = data[position : position + _LEARN_BYTES]
    buf = np.frombuffer(data, np.uint8)
    found: _Found = []
    at = 0
    for _ in range(_MAX_TRIES + SAMPLE_RECORDS):
        begin = _MARK.search(data, at)
        if begin is None or len(found) == SAMPLE_RECORDS:
            break
        start = begin.start()
        state = np.zeros(2, np.int64)
        outcome, end = scan_object(buf, start, start, buf.size, True, state, *Marks.of(()).layout)
        value, valid = parse(data[start:end]) if outcome == CLOSED else (None, False)
        if valid:
            found.append((data[start:end], value))
        at = end if valid else start + 1
    return found
