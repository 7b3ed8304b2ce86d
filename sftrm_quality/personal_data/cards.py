"""Payment card numbers."""

import datetime
import re
from collections.abc import Iterator

from sftrm_quality.personal_data.check_digits import has_luhn_digit
from sftrm_quality.personal_data.found import PersonalData, PersonalKind
from sftrm_quality.personal_data.labels import Label, label_of
from sftrm_quality.personal_data.neighbours import are_decimals, in_code, in_list

# In groups as they are printed, or without any separator. Further digits in the same way make it another number, except
# the month and year until which a card is good.
_GAP = r"(?: ?[-·/_] ?|\.| {1,2})"
_CARD = re.compile(
    rf"(?<![0-9])(?:[0-9]{{4}}(?P<four>{_GAP})[0-9]{{4}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
    rf"(?:(?P=four)[0-9]{{3}}(?![0-9]))?|[0-9]{{4}}(?P<six>{_GAP})[0-9]{{6}}(?P=six)[0-9]{{4,5}}|[0-9]{{14,19}})"
    r"(?![0-9]|-[0-9])"
)
_MORE = re.compile(r" [0-9](?![0-9]/[0-9]{2})")
# First digits and lengths that issuers use (ISO/IEC 7812): Visa (13 digits are not issued any more), Mastercard,
# American Express, Discover, Diners Club, JCB, UnionPay; and 9 for Korean cards of no network.
_ISSUER = re.compile(
    r"4(?:[0-9]{15}|[0-9]{18})"
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12}|3(?:0[0-5]|[689][0-9])[0-9]{11}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}|62[0-9]{14,17}|9[0-9]{15}"
)


def cards(text: str) -> Iterator[PersonalData]:
    """Card numbers in a plain text: 14 to 19 digits, an issuer's first digits and length, the Luhn digit right.

    Without separators they are none within hashes and product codes, as decimals, or where the text calls them an order
    or the like; numbers that begin with 9 or with a date are ones only in groups or where the text says so.
    """
    for match in _CARD.finditer(text):
        digits = re.sub("[^0-9]", "", match[0])
        gap = match["four"] or match["six"]
        if not is_card_number(digits) or _goes_on(text, match, gap):
            continue
        if gap or _is_bare_one(text, match, digits):
            yield PersonalData(PersonalKind.CARD_NUMBER, *match.span())


def is_card_number(digits: str) -> bool:
    """Whether digits are an issuer's, of its length, with the right Luhn digit."""
    return bool(_ISSUER.fullmatch(digits)) and has_luhn_digit(digits)


def _goes_on(text: str, match: re.Match[str], gap: str | None) -> bool:
    """Whether more digits are before or behind it in the same way."""
    start, end = match.span()
    before = text[max(0, start - 2) : start]
    if before[:1].isdigit() and before[1:] == "-":
        return True
    return bool(gap and gap.isspace() and ((before[:1].isdigit() and before[1:] == " ") or _MORE.match(text, end)))


def _is_bare_one(text: str, match: re.Match[str], digits: str) -> bool:
    start = match.start()
    if are_decimals(text, start) or in_code(text, match) or not in_list(text, start):
        return False
    label = label_of(text, *match.span())
    if label is Label.CARD:
        return True
    return label not in (Label.OTHER, Label.NEAR) and digits[0] != "9" and not _begins_with_a_date(digits)


def _begins_with_a_date(digits: str) -> bool:
    """yymmdd, as order numbers do, of which the years from 2023 to 2027 look like Mastercard's."""
    try:
        datetime.date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return digits[0] == "2"
