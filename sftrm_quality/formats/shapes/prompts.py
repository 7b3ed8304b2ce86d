"""The prompt of a record: one text, several joined, or the turns of a conversation."""

from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.parts import AROUND, Messages, Prompt
from sftrm_quality.formats.shapes.record import RawRecord
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
    first, *more = [raw.text(paths, say("prompt")) for paths in prompt.parts]
    said = [text for text in more if text is not None and not is_stand_in(text, prompt)]
    if first is not None and (first.strip() or not said):
        said = [first, *said]
    return prompt.joiner.join(said) if said else None


def is_stand_in(text: str, prompt: Prompt) -> bool:
    """Whether a further part of a prompt says nothing."""
    said = text.strip().lower()
    return not said or said.strip(AROUND) in prompt.stand_ins


def context(raw: RawRecord, declaration: Declaration) -> Context | None:
    """What comes before the label of a record, by its declaration; None where it has no field of that.

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
