"""When two texts are the same: the strict and the folded form, numbers, negations, and what differs."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.text import (
    difference,
    fold_text,
    forms,
    negations,
    normalise_text,
    number_keys,
    numbers,
    strict_text,
)

# What composes, joins, vanishes, is raised, ends lines, marks sentences: side by side as random text hardly has it.
TRICKY = (
    "abcIiﬁßẞİÁ가각ㄱㅋ\u1112\u1161\u11ab\u0301\u0327 \t\n\r\u0085\u00a0\u3000\u2028\u2800\u200b\u200d\u200c\ufe0f"
    "👩🚀²₂^_.,!?'\"”’3５一かﾞ\U000e0067\x07"
)
texts = st.text(max_size=8) | st.text(st.sampled_from(TRICKY), max_size=14)


@given(st.lists(st.none() | texts, max_size=5))
def test_the_array_versions_are_the_definitions(values: list[str | None]) -> None:
    made = forms(pa.array(values, pa.string()))
    for form, definition in zip(made, (strict_text, normalise_text, fold_text), strict=True):
        assert form.to_pylist() == [None if value is None else definition(value) for value in values]


@given(texts)
def test_forms_are_made_of_each_other(text: str) -> None:
    strict = strict_text(text)
    assert strict_text(strict) == strict
    assert normalise_text(strict) == normalise_text(text)
    assert fold_text(strict) == fold_text(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("서울입니다.", "  서울입니다. \n"),
        ("한국어 Éa", "한국어 E\u0301a"),
        ("a b", "a\u00a0b"),
        ("a\nb", "a \r\nb"),
        ("ab", "a\u200bb\ufeff"),
        ("가나", "가\u200d나"),
    ],
)
def test_what_a_reader_sees_as_the_same(one: str, other: str) -> None:
    assert strict_text(one) == strict_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("True", "true"), ("10²³", "1023"), ("x = 1\n    y", "x = 1\ny"), ("x\n\ty", "x\n    y"), ("a\nb", "a b")),
        *(
            ("Ａ", "A"),
            ("네.", "네"),
            ("👩\u200d🚀", "👩🚀"),
            ("🏴\U000e0067\U000e007f", "🏴"),
            ("❤\ufe0f", "❤"),
            ("a  b", "a b"),
        ),
    ],
)
def test_what_a_reader_sees_differs(one: str, other: str) -> None:
    assert strict_text(one) != strict_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("안녕 하세요?", "안녕하세요"),
        ("“네, 맞아요!”", "네 맞아요."),
        ("東京 タワー。", "東京タワー"),
        ("iPhone 15 프로", "iPhone15프로".replace("iPhone15", "iphone 15")),
        ("10²³개", "10^23 개"),
        ("It's fine.", "it’s fine"),
        ("One, two", "one two"),
    ],
)
def test_what_says_the_same_folds_equally(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("10²³", "1023"), ("3.5", "35"), ("12:30", "1230"), ("its", "it's"), ("a b", "ab"), ("?", "!"), ("가-나", "가나")],
)
def test_what_says_something_else_does_not(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6.02×10²³개, H₂O", ("6.02", "10", "^23", "_2")),
        ("1,234,567원에서 12,34로", ("1234567", "12,34")),
        ("-7도 −8도 –9도 A-10 2026-11-28 (x)-5", ("-7", "-8", "-9", "10", "2026", "11", "28", "5")),
        ("1. 하나\n2. 둘\n3) 셋 3.5", ("3.5",)),
        ("3. 서울", ("3",)),
        ("５와 ٣, ½와 ②", ("5", "3", "1⁄2", "2")),
        ("3만 명, 3 million", ("3만", "3million")),
        ("two hours, 세 시간, 세상", ("two", "세")),
        ("없음", ()),
    ],
)
def test_numbers(text: str, expected: tuple[str, ...]) -> None:
    assert numbers(text) == expected


@given(st.lists(st.text(st.sampled_from("12,.-² ₃두 개a가two"), max_size=12), max_size=5))
def test_keys_of_numbers_are_equal_where_the_numbers_are(values: list[str]) -> None:
    keys = number_keys(pa.array(values, pa.string())).tolist()
    for one, key in zip(values, keys, strict=True):
        assert (key == 0) == (not numbers(one))
        for other, other_key in zip(values, keys, strict=True):
            assert (key == other_key) == (numbers(one) == numbers(other))


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        *(
            ("허용됩니다", "허용되지 않습니다"),
            ("있다", "없다"),
            ("네, 가능합니다", "아니요, 불가능합니다"),
            ("갈 수 있다", "못 간다"),
        ),
        *(
            ("드세요", "드시지 마세요"),
            ("합니다", "안 합니다"),
            ("5 이상", "5 이하"),
            ("it is", "it isn't"),
            ("happy", "unhappy"),
        ),
        *(("Yes, it is", "No, it is not"), ("with salt", "without salt"), ("可以", "不可以"), ("食べる", "食べない")),
    ],
)
def test_negations_tell_yes_from_no(yes: str, no: str) -> None:
    counts = negations(pa.array([normalise_text(yes), normalise_text(no)]))
    assert counts[0] < counts[1]


@pytest.mark.parametrize("text", ["안전 안내, 안녕", "편안하게", "연못에서 잘못", "제안합니다", "know note another"])
def test_words_that_only_look_like_negations(text: str) -> None:
    assert negations(pa.array([text])).tolist() == [0]


def test_what_differs_is_said_in_whole_words() -> None:
    assert difference("전화는 허용됩니다.", "전화는 허용되지 않습니다.") == ("허용됩니다", "허용되지 않습니다")
    assert difference("a b c", "a c") == ("b", "")
    assert difference("same", "same") == ("", "")
    long = difference("x " + "가" * 80, "x " + "나" * 80)
    assert all(len(part) == 40 and part.endswith("…") for part in long)
