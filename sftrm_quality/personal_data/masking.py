"""Texts without what may belong to a person: for pages and terminals, and for messages."""

import re
from collections.abc import Iterator

from sftrm_quality.personal_data.finding import find_in_plain
from sftrm_quality.personal_data.found import asterisks
from sftrm_quality.personal_data.plain import plain

# Anything that may be one, in any script.
_LIKE_AN_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]++ ?@ ?[\w-]+(?: ?\.[\w-]+)+")
# Of six digits on, a piece of a number is enough to find a person: a birth, the last blocks of a telephone number.
_RUN = re.compile(r"\d(?:(?: {0,2}[-.·/]\u200b? {0,2}| {1,2}|\u200b)?\d){5,}")
# Shown as they are: days and moments of ISO 8601 (extended), from one to another too, and numbers in groups of three.
_DAY = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?"
_TIME = r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:Z|[-+][0-9]{2}:?[0-9]{2})?"
_MOMENT = rf"{_DAY}(?:{_TIME})?(?:/{_DAY}(?:{_TIME})?)?"
_GROUPS = (
    r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
    r"|(?<!\d )[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,4}|(?: [0-9]{3}){2,4}(?! ?\d))(?:,[0-9]{1,2})?"
)
_HARMLESS = re.compile(rf"(?<!\d)(?<!\d[-./·,])(?:{_MOMENT}|{_GROUPS})(?![-./·,]?\d)")
_SIX_DIGITS = re.compile(r"\d(?:\D*+\d){5}")
_JOINED_BEFORE = re.compile(r"(?:[\w./·-]|\d )\Z")
_JOINED_AFTER = re.compile(r"[\w/·-]| \d")


def mask_personal_data(text: str) -> str:
    """The text with every letter and digit of what ``find_personal_data`` finds as ``*``; nothing else changes.

    For names and ids, which have to be found again. Separators stay, so that the shape still says what was there
    (``***-****-****``), and no digit does: a date of birth, or the last four digits beside a name, are enough to find a
    person. The length stays the same.
    """
    return _masked_and_plain(text)[0]


def _masked_and_plain(text: str) -> tuple[str, str]:
    """The text, masked, and the same in plain."""
    # Again until nothing is found: what was too close to a number to count may count beside a masked one.
    while found := find_in_plain(written := plain(text)):
        text = _masked(text, [(one.start, one.end) for one in found])
    return text, written


def mask_text(text: str, id_: str | None = None) -> str:
    """A text of a record as a page or a terminal shows it: what is found, every address and every longer number masked.

    A longer number has six or more digits, of any width, joined by one of ``- . · /`` or by blanks; days and moments of
    ISO 8601 and numbers in groups of three are none. What no check finds is not in clear then either. The length stays
    the same, and separators do.

    Args:
        text: Any.
        id_: Of the record: it is shown where the text repeats it, unless it is personal data itself.
    """
    # Most texts have neither six digits nor an address, and that is seen in a tenth of the time.
    if not _SIX_DIGITS.search(text) and not any(sign in text for sign in "@＠﹫"):
        return text
    masked, written = _masked_and_plain(text)
    if "@" in written:
        masked = _masked(masked, [*_spans(_LIKE_AN_ADDRESS, written)])
        written = plain(masked)
    if id_:
        written = _without_id(written, plain(id_))
    # Most texts have none.
    if not _RUN.search(written):
        return masked
    return _masked(masked, [*_spans(_RUN, _HARMLESS.sub(_blank, written))])


def _without_id(text: str, id_: str) -> str:
    """The text without the id of its record, where it is no part of something longer."""
    # Not by a pattern: each record has another id, and to compile a pattern takes longer than to look for it.
    pieces, end = [], 0
    at = text.find(id_)
    while at >= 0:
        stop = at + len(id_)
        if _JOINED_AFTER.match(text, stop):
            at = text.find(id_, at + 1)
            continue
        if not _JOINED_BEFORE.search(text, max(0, at - 2), at):
            pieces += [text[end:at], "\0" * len(id_)]
            end = stop
        at = text.find(id_, stop)
    return "".join(pieces) + text[end:] if pieces else text


def without_numbers(text: str) -> str:
    """A piece of a text on one line, fit for any message or log: no digit, no e-mail address, nothing unprintable.

    Every digit becomes ``#``, because what is cut off may be what tells a person's number from another one; an address
    becomes ``…@…``, and a character that cannot be seen its escape. For pieces of some hundred characters.
    """
    pieces, end = [], 0
    for start, stop in _spans(_LIKE_AN_ADDRESS, plain(text)):
        pieces += [text[end:start], "…@…"]
        end = stop
    masked = re.sub(r"\d", "#", "".join(pieces) + text[end:])
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in masked)


def _blank(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in pattern.finditer(text))


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, end = [], 0
    for start, stop in spans:
        pieces += [text[end:start], asterisks(text[start:stop])]
        end = stop
    return "".join(pieces) + text[end:] if spans else text
