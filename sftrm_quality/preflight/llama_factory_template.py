"""The template that LLaMA-Factory derives from a tokenizer's chat template, and what it makes of turns.

Read on 2026-11-29 from LLaMA-Factory 0.9.5, ``src/llamafactory/data/template.py``, `parse_template` and
``ReasoningTemplate``: where no ``template`` is named, a chat template is rendered for single turns, and what it puts
round their texts is used for all of them. Each turn is tokenized by itself. A template that thinks gets an empty
thought in front of every answer that has none (``enable_thinking``, which is on by default).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sftrm_quality.preflight.tokenizing import Messages, Refused, Tokenizer

_TEXT = "{{content}}"
_THOUGHT = ("<think>\n", "\n</think>\n\n")
_EMPTY_THOUGHT = "".join(_THOUGHT)
_A_THOUGHT = re.compile(f"{re.escape(_THOUGHT[0])}.*?{re.escape(_THOUGHT[1])}", re.DOTALL)

Turn = tuple[str, str]
"""Its role, and its text."""


@dataclass(frozen=True)
class DerivedTemplate:
    """What is put round texts, each with `{{content}}` where the text goes. thinks: it is one of a reasoning model."""

    prefix: str
    system: str
    user: str
    assistant: str
    default_system: str
    thinks: bool

    def pieces(self, turns: Sequence[Turn], system: str) -> list[list[str]]:
        """Of each turn the texts that are tokenized by themselves, one after the other.

        Args:
            turns: User and assistant in turn.
            system: The system message; empty where there is none.

        Returns:
            As many lists as turns; the first begins with the prefix and the system message.
        """
        found: list[list[str]] = []
        for role, text in turns:
            slot = self.assistant if role == "assistant" else self.user
            found.append([slot.replace(_TEXT, text, 1)])
        first = [self.prefix]
        if said := system or self.default_system:
            first.append(self.system.replace(_TEXT, said, 1))
        found[0] = [*first, *found[0]]
        return found

    def thought_before(self, answer: str) -> list[str]:
        """What goes in front of an answer of a model that thinks."""
        has_one = any(word.strip() in answer for word in _THOUGHT)
        return [_EMPTY_THOUGHT] if self.thinks and not has_one else []

    def without_thought(self, answer: str) -> str:
        """An earlier answer of a conversation, as a pair has it."""
        return _A_THOUGHT.sub("", answer).lstrip("\n") if self.thinks else answer


def derived_template(tokenizer: Tokenizer) -> DerivedTemplate | Refused:
    """Derive it, as `parse_template` does.

    Args:
        tokenizer: With its chat template.

    Returns:
        The template; what the chat template says where it takes one of the single turns for an error.
    """
    asked: Sequence[tuple[Messages, bool]] = (
        ([_said("system", _TEXT)], False),
        ([_said("system", ""), _said("user", _TEXT)], True),
        ([_said("user", _TEXT)], True),
        ([_said("user", _TEXT), _said("assistant", _TEXT)], False),
    )
    texts: list[str] = []
    for messages, for_answer in asked:
        (text,) = tokenizer.rendered([messages], for_answer=for_answer)
        if isinstance(text, Refused):
            return text
        texts.append(text)
    loaded = tokenizer.loaded
    prefix = str(loaded.decode(loaded.encode("")))
    system, with_empty_system, user, whole = (text[len(prefix) :] for text in texts)
    assistant = whole[len(user) :]
    thinks = "<think>" in assistant
    assistant = assistant.replace("<think>", "").replace("</think>", "").lstrip("\n")
    default_system = ""
    if len(user) > len(with_empty_system):
        default_system = _inserted(with_empty_system, user)
        user = user[len(system.replace(_TEXT, default_system, 1)) :]
    return DerivedTemplate(prefix, system, user, assistant, default_system, thinks)


def _said(role: str, text: str) -> dict[str, str]:
    return {"role": role, "content": text}


def _inserted(shorter: str, longer: str) -> str:
    """The letters of a text that are not those of a shorter one, which are taken in their order."""
    at, found = 0, []
    for letter in longer:
        if at == len(shorter):
            break
        if shorter[at] == letter:
            at += 1
        else:
            found.append(letter)
    return "".join(found)


def as_turns(row: Mapping[str, object]) -> tuple[str, list[Turn]]:
    """The system message and the turns of a row of ``messages``, ``alpaca`` or ``pairs_text``, without its answers.

    Read from ``src/llamafactory/data/converter.py``: the texts of ``instruction`` and ``input`` are joined by a line
    break, earlier turns come first, and a first message of the system is no turn.
    """
    if "messages" in row:
        messages = row["messages"]
        assert isinstance(messages, list)
        turns = [(message["role"], message["content"]) for message in messages]
        return (turns[0][1], turns[1:]) if turns and turns[0][0] == "system" else ("", turns)
    earlier = row["history"]
    assert isinstance(earlier, list)
    turns = [turn for asked, answer in earlier for turn in (("user", asked), ("assistant", answer))]
    said = "\n".join(str(row[name]) for name in ("instruction", "input") if row[name])
    return str(row["system"]), [*turns, ("user", said)]
