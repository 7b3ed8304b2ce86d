"""Control tokens of chat templates and vocabularies that leaked into a text, and not those that it shows or speaks of.

A text with `</s>` may be a leak, HTML with a price struck through, a line of code, or about tokenisers. Where a token
is (`code_spans`), what is beside it and what the question is about tell them apart.
"""

import re
from collections.abc import Iterator
from itertools import islice

from sftrm_quality.checks.code_spans import CodeSpans, is_quoted, is_spoken_of, sentence_ended
from sftrm_quality.checks.run_on_turns import run_on_turn

Span = tuple[int, int]

_NAMES = (
    "im_start|im_end|im_sep|endoftext|eot_id|eom_id|end_of_text|begin_of_text|start_header_id|end_header_id|endofturn"
    "|fim_prefix|fim_middle|fim_suffix|python_tag"
)
# In a text they are control characters of the template: Llama 2 to 4, Mistral, Qwen (ChatML), Gemma, Phi, DeepSeek,
# GLM, EXAONE, Command R, InternLM, Baichuan, T5, GPT-2, BERT, KoGPT2.
CONTROL = (
    r"<\|[A-Za-z0-9_]{1,40}\|>|<｜[^<>｜\n]{1,40}｜>|\[\|[A-Za-z_]{1,20}\|\]|</?s>|<(?i:pad|unk|[be]os)>|\[/?INST\]"
    r"|<</?SYS>>"
    r"|<(?:start|end)_of_[a-z]{1,12}>|<extra_id_[0-9]{1,2}>|<0x[0-9A-F]{2}>|\[[gs]MASK\]|<unused[0-9]{1,3}>"
    r"|<reserved_[0-9]{1,4}>|<(?:eoh|eoa|eom|eod|sop|eop)>|<(?:BOS|EOS|PAD|UNK|END_OF_TURN)_TOKEN>|\[(?:SEP|CLS|PAD|BOS|EOS)\]"
    r"|\[/?(?:AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|SYSTEM_PROMPT)\]|\[UNUSED_TOKEN_[0-9]{1,3}\]"
)
# What is left of one that was cut, known by its name.
_REST = rf"\b(?:{_NAMES})\|>|<\|(?:{_NAMES})\b"
# Words in brackets as people write them, too: only where a sentence has ended, or none has begun.
_BESIDE_SENTENCES = r"<(?:usr|sys|bot|sep|cls|mask|eot)>|</?SYS>|\[(?:MASK|UNK)\]|</?S>"
_THINK = r"</?(?:think|thinking|thought|reasoning|scratchpad|reflection)>"
_PIECE = r"[^\s#][ \t]##[^\W\d_]"
_LABEL = (
    r"###[ \t]*(?:[A-Za-z]|[^\x00-\x7f])"
    r"|(?:Human|HUMAN|User|USER|Assistant|ASSISTANT|사용자|인간|어시스턴트|用户|用戶|助手|ユーザー)(?:\*\*)?[ \t]*[:：]"
)
CANDIDATE = f"{CONTROL}|{_REST}|{_BESIDE_SENTENCES}|{_THINK}|{_PIECE}|{_LABEL}".replace(r"[^\W\d_]", r"\pL")
"""What every text with a leaked token has, for RE2."""

_TOKEN = re.compile(CONTROL)
_CONTROL = re.compile(f"(?P<control>{CONTROL})|(?P<rest>{_REST})|(?P<beside>{_BESIDE_SENTENCES})")
_PIECES = re.compile(r"(?<=[^\s#][ \t])##[^\W\d_]+")
_THINKING = re.compile(_THINK)
_ONLY_TOKENS = re.compile(rf"(?:\s|{CONTROL}|{_BESIDE_SENTENCES})*")
_HTML = re.compile(
    r"</?(?:p|b|i|u|a|li|ul|ol|td|tr|th|div|span|strong|em|br|hr|del|ins|h[1-6]|img|table|body|small|sup|sub)\b[^<>]*>"
)
_TOPIC = re.compile(
    "token|tokeni|chatml|template|prompt format|\\btags?\\b|html|\\belements?\\b|markup|strike|struck|\\beos\\b"
    "|\\bbos\\b|padding"
    "|vocabular|unknown word|word2vec|\\bbert\\b|sentencepiece|wordpiece|\\bbpe\\b|delimiter|separator|\\bxml\\b"
    "|generics?\\b"
    "|토큰|토크나이|템플릿|태그|요소|취소선|패딩|사전에 없는|구분자|마크업|词元|标记|标签|分词|特殊符|删除线|模板"
    "|トークン|タグ|テンプレート|取り消し線"
)
_NEAR = 100
# Enough of one text to know it.
_MOST = 1000
_WORD = re.compile(r"[A-Za-z0-9_]")
_DEFINED = re.compile(r"\s*[:=|–—-]\s")


def template_tokens_in(text: str, beside: str | None, *, prompt: bool = False) -> list[Span]:
    """The tokens and turns that leaked into a text, in order, each as start and end in characters.

    Args:
        text: As it was delivered.
        beside: The question of an answer; what shows what the text is about.
        prompt: Whether it is a question: it may hold transcripts, but not end where an answer begins.
    """
    code = CodeSpans.of(text)
    pieces = (match.span() for match in islice(_PIECES.finditer(text), _MOST) if not code.hold(*match.span()))
    turn = run_on_turn(text, beside, code, prompt=prompt)
    return sorted(
        {
            *_controls(text, beside, code, prompt=prompt),
            *_thinking(text, beside, code, prompt=prompt),
            *pieces,
            *([turn] if turn else []),
        }
    )


def is_token_asked_for(text: str, question: str | None) -> bool:
    """Whether a text of nothing but tokens shows one that its question is about."""
    return bool(_TOKEN.search(text)) and not template_tokens_in(text, question)


def _controls(text: str, beside: str | None, code: CodeSpans, *, prompt: bool) -> Iterator[Span]:
    found = list(islice(_CONTROL.finditer(text), _MOST))
    behind = _behind(text, found)
    left = [match for match in found if not _is_shown(text, match.span(), code)]
    struck = _struck_through(text, [match for match in left if match[0] in ("<s>", "</s>")], beside)
    for match in left:
        start, end = match.span()
        if start in struck or _is_syntax(text, match) or (match["beside"] and not sentence_ended(text, start)):
            continue
        # Data sets put words in brackets between the parts of a prompt.
        if match["beside"] and prompt and start < behind and text[:start].strip():
            continue
        if not _is_subject(text, match[0], match.span(), beside) or _is_at_an_end(text, match, behind):
            yield start, end


def _behind(text: str, found: list[re.Match[str]]) -> int:
    """Where the end of a text begins that is nothing but tokens."""
    end = len(text.rstrip())
    for match in reversed(found):
        if match.end() != end:
            break
        end = match.start()
        while end and text[end - 1].isspace():
            end -= 1
    return end


def _is_shown(text: str, span: Span, code: CodeSpans) -> bool:
    return code.hold(*span) or is_quoted(text, *span) or is_spoken_of(text, *span)


def _struck_through(text: str, marks: list[re.Match[str]], beside: str | None) -> set[int]:
    """Where those of `<s>` and `</s>` begin that strike something through: pairs, and not one round the whole text."""
    if len(marks) % 2 or any(mark[0] != ("<s>", "</s>")[at % 2] for at, mark in enumerate(marks)) or not marks:
        return set()
    outside = [text[: marks[0].start()], text[marks[-1].end() :]]
    outside += [text[one.end() : other.start()] for one, other in zip(marks[1::2], marks[2::2], strict=False)]
    shown = any(piece.strip() for piece in outside) or _HTML.search(text) or _is_about(beside or "")
    if shown or _asks_about("<s>", beside):
        return {mark.start() for mark in marks}
    return set()


def _is_syntax(text: str, match: re.Match[str]) -> bool:
    """Type parameters, comparisons, shifts, elements with an end of their own."""
    token, (start, end) = match[0], match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    if token in ("<s>", "<S>") and _WORD.match(before):
        return True
    if token == "<<SYS>>" and _WORD.match(before) and _WORD.match(after):
        return True
    if not match["beside"] or token[0] != "<":
        return False
    name = token.strip("</>")
    return f"<{name}>" in text and f"</{name}>" in text


def _is_about(text: str) -> bool:
    return bool(_TOPIC.search(text.casefold()))


def _asks_about(token: str, beside: str | None) -> bool:
    """Whether a question has the token, and for a reason: one into which it leaked, too, says nothing of it."""
    return beside is not None and token in beside and not template_tokens_in(beside, None, prompt=True)


def _is_subject(text: str, token: str, span: Span, beside: str | None) -> bool:
    if beside is not None and (_asks_about(token, beside) or _is_about(beside)):
        return True
    start, end = span
    return _is_about(text[max(0, start - _NEAR) : start]) or _is_about(text[end : end + _NEAR])


def _is_at_an_end(text: str, match: re.Match[str], behind: int) -> bool:
    """Whether a token leads or follows a finished text, as those of a template do; not where it is all of the text."""
    start, end = match.span()
    first, last = start <= len(text) - len(text.lstrip()), start >= behind
    if first and last:
        return False
    if last:
        return sentence_ended(text, start)
    return first and not _DEFINED.match(text, end)


def _thinking(text: str, beside: str | None, code: CodeSpans, *, prompt: bool) -> Iterator[Span]:
    """Thoughts that never close, that were not opened, or that are not in front of the answer.

    A prompt may say how to think, and only does not end where thoughts would begin.
    """
    tags = [match for match in islice(_THINKING.finditer(text), _MOST) if not _is_shown(text, match.span(), code)]
    if not tags or (beside is not None and any(tag[0] in beside for tag in tags)):
        return
    if prompt:
        if tags[-1][0] == "<think>" and not text[tags[-1].end() :].strip() and sentence_ended(text, tags[-1].start()):
            yield tags[-1].span()
        return
    opened: re.Match[str] | None = None
    in_front = True
    for tag in tags:
        if tag[0].startswith("</"):
            if opened is None or opened[0][1:] != tag[0][2:]:
                if tag[0] == "</think>":
                    yield tag.span()
                continue
            opened, in_front = None, False
        elif opened is None:
            if tag[0] == "<think>" and not (in_front and _ONLY_TOKENS.fullmatch(text, 0, tag.start())):
                yield tag.span()
            opened = tag
    if opened is not None and not (opened[0] != "<think>" and _is_subject(text, opened[0], opened.span(), beside)):
        yield opened.span()
