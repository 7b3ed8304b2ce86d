"""Resident registration numbers and those of foreigners: six digits of a birth, seven more."""

import datetime
import re
from collections.abc import Iterator

from sftrm_quality.personal_data.check_digits import has_check_digit
from sftrm_quality.personal_data.found import PersonalData, PersonalKind
from sftrm_quality.personal_data.labels import Label, label_of
from sftrm_quality.personal_data.neighbours import are_decimals, in_code

LATEST_BIRTH = 2026
"""The year until whose end people are born, where a suite names no other.

A constant, because a release must not change with the day on which it is made. Too early a year misses newborns, too
late a one takes the order numbers of coming years (yymmdd-NNNNNNN) for them.
"""

# Nobody in Korea is known to be older.
_OLDEST = 110
# Numbers issued from 2020-10-05 on have random digits after that of the century (Ministry of the Interior and Safety,
# announcement of 2020-10-04 on the Enforcement Rules of the Resident Registration Act).
_RANDOM_SINCE = datetime.date(2020, 10, 1)
# The century and gender digit: 1 to 4 citizens, 5 to 8 foreigners; 9 and 0 are of people born before 1900.
_CENTURY = {"1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}

_RESIDENT = re.compile(
    r"(?<![0-9])(?P<year>[0-9]{2})(?P<dot>[-./ ]?)(?P<month>[01][0-9])(?P=dot)(?P<day>[0-3][0-9])"
    r"(?P<gap> ?[-.·/_~] ?| {1,2})?(?P<century>[1-8])(?P<inner> ?-? ?)(?P<rest>[0-9]{6})(?![0-9])"
)


def residents(text: str, latest_birth: int) -> Iterator[PersonalData]:
    """Numbers of residents and of foreigners in a plain text.

    The birth is a day that exists, not after ``latest_birth`` and at most 110 years before. Then the check digit is
    right, or the text says what it is, or the number is hyphenated and of somebody born since these digits are random.
    """
    for match in _RESIDENT.finditer(text):
        foreign = match["century"] in "5678"
        if _is_one(text, match, latest_birth):
            kind = PersonalKind.FOREIGNER_NUMBER if foreign else PersonalKind.RESIDENT_NUMBER
            yield PersonalData(kind, *match.span())


def is_resident_number(digits: str, latest_birth: int) -> bool:
    """Whether 13 digits without context are such a number: a birth, and the check digit right."""
    return digits[6] in _CENTURY and _birth(digits, latest_birth) is not None and has_check_digit(digits)


def _is_one(text: str, match: re.Match[str], latest_birth: int) -> bool:
    digits = "".join(match.group("year", "month", "day", "century", "rest"))
    birth = _birth(digits, latest_birth)
    bare = not (match["gap"] or match["inner"])
    if birth is None or (bare and (are_decimals(text, match.start()) or in_code(text, match))):
        return False
    label = label_of(text, *match.span())
    if label is Label.RESIDENT:
        return True
    if label is Label.OTHER or (bare and label is Label.NEAR):
        return False
    if has_check_digit(digits):
        return True
    hyphenated = "-" in (match["gap"] or "") and not match["dot"] and not match["inner"]
    return hyphenated and label is None and birth >= _RANDOM_SINCE and match["century"] in "34"


def _birth(digits: str, latest_birth: int) -> datetime.date | None:
    """The day, if somebody may be born on it."""
    try:
        birth = datetime.date(_CENTURY[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None
    return birth if latest_birth - _OLDEST <= birth.year <= latest_birth else None
