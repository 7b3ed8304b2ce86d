"""A better response and a worse one: as texts, as messages, or as whole conversations that differ at their end."""

from collections.abc import Mapping
from typing import Any

from sftrm_quality.formats.declaration import Messages, Pair, Transcripts
from sftrm_quality.formats.shapes.record import Misread, RawRecord, as_text, lookup, wrong_type
from sftrm_quality.formats.shapes.responses import Response
from sftrm_quality.formats.shapes.turns import Context, Turn, context_of, label_of, message_shape, turns_of
from sftrm_quality.words import say

_ANSWERS = ("assistant", "function_call")


def pair(
    raw: RawRecord, declared: Pair, messages: Messages | None, given: Context | None
) -> tuple[Context, list[Response]]:
    """What the responses are for, and the responses: the better one has rank 1, the worse ones share rank 2.

    Args:
        raw: The record.
        declared: Where they are.
        messages: What the fields of a message are called.
        given: What comes before them, where the record has it in fields of its own.

    Returns:
        The context, from the conversations themselves where it is in them.

    Raises:
        Misread: They are something else, or differ in more than their last message.
    """
    messages = messages or Messages(path=("messages",))
    chosen = _side(raw, declared.chosen, declared, messages)
    rejected = _side(raw, declared.rejected, declared, messages)
    (before, best), worse = chosen[0], rejected
    if any(turns != before for turns, _ in worse):
        raise Misread("pair_differs", say("chosen and rejected differ before their last message"))
    context = _joined(given, before)
    responses: list[Response] = [{"text": best, "rank": 1.0, "score": None}]
    responses += [{"text": text, "rank": 2.0, "score": None} for _, text in worse]
    return context, responses


def _side(
    raw: RawRecord, paths: tuple[str, ...], declared: Pair, messages: Messages
) -> list[tuple[list[Turn], str | None]]:
    """Conversation before it, and response; several of a list of texts."""
    path, value = raw.get(paths)
    if value is None or isinstance(value, str):
        return [([], value)]
    if isinstance(value, Mapping):
        return [([], _of_object(raw, path, value, declared, messages))]
    if not isinstance(value, list) or not value:
        raise wrong_type(path, value, say("a text or messages"))
    if all(isinstance(one, str) for one in value):
        return [([], one) for one in value]
    raw.note(path, message_shape(messages))
    turns = turns_of(value, messages, path)
    if turns[-1]["role"] not in _ANSWERS:
        raise Misread("turns_malformed", say("the last turn of {path} is not the assistant's", path=path))
    return [(turns[:-1], turns[-1]["content"])]


def _of_object(raw: RawRecord, path: str, value: Mapping[str, Any], declared: Pair, messages: Messages) -> str | None:
    names = tuple(dict.fromkeys((*messages.content, *declared.text)))
    name = next((name for name in names if lookup(value, name) is not None), names[0])
    raw.note(path, {name: None, **dict.fromkeys(messages.role)})
    return as_text(lookup(value, name), f"{path}.{name}")


def _joined(given: Context | None, before: list[Turn]) -> Context:
    """The context of a pair: from fields of its own, from the conversations, or both where they say the same."""
    if not before:
        if given is None:
            raise Misread("turns_malformed", say("no turn of a user, expected a question and its answer"))
        return given
    if given is None:
        return context_of(before)
    found = context_of(before, given.system)
    if given.prompt is not None and given.prompt.strip() not in ((found.prompt or "").strip(), _first_of(before)):
        raise Misread("aliases_disagree", say("the prompt and the conversations differ, expected one prompt"))
    return found


def _first_of(turns: list[Turn]) -> str:
    """The first question: of a conversation some files repeat that one as its prompt."""
    return next((turn["content"] or "" for turn in turns if turn["role"] == "user"), "").strip()


def transcripts(raw: RawRecord, declared: Transcripts) -> tuple[Context, list[Response]]:
    """Two conversations as texts, cut at the last mark of an assistant in each.

    Raises:
        Misread: They are no such texts, or differ before that mark.
    """
    chosen, rejected = (_turns_of_text(raw, path, declared) for path in (declared.chosen, declared.rejected))
    if chosen[:-1] != rejected[:-1]:
        raise Misread("pair_differs", say("chosen and rejected differ before their last message"))
    (context, best), (_, worse) = label_of(chosen, None), label_of(rejected, None)
    return context, [{"text": best, "rank": 1.0, "score": None}, {"text": worse, "rank": 2.0, "score": None}]


def _turns_of_text(raw: RawRecord, path: str, declared: Transcripts) -> list[Turn]:
    text = raw.text((path,)) or ""
    marks = {declared.user: "user", declared.assistant: "assistant"}
    # The first mark may have lost the line breaks in front of it.
    if not text.startswith(declared.user):
        if not text.startswith(declared.user.lstrip()):
            raise Misread(
                "turns_malformed", say("{path} does not begin with {mark}", path=path, mark=repr(declared.user))
            )
        text = declared.user + text[len(declared.user.lstrip()) :]
    turns: list[Turn] = []
    at = 0
    while at < len(text):
        mark = next(mark for mark in marks if text.startswith(mark, at))
        begin = at + len(mark)
        at = min((end for one in marks if (end := text.find(one, begin)) >= 0), default=len(text))
        # One space belongs to the mark.
        content = text[begin:at]
        turns.append({"role": marks[mark], "content": content[1:] if content.startswith(" ") else content})
    return turns
