"""Whether a question asks for its own text again: to go on with it, to mend it, to say it after."""

import re

_ASKED = re.compile(
    "continue|complete|finish|repeat|copy|echo|correct|proofread|punctuat|rewrite|fill in|start with|begin with"
    "|next (?:line|sentence|word|verse)"
    "|이어|완성|계속|반복|따라|그대로|옮겨|베껴|교정|고쳐|맞춤법|띄어|다듬|채우|다음\\s*(?:문장|구절|말|글)|시작하"
    "|续写|继续|重复|改正|纠正|完成|补全|続け|繰り返|直して|校正|添削",
    re.IGNORECASE,
)
# The beginning of something, and no question: `Once upon a time`.
_SENTENCE = re.compile(r"[?？]|[.。!！…]\s*$|(?:요|다|까|죠|지|줘|세요|라|오)\W*$")


def asks_for_itself(question: str | None) -> bool:
    """Whether an answer may begin with the question.

    Args:
        question: As it was delivered.
    """
    text = (question or "").strip()
    return bool(_ASKED.search(text)) or not _SENTENCE.search(text)
