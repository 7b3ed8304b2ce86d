"""Rows of a sheet, whatever it was written by."""

from dataclasses import dataclass, field

Range = tuple[int, int, int, int]
"""First and last row, first and last column, counted from 1."""
MOST_ROWS, MOST_COLUMNS = 1 << 20, 1 << 14
"""A sheet has no more."""


@dataclass
class SheetRow:
    """line: its number in the sheet, from 1. cells: texts by the number of their column, from 1; blank ones are not
    there. damage: why one cannot be read. formulas: columns of cells that have one; their texts are what it gave."""

    line: int
    cells: dict[int, str] = field(default_factory=dict)
    damage: str = ""
    formulas: list[int] = field(default_factory=list)


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
