"""Whoever looks for characters that nobody sees, or for the letters of a script, takes them from one table."""

import re
import sys
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from sftrm_quality import characters as table
from sftrm_quality.checks import texts
from sftrm_quality.reports import display
from sftrm_quality.scripts import Script, letters, scripts
from sftrm_quality.text import normalise_text

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
UNSEEN = [*table.characters_in(table.DEFAULT_IGNORABLE + table.OTHER_FORMAT + table.CONTROLS), table.EMPTY_CELL]


def test_what_no_comparison_sees_is_blank_to_the_checks_and_shown_by_number_on_a_page() -> None:
    assert [c for c in UNSEEN if normalise_text(f"a{c}b") not in ("ab", "a b")] == []
    assert texts.is_blank(pa.array(UNSEEN)).all()
    assert [c for c in UNSEEN if f"U+{ord(c):04X}" not in str(display.text(c))] == []


@pytest.mark.parametrize("name", [name for name, value in vars(table).items() if isinstance(value, tuple)])
def test_ranges_ascend_and_no_two_meet(name: str) -> None:
    ranges = getattr(table, name)
    flat = [code for pair in ranges for code in pair]
    assert flat == sorted(flat)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


def test_both_engines_of_patterns_find_what_the_ranges_say() -> None:
    ranges = table.HANGUL + table.OTHER_FORMAT
    expected = set(table.characters_in(ranges))
    assert set(re.findall(f"[{table.python_class(ranges)}]", "".join(EVERY))) == expected
    found = texts.matches(pa.array(EVERY), f"[{table.re2_class(ranges)}]")
    assert {EVERY[place] for place in np.flatnonzero(found)} == expected


def test_each_letter_is_of_one_script() -> None:
    of_script = {
        Script.HANGUL: table.HANGUL + table.OLD_HANGUL,
        Script.LATIN: table.LATIN + table.RARE_LATIN,
        Script.OTHER: table.OTHER_LETTERS,
    }
    for script, ranges in of_script.items():
        found = scripts(letters(pa.array([*table.characters_in(ranges)])))
        assert set(found.tolist()) == {script}
