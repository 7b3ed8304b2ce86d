"""What is looked at closely is chosen by cheap signs: none is missed. Phrases are found as a loop finds them."""

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sftrm_quality.checks import damage, signs, texts
from sftrm_quality.checks.garbled import garbled_in
from sftrm_quality.checks.personal import SIGNS
from sftrm_quality.checks.phrases import Phrases
from sftrm_quality.checks.template_tokens import CANDIDATE, template_tokens_in
from sftrm_quality.personal_data import find_personal_data
from sftrm_quality.text import normalise_text

# Characters that the checks are about, and their like.
SEEDS = [
    *"01 9-–.)(+@aKé각가힣ㅎㅏㅋ?·ÃÂâì€™•ˆ\u0080\u00a0\u00ad\u0301占쏙옙\ufffd븞뀞À¾È³ç中",
    "\u1112", "\u1161", "\u11ab", "\u119e", "donâ€™t", "ì•ˆ", "010-1234-5678", "850228-1234567", "a@b.kr",
    "4000 0012 3456 7899", "０１０－１２３４－５６７８", "\u200b", "ㅡ", "·",
    "／", "\u3000", "여권", "M123A4567", "Ｍ１２３", "45678",
    "면허", "11-05-123456-78", "계좌", "110 123 456789", "@",
    "＠", " @ ", "naver.com", "𝟎𝟏𝟎", "M123456788KOR8502289M3011010",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(SEEDS), max_size=10).map("".join)


@given(st.lists(st.none() | TEXTS, max_size=5), st.integers(0, 3))
@example(["010––1234––5678"], 0)
@example(["０１０－１２３４－５６７８", "𝟎𝟏𝟎-1234-5678", "ab＠naver.com", "ab﹫naver.com", "ab @ naver.com"], 0)
@example(["여권 M123A4567", "여권Ｍ１２３Ａ４５６７", "여권 12 M 1234 5678", "旅券TK1234567"], 0)
@example(["Ã˜", "Å’", "Ãƒ", "Ã€", "Ã©"], 0)
@example(["à¤„à¤„", "°¡°¡", "\ufffd븞\ufffd뀞"], 0)
def test_no_sign_is_missed(texts: list[str | None], start: int) -> None:
    found = signs.signs_of(pa.array(texts, pa.string()).slice(start))
    for at, text in enumerate(text or "" for text in texts[start:]):
        marks = found[at].as_py()["signs"]
        assert not find_personal_data(text) or marks & SIGNS
        assert not damage.find_misread(text) or marks & signs.MISREAD
        assert not damage.find_loose_jamo(text) or marks & (signs.LOOSE_JAMO | signs.DECOMPOSED)
        assert not damage.find_decomposed(text) or marks & signs.DECOMPOSED


MARKS = [
    *"a가 \n.:：?¿�烫屯\x00\x0c\x1b\x85\x7f#|<>[]/&;", "<s>", "</s>", "<|im_end|>", "[|user|]", "[INST]", "<<SYS>>",
    "|im_end|>",
    "<｜a｜>", "<0x0A>", "[gMASK]", "[SEP]", "<unused0>", "<think>", "</think>", "### Response:", "##하", "Human:",
    "**User**:",
    "사용자 :", "用户：", "ユーザー：", "USER:", "&#65533;", "&#xFFFD;", "\\ufffd", "\\xef\\xbf\\xbd", "ï¿½",
    "锟斤拷", "??", "¿¿",
]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(MARKS), max_size=8).map("".join), max_size=5))
def test_no_mark_is_missed(written: list[str]) -> None:
    array = pa.array(written, pa.string())
    found = signs.signs_of(array).to_pylist()
    candidates = texts.matches(array, CANDIDATE)
    for at, text in enumerate(written):
        assert not [*garbled_in(text, None)] or found[at]["signs"] & signs.GARBLED
        leaked = template_tokens_in(text, None) or template_tokens_in(text, None, prompt=True)
        assert not leaked or (candidates[at] and found[at]["signs"] & signs.TOKEN)


@given(st.lists(st.none() | st.text("aZ09 가힣é中\n", max_size=8), max_size=5))
def test_letters_are_counted(texts: list[str | None]) -> None:
    found = signs.signs_of(pa.array(texts, pa.string())).to_pylist()
    for counts, text in zip(found, (text or "" for text in texts), strict=True):
        assert counts["hangul"] == sum("가" <= c <= "힣" for c in text)
        assert counts["latin"] == sum(c.isascii() and c.isalpha() for c in text)


def test_ordinary_text_has_no_sign() -> None:
    texts = [
        "2026년 11월 22일 12:30, 3,000원입니다?",
        "What is 3 + 4? It's “seven” – naïve café.",
        "中国語と日本語です。",
    ]
    assert not signs.has_sign(signs.signs_of(pa.array(texts)), 0xFF & ~signs.MISREAD).any()


@given(st.text())
def test_composed_text_is_not_decomposed(text: str) -> None:
    assert damage.find_decomposed(unicodedata.normalize("NFC", text)) is None


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_misread_and_decomposed_hangul_is_always_found(text: str) -> None:
    assert damage.find_misread(text.encode().decode("latin-1"))
    assert damage.find_decomposed(unicodedata.normalize("NFD", text)) == text[0]
    assert damage.find_misread(text) is None and damage.find_decomposed(text) is None


@given(
    st.lists(st.text("ab가", min_size=3, max_size=6), min_size=1, max_size=4),
    st.lists(st.none() | st.text("ab가 ", max_size=14), max_size=6),
    st.none() | st.integers(1, 12),
    st.integers(0, 2),
)
@example(["가가가"], ["나나가가가", "나나나가가가"], 5, 0)
@example(["aab", "bab"], ["aaab", "가bab"], None, 0)
def test_phrases_like_a_loop(words: list[str], texts: list[str | None], within: int | None, start: int) -> None:
    array = pa.array([text and normalise_text(text) for text in texts], pa.string()).slice(start)

    def occurs(word: str, text: str) -> bool:
        for at in range(len(text) - len(word) + 1):
            before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 1]
            cut = word[0].isascii() and before in ("a", "b"), word[-1].isascii() and after in ("a", "b")
            if text[at : at + len(word)] == word and not any(cut):
                return True
        return False

    # The end of what is looked at ends a word.
    expected = [any(occurs(word, (text or "")[:within]) for word in words) for text in array.to_pylist()]
    assert Phrases(tuple(words)).stand_in(array, within).tolist() == expected


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("I'm sorry … can't", "i’m sorry, but i can’t.", "i’m sorry, but i can’t"),
        ("I’m sorry... can't", "i'm sorry can't", "i'm sorry can't"),
        ("I'm sorry … can't", "i'm sorry. you can't", None),
        ("sorry … can't", "sorry " + "a" * 61 + " can't", None),
        ("can't won't don't", "can’t won't don’t", "can’t won't don’t"),
        ("it's can't won't don't", "it's can’t won't don’t", "it's can’t won't don’t"),
        ("a.c+", "a.c+", "a.c+"),
        ("a.c+", "abcc", None),
    ],
)
def test_phrases_with_gaps_and_apostrophes(phrase: str, text: str, found: str | None) -> None:
    phrases = Phrases((phrase,))
    assert phrases.first_in(text) == found
    assert phrases.stand_in(pa.array([text])).tolist() == [found is not None]


@pytest.mark.parametrize("phrase", ["", "ab", "ab … a", "a'b'b'b'b", "… …"])
def test_a_phrase_that_says_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="too short"):
        Phrases((phrase,))


def test_signs_of_responses_are_beside_them() -> None:
    response = pa.struct([("text", pa.string())])
    column = pa.array([None, [{"text": "a@bc"}, None], [], [{"text": "가"}]], pa.list_(response))
    found = signs.signs_of(column)
    assert [len(row) for row in found.to_pylist()] == [0, 2, 0, 1]
    assert np.array_equal(signs.has_sign(found.flatten(), signs.AT), [True, False, False])
