"""Whether an answer is written in the letters of its question, code and formulas aside: Hangul or Latin."""

import re

from sftrm_quality.characters import HANGUL, LATIN, SIGNS_AMONG_LATIN, python_class

# What is in Latin letters in any language: code, formulas, addresses, what is marked up, names of files and functions.
_NOT_PROSE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]{1,200}`|\$\$.*?(?:\$\$|\Z)|\$[^$\n]{1,200}\$|\\\[.*?(?:\\\]|\Z)|\\\(.*?(?:\\\)|\Z)"
    r"|<[^<>\n]{1,200}>|https?://\S+|\b[A-Za-z_][A-Za-z0-9_]{0,80}(?:[._/\\][A-Za-z0-9_]|\()[A-Za-z0-9_./\\)]*",
    re.DOTALL,
)
# A line of code or data without a fence.
_CODE_LINE = re.compile(r"[{};\\=|]|\(\)|^\s*(?:#|//|def |class |import |from |return |select |insert )", re.IGNORECASE)
_HANGUL = re.compile(f"[{python_class(HANGUL)}]")
_LATIN = re.compile(f"[{python_class(LATIN + SIGNS_AMONG_LATIN)}]")
_SCRIPTS = ("Hangul", "Latin", "other")


def letters(text: str) -> tuple[int, int, int]:
    """How many Hangul, Latin and other letters the prose of a text has, without its code, formulas and addresses.

    Args:
        text: As it was delivered.
    """
    lines = (line for line in _NOT_PROSE.sub(" ", text).split("\n") if not _CODE_LINE.search(line))
    prose = "\n".join(lines)
    hangul, latin = len(_HANGUL.findall(prose)), len(_LATIN.findall(prose))
    return hangul, latin, sum(map(str.isalpha, prose)) - hangul - latin


def scripts_differ(question: str, answer: str, minimum: int, share: float) -> tuple[str, str] | None:
    """The script of a question, and that of an answer in another one.

    Between Hangul and Latin: no letter of Hangul anywhere, or no Latin one outside code, formulas and addresses, which
    are Latin in any language. In a third script: hardly a letter of those of the question.

    Args:
        question: As it was delivered.
        answer: As it was delivered.
        minimum: Letters that an answer has to have to be checked, and a quarter of them the question.
        share: Of letters that are of one script, 0.5 to 1: in the question, or in an answer in a third one. What is
            left over is what the answer may have of the question's scripts.

    Returns:
        Two of ``Hangul``, ``Latin``, ``other``; None where the script is the same or there is too little to tell.
    """
    in_question, in_answer = letters(question), letters(answer)
    if sum(in_question) < minimum / 4 or sum(in_answer) < minimum:
        return None
    missing = (not _HANGUL.search(answer), in_answer[1] == 0)
    for script, count, none in zip(_SCRIPTS, in_question, missing, strict=False):
        if count >= share * sum(in_question) and none:
            return script, max(zip(in_answer, _SCRIPTS, strict=True))[1]
    third = in_question[2] < (1 - share) * sum(in_question) and in_answer[2] >= share * sum(in_answer)
    return (max(zip(in_question, _SCRIPTS, strict=True))[1], _SCRIPTS[2]) if third else None
