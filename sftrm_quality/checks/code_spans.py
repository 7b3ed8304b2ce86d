"""Where a text is code, quotes something, or speaks of it: what is there is shown, and does nothing."""

import re
from bisect import bisect_right
from dataclasses import dataclass

_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
_INLINE = re.compile(r"(`+)(?!`)[^\n]{1,400}?(?<!`)\1(?!`)")
_ELEMENT = re.compile(r"<(pre|code|kbd|samp|script|textarea)\b[^<>]*>.{0,4000}?</\1>", re.DOTALL | re.IGNORECASE)
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」", "『": "』", "«": "»", "《": "》", "〈": "〉", "＂": "＂"}
_LONGEST_QUOTE = 200
# A particle makes a word of what it is put behind.
_PARTICLE = re.compile(
    "\\s?(?:은|는|이|가|을|를|과|와|로|으로|의|에|에서|도|만|부터|까지|처럼|보다|라는|이라는|라고|이라고|란|이란|입니다|이다|이며|이고|이나|나|같은"
    "|및|또는|토큰|태그|요소|속성|문자|기호|사이|안에|앞|뒤|밖|は|が|を|の|と|で|に|も|という|や|是|的|和|与|或|表示|标记|标签|元素|之间|在|代表|要素|タグ|の間)"
    "(?![A-Za-z])"
)
_BEFORE = re.compile(
    r"(?:^|[\s(])(?:the|an?|of|is|are|to|called|named|between|and|or|like|as|in|into|with|by|does|do|uses?|using|after|before|"
    r"token|tokens|tag|tags|element|character|characters|symbol|write|wrote|means?|from|insert|appends?|adds?|via|"
    r"inside|within|e\.g\.|i\.e\.)\s\(?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\)?\s(?:tokens?|tags?|elements?|characters?|symbols?|means?|marks?|stand(?:s)?|is|are|do|does|for|in|and|or|at|vs\.?|"
    r"as|to|fills?|signals?|denotes?|before|after|was|were|into|from|should|will|can)\b|\)?[,;](?=\s)|\)",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?。！？…:;)\]」』”\"'*`~>]\s*$|\n\s*$|^\s*$")


@dataclass(frozen=True)
class CodeSpans:
    """The code of a text: fenced, in backticks, in elements of HTML that show code.

    starts, ends: in characters, in order, none over another. open_from: where a fence begins that is not closed; else
    the length of the text.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    open_from: int

    @classmethod
    def of(cls, text: str) -> "CodeSpans":
        """Find the code of a text."""
        spans, opened = [], None
        for match in _FENCE.finditer(text):
            if opened is None:
                opened = match
            elif match[1].startswith(opened[1]):
                spans.append((opened.start(), match.end(1)))
                opened = None
        open_from = len(text) if opened is None else opened.start()
        for pattern in (_INLINE, _ELEMENT) if "</" in text else (_INLINE,):
            spans += [match.span() for match in pattern.finditer(text) if match.start() < open_from]
        joined: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return cls(text, tuple(start for start, _ in joined), tuple(end for _, end in joined), open_from)

    def hold(self, start: int, end: int) -> bool:
        """Whether a piece of the text is within code; the end of an answer that a fence was not closed in is not."""
        at = bisect_right(self.starts, start) - 1
        if at >= 0 and end <= self.ends[at]:
            return True
        return start >= self.open_from and bool(self.text[end:].strip())


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether a piece of a text is within a pair of quotation marks on its line."""
    before = text[max(0, start - _LONGEST_QUOTE) : start].rpartition("\n")[2]
    after = text[end : end + _LONGEST_QUOTE].partition("\n")[0]
    for opening, closing in _QUOTES.items():
        if closing not in after:
            continue
        if opening == closing:
            # An apostrophe within a word opens nothing.
            marks = re.findall(rf"(?<![^\W_])[bruf]{{0,2}}{opening}|{opening}(?![^\W_])", before)
            if len(marks) % 2:
                return True
        elif before.count(opening) > before.count(closing):
            return True
    return False


def is_spoken_of(text: str, start: int, end: int) -> bool:
    """Whether a piece of a text is a word of its sentence: `the <pad> token`, `</s>는`, `mapped to <unk>.`"""
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    if _PARTICLE.match(after):
        return True
    follows, leads = bool(_AFTER.match(after)), bool(_BEFORE.search(before))
    ended = bool(_ENDED.search(before)) and not leads
    if follows:
        return not after.startswith(")") or "(" in before
    return leads and not ended and bool(re.match(r"[.,?!)]", after))


def sentence_ended(text: str, at: int) -> bool:
    """Whether nothing before a place of a text waits for more: it begins there, or a sentence or a line has ended."""
    return bool(_ENDED.search(text[max(0, at - 40) : at]))
