"""Numbers of passports and driving licences."""

import re
from collections.abc import Iterator

from sftrm_quality.personal_data.check_digits import mrz_check_digit
from sftrm_quality.personal_data.found import PersonalData, PersonalKind
from sftrm_quality.personal_data.labels import Label, label_of

# Korean ones: M (of several journeys), S (of one), R (residents abroad), O (officials), D (diplomats) and G, then eight
# digits; since 2021-12-21 a letter after three digits (Ministry of Foreign Affairs, the passport of new design). Those
# of other states have one or two letters and seven or eight digits.
_KOREAN = re.compile(r"[MSRODG](?:[0-9]{8}|[0-9]{3}[A-Z][0-9]{4})", re.IGNORECASE)
# Without any of these a text is not about passports.
_WORDS = ("여권", "passport", "护照", "護照", "旅券", "パスポ-ト")
_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z][- ]?[0-9]{3}[- ]?[A-Z][- ]?[0-9]{4}|[A-Z][- ]?[0-9]{4}[- ]?[0-9]{4}"
    r"|[A-Z]{2}[- ]?[0-9]{7})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# The second line of a passport (ICAO Doc 9303, part 4, section 4.2.2): number, state, birth, sex, expiry, each number
# with a check digit.
_ZONE = re.compile(
    r"(?<![A-Z0-9<])([A-Z0-9<]{9})([0-9])[A-Z<]{3}([0-9]{6})([0-9])[MFX<]([0-9]{6})([0-9])(?=[A-Z0-9<]{2})"
)

# Where it was issued, the year, a number, two digits for checks (Enforcement Rules of the Road Traffic Act, annexed
# form 55): a code (11 Seoul to 26 Ulsan, 28 the north of Gyeonggi) or, on older ones, the name.
_CODE = r"1[1-9]|2[0-6]|28"
_NAME = "서울|부산|경기(?:남부|북부)?|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산"
_GAP = r" ?[-·/] ?|[. ]|"
_LICENCE = re.compile(
    rf"(?<![0-9])(?<![0-9]-)(?:(?P<code>{_CODE})(?P<gap>{_GAP})|(?P<name>{_NAME}) ?(?:{_CODE})?[- ]?(?P<first>))"
    r"[0-9]{2}(?P<second>(?P=gap)|[- ]?)[0-9]{6}(?P=second)[0-9]{2}(?![0-9])(?!-[0-9])"
)


def passports(text: str) -> Iterator[PersonalData]:
    """Passport numbers in a plain text: where it calls them so, or in the machine-readable line of a passport."""
    small = text.lower()
    for match in _PASSPORT.finditer(text) if any(word in small for word in _WORDS) else ():
        label = label_of(text, *match.span())
        # Korean ones look like few other things: it is enough that the text is about passports.
        if label is Label.PASSPORT or (label is None and _KOREAN.fullmatch(match[0])):
            yield PersonalData(PersonalKind.PASSPORT_NUMBER, *match.span())
    for match in _ZONE.finditer(text) if "<" in text else ():
        fields = match.groups()
        if all(mrz_check_digit(fields[n]) == int(fields[n + 1]) for n in (0, 2, 4)):
            yield PersonalData(PersonalKind.PASSPORT_NUMBER, *match.span())


def licences(text: str) -> Iterator[PersonalData]:
    """Numbers of Korean driving licences in a plain text: in the usual form, with hyphens or dots, or called so."""
    for match in _LICENCE.finditer(text):
        label = label_of(text, *match.span())
        usual = match["name"] or "-" in match["gap"] or "." in match["gap"]
        if label is Label.LICENCE or (usual and label is None):
            yield PersonalData(PersonalKind.DRIVING_LICENCE_NUMBER, *match.span())
