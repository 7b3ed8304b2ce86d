"""What is beside a number: whether it is a part of a longer number, of a hash or of a product code."""

import re

# n of the JSON escape \n is no letter, nor are the short names of telephone numbers.
_LETTER_BEFORE = re.compile(r"(?<!\\)[A-Za-z]\Z")
_SHORT_NAME = re.compile(r"(?<![A-Za-z])(?:tel|hp|h\.?p|phone|mobile|cell|no|m|t|p|c)\Z", re.IGNORECASE)
_DECIMALS = re.compile(r"[0-9]\.\Z")
# The number of an item of a list, without a blank behind it.
_ITEM = re.compile(r"(?:^|\n) {0,8}([1-9][0-9]{0,2})\.\Z")


def are_decimals(text: str, start: int) -> bool:
    """Whether digits without separators are the decimals of another number.

    In a list ("1.010…" at the beginning of a line) the number before the point is that of the item, and in a table
    ("3,010…") that of the row.

    Args:
        text: As ``plain`` makes it.
        start: Where the digits begin.
    """
    return bool(_DECIMALS.search(text, max(0, start - 2), start)) and item_before(text, start) is None


def item_before(text: str, start: int) -> int | None:
    """The number of an item of a list right before a place, as in "1.010…"."""
    match = _ITEM.search(text, max(0, start - 14), start)
    return int(match[1]) if match else None


def in_list(text: str, start: int) -> bool:
    """Whether what begins at a place is an item of a list of which another item begins a line."""
    item = item_before(text, start)
    return item is None or any(re.search(rf"(?:^|\n) {{0,8}}{other}\.", text) for other in (item - 1, item + 1))


def in_code(text: str, match: re.Match[str]) -> bool:
    """Whether a letter of ASCII is beside a number, as in hashes and product codes."""
    start, end = match.span()
    after = text[end : end + 1]
    if after.isascii() and after.isalpha():
        return True
    before = max(0, start - 8)
    return bool(_LETTER_BEFORE.search(text, max(0, start - 2), start)) and not _SHORT_NAME.search(text, before, start)
