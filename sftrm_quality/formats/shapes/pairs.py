"""A better response and a worse one: as texts, as messages, or as whole conversations that differ at their end."""

import dataclasses
from collections.abc import Mapping

from sftrm_quality.formats.parts import Messages, Pair, Transcripts
from sftrm_quality.formats.shapes.record import Misread, RawRecord, lookup, wrong_type
from sftrm_quality.formats.shapes.responses import Response
from sftrm_quality.formats.shapes.turns import Context, Turn, context_of, label_of, message_shape, no_question, turns_of
from sftrm_quality.words import say

_ANSWERS = ("assistant", "function_call")


def pair(
    raw: RawRecord, declared: Pair, messages: Messages | None, given: Context | None
) -> tuple[Context, list[Response]]:
    """What the responses are for, and the responses: the better ones have rank 1, the worse ones rank 2.

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
    before, _ = chosen[0]
    if any(turns != before for turns, _ in rejected):
        raise Misread("pair_differs", say("chosen and rejected differ before their last message"))
    context = _joined(given, before)
    ranked = ((1.0, chosen), (2.0, rejected))
    return context, [{"text": text, "rank": rank, "score": None} for rank, side in ranked for _, text in side]


def _side(
    raw: RawRecord, paths: tuple[str, ...], declared: Pair, messages: Messages
) -> list[tuple[list[Turn], str | None]]:
    """Conversation before it, and response; several of a list of texts, or of objects in which nobody speaks."""
    path, value = raw.get(paths)
    if value is None or isinstance(value, str):
        return [([], value)]
    if isinstance(value, Mapping):
        raw.note(path, dict.fromkeys((*_texts(declared, messages), *messages.role)))
        return [([], _of_object(path, value, declared, messages))]
    if not isinstance(value, list) or not value:
        raise wrong_type(path, value, say("a text or messages"))
    if all(isinstance(one, str) for one in value):
        return [([], one) for one in value]
    if not any(isinstance(one, Mapping) and any(name in one for name in messages.role) for one in value):
        raw.note(path, [dict.fromkeys(_texts(declared, messages))])
        return [([], _of_object(f"{path}[{at}]", one, declared, messages)) for at, one in enumerate(value)]
    raw.note(path, message_shape(messages))
    turns = turns_of(value, messages, path)
    if turns[-1]["role"] not in _ANSWERS:
        raise Misread("turns_malformed", say("the last turn of {path} is not the assistant's", path=path))
    return [(turns[:-1], turns[-1]["content"])]


def _texts(declared: Pair, messages: Messages) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*messages.content, *declared.text)))


def _of_object(path: str, value: object, declared: Pair, messages: Messages) -> str | None:
    """The text of a response that is an object; if it says who speaks, that is the assistant."""
    if not isinstance(value, Mapping):
        raise wrong_type(path, value, say("a text or messages"))
    if any(lookup(value, name) is not None for name in messages.role):
        (turn,) = turns_of([value], messages.model_copy(update={"content": _texts(declared, messages)}), path)
        if turn["role"] not in _ANSWERS:
            raise Misread("turns_malformed", say("the last turn of {path} is not the assistant's", path=path))
    return RawRecord(value).text(_texts(declared, messages))


def _joined(given: Context | None, before: list[Turn]) -> Context:
    """The context of a pair: from fields of its own, from the conversations, or both where they say the same."""
    if not before:
        if given is None:
            raise no_question()
        return given
    if given is None:
        return context_of(before)
    found = context_of(before, given.system)
    said = (given.prompt or "").strip()
    if said and said not in ((found.prompt or "").strip(), _first_of(before)):
        raise Misread("aliases_disagree", say("the prompt and the conversations differ, expected one prompt"))
    if given.history and found.history is None:
        return dataclasses.replace(found, history=given.history)
    if given.history and given.history != found.history:
        raise Misread("aliases_disagree", say("two histories differ, expected one"))
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
    if _before_the_last_answer(chosen) != _before_the_last_answer(rejected):
        raise Misread("pair_differs", say("chosen and rejected differ before their last message"))
    (context, best), (_, worse) = label_of(chosen, None), label_of(rejected, None)
    return context, [{"text": best, "rank": 1.0, "score": None}, {"text": worse, "rank": 2.0, "score": None}]


def _before_the_last_answer(turns: list[Turn]) -> list[Turn]:
    return turns[: max((at for at, turn in enumerate(turns) if turn["role"] == "assistant"), default=len(turns))]


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
