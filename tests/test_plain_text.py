"""Texts of others on Prefect's pages and in its logs stay text. What its pages make of them: tests/test_browser.py."""

import logging
import re

import pytest

from flows.ui.plain_text import _WithoutLinks, escaped, in_cell

HOSTILE = [
    "![image](http://evil.example/i.png)",
    "<img src=http://evil.example/i.png>",
    "[link](http://evil.example/)",
    "http://evil.example/bare",
    "https://evil.example/bare",
    "www.evil.example",
    "WWW.evil.example",
    "me@evil.example",
    "<http://evil.example/>",
    "# heading",
    "- item",
    "    code",
    "`code`",
    "**bold** and _italic_ and ~~gone~~",
    "two\n\n# lines",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("made", [escaped, in_cell])
def test_nothing_looks_like_an_address_or_begins_a_line(text, made):
    shown = made(text)
    assert "\n" not in shown
    assert not re.search(r"https?://|www\.|\w@\w|<img", shown, re.IGNORECASE)
    assert not re.match(r"\s*[-#`*]", shown)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_reads_as_the_text_does(text):
    alike = in_cell(text).replace("\u2060", "").translate(str.maketrans("［］＜＞∗ˋ∼＿", "[]<>*`~_"))
    assert alike == " ".join(text.replace("\n", "\\x0a").split())


def test_ordinary_descriptions_are_as_they_were():
    for text in ("The answer can be seen: one character at least (not a space).", "sft: answer_blank", "1 % of it"):
        assert in_cell(text).lstrip("\u2060") == text


def test_log_lines_link_only_to_our_own_pages(monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")
    monkeypatch.setenv("SFTRM_REPORT_SITE", "http://127.0.0.1:4280")

    def line(text):
        record = logging.LogRecord("x", logging.INFO, "x", 1, "%s", (text,), None)
        return _WithoutLinks(logging.Formatter("%(message)s")).format(record)

    ours = "see http://127.0.0.1:4200/runs/1 and http://127.0.0.1:4280/x and 'http://127.0.0.1:4280'"
    assert line(ours) == ours
    for foreign in ("http://evil.example", "https://127.0.0.1:4200", "http://127.0.0.1:42001/x", "HTTP://evil.example"):
        assert "://" not in line(f"a {foreign} b") and line(foreign).replace("\u2060", "") == foreign
    monkeypatch.delenv("SFTRM_REPORT_SITE")
    monkeypatch.delenv("PREFECT_API_URL")
    assert "://" not in line(ours)
