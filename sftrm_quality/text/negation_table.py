"""Negations: whether a text says yes or no to what its near copy says.

'It is allowed' and 'it is not allowed' share nearly all of their characters. The table has the words and endings that
turn a sentence into its opposite, by language, and of pairs of opposites that look alike the second one (이상, 이하).
How many of them a text has is compared. Two negations are not taken for none: "Yes, it is" and "No, it is not" differ
by two.

A word too many makes at worst a near copy stay; a word too few makes an opposite go. So the table is generous, and has
no word that comes and goes as a filler. What both texts say counts on both sides.
"""

import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Ints, as_ints

# Spaces within a phrase are optional in Korean.
_KOREAN = (
    "[않없싫못찮잖]|아[니닌닙닐님녜]|지 ?[말마]|말아야|말 ?것|모르|모른|모릅|몰라|몰랐",
    # 안 is also 'inside', and begins 안전, 안내, 안녕: only in front of a verb that it negates.
    "(?:^|[^가-힣])안(?: |[되돼됩된될됐됨하해한할합했함가갑갔먹보봐봤봅오와왔온쓰써썼씁좋맞들받줘준살팔])",
    "불(?:가|허|법|필요|충분|완전|합격|일치|참|규칙|친절|평등|만족|편|공정|안정|확실|투명|이익|리|량|효율)",
    "비(?:공식|공개|회원|정상|활성|합리|현실|효율|협조|과학|대칭|인가|전문|정기|위생|도덕)|무(?:효|해|료|허가|관|책임|제한|의미)",
    "미(?:달|성년|완성|해결|확인|등록|승인|사용|포함|지급|제출|가입|만|납|참석|적용)|부(?:적|정확|결|동의|당|족|도덕|주의)|금지|몰상식",
    "이하|이전|감소|하락|줄[어이였인]|거짓|반대|틀[리린립]|왼쪽|제외|반려|거부|거절|영하|꺼|끄|닫|최소|패배|손실",
)
# In these a syllable of the table means something else: a mistake, a pond, a wide variety.
_NO_NEGATIONS = "잘못|연못|못지않|귀찮"
_ENGLISH = (
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|hardly|barely|rarely|seldom|unless)\b",
    r"n['’]t\b|\b(?:do|does|did|is|are|was|were|ca|could|wo|would|should|has|have|had)nt\b|\byet to\b",
    r"\black(?:s|ing)?\b",
    r"\bun[a-z]{4,}|\bnon-?[a-z]{4,}|\b[a-z]{3,}less(?:ly)?\b",
    r"\bim(?:possible|proper|perfect|mature|polite|patient|practical|balanced?)\b|\bil(?:legal|logical|legible|literate)\b",
    r"\bin(?:valid|correct|complete|sufficient|accurate|active|direct|secure|visible|adequate|dependent|capable|efficient)\b",
    r"\bin(?:consistent|convenient|appropriate|eligible|flexible|frequent|formal|sensitive|tolerant|voluntary)\b",
    r"\bir(?:regular|reversible|relevant|responsible|rational)\b",
    r"\bdis(?:allow|abl|agree|like|honest|connect|advantage|approv|appear|continu|courag|satisf|trust|organi[sz]|obe)\w*",
    r"\b(?:forbidden|prohibited|denied|false|wrong|less|fewer|below|before|minimum|fail(?:s|ed)?|off|left|sells?|sold)\b",
    r"\b(?:decreas|refus|reject|exclud)\w+|\b(?:lower|smaller|shorter|slower|worse|worst|least)\b",
)
_CHINESE_AND_JAPANESE = ("[不没沒無无非未否禁勿]", "ない|ません|なかっ|なけ|なく")

_NEGATION = "|".join((*_KOREAN, *_ENGLISH, *_CHINESE_AND_JAPANESE))


def negations(normal: pa.StringArray) -> Ints:
    """How many negations each text has, given in its normal form."""
    found, no_negations = (as_ints(pc.count_substring_regex(normal, p)) for p in (_NEGATION, _NO_NEGATIONS))
    return found - no_negations
