"""Numbers and foreign texts as a page shows them."""

import re
import unicodedata
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from sftrm_quality.reports import display
from sftrm_quality.words import bound as bound_of
from sftrm_quality.words import share as share_of

TRICKY = "a<>&\"'한é\n\t\r \x00\x1b\x7f\x85\xa0\xad\u034f\u115f\u180e\u200b\u200f\u202e\u2028\u2066\u2800"
TRICKY += "\u3000\u3164\ufe0f\ufeff\uffa0\ufffd\ud800\ue000\U000e0001\U000e0100😀⟨⟩U+0⏎⇥…"
texts = st.text(st.characters() | st.sampled_from(TRICKY), max_size=40)


def _seen(shown: object) -> str:
    """What a browser displays of the markup, with the signs still marked."""
    assert isinstance(shown, Markup)
    return str(shown)


def _original(shown: str) -> str:
    """The text back from its markup: it could not be done if two texts looked the same."""

    def meant(mark: re.Match[str]) -> str:
        sign = mark[1]
        return {"⏎": "\n", "⇥": "\t"}.get(sign) or f"&#{int(sign[3:-1], 16)};"

    unmarked = re.sub("<mark>(.*?)</mark>", meant, shown)
    entities = {"amp": "&", "lt": "<", "gt": ">", "#34": '"', "#39": "'"}
    return re.sub("&(#?\\w+);", lambda m: entities.get(m[1]) or chr(int(m[1][1:])), unmarked)


def test_people_count_lines_and_records_from_one():
    assert display.position(0, 1) == "line 1 (record 1)"
    assert display.position(1_233, 4_567) == "line 4,567 (record 1,234)"
    assert display.position(1_233, None) == "record 1,234"


@given(texts)
@example("⟨U+200B⟩\u200b")
@example("⏎\n⇥\t")
@example("<mark>⏎</mark>")
@example("&#8203;")
@example("e" + "\u0301" * 9)
def test_a_short_text_shows_each_character_and_no_two_texts_look_the_same(text: str) -> None:
    shown = _seen(display.text(text, limit=10_000))
    assert _original(shown) == text
    assert all(c == " " or unicodedata.category(c)[0] in "LMNPS" for c in shown)
    assert not set(shown) & set("\u034f\u115f\u1160\u2800\u3164\uffa0\ufe0f\U000e0100")


def test_what_is_plain_is_shown_as_one_by_one() -> None:
    """Each character that is taken for plain, so that no text of them needs to be looked at character by character."""
    everything = [chr(code) for code in range(0x110000)]
    plain = [character for character in everything if display._plain(character, 10) is not None]
    assert [character for character in plain if [display._plain(character, 10)] != display._glyphs(character)] == []
    assert len(plain) > 30_000


@given(texts, st.integers(0, 60))
def test_a_text_is_plain_only_as_long_as_it_fits(text: str, limit: int) -> None:
    plain = display._plain(text, limit)
    assert plain is None or plain == display._cut(text, limit, display._glyphs)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("한국 🙂", "한국 🙂"),
        ("a\u200bb", "a<mark>⟨U+200B⟩</mark>b"),
        ("\x00\r\n", "<mark>⟨U+0000⟩</mark><mark>⟨U+000D⟩</mark><mark>⏎</mark>"),
        ("x\u3000\u00a0", "x<mark>⟨U+3000⟩</mark><mark>⟨U+00A0⟩</mark>"),
        ("\u3164\ufe0f", "<mark>⟨U+3164⟩</mark><mark>⟨U+FE0F⟩</mark>"),
        ("⟨U+200B⟩", "<mark>⟨U+27E8⟩</mark>U+200B⟩"),
        ("<b> & 'c'", "&lt;b&gt; &amp; &#39;c&#39;"),
        ("", ""),
        ("ệ\u0301".join("ab"), "aệ\u0301b"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "<mark>⟨U+0301⟩</mark>" * 2),
        ("\u0301a", "<mark>⟨U+0301⟩</mark>a"),
    ],
)
def test_texts(text: str, shown: str) -> None:
    assert display.text(text) == shown


def test_a_long_text_keeps_its_beginning_and_its_end_and_says_what_is_left_out() -> None:
    shown = _seen(display.text("a" * 150 + "b" * 150, limit=30))
    assert shown == "a" * 20 + "<mark>… 270 characters …</mark>" + "b" * 10
    assert display.text("a" * 30, limit=30) == "a" * 30


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "vendor_namsan/sft_2026-11-24.jsonl",
            "vendor_|namsan/|sft_|2026-|11-|24.|jsonl",
        ),
        ("rank_not_contiguous", "rank_|not_|contiguous"),
        ("b.zip!//__c--d.", "b.|zip!//__|c--|d."),
        ("한글_이름/<b>_\u200b", "한글_|이름/|&lt;b&gt;_|<mark>⟨U+200B⟩</mark>"),
    ],
)
def test_a_name_breaks_between_its_words_only(name: str, shown: str) -> None:
    assert display.breakable(name) == shown.replace("|", "<wbr>")


@given(st.text(st.sampled_from("a_-./한\u200b<"), max_size=60), st.integers(12, 40))
def test_a_name_that_can_be_broken_is_the_text_and_no_longer(name: str, limit: int) -> None:
    assert _seen(display.breakable(name, 1_000)).replace("<wbr>", "") == display.text(name, 1_000)
    shown = _seen(display.breakable(name, limit))
    assert len(shown.encode()) <= limit + len("<mark>… 60 characters …</mark>".encode())
    assert display.breakable(Markup("a_b")) == "a_b" and display.breakable(None) == "–"


@given(st.lists(st.tuples(texts | st.text("ab/_-.<가~", max_size=40), st.booleans()), max_size=5), st.integers(1, 99))
def test_what_is_shown_as_it_is_takes_a_shorter_way_to_the_same(pieces: list[tuple[str, bool]], limit: int) -> None:
    def shown() -> list[object]:
        of_each = [show(text, limit) for text, _ in pieces for show in (display.text, display.breakable)]
        return [*of_each, display.passage(pieces, limit)]

    with mock.patch("sftrm_quality.reports.display._plain", return_value=None):
        expected = shown()
    assert shown() == expected


@given(st.text(st.sampled_from("a한\u0301\u200b\U0010ffff\n<"), min_size=1, max_size=400), st.integers(3, 100))
def test_a_text_is_never_longer_than_its_limit_allows(text: str, limit: int) -> None:
    shown = _seen(display.text(text, limit))
    left_out = re.search(r"<mark>… ([\d,]+) characters? …</mark>", shown)
    if left_out:
        kept = _original(shown[: left_out.start()] + shown[left_out.end() :])
        assert len(kept) + int(left_out[1].replace(",", "")) == len(text)
        assert text.startswith(_original(shown[: left_out.start()]))
        assert text.endswith(_original(shown[left_out.end() :]))
    else:
        assert _original(shown) == text
    assert len(shown.encode()) <= limit + len("<mark>… 400 characters …</mark>".encode())


def test_what_is_no_text_is_passed_on_and_nothing_is_a_dash() -> None:
    assert display.text(None) == "–"
    assert display.text(7) == 7
    assert display.text(Markup("<b>")) == Markup("<b>")


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 0, "–"), (0, 9, "0 %"), (9, 9, "100 %"), (1, 3, "33.3 %"), (1, 1_000, "0.1 %"), (1, 1_001, "<0.1 %"),
     (999_999, 1_000_000, ">99.9 %"), (999, 1_000, "99.9 %"), (99_949, 100_000, ">99.9 %"), (1, 10**9, "<0.1 %")],
)  # fmt: skip
def test_shares(part: int, whole: int, shown: str) -> None:
    assert share_of(part, whole) == shown


def test_bounds_and_durations() -> None:
    assert [bound_of(b) for b in (1, 0.95, 0.9995, 0.99999, 0.07)] == [
        "100 %",
        "95 %",
        "99.95 %",
        "99.999 %",
        "7 %",
    ]
    assert [display.duration(s) for s in (0, 0.84, 59.94, 59.96, 183, 3599.6, 3720)] == [
        "0.0 s", "0.8 s", "59.9 s", "1 min 00 s", "3 min 03 s", "1 h 00 min", "1 h 02 min",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("quarantine/x.parquet", "./quarantine/x.parquet"),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("//host/x", "./host/x"),
        ('a b?c#d"<한', "./a%20b%3Fc%23d%22%3C%ED%95%9C"),
    ],
)
def test_links_are_paths_and_nothing_else(path: str, link: str) -> None:
    assert display.link(path) == link
