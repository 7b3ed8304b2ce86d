"""A language in which every sentence is English between ⟦ and ⟧, and what a page says outside of these."""

import gettext
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

# Read by people, though no text of the page.
READ_ALOUD = ("aria-label", "title", "placeholder", "alt")
# What is in these comes from data, commands or the clock.
_DATA = frozenset({"code", "bdi", "time", "style", "script"})
_VOID = frozenset({"meta", "input", "rect", "path", "circle"})
# Label kinds, which people type; a moment with its zone; a value at an axis.
_KIND_OR_VALUE = r"\b(SFT|RM)\b|\b[\d.,]+[kM]\b"
_MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]+"


_LETTER = re.compile(r"[^\W\d_]")


def _bracketed(sentence: str) -> str:
    """What is filled in is outside again, so that it must be said too or be data."""
    return "⟦" + re.sub(r"({\w+})", r"⟧\1⟦", sentence) + "⟧"


class Pseudo(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return _bracketed(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _bracketed(msgid1 if n == 1 else msgid2)


class _Outside(HTMLParser):
    """The texts and the attributes that are read, as far as they are outside of the brackets and of data."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open: list[str] = []
        self._inside = False
        # A place where a name may break is none where it ends.
        self.feed(html.replace("<wbr>", ""))
        self.close()
        assert not self._inside, "a sentence does not end"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._open.append(tag)
        for name, value in attrs:
            if name in READ_ALOUD and value:
                self.found.append(re.sub("⟦.*?⟧", "", value))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        outside = ""
        for piece in re.split("([⟦⟧])", data):
            if piece in ("⟦", "⟧"):
                self._inside = piece == "⟦"
                outside += "\n"
            elif not self._inside:
                outside += piece
        if not _DATA & {*self._open}:
            self.found += outside.split("\n")


def unsaid(html: str, data: Iterable[str] = ()) -> list[str]:
    """What has letters on a page in the pseudo-language, is no sentence, and is not of the data either.

    Args:
        html: The page.
        data: Texts that may be there as they are.

    Returns:
        The pieces, each once.
    """
    known = {" ".join(text.split()) for text in data} - {""}
    of_data = (rf"(?<!\w){re.escape(text)}(?!\w)" for text in sorted(known, key=len, reverse=True))
    plain = re.compile("|".join((_MOMENT, *of_data, _KIND_OR_VALUE)))
    pieces = dict.fromkeys(" ".join(found.split()) for found in _Outside(html).found)
    # Most have no letters, or are data as a whole.
    doubtful = (piece for piece in pieces if _LETTER.search(piece) and piece not in known)
    return [piece for piece in doubtful if _LETTER.search(plain.sub("", piece))]


def texts_in(value: Any, names_of: Iterable[str] = ()) -> set[str]:
    """All texts in some JSON, as values.

    Args:
        value: The JSON.
        names_of: Objects whose keys are data too.

    Returns:
        The texts.
    """
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        keys = {name for key in names_of if isinstance(value.get(key), dict) for name in value[key]}
        return keys.union(*(texts_in(inner, names_of) for inner in value.values()))
    return set().union(*(texts_in(inner, names_of) for inner in value)) if isinstance(value, list | tuple) else set()
