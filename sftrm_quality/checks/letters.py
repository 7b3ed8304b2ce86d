"""Whether a text is a letter to somebody: then the writer speaks, and no assistant."""

import re

_LETTER = re.compile(
    r"\s*(?:[*#_> ]*(?:subject|제목|件名|主题)\s*[:：]|(?:dear|hi|hello|hey) [a-z.]+(?: [a-z.]+)?\s*[,!]"
    r"|to whom it may concern"
    r"|(?:친애하는|존경하는|안녕하세요[,.]? )?[가-힣]{1,10}\s?(?:님|씨)(?:께)?\s*[,.!]"
    r"|고객님"
    r"|尊敬的|亲爱的|[一-龥ぁ-ん]{1,8}(?:様|さん|先生|女士)[,、，：:])"
)


def is_letter(text: str) -> bool:
    """Whether a text begins as a letter, a mail or a message does.

    Args:
        text: Normalised.
    """
    return bool(_LETTER.match(text))
