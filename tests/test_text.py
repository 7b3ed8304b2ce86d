"""The normalisation that everything is compared by: its definition, and that the fast path is the definition."""

import sys
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sftrm_quality.text import normalise, normalise_text

# Characters that compose, decompose, vanish, grow or reorder: what random text hardly ever holds side by side.
TRICKY = (
    "aAfiﬁßẞIiİıſÅ각가ㄱㅏㅋㅠ각ᅠㅤﾡ한\u1112\u1161\u11ab\u0301\u0327\u0345\u0300ΐΣςᾳᾼé\u00e9가\u200b\ufeff\u00ad\ufe0f\u200d"
    " \t\n\r\u001c\u0085\u00a0\u2003\u3000\u2028\u2800\u0000\u007f¨´½㈜℃…①"
    "Ａ，か\u3099ゞゔ\u09c7\u09be豈ꭰᏰ𝒜😀👩🏽\U000e0001\u180b"
    "\u034f\u0327\u0308"
)
texts = st.text() | st.text(st.sampled_from(TRICKY), max_size=12)


@given(texts)
@example("e\u200b\u0301")
@example("\u1100\ufeff\u1161\u00ad\u11a8")
@example("\u0345\u0301α")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once


@given(st.lists(st.none() | texts, max_size=6))
def test_the_array_version_is_the_definition(values: list[str | None]) -> None:
    expected = [None if value is None else normalise_text(value) for value in values]
    assert normalise(pa.array(values, pa.string())).to_pylist() == expected


def test_every_code_point_alone_and_beside_its_neighbours() -> None:
    code_points = [c for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000]
    beside = ("", "a", "\u1100", "e\u0301")
    for before in beside:
        for after in ("", "\u1161", "B", "\u0301"):
            values = [before + chr(c) + after for c in code_points if before == after == "" or c < 0x3400]
            assert normalise(pa.array(values)).to_pylist() == [normalise_text(value) for value in values]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ｈello,\u00a0\t세상\r\n\u3000", "hello, 세상"),
        (unicodedata.normalize("NFD", "한국어 Éa"), "한국어 éa"),
        ("Straße", "strasse"),
        ("a\u200bb\ufeffc\u00add\u2060\u0000\u3164", "abcd"),
        ("❤\ufe0f", "❤"),
        ("\u200b \u2800\ufeff\u3164", ""),
        ("예", "예"),
        ("e\u200b\u0301", "é"),
        ("ΑΣ", "ας".replace("ς", "σ")),
        ("㈜ ㎏ ½", "(주) kg 1⁄2"),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert normalise_text(text) == expected
    assert normalise(pa.array([text])).to_pylist() == [expected]


def test_every_format_and_control_character_of_this_unicode_is_invisible() -> None:
    for code_point in range(sys.maxunicode + 1):
        char = chr(code_point)
        if unicodedata.category(char) in ("Cf", "Cc"):
            assert normalise_text(f"a{char}b") == ("a b" if char.isspace() else "ab"), hex(code_point)


def test_slices_chunks_nulls_and_no_rows() -> None:
    values = pa.array(["zero", "ONE", None, "둘", "e\u0301"])
    assert normalise(values.slice(1, 3)).to_pylist() == ["one", None, "둘"]
    assert normalise(values.slice(4)).to_pylist() == ["é"]
    assert normalise(pa.chunked_array([values, values.slice(1, 1)])).to_pylist()[-2:] == ["é", "one"]
    assert normalise(pa.array([], pa.string())).to_pylist() == []
    assert normalise(pa.chunked_array([], pa.string())).to_pylist() == []
    assert normalise(pa.array([None, ""], pa.string())).to_pylist() == [None, ""]


def test_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="large_string"):
        normalise(pa.array(["a"], pa.large_string()))
