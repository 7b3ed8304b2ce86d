"""Numbers of bank accounts, which only their context tells from others: banks number as they like."""

import re
from collections.abc import Iterator

from sftrm_quality.personal_data.check_digits import has_iban_digits
from sftrm_quality.personal_data.found import PersonalData, PersonalKind
from sftrm_quality.personal_data.labels import Label, label_of

# Of the banks in Korea 10 to 14 digits, in two to five groups or none (the forms that the Korea Financial
# Telecommunications and Clearings Institute lists by bank); up to 19 elsewhere.
_ACCOUNT = re.compile(
    r"(?<![0-9A-Za-z+])(?<![0-9][-.,])"
    r"(?:[0-9]{2,6}(?P<gap> ?- ?| |·)[0-9]{1,8}(?:(?P=gap)[0-9]{1,8}){0,4}|[0-9]{10,19})"
    r"(?![0-9A-Za-z]|[-.][0-9])"
)
_LEAST, _MOST = 10, 19
# Without any of these a text calls nothing an account's.
_WORDS = (
    *(
        "계좌",
        "통장",
        "입금",
        "송금",
        "이체",
        "예금",
        "은행",
        "뱅크",
        "농협",
        "신협",
        "수협",
        "새마을금고",
        "우체국",
        "acc",
        "bank",
    ),
    *("账", "帐号", "帳號", "賬戶", "银行", "銀行", "口座", "振込"),
    *("신한", "국민", "우리", "하나", "기업", "토스", "카카오", "카뱅", "케뱅", "kb", "nh", "ibk"),
)
# Landlines, free numbers and numbers of companies, those of North America; days; amounts.
_PHONE = re.compile(
    r"0(?:2|[3-6][1-5]|70|80|50[0-9]?)[- ]?[0-9]{3,4}[- ]?[0-9]{4}|[2-9][0-9]{2}(?P<gap>[- ])[0-9]{3}(?P=gap)[0-9]{4}"
)
_DAY = re.compile(r"(?:19|20)[0-9]{2}[- ]?(?:0[1-9]|1[0-2])[- ]?(?:0[1-9]|[12][0-9]|3[01])(?![0-9]{1,3}(?![0-9]))")
# Numbers with blanks between them may be several: they are one right behind the word, or in the groups of a bank.
_GROUPS = {(3, 2, 6), (3, 3, 6), (4, 3, 6), (6, 2, 6), (3, 6, 5), (4, 2, 7), (3, 4, 4, 2), (4, 4, 4, 1), (3, 6, 2, 3)}
_RIGHT_BEFORE = re.compile(
    r"(?:계좌|통장|은행|뱅크|농협|account|acct|bank|口座|账号|账户|帐号)[^0-9\n]{0,14}\Z", re.IGNORECASE
)
_AMOUNT = re.compile(r" ?(?:[,.][0-9]|원|won|krw|usd|jpy|달러|엔|元|円|%|만|억)", re.IGNORECASE)
# ISO 13616: a country, two check digits, 11 to 30 letters and digits, in fours.
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")


def accounts(text: str) -> Iterator[PersonalData]:
    """Account numbers in a plain text: 10 to 19 digits that it calls an account's, or a bank's; and IBAN, which have
    check digits."""
    small = text.lower()
    for match in _ACCOUNT.finditer(text) if any(word in small for word in _WORDS) else ():
        digits = re.sub("[^0-9]", "", match[0])
        if not _LEAST <= len(digits) <= _MOST or not digits.strip("0"):
            continue
        if _is_another(text, match) or (match["gap"] == " " and _are_several(text, match)):
            continue
        if label_of(text, *match.span()) is Label.ACCOUNT:
            yield PersonalData(PersonalKind.ACCOUNT_NUMBER, *match.span())
    for match in _IBAN.finditer(text):
        if has_iban_digits(match[0].replace(" ", "")):
            yield PersonalData(PersonalKind.ACCOUNT_NUMBER, *match.span())


def _is_another(text: str, match: re.Match[str]) -> bool:
    return bool(_PHONE.fullmatch(match[0]) or _DAY.match(match[0]) or _AMOUNT.match(text, match.end()))


def _are_several(text: str, match: re.Match[str]) -> bool:
    groups, start = tuple(map(len, match[0].split(" "))), match.start()
    right_before = _RIGHT_BEFORE.search(text, max(0, start - 24), start)
    return max(groups) < 3 or (groups not in _GROUPS and not right_before)
