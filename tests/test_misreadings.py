"""Text that was read in the wrong encoding is undone where that is certain, and left as it is where it is not."""

import pytest

from sftrm_quality.checks import undone

KOREAN = "안녕하세요. 오늘 날씨는 맑고 따뜻합니다. 우산은 필요 없습니다."
JAPANESE = "こんにちは。今日はとてもいい天気ですね。"
CHINESE = "你好，今天天气很好，我们一起去公园吧。"
RUSSIAN = "Привет, как дела? Всё хорошо."


def misread(text: str, written: str, read: str) -> str:
    """As programs read it: Windows-1252 with the bytes that it has not as Latin-1 has them."""
    raw = text.encode(written)
    if read != "cp1252":
        return raw.decode(read)
    return "".join(chr(byte) if byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode(read) for byte in raw)


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        *(
            (text, "utf-8", read)
            for text in (
                KOREAN,
                JAPANESE,
                CHINESE,
                RUSSIAN,
                "C’est déjà l’été à Genève.",
                "Zażółć gęślą jaźń",
                "It’s 5 € 😀",
            )
            for read in ("latin-1", "cp1252", "mac_roman", "cp437", "cp850", "koi8_r")
            # There these two differ, and either may be meant.
            if (text[:2], read) != ("Za", "cp437")
        ),
        *(
            (KOREAN, "cp949", read)
            for read in ("latin-1", "mac_roman", "cp437", "cp1251", "gb18030", "cp950", "euc_jp")
        ),
        ("네, 좋아요", "cp949", "cp1252"),
        ("기술", "utf-8", "cp949"),
        ("감사합니다", "utf-8", "cp1251"),
        (RUSSIAN, "cp1251", "cp1252"),
        (CHINESE, "gb18030", "cp949"),
        (CHINESE, "gb18030", "cp1252"),
        (JAPANESE, "cp932", "cp1252"),
        (JAPANESE, "cp932", "cp949"),
        (KOREAN, "utf-16-le", "latin-1"),
        ("café", "utf-8", "cp1252"),
        ("café", "utf-8", "mac_roman"),
        ("zostało", "utf-8", "cp1252"),
        # Another encoding would have a capital in the middle of the word.
        ("pomyślnie zostało", "utf-8", "cp437"),
    ],
)
def test_what_was_misread_is_had_again(text: str, written: str, read: str) -> None:
    assert undone(misread(text, written, read)) == text


def test_what_was_misread_twice_or_around_korean_is_had_again() -> None:
    twice = misread(misread("don’t", "utf-8", "cp1252"), "utf-8", "cp1252")
    assert undone(twice) == "don’t"
    assert undone(misread(misread(KOREAN, "cp949", "latin-1"), "utf-8", "latin-1")) == KOREAN
    assert undone("그는 donâ€™t라고 말했다") == "그는 don’t라고 말했다"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain ASCII",
        KOREAN,
        JAPANESE,
        CHINESE,
        RUSSIAN,
        "자기소개서",
        "사용법 후기",
        "ㅇㅏㄴㄴㅕㅇ",
        "정말 재밌네요ㅋㅋㅋ",
        "ドメイン名",
        "你好",
        "Малаялам",
        "« Où êtes-vous ? » dit-elle à Noël, l’été où naïf, façade, cœur, ÉCOLE, À, ÇA",
        "“IRMÃ” e «MAÇû",
        "Ålesund, «BLÅ», Ærø, Øre, Göteborg, «Å»",
        "IRMÃ” e ela",
        "BLÅ» og",
        "Å»",
        "Spaß“",
        "£5, €7, ¥8, ¢9; Ã—?",
        "94 × 46 = 2 × 2 × 1081 × 1, 3 × 5 × 7",
        "Area = π r², with π, π and π",
        "Întreg mic",
        # Lost bytes, and what speaks of misread letters.
        "?븞?뀞?븯?꽭?슂",
        "占쏙옙占쏙옙",
        "don\ufffdâ€™t",
        "한글이 깨지면 'ì•ˆë…•'처럼 보입니다.",
        "'é'.encode('utf-8'), decoded as latin-1, prints Ã©.",
        # One of the letters was read rightly.
        "Ã© and é",
        "π ≈ 3, so donâ€™t",
        "«Ã©»",
        # Two encodings, two letters.
        misread("Zażółć gęślą jaźń", "utf-8", "cp437"),
        # What comes out is no word of a language: too few letters, rare ones, within Latin words, of two scripts.
        "概览",
        "模版",
        "привилегии",
        misread("5分前", "gb18030", "cp1252"),
        misread("モデル名", "cp949", "mac_roman"),
        misread("Primärschlüssel", "utf-8", "cp1251"),
        misread("必須要有項目被選中才能進行動作。沒有任何項目被修改。", "euc_jp", "cp1252"),
        # ≒ by the code that programs read and do not write.
        misread(JAPANESE, "cp932", "cp1252") + "‡\x90",
    ],
)
def test_what_may_be_meant_is_left_as_it_is(text: str) -> None:
    assert undone(text) is None
