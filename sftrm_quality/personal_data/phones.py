"""Korean mobile numbers."""

import re
from collections.abc import Iterator

from sftrm_quality.personal_data.check_digits import has_isbn10_digit
from sftrm_quality.personal_data.found import PersonalData, PersonalKind
from sftrm_quality.personal_data.labels import Label, label_of
from sftrm_quality.personal_data.neighbours import are_decimals, in_code

# 010 has eight more digits, the older prefixes seven or eight (Telecommunications Numbering Rules of the Ministry of
# Science and ICT, article 9); +82, 0082 and 82 stand for the leading 0.
_GAP = r"[-. ·/)\]_]{1,3}"
_MOBILE = re.compile(
    r"(?<![0-9])(?P<lead>(?:\+|00)?82[-. )]{0,2}\(?0?\)?[-. ]?|0)"
    rf"(?:10(?P<gap>{_GAP})?[0-9]{{4}}(?P<second>{_GAP})?"
    rf"|1[16-9](?:(?P<old>{_GAP})[0-9]{{3,4}}{_GAP}|[2-9][0-9]{{2,3}}))"
    r"[0-9]{4}(?![0-9])"
)


def mobiles(text: str) -> Iterator[PersonalData]:
    """Mobile numbers in a plain text.

    Those without separators are none within hashes and product codes, and none where the text calls them an order or
    the like; binary numbers and ISBN (of the publishers 011 and 016 to 019) are none either.
    """
    for match in _MOBILE.finditer(text):
        bare = not (match["gap"] or match["second"] or match["old"] or len(match["lead"]) > 1)
        if not bare or _is_bare_one(text, match):
            yield PersonalData(PersonalKind.MOBILE_NUMBER, *match.span())


def _is_bare_one(text: str, match: re.Match[str]) -> bool:
    digits = match[0]
    if are_decimals(text, match.start()) or in_code(text, match) or not set(digits) - set("01"):
        return False
    label = label_of(text, *match.span())
    if label is Label.PHONE:
        return True
    return label is not Label.OTHER and not (digits[2] != "0" and len(digits) == 10 and has_isbn10_digit(digits))
