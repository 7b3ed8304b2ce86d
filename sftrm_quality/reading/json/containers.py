"""What surrounds the records: one document, a list, lines, or objects one after another. Content decides."""

import codecs
import json
import re
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Literal

from sftrm_quality.reading.json.document import HEADER_KEY, RECORDS_KEY, SHOWN_KEYS, kind_of, walk
from sftrm_quality.reading.json.learn import SAMPLE_RECORDS, Parse, learn
from sftrm_quality.reading.json.scan import Marks
from sftrm_quality.reading.reasons import excerpt
from sftrm_quality.reading.texts import HEAD_BYTES
from sftrm_quality.reading.window import Window
from sftrm_quality.words import say

ContainerName = Literal["json_document", "json_array", "json_lines", "json_sequence"]

_SAMPLE_LINES = 50
_RECORDS_MEMBER = re.compile(rf'"{RECORDS_KEY}"\s*:\s*\['.encode())


@dataclass(frozen=True)
class Container:
    """What was recognised. The window then begins at the first record (behind the ``[``, if there is one), in the line
    ``line`` of the text."""

    name: ContainerName
    header: dict[str, Any]
    sample: list[Any]
    marks: Marks
    line: int = 1


def recognise(window: Window, parse: Parse, line: int) -> Container | str:
    """Decide what holds the records of the text in ``window``, which begins in line ``line`` and not with white space,
    or say what was seen instead ("": nothing of JSON).

    In this order: a first line that is a whole JSON object (lines); ``{`` with a ``data_info`` list on its top level (a
    document); most lines are objects (lines, the first of them damaged); ``[`` (a list); a document damaged before its
    records; whole objects one after another (a sequence).
    """
    found = _recognise(window, parse)
    return replace(found, line=line) if isinstance(found, Container) else found


def _recognise(window: Window, parse: Parse) -> Container | str:
    lines = _first_lines(window)
    if lines and (found := _by_first_line(lines, parse)) is not None:
        return found
    if not window.data.startswith(b"{") and (as_lines := _mostly_lines(lines, parse)) is not None:
        return as_lines
    if window.data.startswith(b"["):
        after = window.data[1:].lstrip()[:1]
        return _list(window, 1, "json_array", {}, parse, sure=after in (b"{", b"]"))
    if window.data.startswith(b"{"):
        return _document_or_sequence(window, parse)
    return _damaged_document(window, parse) or ""


def _first_lines(window: Window) -> list[bytes]:
    """Whole lines at the beginning that are not blank."""
    lines = window.data.split(b"\n", 4 * SAMPLE_RECORDS)
    if not window.at_end or len(lines) > 4 * SAMPLE_RECORDS:
        lines.pop()
    stripped = (line.strip().removeprefix(codecs.BOM_UTF8).lstrip() for line in lines)
    return [line for line in stripped if line][: SAMPLE_RECORDS + 1]


def _by_first_line(lines: list[bytes], parse: Parse) -> Container | str | None:
    value, _ = parse(lines[0])
    if isinstance(value, dict):
        if isinstance(value.get(RECORDS_KEY), list):
            return None
        if len(lines) == 1 and (HEADER_KEY in value or RECORDS_KEY in value):
            kind = kind_of(json.dumps(value[RECORDS_KEY])[:1]) if RECORDS_KEY in value else None
            return _without_records(list(value), kind)
        return _lines(lines, parse)
    if isinstance(value, list) and len(lines) > 1 and isinstance(parse(lines[1])[0], list):
        return _lines(lines, parse)
    return None


def _lines(lines: list[bytes], parse: Parse) -> Container:
    parsed = [parse(line) for line in lines[:SAMPLE_RECORDS]]
    return Container("json_lines", {}, [value for value, valid in parsed if valid], Marks.of(()))


def _mostly_lines(lines: list[bytes], parse: Parse) -> Container | None:
    objects = [isinstance(parse(line)[0], dict) for line in lines[:_SAMPLE_LINES] if line]
    return _lines(lines, parse) if 2 * sum(objects) > len(objects) else None


def _document_or_sequence(window: Window, parse: Parse) -> Container | str:
    while True:
        # A walk forgets what it passes, so it is tried on the text at hand first.
        ahead = Window(BytesIO(window.data))
        ahead.fill(len(window.data) + 1)
        top = walk(ahead, 1, parse.encoding)
        goes_on = top.end == "text" or (top.end == "closed" and not ahead.data.strip())  # what is behind it decides
        if not goes_on or window.at_end or len(window.data) > parse.most_bytes:
            break
        window.grow(parse.most_bytes + HEAD_BYTES)
    if top.end == "list":
        return _list(window, ahead.offset, "json_document", top.header, parse, sure=True)
    # The text at hand is longer now, and so may be the first line. Parsing that takes much more memory than walking.
    lines = _first_lines(window)
    if lines and (found := _by_first_line(lines, parse)) is not None:
        return found
    if (as_lines := _mostly_lines(lines, parse)) is not None:
        return as_lines
    if top.end == "text" and not window.at_end:
        top = walk(window, 1, parse.encoding)
        if top.end == "list":
            return _list(window, 0, "json_document", top.header, parse, sure=True)
        return _without_records(top.keys, top.kind)
    if top.end != "closed" and (found := _damaged_document(window, parse)) is not None:
        return found
    if top.has_header or top.kind:
        return _without_records(top.keys, top.kind)
    return _list(window, 0, "json_sequence", {}, parse, sure=False)


def _damaged_document(window: Window, parse: Parse) -> Container | None:
    """A document with damage before its records, which can be read all the same; its first brace may be lost, too."""
    member = _RECORDS_MEMBER.search(window.data)
    found = _list(window, member.end(), "json_document", {}, parse, sure=False) if member else None
    return found if isinstance(found, Container) else None


def _without_records(keys: list[str], kind: str | None) -> str:
    shown = ", ".join(repr(key[:40]) for key in keys[:SHOWN_KEYS]) + (", …" if len(keys) > SHOWN_KEYS else "")
    if kind:
        return say(
            "JSON document with the keys {keys}: {name} is {kind}, expected a list",
            keys=shown,
            name=RECORDS_KEY,
            kind=kind,
        )
    return say("JSON document with the keys {keys}: no {name} list", keys=shown, name=RECORDS_KEY)


def _list(
    window: Window, position: int, name: ContainerName, header: dict[str, Any], parse: Parse, sure: bool
) -> Container | str:
    """The container whose first record is at ``position``; ``sure``: also if no record can be read."""
    closing = name != "json_sequence"
    while True:
        final = window.at_end or len(window.data) > parse.most_bytes
        marks, sample, ends = learn(window.data, final, position, closing, parse)
        if sample or ends or final:
            break
        window.grow(parse.most_bytes + HEAD_BYTES)
    if not sample and not sure:
        seen = excerpt(window.data, parse.encoding)
        return say('JSON-like text in which no whole record was found, begins with "{seen}"', seen=seen)
    window.drop(position)
    return Container(name, header, sample, marks)
