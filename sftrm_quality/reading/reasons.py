"""Why bytes could not be read: the reasons of the stage ``read``, and files that hold no records at all."""

from dataclasses import dataclass

from sftrm_quality.personal_data import without_numbers
from sftrm_quality.reading.yaml_text import is_yaml
from sftrm_quality.words import phrase, say

READ_REASONS: dict[str, str] = {
    "invalid_json": phrase("The bytes are not one JSON value (RFC 8259)."),
    "invalid_encoding": (
        phrase(
            "The bytes are not text in the encoding of the file. If all are in another, declare encoding under sources."
        )
    ),
    "truncated_record": phrase("The file ends inside the record."),
    "unclosed_document": phrase(
        "The file ends before its list of records is closed; records may be missing after this point."
    ),
    "record_too_large": phrase("The record is longer than limits.record_bytes; only its beginning is kept here."),
    "too_deep": phrase("The record is nested deeper than limits.nesting_depth."),
    "duplicate_key": phrase("An object names the same key twice, so that parsers disagree about its value."),
    "not_a_number": phrase("NaN or Infinity, where JSON wants a number."),
    "number_out_of_range": phrase("A number that no 64-bit float holds, or an integer of more than 4300 digits."),
    "lone_surrogate": phrase(
        "An unpaired surrogate (\\ud800 to \\udfff without its other half), which is no character."
    ),
    "trailing_data": phrase("Bytes after the end of the JSON document."),
    "cells_too_few": phrase("The row has fewer cells than the table has columns."),
    "cells_too_many": phrase("The row has more cells than the table has columns: a delimiter that is not quoted."),
    "quote_misplaced": phrase("A quote neither opens nor closes a cell, or closes one that none opened."),
    "unclosed_quote": phrase("A quoted cell is not closed; the row ends here, where the next one begins."),
    "header_repeated": phrase("The row is the header once more: files were put together."),
    "page_broken": phrase("The part of the file that holds the row (a page, a record batch, a cell) cannot be read."),
    "moment_out_of_range": phrase("A date or time outside of the years 1 to 9999."),
    "cells_merged": phrase("Cells of the row are merged, so that nobody can tell whose their value is."),
    "column_unnamed": phrase("The row has a value in a column that has no name in the first row of its sheet."),
    "unknown_format": phrase(
        "The file is of no known format; one row stands for all its records, which were not read."
    ),
    "stream_broken": (
        phrase(
            "The stream is damaged or truncated, noticed here. What came before it was read, but gzip "
            "and zip notice a wrong bit late: records before this point may be damaged, too."
        )
    ),
}
"""Every reason for which reading makes a record unreadable, and its meaning."""

ENDS_EARLY = frozenset({"truncated_record", "unclosed_document"})
"""Reasons after which records may be missing that nobody can count; a broken stream may have been read to its end."""


@dataclass(frozen=True)
class UnknownFile:
    """A file, or a member of an archive, in which no records were found. It is reported and never an exception.

    ``source_file`` is its name as reports show it; ``seen`` says in a few words what it is and how it begins;
    ``header`` has the cells of the first line of a text, for whoever knows names of columns; ``empty``: there is
    nothing in it, so that nothing is lost.
    """

    source_file: str
    seen: str
    header: tuple[str, ...] = ()
    empty: bool = False


_MAGIC = [
    (b"%PDF", phrase("PDF document")),
    (b"\xd0\xcf\x11\xe0", phrase("old Microsoft Office document")),
    (b"7z\xbc\xaf\x27\x1c", phrase("7z archive; repack it as zip or gzip")),
    (b"\xfd7zXZ\x00", phrase("xz-compressed file; recompress it with gzip or zstd")),
    (b"BZh", phrase("bzip2-compressed file; recompress it with gzip or zstd")),
    (b"Rar!", phrase("RAR archive; repack it as zip or gzip")),
    (b"\x1f\x8b", phrase("gzip inside another container; unpack the outer one")),
    (b"\x28\xb5\x2f\xfd", phrase("zstd inside another container; unpack the outer one")),
    (b"PK\x03\x04", phrase("zip inside another container; unpack the outer one")),
    (b"SQLite format 3", phrase("SQLite database")),
    (b"\x89PNG", phrase("PNG image")),
    (b"\xff\xd8\xff", phrase("JPEG image")),
]
_LFS_POINTERS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")
_EXCERPT_CHARACTERS = 60


def excerpt(head: bytes, encoding: str = "utf-8") -> str:
    """The first characters of some bytes, at most 60, ``without_numbers``."""
    text = head[: 4 * _EXCERPT_CHARACTERS].decode(encoding, errors="replace").rstrip("\ufffd")
    return without_numbers(text)[:_EXCERPT_CHARACTERS]


def describe(head: bytes, size: int | None, undecided: str = "", encoding: str = "utf-8") -> str:
    """What a file of no known container seems to be.

    Args:
        head: Its beginning.
        size: In bytes, None where the stream's length is unknown.
        undecided: What is said of a text that cannot be decoded before its encoding is declared.
        encoding: Of a text, where it is known.

    Returns:
        A few words, with the beginning where that is no known kind of file.
    """
    if head.startswith(_LFS_POINTERS):
        return say("Git LFS pointer: run git lfs pull, then run again")
    if not head:
        return say("empty file")
    length = "" if size is None else say(", {size:,} bytes", size=size)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return say("{kind}{length}", kind=say(name), length=length)
    if head[257:262] == b"ustar":
        return say("tar archive inside another container; unpack the outer one{length}", length=length)
    if is_yaml(head):
        return say("YAML; convert it to JSON lines{length}", length=length)
    if not head.strip():
        return say("only white space{length}", length=length)
    if b"\x00" in head:
        shown = excerpt(head, "latin-1")
        return say('binary data{length}, begins with "{shown}"', length=length, shown=shown)
    if undecided:
        kind = "text" if head.lstrip().startswith((b"{", b"[")) else _kind_of_text(head)
        return say("{kind}{length}, {undecided}", kind=kind, length=length, undecided=undecided)
    return say(
        '{kind}{length}, begins with "{excerpt}"',
        kind=_kind_of_text(head),
        length=length,
        excerpt=excerpt(head, encoding),
    )


def first_cells(head: bytes, encoding: str = "utf-8") -> tuple[str, ...]:
    """What a header would name: the first line of a text, cut at commas or tabs."""
    line = head.lstrip().partition(b"\n")[0].decode(encoding, errors="replace").removeprefix("\ufeff")
    return tuple(cell.strip().strip('"') for cell in line.split("\t" if "\t" in line else ","))


def _kind_of_text(head: bytes) -> str:
    lines = [line for line in head.splitlines() if line.strip()][:20]
    for delimiter, name in ((b"\t", say("tab-separated text")), (b",", say("CSV-like text"))):
        if len(lines) > 1 and all(delimiter in line for line in lines[:-1]):
            return name
    if lines[0].lstrip().startswith(b"<"):
        return say("XML or HTML")
    return say("plain text")
