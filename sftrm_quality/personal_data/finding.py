"""Everything that belongs to a person in a text."""

import re
from collections.abc import Iterator

from sftrm_quality.personal_data.accounts import accounts
from sftrm_quality.personal_data.addresses import addresses
from sftrm_quality.personal_data.cards import cards, is_card_number
from sftrm_quality.personal_data.documents import licences, passports
from sftrm_quality.personal_data.found import PersonalData, PersonalKind
from sftrm_quality.personal_data.phones import mobiles
from sftrm_quality.personal_data.plain import plain, seen
from sftrm_quality.personal_data.residents import LATEST_BIRTH, is_resident_number, residents

# All numbers but those of passports have as many, with at most six signs between two of them. Most texts have not.
_TEN_DIGITS = re.compile(r"[0-9](?:(?:[^\w\n]|_){0,6}[0-9]){9}")
# A blank between any two digits, hyphens among them or not.
_SPACED_DIGITS = re.compile(r"(?<![0-9])(?<![0-9][ -])[0-9](?:(?: - ?| )[0-9]){9,18}(?![ -]?[0-9])")


def find_personal_data(text: str, latest_birth: int = LATEST_BIRTH) -> list[PersonalData]:
    """Everything of every kind in a text, by position, none over another.

    A check digit decides, else what the text calls a number, and shape only where it is rarely another's. Every pattern
    is linear: bounded repetitions, and a match may begin only where its kind of run begins.

    Args:
        text: Any.
        latest_birth: The year until whose end residents are born.

    Returns:
        The findings. Of two that overlap the one that begins first, then the kind that is looked for first.
    """
    return find_in_plain(plain(text), latest_birth)


def find_in_plain(text: str, latest_birth: int = LATEST_BIRTH) -> list[PersonalData]:
    """What `find_personal_data` finds, in a text that is `plain` already; also for arguments.

    Returns:
        The findings.
    """
    written, places = seen(text)
    found: list[PersonalData] = []
    for one in sorted(_everything(written, latest_birth), key=lambda one: one.start):
        if not found or found[-1].end <= one.start:
            found.append(one)
    if places is None:
        return found
    return [PersonalData(one.kind, places[one.start], places[one.end - 1] + 1) for one in found]


def _everything(text: str, latest_birth: int) -> Iterator[PersonalData]:
    if "@" in text:
        yield from addresses(text)
    if _TEN_DIGITS.search(text):
        yield from residents(text, latest_birth)
        yield from mobiles(text)
        yield from cards(text)
        yield from licences(text)
        yield from _spaced(text, latest_birth)
        yield from accounts(text)
    yield from passports(text)


def _spaced(text: str, latest_birth: int) -> Iterator[PersonalData]:
    """Numbers of which every digit is by itself."""
    for match in _SPACED_DIGITS.finditer(text):
        digits = re.sub("[^0-9]", "", match[0])
        if len(digits) == 11 and digits.startswith("010") and set(digits) - set("01"):
            yield PersonalData(PersonalKind.MOBILE_NUMBER, *match.span())
        elif len(digits) == 13 and is_resident_number(digits, latest_birth):
            foreign = digits[6] in "5678"
            kind = PersonalKind.FOREIGNER_NUMBER if foreign else PersonalKind.RESIDENT_NUMBER
            yield PersonalData(kind, *match.span())
        elif is_card_number(digits):
            yield PersonalData(PersonalKind.CARD_NUMBER, *match.span())
