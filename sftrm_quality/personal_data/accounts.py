"""Numbers of bank accounts, which only their context tells from others: banks number as they like."""

import re
from collections.abc import Iterator

from sftrm_quality.personal_data.found import PersonalData, PersonalKind
from sftrm_quality.personal_data.labels import Label, label_of

# Of the banks in Korea 10 to 14 digits, in two to five groups or none (the forms that the Korea Financial
# Telecommunications and Clearings Institute lists by bank); 16 elsewhere.
_ACCOUNT = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][-.,])"
    r"(?:[0-9]{2,6}(?P<gap> ?- ?| |·|\u200b)[0-9]{1,8}(?:(?P=gap)[0-9]{1,8}){0,3}|[0-9]{10,16})"
    r"(?![0-9A-Za-z]|[-.][0-9])"
)
_MOST, _LEAST = 16, 10
# Landlines, free numbers and numbers of companies; days; amounts.
_PHONE = re.compile(r"0(?:2|[3-6][1-5]|70|80|50[0-9]?)[- ]?[0-9]{3,4}[- ]?[0-9]{4}")
_DAY = re.compile(r"(?:19|20)[0-9]{2}[- ]?(?:0[1-9]|1[0-2])[- ]?(?:0[1-9]|[12][0-9]|3[01])(?![0-9]{1,3}(?![0-9]))")
_AMOUNT = re.compile(r" ?(?:[,.][0-9]|원|won|krw|usd|jpy|달러|엔|元|円|%|만|억)", re.IGNORECASE)


def accounts(text: str) -> Iterator[PersonalData]:
    """Account numbers in a plain text: 10 to 16 digits that it calls an account's, or a bank's."""
    for match in _ACCOUNT.finditer(text):
        digits = sum(character.isdigit() for character in match[0])
        if not _LEAST <= digits <= _MOST or _is_another(text, match):
            continue
        if label_of(text, *match.span()) is Label.ACCOUNT:
            yield PersonalData(PersonalKind.ACCOUNT_NUMBER, *match.span())


def _is_another(text: str, match: re.Match[str]) -> bool:
    return bool(_PHONE.fullmatch(match[0]) or _DAY.match(match[0]) or _AMOUNT.match(text, match.end()))
