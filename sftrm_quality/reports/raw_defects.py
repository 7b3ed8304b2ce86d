"""Where in a record's own text the defect is, as far as what was said of it tells.

`defects` knows more, and takes each record apart for it, a millisecond each: enough for a page's samples, too much for
a hundred thousand rows. Here a search or two in the text is all, some microseconds; what they cannot tell has no mark.
"""

import json
import re
from collections.abc import Sequence
from functools import cache

from sftrm_quality.formats import fields_blamed
from sftrm_quality.formats.reference import PROMPT_NAMES
from sftrm_quality.reading import READ_REASONS, Span, damage_spans, field_spans
from sftrm_quality.records import Stage

MARKS = 8
# Details of checks begin with what they are about: a column, a response by its place, the ranks.
_CONTAINS = re.compile(r"contains (?:U\+([0-9A-F]{4,6})$|'(.+?)…?'$)")
_RESPONSES = re.compile(r"responses? (\d+)(?: of (\d+)| and (\d+))")
_COLUMN = re.compile(r"(?:the )?([a-z_]+)\b")
# The names that a column has in raw records, where they are others.
_RAW_NAMES = {
    "prompt": PROMPT_NAMES,
    "answer": ("answer", "contents"),
    "ranks": ("rank", "ranking"),
    **dict.fromkeys(("data_id", "question", "question_count", "data_category", "question_type"), ()),
}
_RESPONSE_TEXTS = ("text", "contents")


def raw_defects(text: str, stage: str, reasons: Sequence[str], details: Sequence[str], as_read: bool) -> list[Span]:
    """Where the defects are.

    Args:
        text: The record, or the beginning of it.
        stage: Where it failed.
        reasons: All of them.
        details: What was said of each.
        as_read: The text is the record's bytes in UTF-8, so that a position in bytes can be found in it.

    Returns:
        The places ``text[start:end]``, in order, none over another, at most ``MARKS``.
    """
    found: list[Span] = []
    for reason, detail in zip(reasons, details, strict=True):
        if stage == Stage.CHECK:
            found += _of_check(text, detail)
        elif reason in READ_REASONS:
            found += damage_spans(reason, detail, text, as_read)
        else:
            found += field_spans(text, fields_blamed(reason, detail))
    apart: list[Span] = []
    for start, end in sorted(found):
        if not apart or apart[-1][1] <= start:
            apart.append((start, end))
    return apart[:MARKS]


def _of_check(text: str, detail: str) -> list[Span]:
    if contains := _CONTAINS.search(detail):
        piece = chr(int(contains[1], 16)) if contains[1] else contains[2]
        # As it is, or as JSON writes it.
        escaped = json.dumps(piece)[1:-1]
        return [match.span() for match in re.finditer(f"{re.escape(piece)}|(?i:{re.escape(escaped)})", text)]
    if responses := _RESPONSES.match(detail):
        places = [int(place) for place in (responses[1], responses[3]) if place]
        values = _values(text, _RESPONSE_TEXTS)
        # Other fields of these names, or others that a response's text has: nobody knows which is which.
        known = len(values) == int(responses[2]) if responses[2] else len(values) >= max(places)
        return [values[place - 1] for place in places] if known else []
    column = _COLUMN.match(detail)
    if column is None or column[1] not in _RAW_NAMES:
        return []
    return _values(text, _RAW_NAMES[column[1]] or (column[1],))


def _values(text: str, names: tuple[str, ...]) -> list[Span]:
    return [match.span(1) for match in _value_of(names).finditer(text)]


@cache
def _value_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """The value of a field, where it is a text, a number or a name."""
    keys = "|".join(map(re.escape, names))
    return re.compile(rf'"(?:{keys})"\s*:\s*("(?:[^"\\]|\\.)*"|[^\s"{{\[,}}\]]+)', re.DOTALL)
