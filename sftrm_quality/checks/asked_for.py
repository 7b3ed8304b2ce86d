"""Whether a text that looks like a stand-in is what its question asks for: `None`, `*`, `N/A`, `<BR>`.

What a stand-in looks like is said by the patterns of a suite; here the question decides. It is not understood: cues
tell whether it asks for prose, which no stand-in is, or for a value, a sign, a tag, an abbreviation.
"""

import re

from sftrm_quality.checks import question_cues as cues

# The task is at either end of a question, its material between.
_END = 400
# What is put behind a question that has ended: a number, a label, the answer itself.
_BEHIND = re.compile(r"(?<=[.!?。？！])\s*\([^\n]*\)\s*$")
_SIGNS_ONLY = re.compile(r"[\W_]+", re.DOTALL)
_DOTS_AND_DASHES = re.compile(r"[\s.\-·•−–—_/|…]+")
# A face says something.
_FACE = re.compile(r"[:;=][-'^]?[()\[\]/\\|]+|\(?\^[_.-]?\^+\)?[;]*|>[_.]<|¯\\_\(.\)_/¯")
_NONE = ("none", "nil", "null")
_STATUS = re.compile(r"[45][0-9][0-9](?= )")
_NAME = re.compile(r"[a-z_]\w+")
# Signs that fill empty cells; nobody writes another one there.
_USUAL = "-‐‑‒–—―_＿.…·ㆍ・*?？~=／/\\|"
_MARKUP = re.compile(r"<|\{|\$|\[|&\w+;|\\")


def asks_for_prose(question: str | None) -> bool:
    """Whether a question is answered with sentences, a list or a program.

    Args:
        question: As it was delivered.
    """
    asked = _asked(question)
    if cues.BRIEF.search(asked):
        return False
    return bool(cues.PROSE.search(asked) or (cues.PERHAPS_PROSE.search(asked) and not _asks_for_something_short(asked)))


def is_asked_for(answer: str, question: str | None) -> bool:
    """Whether a question asks for what otherwise stands for a missing answer.

    Args:
        answer: A whole text that looks like a stand-in.
        question: As it was delivered; nothing is asked for by null.
    """
    asked, said = _asked(question), answer.strip().casefold()
    signs = bool(_SIGNS_ONLY.fullmatch(said))
    if signs and (_FACE.fullmatch(said) or (_DOTS_AND_DASHES.fullmatch(said) and cues.MORSE.search(asked))):
        return True
    prose = asks_for_prose(question)
    if _mentions(asked, said, signs) and (not prose or cues.CONDITION.search(asked)):
        return True
    if signs and _is_an_option(asked, said):
        return True
    code = bool(cues.CODE.search(asked) or cues.TECHNICAL.search(asked))
    if _MARKUP.match(said):
        # A template that is filled with what the question names.
        filled = _NAME.search(said)
        if code and filled and re.search(rf"(?<![a-z]){re.escape(filled[0])}(?![a-z])", asked):
            return True
    if prose:
        return False
    if signs:
        unusual = len(said) == 1 and said not in _USUAL
        return code or unusual or bool(cues.SIGNS.search(asked))
    if _MARKUP.match(said):
        return code or bool(cues.MARKUP.search(asked))
    if cues.ENTITY.search(asked):
        return False
    if _is_none_of_some(said, asked):
        return True
    return code or any(cue.search(asked) for cue in (cues.SHORT_FORMS, cues.NOTHING, cues.WORDS))


def _asks_for_something_short(asked: str) -> bool:
    short = (cues.CODE, cues.SIGNS, cues.MARKUP, cues.SHORT_FORMS, cues.NOTHING, cues.QUANTITY, cues.WORDS)
    return any(cue.search(asked) for cue in short) or bool(cues.TECHNICAL.search(asked))


def _is_none_of_some(said: str, asked: str) -> bool:
    """`None` is a word of English, and how many there are may be asked with it."""
    return said.strip(".") in _NONE and asked.isascii() and bool(cues.QUANTITY.search(asked))


def _asked(question: str | None) -> str:
    text = _BEHIND.sub("", question or "").casefold()
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"


def _mentions(asked: str, said: str, signs: bool) -> bool:
    """Whether the answer is in the question: a word as a word, signs apart from others."""
    if signs and len(said) < 2:
        return bool(re.search(rf"['\"`‘“「『(]{re.escape(said)}['\"`’”」』)]", asked))
    number = _STATUS.match(said)
    wanted = number[0] if number else said
    return bool(re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", asked))


def _is_an_option(asked: str, said: str) -> bool:
    """Whether a sign is one of several that the question lists: `<, = or >`."""
    between, other, sign = r"\s*(?:,|/|、|or|and|또는|혹은|或)\s*", r"[^\w\s,/]{1,3}", re.escape(said)
    return bool(re.search(rf"(?<!\w){sign}{between}{other}(?!\w)|(?<!\w){other}{between}{sign}(?!\w)", asked))
