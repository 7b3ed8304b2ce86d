"""Texts of others on Prefect's pages: file names, reasons, descriptions and paths stay text, whatever is in them.

Both of Prefect's UIs make Markdown of some fields, and links of what looks like an address in others. An image in a
text is fetched when somebody looks at the page.
"""

import logging
import os
import re

from flows.service_settings import REPORT_SITE
from flows.terminal_text import safe

# Not seen, and nothing is an address with it inside.
_JOINER = "\N{WORD JOINER}"
# What makes an address for a Markdown renderer (GitHub's rules): a scheme with //, www., and name@host.
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
# In tables the older UI makes Markdown of a cell, and the newer one shows each character as it is. So no escape is
# possible, and what would be markup is shown by a sign that looks like it.
_LOOK_ALIKES = str.maketrans("[]<>*`~_", "［］＜＞∗ˋ∼＿")


def escaped(text: str) -> str:
    """A text as plain Markdown on one line."""
    plain = safe(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
    return _ADDRESS.sub(_JOINER, re.sub(r"([\\`*_{}\[\]()#+!|~-])", r"\\\1", plain))


def in_cell(text: str) -> str:
    """A text for the cell of a table artifact, on one line."""
    plain = _ADDRESS.sub(_JOINER, " ".join(safe(text).split()))
    # Inside a word it is no markup: names of reasons keep their underscores.
    marked = re.sub(r"(?<!\w)_|_(?!\w)|[^\w\s]", lambda sign: sign[0].translate(_LOOK_ALIKES), plain)
    # A list or a heading begins a line.
    return marked if marked[:1].isalpha() else _JOINER + marked


class _WithoutLinks(logging.Formatter):
    """A formatter whose lines hold no address but those of our own pages."""

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        ours = filter(None, (os.environ.get("PREFECT_API_URL", "").removesuffix("/api"), os.environ.get(REPORT_SITE)))
        kept = "|".join(re.escape(site) + r"(?=[/\s'\"]|$)" for site in ours)
        line = self._inner.format(record)
        return re.sub(f"({kept})|(?<=:)(?=//)" if kept else "()(?<=:)(?=//)", _kept_or_broken, line)


def _kept_or_broken(found: "re.Match[str]") -> str:
    return found[1] or _JOINER


def keep_links_out_of_logs() -> None:
    """See to it that log lines which go to Prefect's server make no link there: error messages quote paths."""
    from prefect.logging.handlers import APILogHandler

    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        if isinstance(handler, APILogHandler) and not isinstance(handler.formatter, _WithoutLinks):
            handler.setFormatter(_WithoutLinks(handler.formatter))
