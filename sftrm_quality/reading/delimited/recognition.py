"""Whether a text is a table, and how it is written: by its content, and only if it certainly is one.

A table has a header of short names that differ, and rows of as many cells. Whoever has no header declares the names.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sftrm_quality.personal_data import without_numbers
from sftrm_quality.reading.delimited.dialect import Dialect
from sftrm_quality.reading.delimited.sampling import Sample, best_quoting, first_row, line_end_of
from sftrm_quality.words import say

DELIMITERS = (",", "\t", ";", "|")
_ANY_DELIMITER = re.compile(rb"[,\t;|]")
_LONGEST_NAME = 100
"""Characters of a name: the longest of the real files has 20, and a question has some more."""
_NAME = re.compile(r"[^\W\d][^{}<>=]*|[#$@][^\W\d][^{}<>=]*")
_PROSE = re.compile(r"[:.!?…。]$|: |(?:\S+\s+){6}")
"""What a name without quotes does not have: the end of a sentence, a speaker, more than six words."""
_RULE = re.compile(rb"[ \t]*[-+|:][-+|: \t]*(?:\r|\n|\Z)")
"""The second line of a table of Markdown, or of a database's terminal: those are for people."""
# One of so many of the first rows may be damaged, and one in any case. Where names could be words of a text, none of
# few, and five rows must be good: so many lines of a text hardly ever have the same number of commas.
_MOST_DAMAGED, _MOST_DAMAGED_OF_WORDS, _ROWS_OF_WORDS = 2, 10, 5


@dataclass(frozen=True)
class Recognised:
    """A table whose first record begins at ``begin`` of the text that was looked at, and the first of its rows."""

    dialect: Dialect
    begin: int
    sample: Sample


def recognise(data: bytes, final: bool, codec: str, marks: bool) -> Recognised | str | None:
    """Whether a text certainly is a table with a header.

    Args:
        data: Its beginning.
        final: It is all of the text.
        codec: Of these bytes.
        marks: A byte order mark may be in the text.

    Returns:
        The table; what is wrong with it, where two columns have one name; None where it is none.
    """
    found: list[Recognised] = []
    twice = None
    for delimiter in ("", *DELIMITERS):
        dialect = Dialect((), delimiter, "doubled", line_end_of(data), marks=marks)
        header = first_row(data, final, dialect)
        if header is None or (len(header[0]) < 2 and delimiter):
            continue
        cells, begin = header
        if not delimiter and not data.startswith(b'"') and _ANY_DELIMITER.search(cells[0]):
            continue
        names = _names(cells, data.startswith(b'"'), codec)
        if names is None or _RULE.match(data, begin):
            continue
        table = _with_rows(data, begin, final, dialect.of(names))
        if table is None:
            continue
        again = [name for name, count in Counter(table.dialect.names).items() if count > 1]
        if again:
            twice = say(
                "table with more than one column '{name}'; give each a name of its own",
                name=without_numbers(again[0])[:_LONGEST_NAME],
            )
        else:
            found.append(table)
    return min(found, key=lambda one: (one.sample.unended, one.sample.bad, -len(one.dialect.names)), default=twice)


def _names(cells: Sequence[bytes], quoted: bool, codec: str) -> tuple[str, ...] | None:
    """The names of columns, None where the cells are none. One may be empty, as pandas calls the column of row numbers.

    White space around a name is no part of it.
    """
    names = _texts(cells, codec)
    given = [name for name in names if name]
    if len(given) < min(2, len(names)) or len(given) < len(names) - 1:
        return None
    for name in given:
        if len(name) > _LONGEST_NAME or not name.isprintable() or "\ufffd" in name or not _NAME.fullmatch(name):
            return None
        if not quoted and _PROSE.search(name):
            return None
    return names


def _texts(cells: Sequence[bytes], codec: str) -> tuple[str, ...]:
    return tuple(cell.decode(codec, "replace").strip() for cell in cells)


def _with_rows(data: bytes, begin: int, final: bool, dialect: Dialect) -> Recognised | None:
    """The table with that header, where enough of the rows below are its own."""
    written, sample = best_quoting(data, begin, final, dialect)
    if dialect.delimiter == "\t" and not sample.good and dialect.names[0]:
        # A header that begins with an empty name: white space before a text is passed.
        longer = dialect.of(("", *dialect.names))
        written, sample = best_quoting(data, begin, final, longer)
    rows = len(sample.good) + sample.bad
    if sample.unended:
        return Recognised(written, begin, sample)
    if not rows:
        # All that says that this is a table are its quotes.
        certain = final and dialect.delimiter and _all_quoted(data[:begin], dialect)
        return Recognised(written, begin, sample) if certain else None
    if not dialect.delimiter and sample.quoted < len(sample.good):
        return None
    # Behind a comma of a text there is a space.
    words = not sample.quoted and dialect.delimiter != "\t" and f"{dialect.delimiter} ".encode() in data[:begin]
    least, most = (_ROWS_OF_WORDS, rows // _MOST_DAMAGED_OF_WORDS) if words else (1, max(1, rows // _MOST_DAMAGED))
    return Recognised(written, begin, sample) if len(sample.good) >= least and sample.bad <= most else None


def _all_quoted(header: bytes, dialect: Dialect) -> bool:
    return header.count(b'"') >= 2 * len(dialect.names) and header.startswith(b'"')


def declared(data: bytes, final: bool, names: Sequence[str], codec: str, marks: bool) -> Recognised | str | None:
    """A table whose columns are declared; what it is instead, where its rows have another number of cells.

    Args:
        data: The beginning of the text.
        final: It is all of the text.
        names: The declared ones. If they are the first row, too, that is the header.
        codec: Of these bytes.
        marks: A byte order mark may be in the text.
    """
    found = []
    for delimiter in DELIMITERS if len(names) > 1 else ("",):
        dialect = Dialect(tuple(names), delimiter, "doubled", line_end_of(data), marks=marks)
        header = first_row(data, final, dialect)
        begin = header[1] if header and _texts(header[0], codec) == dialect.names else 0
        written, sample = best_quoting(data, begin, final, dialect)
        found.append(Recognised(written, begin, sample))
    best = min(found, key=lambda one: (-len(one.sample.good), not one.sample.unended, one.sample.bad))
    if best.sample.unended:
        return best
    if best.sample.bad > len(best.sample.good):
        return say(
            "text that is no table of {count:,} columns, as columns under sources declares them", count=len(names)
        )
    return best if best.sample.good or best.begin else None
