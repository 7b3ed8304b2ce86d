"""Check digits by which issuers tell a number from a slip of the pen."""

_RESIDENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_PASSPORT_WEIGHTS = (7, 3, 1)


def has_check_digit(digits: str) -> bool:
    """Whether the last of 13 digits is the check digit of a resident registration number issued before October 2020.

    11 less the weighted sum modulo 11, the last digit of it (Enforcement Rules of the Resident Registration Act,
    until 2020-10-04); for foreigners (5 to 8 in seventh place) 2 more.
    """
    weighted = sum(weight * int(digit) for weight, digit in zip(_RESIDENT_WEIGHTS, digits, strict=False))
    base = 13 if digits[6] in "5678" else 11
    return (base - weighted % 11) % 10 == int(digits[12])


def has_luhn_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of the others by Luhn's formula (ISO/IEC 7812-1, annex B)."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def has_isbn10_digit(digits: str) -> bool:
    """Whether the last of ten digits is the check digit of the others as an ISBN before 2007 had it (ISO 2108:1992)."""
    return sum((10 - place) * int(digit) for place, digit in enumerate(digits)) % 11 == 0


def has_iban_digits(number: str) -> bool:
    """Whether the third and fourth character check the others: with the first four at its end and letters from 10, the
    number is 1 modulo 97 (ISO 13616-1, ISO/IEC 7064)."""
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1


def mrz_check_digit(field: str) -> int:
    """The check digit of a field of a machine-readable zone: weights 7, 3, 1, letters from 10, ``<`` as 0 (ICAO Doc
    9303, part 3, section 4.9)."""
    values = (0 if character == "<" else int(character, 36) for character in field)
    return sum(value * _PASSPORT_WEIGHTS[place % 3] for place, value in enumerate(values)) % 10
