"""Tokens of a chat template at the end of a text, where a vendor's export left them."""

import re

from sftrm_quality.checks.template_tokens import template_tokens_in

# What ends a turn or a text, and what fills up behind it, in the vocabularies that `template_tokens` names.
_END = (
    r"(?:<\|(?i:end|eo[tms]|im_end|return|pad)[A-Za-z0-9_]*\|>|<｜[^<>｜\s]{0,30}(?:end|END|eos|EOT|pad|PAD)[^<>｜\s]{0,30}｜>"
    r"|\[\|endofturn\|\]|</s>|<(?i:eos|pad)>|<end_of_(?:turn|text|utterance)>|<(?:EOS|PAD|END_OF_TURN)_TOKEN>"
    r"|\[(?:EOS|PAD)\]|<eo[ahmd]>)"
)
END_TOKEN = rf"{_END}[\s\p{{Z}}]*$"
"""What every text with one at its end has, for RE2."""

_AT_THE_END = re.compile(rf"(?:\s*{_END})+\s*\Z")


def without_end_tokens(text: str, asked: str | None, *, is_prompt: bool) -> str:
    """A text without the end tokens that leaked behind it, and the white space around them.

    Args:
        text: As it was delivered.
        asked: The question that it answers, None where there is none.
        is_prompt: Whether it asks.

    Returns:
        The text as it was where its end is meant, or where nothing would be left of it.
    """
    match = _AT_THE_END.search(text)
    if match is None or not text[: match.start()].strip():
        return text
    leaked = template_tokens_in(text, asked, prompt=is_prompt)
    ends = [found.start() + match.start() for found in re.finditer(_END, match[0])]
    return text[: match.start()] if set(ends) <= {start for start, _ in leaked} else text
