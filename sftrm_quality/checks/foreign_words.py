"""Words of another script in the middle of Korean prose: Chinese, Japanese, Cyrillic, as models slip into them."""

import re

from sftrm_quality.checks.code_spans import CodeSpans, is_quoted

# Two Chinese characters are a word; a single one is how Korean newspapers write 美 and 韓.
_WORD = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]{2,}|[\u3400-\u4dbf\u4e00-\u9fff]{2,}|[\u0400-\u052f]{3,}")
_HANGUL = re.compile("[가-힣]")
_LETTER = re.compile(r"[^\W\d_]")
# With fewer there is no prose that a word could be foreign to.
_LEAST_HANGUL = 15
_LEAST_SHARE = 0.5
# What asks for such words. Scripts in the question itself do too.
_ASKED = re.compile(
    "중국|일본|러시아|우크라이나|불가리아|몽골|한자|한문|사자성어|고사성어|성어|번역|통역|외국어|언어|어원|발음|히라가나|가타카나|키릴|부수|훈음"
    "|뜻과 음|원문|원어|원제|병기|논어|맹자|한시|인명|간체|번체|단어|표기|글자|문자"
    "|chinese|japanese|russian|hanja|kanji|translat|language",
    re.IGNORECASE,
)
_BRACKETS = {"(": ")", "[": "]", "（": "）", "「": "」", "『": "』", "《": "》", "〈": "〉", "【": "】", "〔": "〕"}


def foreign_word_in(text: str, asked: str | None) -> str | None:
    """The first word of another script in Korean prose.

    In brackets or quotes it explains another word, in code it is data, and where the question has the script or asks
    for a language it is meant.

    Args:
        text: As it was delivered.
        asked: The question that it answers.

    Returns:
        The word with what is around it; None where there is none.
    """
    hangul = len(_HANGUL.findall(text))
    if hangul < _LEAST_HANGUL or hangul < _LEAST_SHARE * len(_LETTER.findall(text)):
        return None
    if asked and (_ASKED.search(asked) or _WORD.search(asked)):
        return None
    code = None
    for match in _WORD.finditer(text):
        start, end = match.span()
        code = code or CodeSpans.of(text)
        if not (code.hold(start, end) or is_quoted(text, start, end) or _in_brackets(text, start, end)):
            return text[max(0, start - 10) : end + 10]
    return None


def _in_brackets(text: str, start: int, end: int) -> bool:
    """Whether it is in brackets, or brackets with Hangul follow it: `首先(우선)`."""
    before = text[max(0, start - 80) : start]
    for opening, closing in _BRACKETS.items():
        if before.rfind(opening) > before.rfind(closing):
            return True
    return bool(re.match(r"\s?[(（\[]\s*[가-힣]", text[end : end + 4]))
