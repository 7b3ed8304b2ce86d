"""The prompt of a record: one text, several joined, or the turns of a conversation."""

from sftrm_quality.formats.declaration import Declaration, Messages, Prompt
from sftrm_quality.formats.shapes.record import Misread, RawRecord, as_text
from sftrm_quality.formats.shapes.turns import (
    Context,
    before,
    context_of,
    history_of,
    message_shape,
    read_turns,
    turns_of,
)
from sftrm_quality.words import say

_MESSAGES = Messages(path=("prompt",))


def prompt_text(raw: RawRecord, prompt: Prompt) -> str | None:
    """The parts of a prompt, joined; those that are blank or stand for none are left out.

    Raises:
        Misread: A part is no text, or two names of one part disagree.
    """
    first, *more = [_part(raw, paths) for paths in prompt.parts]
    said = [text for text in more if text is not None and not is_stand_in(text, prompt)]
    texts = said if first is None else [first, *said]
    return prompt.joiner.join(texts) if texts else None


def is_stand_in(text: str, prompt: Prompt) -> bool:
    """Whether a further part of a prompt says nothing."""
    return not text.strip() or text.strip().casefold() in prompt.stand_ins


def _part(raw: RawRecord, paths: tuple[str, ...]) -> str | None:
    """One part, which may go by several names."""
    given = {path: text for path in paths if (text := as_text(raw.get((path,))[1], path)) is not None}
    said = {path: text for path, text in given.items() if text.strip()}
    if len(set(said.values())) > 1:
        raise Misread("aliases_disagree", say("{given} differ, expected one prompt", given=" and ".join(said)))
    return next(iter((said or given).values()), None)


def context(raw: RawRecord, declaration: Declaration) -> Context | None:
    """What comes before the label of a record, by its declaration; None where nothing of it is declared.

    Raises:
        Misread: It is something else than declared.
    """
    system = raw.text(declaration.system) if declaration.system else None
    history = history_of(raw, declaration.history) if declaration.history else None
    if declaration.messages is not None:
        turns = read_turns(raw, declaration.messages)
        if turns is not None:
            return before(context_of(turns, system), history)
    if declaration.prompt is None:
        return None
    # A prompt may be a list of messages, too (TRL calls it conversational).
    first = declaration.prompt.parts[0]
    path, value = raw.get(first)
    if isinstance(value, list) and declaration.pair is not None:
        messages = declaration.messages or _MESSAGES
        raw.note(path, message_shape(messages))
        return before(context_of(turns_of(value, messages, path), system), history)
    return Context(prompt_text(raw, declaration.prompt), history, system)
