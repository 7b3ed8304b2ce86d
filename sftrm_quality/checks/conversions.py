r"""What a conversion leaves in a text: escapes shown as they are, printed objects, what a spreadsheet puts into cells.

Code, what is quoted, and answers to questions about code or markup may have all of it: there it is meant.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from html.entities import html5
from urllib.parse import unquote_to_bytes

from sftrm_quality.checks.code_spans import CodeSpans, is_quoted
from sftrm_quality.checks.garbled import ABOUT_CHARACTERS

# Code, data, markup, characters: what a question about them gets may have all of this.
_ABOUT = re.compile(
    r"html|web ?(?:page|site)|email template|xml|json|url|uri|unicode|utf-?8|ascii|escap|encod|decod|entit|regex|latex"
    r"|markdown|newline|line break|```"
    r"|(?<![a-z])(?:tags?|code[sd]?|coding|program(?:s|ming)?|scripts?|functions?|python|java|javascript|sql|css|php|rust"
    r"|golang|bash|shell|excel|pandas|numpy|arrays?|dict(?:ionary|ionaries)?|tuples?|strings?|variables?|terminal|console"
    r"|commands?|prints?|repr|csv|ya?ml|data ?frames?|c\+\+|c#)(?![a-z0-9])"
    r"|유니코드|인코딩|디코딩|이스케이프|엔티티|태그|줄\s*바꿈|개행|웹\s*(?:페이지|사이트)|홈페이지"
    r"|파이썬|자바|코드|코딩|프로그램|프로그래밍"
    r"|함수|변수|배열|딕셔너리|튜플|문자열|쿼리|스크립트|명령어|정규식|정규 표현식"
    r"|엑셀|수식|터미널|데이터\s*프레임|마크다운"
    r"|转义|编码|实体|標籤|标签|换行|代码|編程|编程|程序|函数|变量|数组|字符串|正则"
    r"|エスケープ|文字コード|改行|タグ|コード|プログラ|関数|変数|配列|文字列|正規表現",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{2,7}|#[xX][0-9A-Fa-f]{2,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
_UNICODE = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})+")
_BYTES = re.compile(r"(?:\\x[0-9A-Fa-f]{2}){2,}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){3,}")
# Of an address: there it is as it must be.
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.|[?&=/#])\S*$", re.IGNORECASE)
# A backslash and a letter that no word of TeX and no path begins with: `\n` in front of a letter of any other script.
_LINE_END = re.compile(r"\\r\\n|\\n\\n|(?<![\\A-Za-z:])\\[nrt](?![a-z])")
_QUOTE = re.compile(r'(?<!\\)\\"[^"\n]{1,200}?\\"')
_OF_EXCEL = re.compile(r"_x00[01][0-9A-Fa-f]_|_x[0-9A-F]{4}_(?=[^0-9A-Za-z])|#(?:NAME|VALUE|REF|DIV/0|NULL|NUM)[?!]")
_OF_HTML = re.compile(
    r"</?(?:p|br|div|span|strong|em|b|i|u|li|ul|ol|h[1-6]|font|table|tr|td)(?:\s[^<>]{0,200})?/?>", re.I
)
_LEAST_TAGS = 2
_TEX = re.compile(r"\$[^$\n]+\$|\\\(|\\\[|\\begin\{|\\frac|\\sum")
_PATH = re.compile(r"[A-Za-z]:\\|\\\\[\w.]+\\")

_PRINTED = re.compile(
    r"\[object [A-Z]\w*\]|<(?:class|module) '[^<>\n]{1,100}>|<(?:function|bound method|built-in) [^<>\n]{1,100}(?:>|0x)"
    r"|<[\w.]+ object at 0x[0-9a-fA-F]+>|Promise \{[^{}\n]{0,40}\}"
)
# `Part(text='…')`, by itself or in a list, as the whole text.
_CONSTRUCTED = re.compile(
    r"\s*\[?\s*(?:\w+=(?:'[^'\n]*'|\"[^\"\n]*\"|[\w.]+)\s+)*(?:\w+=)?[A-Za-z_][\w.]*\(\w+=\s*['\"\[{\w]"
)
# In characters. What is longer is data and no answer, and Python's parser takes a hundred times its size.
_LONGEST_OBJECT = 100_000
_FIELDS_OF_ANSWERS = frozenset(
    {"text", "content", "answer", "response", "role", "type", "message", "output", "value", "result", "data", "parts"}
)


def escape_in(text: str, asked: str | None) -> str | None:
    r"""What in a text is an escape that nobody resolved: ``&#44032;``, ``\uac00``, ``%EA%B0%80``, ``\n``, ``_x000D_``.

    Args:
        text: As it was delivered.
        asked: The question that it answers, itself for a question; None where there is none.

    Returns:
        The first one with what is around it; None where there is none, or where it may be meant.
    """
    if is_about_markup(asked):
        return None
    code = CodeSpans.of(text)
    # In quotes, in a text on encodings, it is shown.
    shown = ABOUT_CHARACTERS.search(text.casefold()) is not None
    for start, end in _escapes(text):
        if not code.hold(start, end) and not (shown and is_quoted(text, start, end)):
            return text[max(0, start - 10) : end + 10]
    return None


def is_about_markup(asked: str | None) -> bool:
    """Whether a question is about code, markup or characters, so that its answer may show what others must not."""
    return bool(_ABOUT.search(asked or ""))


def _escapes(text: str) -> Iterator[tuple[int, int]]:
    for match in _ENTITY.finditer(text):
        if match[1] is None or f"{match[1]};" in html5:
            yield match.span()
    for pattern, decoded in ((_UNICODE, _of_unicode), (_BYTES, _of_bytes), (_PERCENT, _of_percent)):
        for match in pattern.finditer(text):
            if not decoded(match[0]).isascii() and not _ADDRESS.search(
                text[max(0, match.start() - 300) : match.start()]
            ):
                yield match.span()
    for match in _OF_EXCEL.finditer(text):
        yield match.span()
    if not _TEX.search(text) and not _PATH.search(text):
        found = [*_LINE_END.finditer(text), *_QUOTE.finditer(text)]
        # One may be spoken of; a text in one line with several has lost its line ends.
        if sum(len(match[0]) // 2 for match in found) > 1 or (found and "\n" not in text and len(text) > 20):
            yield found[0].span()
    tags = list(_OF_HTML.finditer(text))
    if len(tags) >= _LEAST_TAGS:
        yield tags[0].span()


def _of_unicode(escapes: str) -> str:
    return json.loads(f'"{escapes}"') if "\\U" not in escapes else "\u0100"


def _of_bytes(escapes: str) -> str:
    return bytes.fromhex(escapes.replace("\\x", "")).decode("utf-8", "replace")


def _of_percent(escapes: str) -> str:
    return unquote_to_bytes(escapes).decode("utf-8", "ignore")


def printed_object_in(text: str, asked: str | None) -> str | None:
    """What in a text is an object that a program printed: ``Part(text='…')``, ``['a', 'b']``, ``[object Object]``.

    Args:
        text: As it was delivered.
        asked: The question that it answers.

    Returns:
        Its beginning; None where there is none, or where the question is about code or data.
    """
    if is_about_markup(asked):
        return None
    if (found := _PRINTED.search(text)) and not CodeSpans.of(text).hold(*found.span()):
        return found[0]
    whole = text.strip()
    if _CONSTRUCTED.match(whole) and whole[-1:] in ")]":
        return whole[:60]
    if whole[:1] in "[{(" and whole[-1:] in "]})" and _is_printed(whole):
        return whole[:60]
    return None


def _is_printed(whole: str) -> bool:
    """Whether a text as a whole is a value of Python, or an object of JSON whose fields are those of an answer."""
    if len(whole) > _LONGEST_OBJECT:
        return False
    try:
        value = json.loads(whole)
    except ValueError:
        try:
            with warnings.catch_warnings():
                # What Python says of a backslash in somebody's text is for nobody.
                warnings.simplefilter("ignore")
                value = ast.literal_eval(whole)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return False
        # `(1, 2)` and `[3]` are answers; with texts in quotes it is what Python prints.
        return "'" in whole and not isinstance(value, str)
    except RecursionError:
        return False
    return isinstance(value, dict) and bool(value) and value.keys() <= _FIELDS_OF_ANSWERS
