"""What can be said of texts as a whole, on Arrow arrays: visible, garbled, template tokens, placeholders.

RE2 (the engine of pyarrow) knows only ASCII in ``\\s``, so white space and what cannot be seen are spelt out.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Mask, Rows, as_mask, row_of_each
from sftrm_quality.characters import DEFAULT_IGNORABLE, EMPTY_CELL, re2_class
from sftrm_quality.checks.template_tokens import CONTROL
from sftrm_quality.personal_data import without_numbers
from sftrm_quality.records import MESSAGE
from sftrm_quality.words import say_of

# White space, control and format characters, what Unicode calls default ignorable, and the empty braille cell.
INVISIBLE = rf"[\s\p{{Z}}\p{{Cc}}\p{{Cf}}{EMPTY_CELL}{re2_class(DEFAULT_IGNORABLE)}]"

# U+FFFD stands for bytes that somebody failed to decode; C0 and C1 control characters (without tab and line ends)
# and U+007F have no meaning in text.
GARBLED = r"[\x{FFFD}\x{00}-\x{08}\x{0B}\x{0C}\x{0E}-\x{1F}\x{7F}-\x{9F}]"

# Of a text that begins with thoughts nothing is left for a reader where nothing comes after them.
_UNSEEN = f"(?:{INVISIBLE}|{CONTROL})*"
_BLANK = f"^{_UNSEEN}(?:<think>(?s:.*)</think>{_UNSEEN})?$"
_EXCERPT = 60
TURNS = pa.list_(MESSAGE)
"""The type of a history."""


def text_of_each(column: pa.Array) -> tuple[Rows, pa.StringArray]:
    """The texts of a column, one after the other.

    Args:
        column: Strings, responses (list<struct<text, rank, score>>) or turns (list<struct<role, content>>).

    Returns:
        The row of each text, and the texts, null ones among them.
    """
    if pa.types.is_list(column.type):
        name = "content" if column.type.equals(TURNS) else "text"
        return row_of_each(column), pc.struct_field(column.flatten(), name)
    return np.arange(len(column)), column


def matches(texts: pa.Array, pattern: str, *, if_null: bool = False) -> Mask:
    """Where a pattern is found.

    Args:
        texts: Strings.
        pattern: Of RE2, found anywhere in the text.
        if_null: What a null is.
    """
    if texts.null_count == len(texts):
        # Most records have no earlier turns, and to compile a pattern takes up to a millisecond.
        return np.full(len(texts), if_null)
    return as_mask(pc.match_substring_regex(texts, pattern), if_null=if_null)


def is_blank(texts: pa.Array) -> Mask:
    """True where nothing can be seen: null, empty, or only white space, invisible characters and special tokens."""
    return matches(texts, _BLANK, if_null=True)


def first_matches(texts: pa.Array, pattern: str) -> list[str]:
    """What a pattern finds first in each text; empty where it finds nothing.

    Args:
        texts: Strings; in a null it finds nothing.
        pattern: Of RE2.
    """
    found = pc.struct_field(pc.extract_regex(texts, f"(?P<found>{pattern})"), "found")
    return [text or "" for text in found.to_pylist()]


def whole_text_pattern(patterns: list[str]) -> str:
    """One RE2 pattern that fits a text as a whole, its invisible ends aside, without regard to case.

    Args:
        patterns: Of RE2, at least one.
    """
    return f"(?i)^{INVISIBLE}*(?:{'|'.join(f'(?:{pattern})' for pattern in patterns)}){INVISIBLE}*$"


def excerpt(text: str | None) -> str:
    """The beginning of a text in quotes, at most 60 characters, ``without_numbers``; ``null`` for None."""
    if text is None:
        return "null"
    seen = without_numbers(text[: 4 * _EXCERPT])
    return f"'{seen[: _EXCERPT - 3]}…'" if len(seen) > _EXCERPT - 2 else f"'{seen}'"


def in_characters(length: int) -> str:
    """A length in words."""
    return say_of("{count} character", "{count} characters", length)
