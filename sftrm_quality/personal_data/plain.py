"""A text in which numbers and addresses are written in one way, character for character: where to look for them."""

import re

from sftrm_quality.characters import DEFAULT_IGNORABLE, characters_in, python_class

# Dashes that people type or that programs put in the place of one: Unicode's dashes, the minus sign, lines of tables,
# the long mark of kana, and the vowel ㅡ, which is on a Korean keyboard where others have none.
_DASHES = "‐‑‒–—―−⁃─━﹘﹣ㅡー"
_BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DOTS = "·ㆍ‧・･∙⋅•"
# Full stops of Chinese and Japanese, which people type in addresses too (RFC 3490, section 3.1, takes them for dots).
_STOPS = "。｡"
# ASCII of full width, then the digits of bold, double-struck, sans-serif and monospaced letters.
_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_MATHEMATICAL = {chr(0x1D7CE + number): str(number % 10) for number in range(50)}
_UNSEEN = "\u200b"

_PLAIN = (
    dict.fromkeys(characters_in(DEFAULT_IGNORABLE[:-1]), _UNSEEN)
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_BLANKS, " ")
    | dict.fromkeys(_DOTS, "·")
    | dict.fromkeys(_STOPS, ".")
    | _WIDE
    | _MATHEMATICAL
    | {"﹫": "@", "\u20e3": _UNSEEN}
)
# The tags, the last of the ignorable ones, are 4,096 characters that no keyboard has.
_OTHERS = re.compile(
    f"[{_DASHES}{_BLANKS}{_DOTS}{_STOPS}！-～\U0001d7ce-\U0001d7ff﹫\u20e3{python_class(DEFAULT_IGNORABLE[:-1])}]"
)


def seen(text: str) -> tuple[str, list[int] | None]:
    """A plain text without what nobody sees, and where each of its characters is in it; None: at the same place."""
    if _UNSEEN not in text:
        return text, None
    places = [place for place, character in enumerate(text) if character != _UNSEEN]
    return text.replace(_UNSEEN, ""), [*places, len(text)]


def plain(text: str) -> str:
    """A text to look for numbers and addresses in.

    Args:
        text: Any.

    Returns:
        The same text, of the same length, in which digits, letters and signs of full width are ASCII, blanks are
        spaces, every dash is a hyphen, every middle dot ``·`` and what nobody sees U+200B.
    """
    # Most texts have none of them. (``str.translate`` takes ten times as long for Hangul.)
    return _OTHERS.sub(lambda match: _PLAIN[match[0]], text) if not text.isascii() else text.replace("\t", " ")
