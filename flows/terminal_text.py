"""Texts of others in a terminal: whatever is in them, nothing steers it."""

import json
import re


def safe(text: object) -> str:
    """Text of records and file names with control characters and terminal escapes made visible."""
    return "".join(c if c.isprintable() or c == " " else f"\\x{ord(c):02x}" for c in str(text))


def padded(title: str, columns: int = 12) -> str:
    """The title of a line, as wide as those of the lines around it.

    Args:
        title: Said in any language: a Hangul syllable is two columns wide.
        columns: How wide.

    Returns:
        The title, and blanks behind it.
    """
    from rich.cells import cell_len

    return title + " " * max(1, columns - cell_len(title))


def json_text(value: object) -> str:
    """A value as JSON that steers no terminal: what is not printable is escaped, as JSON allows."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return re.sub(r"[^ -~\n]", lambda c: c[0] if c[0].isprintable() else json.dumps(c[0])[1:-1], text)
