"""Numbers and addresses that belong to a person: where they are in a text, and how a text is shown without them.

A text on a page keeps its shape: what is found is asterisks (``mask_personal_data``). A piece of a text in a message
loses every digit, whatever it is (``without_numbers``).

Every pattern is linear: bounded repetitions, and a match may begin only where its kind of run begins.
"""

import datetime
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class PersonalKind(StrEnum):
    """What was found."""

    RESIDENT_NUMBER = "resident_number"
    MOBILE_NUMBER = "mobile_number"
    EMAIL = "email"
    CARD_NUMBER = "card_number"


class PersonalData(NamedTuple):
    """One finding: ``text[start:end]``, in characters."""

    kind: PersonalKind
    start: int
    end: int

    def masked(self, text: str) -> str:
        """What was found in the text, every letter and digit as ``*``."""
        return text[self.start : self.end].translate(_MASK)


# Not inside a longer number, nor behind a decimal point.
_ALONE = r"(?<![0-9])(?<![0-9][.,])"
# A letter before a bare number makes it a part of a hash or a product code; n of the JSON escape \n is no letter.
_NO_CODE = r"(?<!(?<!\\)[A-Za-z])"

# Date of birth, then the gender and century digit: 1 to 4 citizens, 5 to 8 foreigners, 9 and 0 of the 19th century.
_RESIDENT = re.compile(_ALONE + r"([0-9]{6})( ?[-‐-―−] ?)?([0-9])([0-9]{6})(?![0-9])")
_CENTURY = {
    "1": 1900,
    "2": 1900,
    "5": 1900,
    "6": 1900,
    "3": 2000,
    "4": 2000,
    "7": 2000,
    "8": 2000,
    "9": 1800,
    "0": 1800,
}
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)

# 010 has eight more digits, the older prefixes seven or eight; +82 stands for the leading 0.
_GAP = r"[-‐-―−. )]{1,2}"
_MOBILE = re.compile(
    rf"{_ALONE}(?:\+?82[-. ]?\(?0?\)?[-. ]?|0)"
    rf"(?:10(?:(?P<gap>{_GAP})[0-9]{{4}}{_GAP}|[0-9]{{4}})|1[16-9](?:(?P<old>{_GAP})[0-9]{{3,4}}{_GAP}|[2-9][0-9]{{2,3}}))"
    r"[0-9]{4}(?![0-9])"
)

# Not git@host:path, and not the names of pictures for displays of twice the density (icon@2x.png).
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?![0-9.]+x\.)"
    r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])(?!:[A-Za-z0-9_~-]+/)"
)

# Anything that may be one, in any script.
_LIKE_AN_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

# As they are printed, in groups and by themselves, or without any separator.
_CARD = re.compile(
    rf"{_ALONE}(?<![0-9][ -])(?:[0-9]{{4}}(?P<four>[ -])[0-9]{{4}}(?P=four)[0-9]{{4}}(?P=four)[0-9]{{4}}"
    rf"(?:(?P=four)[0-9]{{3}})?|[0-9]{{4}}(?P<six>[ -])[0-9]{{6}}(?P=six)[0-9]{{4,5}}|{_NO_CODE}[0-9]{{14,19}})"
    r"(?![ -]?[0-9])(?![A-Za-z])"
)
# First digits and lengths that issuers use (ISO/IEC 7812): Visa (13 digits are not issued any more), Mastercard,
# American Express, Discover, Diners Club, JCB, UnionPay; and 9 for Korean cards of no network.
_ISSUER = re.compile(
    r"4(?:[0-9]{15}|[0-9]{18})"
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12}|3(?:0[0-5]|[689][0-9])[0-9]{11}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}|62[0-9]{14,17}|9[0-9]{15}"
)
_MASK = str.maketrans(dict.fromkeys("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "*"))


def find_personal_data(text: str) -> list[PersonalData]:
    """Everything of every kind in a text, by position, none over another.

    - Resident registration numbers: a date that exists and a century digit. In hyphenated form that is enough,
      because numbers issued since October 2020 have random last digits; without a hyphen the check digit must be
      right, or every thirtieth identifier of 13 digits would be one.
    - Mobile numbers of Korea: 010, 011, 016 to 019, with or without separators, or with +82.
    - E-mail addresses in ASCII.
    - Payment card numbers: 14 to 19 digits in usual groups, an issuer's prefix and length, the Luhn digit right.
    """
    kinds = (
        (PersonalKind.EMAIL, _EMAIL.finditer(text)),
        (PersonalKind.RESIDENT_NUMBER, _residents(text)),
        (PersonalKind.MOBILE_NUMBER, _mobiles(text)),
        (PersonalKind.CARD_NUMBER, _cards(text)),
    )
    everything = [PersonalData(kind, *match.span()) for kind, matches in kinds for match in matches]
    found: list[PersonalData] = []
    # Stable: of two that begin at the same place, the kind that is named first above.
    for one in sorted(everything, key=lambda one: one.start):
        if not found or found[-1].end <= one.start:
            found.append(one)
    return found


def mask_personal_data(text: str) -> str:
    """The text with every letter and digit of what ``find_personal_data`` finds as ``*``; nothing else changes.

    Separators stay, so that the shape still says what was there (``***-****-****``), and no digit does: a date of
    birth, or the last four digits beside a name, are enough to find a person. The length stays the same.
    """
    # Again until nothing is found: what was too close to a number to count may count beside a masked one.
    while found := find_personal_data(text):
        pieces, end = [], 0
        for one in found:
            pieces += [text[end : one.start], one.masked(text)]
            end = one.end
        text = "".join(pieces) + text[end:]
    return text


def without_numbers(text: str) -> str:
    """A piece of a text on one line, fit for any message or log: no digit, no e-mail address, nothing unprintable.

    Every digit becomes ``#``, because what is cut off may be what tells a person's number from another one; an address
    becomes ``…@…``, and a character that cannot be seen its escape. For pieces of some hundred characters.
    """
    masked = re.sub(r"\d", "#", _LIKE_AN_ADDRESS.sub("…@…", text))
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in masked)


def _residents(text: str) -> Iterator[re.Match[str]]:
    for match in _RESIDENT.finditer(text):
        birth, hyphen, century, rest = match.groups()
        if _is_date(_CENTURY[century], birth) and (hyphen or has_check_digit(birth + century + rest)):
            yield match


def _is_date(century: int, birth: str) -> bool:
    try:
        datetime.date(century + int(birth[:2]), int(birth[2:4]), int(birth[4:]))
    except ValueError:
        return False
    return True


def has_check_digit(digits: str) -> bool:
    """Whether the last of 13 digits is the check digit of a resident registration number issued before October 2020.

    11 less the weighted sum modulo 11, the last digit of it; for foreigners (5 to 8 in seventh place) 2 more.
    """
    weighted = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    base = 13 if digits[6] in "5678" else 11
    return (base - weighted % 11) % 10 == int(digits[12])


def _mobiles(text: str) -> Iterator[re.Match[str]]:
    for match in _MOBILE.finditer(text):
        # Without separators, a number of noughts and ones is a binary one.
        if match["gap"] or match["old"] or set(match[0]) - set("01"):
            yield match


def _cards(text: str) -> Iterator[re.Match[str]]:
    for match in _CARD.finditer(text):
        digits = re.sub("[ -]", "", match[0])
        grouped = match["four"] or match["six"]
        # 9 is no network's prefix: only the usual groups tell such a card from any other number.
        if (grouped or digits[0] != "9") and _ISSUER.fullmatch(digits) and has_luhn_digit(digits):
            yield match


def has_luhn_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of the others by Luhn's formula (ISO/IEC 7812-1)."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0
