"""Texts of others as cells of a spreadsheet: none is a formula, none is longer than Excel takes, all can be seen."""

import re

# Of Excel, in UTF-16 units: it cuts longer cells off when it opens a file, without a word.
LONGEST_CELL = 32_767
# What a spreadsheet takes for the beginning of a formula, full width signs and white space before it included (OWASP,
# CSV Injection).
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# What XML cannot hold, and DEL and the C1 controls, which it can and nobody sees.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def visible(text: str) -> str:
    """The text with its control characters, but for tab and line ends, as ``⟨U+0007⟩``.

    Args:
        text: Any text.

    Returns:
        One that every sheet can hold.
    """
    return _CONTROL.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def from_inert(text: str) -> str:
    """The text of a cell of a CSV file without the apostrophe of `inert`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def inert(text: str) -> str:
    """The text behind an apostrophe where a spreadsheet would take it for a formula.

    Args:
        text: A cell of a CSV file.

    Returns:
        A text that is shown and does nothing.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def fits(text: str) -> bool:
    """Whether a cell holds the text, with the apostrophe of `inert`."""
    return 2 * len(text) < LONGEST_CELL or units(text) < LONGEST_CELL


def beginning(text: str, note: str) -> str:
    """As much of a text as a cell holds, and a note behind it.

    Args:
        text: One that does not fit.
        note: Where the whole text is.

    Returns:
        A text that fits.
    """
    room = max(0, LONGEST_CELL - 1 - units(note))
    # Half a character at the end is left out.
    return text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore") + note


def units(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text.encode("utf-16-le")) // 2
