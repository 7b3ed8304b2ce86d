"""Negations: whether a text says yes or no to what its near copy says.

'It is allowed' and 'it is not allowed' share nearly all of their characters. The table has the words and endings that
turn a sentence into its opposite, by language, and of pairs of opposites that look alike the second one (이상, 이하).
Their count, odd or even, is compared: two negations are none, and what both texts say counts on both sides.

A word too many makes at worst a near copy stay; a word too few makes an opposite go. So the table is generous, and has
no word that comes and goes as a filler.
"""

import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Mask, as_ints

# Spaces within a phrase are optional in Korean.
_KOREAN = (
    "[않없싫못]|아[니닌닙닐님]|지 ?[말마]|말아야|말 ?것",
    # 안 is also 'inside', and begins 안전, 안내, 안녕: only in front of a verb that it negates.
    "(?:^|[^가-힣])안(?: |[되돼됩된될됐됨하해한할합했함가갑갔먹보봐봤봅오와왔온쓰써썼씁좋맞들받줘준살팔])",
    "불(?:가|허|법|필요|충분|완전|합격|일치|참)|부(?:적|정확|결)|비활성|무(?:효|해|료)|금지",
    "미달|이하|미만|이전|감소|하락|거짓|반대|틀[리린립]",
)
# In these a syllable of the table means something else: a mistake, a pond.
_NO_NEGATIONS = "잘못|연못"
_ENGLISH = (
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|hardly|barely|lacks?|lacking)\b",
    r"n['’]t\b|\b(?:do|does|did|is|are|was|were|ca|could|wo|would|should|has|have|had)nt\b",
    r"\b(?:im(?:possible|proper)|il(?:legal|logical)|in(?:valid|correct|complete|sufficient|accurate|active))\b",
    r"\bun(?:able|safe|likely|necessary|available|suitable|healthy|lawful|true)\b|\bdis(?:allow|abl|agree)\w*",
    r"\b(?:forbidden|prohibited|denied|false|wrong|less|fewer|below|before|minimum|fail(?:s|ed)?)\b",
    r"\b(?:decreas|refus|reject)\w+",
)
_CHINESE_AND_JAPANESE = ("[不没沒無无非未否禁勿]", "ない|ません|なかっ|なけ|なく")

_NEGATION = "|".join((*_KOREAN, *_ENGLISH, *_CHINESE_AND_JAPANESE))


def negated(normal: pa.StringArray) -> Mask:
    """Of each text in its normal form, whether it has an odd number of negations."""
    found, no_negations = (as_ints(pc.count_substring_regex(normal, p)) for p in (_NEGATION, _NO_NEGATIONS))
    odd: Mask = (found - no_negations) % 2 == 1
    return odd
