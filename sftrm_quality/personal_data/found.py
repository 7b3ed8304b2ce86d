"""What is found: kinds of personal data, and where one is in a text."""

from enum import StrEnum
from typing import NamedTuple


class PersonalKind(StrEnum):
    """What was found."""

    RESIDENT_NUMBER = "resident_number"
    FOREIGNER_NUMBER = "foreigner_number"
    MOBILE_NUMBER = "mobile_number"
    EMAIL = "email"
    CARD_NUMBER = "card_number"
    PASSPORT_NUMBER = "passport_number"
    DRIVING_LICENCE_NUMBER = "driving_licence_number"
    ACCOUNT_NUMBER = "account_number"


class PersonalData(NamedTuple):
    """One finding: ``text[start:end]``, in characters."""

    kind: PersonalKind
    start: int
    end: int

    def masked(self, text: str) -> str:
        """What was found in the text, every letter and digit as ``*``."""
        return asterisks(text[self.start : self.end])


def asterisks(piece: str) -> str:
    """A piece of a text with every letter and digit, of whatever script and width, as ``*``."""
    return "".join("*" if character.isalnum() else character for character in piece)
