"""Made-up numbers of the forms that issuers use, and their look-alikes that are nobody's. Every one is drawn anew.

What is a person's has the check digit that is due, computed here in plain steps and not by the product's code.
"""

import datetime
from random import Random

REASONS = {
    kind: f"{kind}_found"
    for kind in (
        *("resident_number", "foreigner_number", "mobile_number", "email", "card_number"),
        *("passport_number", "driving_licence_number", "account_number"),
    )
}
_DAY = datetime.timedelta(days=1)
_BANKS = ["3-3-6", "4-3-6", "6-2-6", "4-2-7", "3-6-5", "3-4-4-2", "3-2-6", "4-4-4-1", "3-6-2-3"]


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def day(rng: Random, first: str, last: str) -> datetime.date:
    start = datetime.date.fromisoformat(first)
    return start + rng.randrange((datetime.date.fromisoformat(last) - start).days + 1) * _DAY


def resident(rng: Random, *, foreign: bool = False) -> tuple[str, str]:
    """Both halves. One in eight was born since the last digits are random (foreigners: none)."""
    late = not foreign and rng.random() < 0.125
    birth = day(rng, "2020-10-06", "2026-11-20") if late else day(rng, "1931-01-01", "2008-12-31")
    century = {(False, False): "12", (False, True): "34", (True, False): "56", (True, True): "78"}
    six = birth.strftime("%y%m%d")
    seven = rng.choice(century[foreign, birth.year >= 2000]) + digits(rng, 5)
    if late:
        return six, seven + digits(rng, 1)
    total = sum(int(digit) * (place % 8 + 2) for place, digit in enumerate(six + seven))
    return six, seven + str(((13 if foreign else 11) - total % 11) % 10)


def mobile(rng: Random) -> tuple[str, str, str]:
    if rng.random() < 0.1:
        return rng.choice(["011", "016", "017", "018", "019"]), rng.choice("23456789") + digits(rng, 2), digits(rng, 4)
    return "010", rng.choice("23456789") + digits(rng, 3), digits(rng, 4)


def card(rng: Random) -> str:
    """16 digits of Visa, Mastercard or a Korean issuer, or 15 of American Express."""
    start = rng.choice(["4", "4", "5" + rng.choice("12345"), "9", "37", "35" + rng.choice("345678"), "62"])
    body = start + digits(rng, (14 if start == "37" else 15) - len(start))
    for last in "0123456789":
        whole = body + last
        doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(whole))]
        if sum(value // 10 + value % 10 for value in doubled) % 10 == 0:
            return whole
    raise AssertionError(body)


def grouped_card(number: str, separator: str) -> str:
    sizes = (4, 6, 5) if len(number) == 15 else (4, 4, 4, 4)
    return _grouped(number, sizes, separator)


def passport(rng: Random) -> str:
    if rng.random() < 0.5:
        return rng.choice("MSRODG") + digits(rng, 3) + rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") + digits(rng, 4)
    return rng.choice("MSRODG") + digits(rng, 8)


def licence(rng: Random) -> tuple[str, str, str, str]:
    code = rng.choice([*map(str, range(11, 27)), "28"])
    return code, f"{rng.choice([*range(75, 100), *range(0, 26)]):02d}", digits(rng, 6), digits(rng, 2)


def account(rng: Random, separator: str = "-") -> str:
    sizes = [int(size) for size in rng.choice(_BANKS).split("-")]
    return _grouped(rng.choice("123456789") + digits(rng, sum(sizes) - 1), sizes, separator)


def corporation(rng: Random) -> str:
    """A corporate registration number: registry, kind, serial, check digit by weights 1 and 2."""
    twelve = rng.choice(["1101", "1201", "1301", "1601", "1801", "2001", "1244", "1348"]) + rng.choice(
        ["11", "21", "14"]
    )
    twelve += digits(rng, 6)
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(twelve))
    return f"{twelve[:6]}-{twelve[6:]}{-total % 10}"


def company(rng: Random) -> str:
    """A business registration number: 3-2-5 with a check digit."""
    nine = str(rng.randrange(101, 900)) + f"{rng.randrange(1, 99):02d}" + digits(rng, 4)
    total = sum(int(d) * w for d, w in zip(nine, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True)) + int(nine[8]) * 5 // 10
    return f"{nine[:3]}-{nine[3:5]}-{nine[5:]}{-total % 10}"


def ean(rng: Random, start: str) -> str:
    """A bar code or ISBN of 13 digits."""
    twelve = start + digits(rng, 12 - len(start))
    return twelve + str(-sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(twelve)) % 10)


def isbn10(rng: Random, start: str) -> str:
    nine = start + digits(rng, 9 - len(start))
    return nine + "0123456789X"[-sum((10 - place) * int(digit) for place, digit in enumerate(nine)) % 11]


def _grouped(number: str, sizes: list[int] | tuple[int, ...], separator: str) -> str:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(number[at : at + size])
        at += size
    return separator.join(pieces)
