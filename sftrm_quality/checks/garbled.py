"""What of a text was lost on the way: U+FFFD and its like, control characters, letters that became question marks.

Not what code has (form feeds, escape sequences of terminals), nor a character that the text is about.
"""

import re
from collections.abc import Iterator
from itertools import islice

from sftrm_quality.checks.code_spans import CodeSpans, is_quoted, is_spoken_of

Span = tuple[int, int]

# C0 and C1 without tab and line ends, and U+007F, have no meaning in text.
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
# U+FFFD itself; as UTF-8 read as Latin-1; as GBK reads it; as references and escapes.
_REPLACED = r"�+|ï¿½|锟斤拷|&#65533;|&#[xX][fF]{3}[dD];|\\[uU][fF]{3}[dD]|\\x[eE][fF]\\x[bB][fF]\\x[bB][dD]"
GARBLED = re.compile(f"(?P<replaced>{_REPLACED})|[{_CONTROLS}]")
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78cDEHM])")
# What debuggers fill memory with, read as GBK.
_FILLED = re.compile("([烫屯])\\1{2,}")
# Words of question marks: of each letter that an encoding had not, one is left.
_LOST_WORD = re.compile(r"(?<!\S)[(\"'“‘\[]?([?¿]+)(?:[.,!:;)\"'”’\]][?¿.,!:;)\"'”’\]]*)?(?!\S)")
_WORDS = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]")
_OPERATORS = ("+", "-", "=", "*", "/", "×", "÷", "−", "<", ">", "==", "->", "→")
_LEAST_WORDS = 3
_LONG_WORD = 8
_LONGEST_LOOKED_AT = 4000
# Enough of one text to know it.
_MOST = 1000
_MOST_LEFT = 0.5

ABOUT_CHARACTERS = re.compile(
    "replacement char|u\\+fffd|fffd|unicode|utf-?8|encod|decod|mojibake|charset|invalid byte|corrupt|broken char"
    "|garbled|black diamond"
    "|인코딩|디코딩|유니코드|깨진|깨져|깨짐|깨지|대체\\s*문자|모지바케|바이트|编码|解码|乱码|替换字符|替換|编碼"
    "|文字化け|エンコード|デコード|置換文字|文字コード"
)
_ABOUT_CONTROLS = re.compile(
    "ansi|escape (?:code|sequence|character)|terminal|control char|console|colou?r|tput|curses|form feed|page break"
    "|ascii|man page|\\blogs?\\b"
    "|제어\\s*문자|터미널|이스케이프|콘솔|색상|글자색|색깔|로그|페이지\\s*나누|控制字符|终端|转义|颜色|日志|制御文字"
    "|端末|エスケープ|ターミナル|文字色|カラー|ログ"
)
_PARTICLE = re.compile(
    "\\s?(?:은|는|이|가|을|를|와|과|로|으로|의|라는|이라는|입니다|이다|が|は|を|の|と|で|という|是|的|和|符|字)"
)


def garbled_in(text: str, beside: str | None) -> Iterator[Span]:
    """The places of a text where something was lost or has no meaning, each as start and end in characters.

    Args:
        text: As it was delivered.
        beside: The question of an answer; what shows what the text is about.
    """
    about = f"{beside or ''}\n{text}"[:_LONGEST_LOOKED_AT].casefold()
    of_characters, of_controls = bool(ABOUT_CHARACTERS.search(about)), bool(_ABOUT_CONTROLS.search(about))
    code = CodeSpans.of(text)
    for match in islice(GARBLED.finditer(text), _MOST):
        if match["replaced"]:
            if not _is_shown(text, match, code, of_characters):
                yield match.span()
        elif not _belongs(text, match, code, of_controls):
            yield match.span()
    for filled in islice(_FILLED.finditer(text), _MOST):
        spoken_of = of_characters or is_spoken_of(text, *filled.span())
        if not spoken_of and filled[1] not in (beside or ""):
            yield filled.span()
    if not code.starts:
        yield from _lost_letters(text)


def _is_shown(text: str, match: re.Match[str], code: CodeSpans, is_subject: bool) -> bool:
    """Whether a sign for what was lost is shown: as a character by itself, or as an example where it is the subject."""
    start, end = match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    shown = code.hold(start, end) or is_quoted(text, start, end)
    by_itself = not _LETTERS.match(before) and (not _LETTERS.match(after) or bool(_PARTICLE.match(text, end)))
    if match[0][0] in "\\&":
        return shown or is_subject or (by_itself and is_spoken_of(text, start, end))
    if by_itself and is_spoken_of(text, start, end):
        return True
    return (shown and (by_itself or is_subject)) or (by_itself and is_subject)


def _belongs(text: str, match: re.Match[str], code: CodeSpans, is_subject: bool) -> bool:
    """Whether a control character does something here: ends a page, or colours what a terminal shows."""
    start, end = match.span()
    inside = code.hold(start, end) or is_quoted(text, start, end)
    if match[0] == "\x0c":
        return inside or text[start - 1 : start] in ("", "\n") or text[end : end + 1] in ("", "\n")
    if match[0] == "\x1b":
        return bool(_SEQUENCE.match(text, start)) and (inside or is_subject)
    if match[0] == "\x07":
        # The end of a sequence that began before it.
        return (inside or is_subject) and any(
            one.end() == end for one in _SEQUENCE.finditer(text, max(0, start - 220), end)
        )
    return False


def _lost_letters(text: str) -> list[Span]:
    """The words of question marks where they are most words of the text, and of several lengths."""
    if "??" not in text and "¿¿" not in text:
        return []
    words = list(_LOST_WORD.finditer(text))
    lengths = {len(match[1]) for match in words}
    everything = _WORDS.findall(text)
    if not words or max(lengths) < 2 or any(word in _OPERATORS for word in everything):
        return []
    lost = sum(map(len, (match[1] for match in words)))
    # A language without spaces leaves one long word.
    several = (len(words) >= _LEAST_WORDS or len(words) == len(everything)) and len(lengths) > 1
    if not several and (lost < _LONG_WORD or any(map(str.isalpha, text))):
        return []
    if several and len(words) < _MOST_LEFT * len(everything):
        return []
    return [word.span(1) for word in words]
