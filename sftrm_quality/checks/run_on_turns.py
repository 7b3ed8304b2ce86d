"""Turns of another conversation in a text: it runs on after its end, or a transcript was delivered in its place."""

import re
from itertools import islice

from sftrm_quality.checks.code_spans import CodeSpans, is_quoted

Span = tuple[int, int]

# Enough of one text to know it.
_MOST = 1000

_USER = "Human|HUMAN|User|USER|사용자|인간|用户|用戶|ユーザー"
_ASSISTANT = "Assistant|ASSISTANT|Bot|BOT|AI|어시스턴트|챗봇|助手|アシスタント"
_TURN = re.compile(
    rf"(?P<gap>\A\s*|\n[ \t]*\n[ \t]*|\n[ \t]*|(?<=[.!?。)\"’”*])[ \t]+"
    r"|(?<=\S)[ \t]+(?=(?:USER|ASSISTANT|HUMAN):))(?:\*\*)?"
    rf"(?:(?P<user>{_USER})|(?P<assistant>{_ASSISTANT}))(?:\*\*)?[ \t]*[:：]"
)
# Alpaca's headings, and those of its relatives. Others of the same form are headings of a document.
_HEADING = re.compile(
    r"(?P<gap>\A|\n|(?<=[.!?。다요]\s)|(?<=\S[ \t]{2}))[ \t]*###[ \t]*(?P<name>[^\n:：#]{1,24}?)[ \t]*[:：]"
)
_ASKED = {
    "instruction",
    "human",
    "user",
    "질문",
    "명령어",
    "명령",
    "지시",
    "지시문",
    "사용자",
    "指令",
    "问题",
    "用户",
    "指示",
    "質問",
}
_ANSWERED = {"response", "assistant", "bot", "답변", "응답", "어시스턴트", "回答", "助手", "応答"}
_ANY_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]*(?P<name>[^\n:：]{1,80}?)[ \t]*(?:[:：]|$)", re.MULTILINE)
# The line before says of another one what the next says of a user.
_OF_A_LIST = re.compile(r"^[^\n:：]{1,30}[:：] [^\n]*\Z", re.MULTILINE)
_BELOW = re.compile("Below is an instruction that describes a task")
_CONVERSATION = re.compile(
    "dialog|conversation|script|interview|role-?play|chat|transcript|screenplay|q\\s*&\\s*a|few-?shot|alpaca|prompt"
    "|template|example"
    "|play the|act as|대화|인터뷰|대본|역할|채팅|문답|상담 예|템플릿|프롬프트|예시|对话|對話|采访|剧本|聊天|模板"
    "|提示词|示例|会話|対話|台本|インタビュー"
    "|チャット|テンプレート|プロンプト|例"
)


def run_on_turn(text: str, beside: str | None, code: CodeSpans, *, prompt: bool) -> Span | None:
    """Where the first turn begins that does not belong to a text.

    Args:
        text: As it was delivered.
        beside: Its question; where it asks for a conversation or an example, turns are the answer.
        code: Of the text.
        prompt: Whether the text is a question. It may quote turns, but not end where an answer would begin.

    Returns:
        Start and end of its label; None where there is none.
    """
    turns = [match for match in islice(_TURN.finditer(text), _MOST) if _counts(match, code)]
    headings = [match for match in islice(_HEADING.finditer(text), _MOST) if _counts(match, code)]
    if prompt:
        return _awaits_an_answer(text, [*turns, *headings])
    if beside is not None and _CONVERSATION.search(beside.casefold()):
        return None
    return _headings(text, headings) or _turns(text, turns)


def _counts(match: re.Match[str], code: CodeSpans) -> bool:
    start, end = match.end() - 1, match.end()
    return not code.hold(start, end) and not is_quoted(code.text, start, end)


def _label(match: re.Match[str]) -> Span:
    return match.end("gap"), match.end()


def _awaits_an_answer(text: str, labels: list[re.Match[str]]) -> Span | None:
    """The last label, where nothing follows it and the text began with that of a user, as filled templates do."""
    if not labels:
        return None
    first, last = min(labels, key=re.Match.start), max(labels, key=re.Match.start)
    answering = last.groupdict().get("assistant") or (last.groupdict().get("name") or "").casefold() in _ANSWERED
    asking = first.groupdict().get("user") or (first.groupdict().get("name") or "").casefold() in _ASKED
    filled = not text[: first.start()].strip() or _BELOW.search(text)
    return _label(last) if answering and asking and filled and not text[last.end() :].strip() else None


def _headings(text: str, headings: list[re.Match[str]]) -> Span | None:
    names = [heading["name"].casefold() for heading in headings]
    asked = [heading for heading, name in zip(headings, names, strict=True) if name in _ASKED]
    answered = [heading for heading, name in zip(headings, names, strict=True) if name in _ANSWERED]
    found = min([*asked, *answered], key=re.Match.start, default=None)
    if found is None:
        return None
    others = [
        one
        for one in _ANY_HEADING.finditer(text)
        if one["name"].casefold() not in _ASKED | _ANSWERED | {"input", "입력"}
    ]
    # A document has headings of other names; questions with answers are one where it begins with them.
    if len(others) > 1 or (
        found["name"].casefold() in {"질문", "답변", "回答", "問題", "質問"} and not text[: found.start()].strip()
    ):
        return None
    return _label(found)


def _turns(text: str, turns: list[re.Match[str]]) -> Span | None:
    users = [turn for turn in turns if turn["user"]]
    assistants = [turn for turn in turns if turn["assistant"]]
    if not users:
        return None
    first = users[0]
    before = text[: first.start()].rstrip()
    introduced = before.endswith((":", "：")) or ("\n\n" not in first["gap"] and _OF_A_LIST.search(before))
    answered = any(one.start() > first.start() for one in assistants)
    if introduced or (not answered and len(users) == 1 and not _is_anthropic(first)):
        return None
    apart = [turn for turn in users if _begins_a_turn(turn)]
    return _label(apart[0]) if apart else None


def _is_anthropic(turn: re.Match[str]) -> bool:
    """`Human:` after a blank line, where models that were trained on it go on by themselves."""
    return turn["user"].casefold() == "human" and turn["gap"].count("\n") > 1


def _begins_a_turn(turn: re.Match[str]) -> bool:
    return "\n" in turn["gap"] or turn.start() == 0 or turn["user"].isupper()
