"""Where in the texts of a record the defect is, for the reasons whose checks can say so; others mark nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from sftrm_quality.checks import Entry, damage, texts
from sftrm_quality.checks.garbled import garbled_in
from sftrm_quality.checks.phrases import compiled_phrases
from sftrm_quality.checks.template_tokens import template_tokens_in
from sftrm_quality.formats import fields_blamed
from sftrm_quality.personal_data import LATEST_BIRTH, find_personal_data
from sftrm_quality.reading import READ_REASONS, Span, damage_spans, field_spans
from sftrm_quality.reports.record_parts import PAYLOAD, RecordPart
from sftrm_quality.text import normalise_text

# More marks than this in one text show nothing new.
MARKS = 8


def defects(
    entry: Entry | None, reason: str, detail: str, parts: Sequence[RecordPart], as_read: bool
) -> list[list[Span]]:
    """Where the defect is in the texts of a record.

    Args:
        entry: The suite's, None for reasons of reading and formats.
        reason: Why the record failed.
        detail: What was found; it may say where.
        parts: The texts of the record.
        as_read: The raw record's text is its bytes in UTF-8, so that a position in bytes can be found in it.

    Returns:
        Of each part the places, ``text[start:end]`` in characters, in order and none over another; none where nobody
        can say.
    """
    if entry is None:
        return [
            _in_payload(reason, detail, part.text or "", as_read) if part.column == PAYLOAD else [] for part in parts
        ]
    columns = {entry.kwargs.get("column"), *entry.kwargs.get("others", ())}
    if entry.type == "expect_responses_to_differ":
        same = {int(place) for place in re.findall(r"\d+", detail.partition(" are the same")[0])}
        return [_whole(part.text or "", {}) if part.place in same else [] for part in parts]
    find = _FINDERS.get(entry.type)
    # What a text answers decides of some whether it is a defect.
    asked = next((part.text for part in parts if part.column == entry.kwargs.get("question")), None)
    kwargs = {**entry.kwargs, "asked": asked}
    return [find(part.text, kwargs)[:MARKS] if find and part.text and part.column in columns else [] for part in parts]


def _in_payload(reason: str, detail: str, payload: str, as_read: bool) -> list[Span]:
    if reason in READ_REASONS:
        return damage_spans(reason, detail, payload, as_read)[:MARKS]
    return field_spans(payload, fields_blamed(reason, detail))[:MARKS]


def _whole(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
    return [(0, len(text))] if text else []


def _blank(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
    return _whole(text, kwargs) if texts.is_blank(pa.array([text]))[0] else []


def _garbled(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
    return list(garbled_in(text, kwargs["asked"]))


def _tokens(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
    return template_tokens_in(text, kwargs["asked"], prompt=kwargs["asked"] is None)


def _stand_in(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
    patterns = texts.whole_text_pattern([*kwargs["patterns"], *kwargs.get("patterns_for_prose", ())])
    return _whole(text, kwargs) if texts.matches(pa.array([text]), patterns)[0] else []


def _outside(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
    if (maximum := kwargs.get("maximum")) is not None and len(text) > maximum:
        return [(maximum, len(text))]
    return _whole(text, kwargs) if len(text) < (kwargs.get("minimum") or 0) else []


def _personal(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
    found = find_personal_data(text, kwargs.get("latest_birth", LATEST_BIRTH))
    return [(one.start, one.end) for one in found if one.kind == kwargs["kind"]]


def _told(find: Callable[[str], str | None]) -> Callable[[str, Mapping[str, Any]], list[Span]]:
    """What a check names (``â€™ for ’``), where it is found as such in the text."""

    def spans(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
        piece = (find(text) or "").partition(" for ")[0]
        start = text.find(piece) if piece else -1
        return [(start, start + len(piece))] if start >= 0 else []

    return spans


def _phrase(text: str, kwargs: Mapping[str, Any]) -> list[Span]:
    found = compiled_phrases(tuple(kwargs["phrases"])).first_in(normalise_text(text), kwargs["within"])
    start = text.lower().find(found) if found and len(text.lower()) == len(text) else -1
    return [(start, start + len(found))] if found and start >= 0 else []


_FINDERS: Mapping[str, Callable[[str, Mapping[str, Any]], list[Span]]] = {
    "expect_text_to_be_visible": _blank,
    "expect_every_response_to_be_visible": _blank,
    "expect_text_not_to_be_garbled": _garbled,
    "expect_every_response_not_to_be_garbled": _garbled,
    "expect_text_to_be_free_of_template_tokens": _tokens,
    "expect_every_response_to_be_free_of_template_tokens": _tokens,
    "expect_text_not_to_be_a_placeholder": _stand_in,
    "expect_every_response_not_to_be_a_placeholder": _stand_in,
    "expect_text_to_differ_from": _whole,
    "expect_text_length_to_be_between": _outside,
    "expect_every_response_to_be_at_most_long": _outside,
    "expect_record_to_be_free_of_personal_data": _personal,
    "expect_record_not_to_be_misread": _told(damage.find_misread),
    "expect_record_to_be_free_of_loose_jamo": _told(damage.find_loose_jamo),
    "expect_answer_to_be_free_of_phrases": _phrase,
}
