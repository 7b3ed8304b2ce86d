"""How numbers and foreign text are shown on a page: nothing in a record can hide, move or run anything there."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise, takewhile
from urllib.parse import quote

from markupsafe import Markup, escape

from sftrm_quality.characters import DEFAULT_IGNORABLE, EMPTY_CELL, characters_in
from sftrm_quality.words import form_of, number, say

# Bytes of a page, its escapes and marks included: 240 letters or 80 Hangul syllables, longer than the paths and notes
# that people write. Counted so, the size of a page is bounded whatever its texts hold.
TEXT_LIMIT = 240
# Marks that a letter carries at most: real scripts stack three or four, hundreds would cover other rows.
_STACKED = 4
_LINE_FEED, _TAB = "⏎", "⇥"
# In names of files and in codes.
_ENDS_WORD = frozenset("/_-.")
_BETWEEN_WORDS = re.compile(r"(?<=[/_.-])(?=[^/_.-])")
# Blank or joining, also where Unicode does not call them format characters.
_UNSEEN = frozenset((EMPTY_CELL, *characters_in(DEFAULT_IGNORABLE)))
# Controls, format and bidirectional marks, separators but the space, surrogates, private and unassigned code points.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_PILED_UP = frozenset({"Mn", "Me"})
_SIGNS = (_LINE_FEED, _TAB, "⟨")
# Blocks in which whatever Python calls printable is shown as it is: no marks, no blank, none of our signs. Latin, Greek
# and Cyrillic, punctuation, currencies, arrows, boxes, kana, ideographs, Hangul, full-width forms.
_PLAIN = re.compile(
    "[ -\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21e4\u2500-\u25ff\u3041-\u3096\u30a1-\u30fa"
    "\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]*"
)


def text(value: object, limit: int = TEXT_LIMIT) -> object:
    """A string as markup that shows every character, cut in the middle when it takes more than ``limit`` bytes.

    Invisible characters, controls and direction marks appear as ``<mark>⟨U+200B⟩</mark>``, line feed and tab as ⏎ and
    ⇥, and of marks piled up on a letter those from the fifth on by number as well. The signs used for this are shown
    by number themselves, so a text cannot pretend to hold what it does not.
    None is a dash; numbers and markup are passed on.
    """
    if value is None:
        return "–"
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _cut(value, limit, _glyphs) if (plain := _plain(value, limit)) is None else plain


def breakable(value: object, limit: int = TEXT_LIMIT) -> object:
    """A name as `text` shows it, which a line breaks between its words only: after ``/``, ``_``, ``-`` and ``.``.

    These places are elements, so that what is copied is the name; they are among the bytes that ``limit`` counts.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return text(value)
    return _cut(value, limit, _words) if (plain := _plain(value, limit, _BETWEEN_WORDS)) is None else plain


def _plain(value: str, limit: int, between: re.Pattern[str] | None = None) -> Markup | None:
    """A text all of which is shown as it is, as nearly all are, without looking at each of its characters. It breaks at
    the places ``between``, where these are given."""
    if not value.isprintable() or not _PLAIN.fullmatch(value):
        return None
    shown = Markup("<wbr>").join(between.split(value)) if between else escape(value)
    return shown if len(shown.encode()) <= limit else None


def _cut(value: str, limit: int, glyphs: Callable[[str], list[Markup]]) -> Markup:
    head = glyphs(value[:limit])
    if _fitting(head, limit) == len(value):
        return _joined(head)
    tail = glyphs(value[-limit:])
    first, last = _fitting(head, limit - limit // 3), _fitting(reversed(tail), limit // 3)
    left_out = _left_out(len(value) - first - last)
    return _joined([*head[:first], left_out, *tail[len(tail) - last :]])


def passage(pieces: Sequence[tuple[str, bool]], limit: int) -> Markup:
    """The pieces of a passage as `text` shows them, those that are marked in a mark of their own; what would take more
    than ``limit`` bytes together is left out at the end."""
    shown, room, left_out = [Markup("")], limit, 0
    for piece, marked in pieces:
        fits, kept = len(piece), _plain(piece, room)
        if kept is None:
            glyphs = _glyphs(piece[: max(0, room)])
            fits = _fitting(glyphs, room)
            kept = _joined(glyphs[:fits])
        room -= len(kept.encode())
        shown.append(Markup('<mark class="defect">{}</mark>').format(kept) if marked and fits else kept)
        left_out += len(piece) - fits
        room = 0 if left_out else room
    if left_out:
        shown.append(_left_out(left_out))
    return _joined(shown)


def _joined(parts: Iterable[Markup]) -> Markup:
    """Markup that is not looked at again for what would have to be escaped."""
    return Markup("".join(parts))


def _left_out(characters: int) -> Markup:
    told = form_of("<mark>… {count} character …</mark>", "<mark>… {count} characters …</mark>", characters)
    return Markup(told).format(count=number(characters))


def lead(pieces: Sequence[tuple[str, bool]], characters: int) -> list[tuple[str, bool]]:
    """So many characters of a passage: its beginning, or what surrounds its first mark."""
    before = next((sum(len(p) for p, _ in pieces[:n]) for n, (_, marked) in enumerate(pieces) if marked), 0)
    first = max(0, before - characters // 4)
    cut, at = [], 0
    for piece, marked in pieces:
        part = piece[max(0, first - at) : max(0, first + characters - at)]
        cut += [(part, marked)] if part else []
        at += len(piece)
    return cut


def _glyphs(characters: str) -> list[Markup]:
    glyphs, stacked = [], _STACKED  # a mark without a letter would sit on the page's own
    for character in characters:
        stacked = stacked + 1 if unicodedata.category(character) in _PILED_UP else 0
        glyphs.append(_glyph(character, stacked > _STACKED))
    return glyphs


def _words(characters: str) -> list[Markup]:
    """The glyphs, with a place to break before each that begins a word."""
    around = pairwise([Markup(""), *_glyphs(characters)])
    return [
        Markup("<wbr>") + glyph if before in _ENDS_WORD and glyph not in _ENDS_WORD else glyph
        for before, glyph in around
    ]


def _fitting(glyphs: Iterable[Markup], limit: int) -> int:
    """How many of the glyphs take no more than ``limit`` bytes together."""
    return sum(1 for _ in takewhile(limit.__ge__, accumulate(len(glyph.encode()) for glyph in glyphs)))


@lru_cache(maxsize=4096)
def _glyph(character: str, by_number: bool) -> Markup:
    if character == "\n":
        shown = _LINE_FEED
    elif character == "\t":
        shown = _TAB
    elif character != " " and (
        by_number
        or unicodedata.category(character) in _UNSEEN_CATEGORIES
        or character in _UNSEEN
        or character in _SIGNS
    ):
        shown = f"⟨U+{ord(character):04X}⟩"
    else:
        return escape(character)
    return Markup("<mark>{}</mark>").format(shown)


def position(source_index: int, source_line: int | None) -> str:
    """Where a record is in its source file, one way wherever people look: ``line 1 (record 1)``.

    Args:
        source_index: Which record it is, counted from 0.
        source_line: The line that it begins in, counted from 1; None where the file has no lines of its own.

    Returns:
        The words; people count both from 1.
    """
    record = number(source_index + 1)
    if source_line is None:
        return say("record {record}", record=record)
    return say("line {line} (record {record})", line=number(source_line), record=record)


def setting(value: object) -> str:
    """A value of the configuration, as YAML would take it on one line; – for none."""
    return "–" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def duration(seconds: float) -> str:
    """Seconds as people say them: 0.8 s, 48.2 s, 12 min 03 s, 1 h 02 min."""
    if seconds < 59.95:
        return say("{seconds} s", seconds=format(seconds, ".1f"))
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return say("{minutes} min {seconds} s", minutes=minutes, seconds=format(rest, "02d"))
    return say("{hours} h {minutes} min", hours=minutes // 60, minutes=format(minutes % 60, "02d"))


def points(step: float) -> str:
    """A change of a share, in percentage points: +1.2 pt."""
    moved = "±0" if abs(step) < 0.0005 else f"{100 * step:+.1f}".replace("-", "−")
    return say("{points} pt", points=moved)


def spark(values: Sequence[float | None]) -> str:
    """The path of a line through shares in a box 100 wide and 20 high; None is a gap.

    The full height is 2 %, or the greatest share if that is more: what is next to nothing looks so.
    """
    most = max([0.02, *(value for value in values if value is not None)])
    step, path, pen = 100 / max(1, len(values) - 1), [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
        else:
            # A line of no length is a dot where its ends are round.
            here = f"{place * step:.4g} {19 - 18 * value / most:.4g}"
            path.append(f"M{here}L{here}" if pen == "M" else f"L{here}")
            pen = "L"
    return "".join(path)


def link(path: str) -> Markup:
    """A relative path as it is written in a link: ``javascript:`` and ``//host`` are names of files there."""
    return Markup("./") + quote(path.lstrip("/"), safe="/", errors="surrogatepass")


def segments(parts: Iterable[tuple[str, int]], whole: int) -> list[tuple[str, str, str]]:
    """Of a bar 100 wide: class, start and width of every part that is not empty, side by side from the left."""
    drawn, start = [], 0.0
    for name, value in parts:
        if value:
            width = 100 * value / whole
            drawn.append((name, f"{start:.4g}", f"{width:.4g}"))
            start += width
    return drawn
