"""Personal data: numbers made up for these tests, with right and wrong check digits; nothing is left after masking."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sftrm_quality.personal_data import (
    PersonalKind,
    find_personal_data,
    has_check_digit,
    has_luhn_digit,
    mask_personal_data,
    without_numbers,
)
from sftrm_quality.reading.reasons import describe
from sftrm_quality.reports.passages import PASSAGE_CHARACTERS, passage

PIECES = [
    "850228-1234567", "8502281234566", "010-1234-5678", "+82 10 1234 5678", "01012345678", "kim@example.co.kr",
    "4000 0012 3456 7899", "4000001234567899", "3700 001234 56784", "0", "9", "12", "-", " ", ".", "@", "a", "가", "_",
    "+", ")", "\n", "*",
]  # fmt: skip


def weighted(twelve: str, foreign: bool) -> str:
    """The check digit as it is published: by twelve weights, in plain steps."""
    total = 0
    for place, digit in enumerate(twelve):
        total += int(digit) * (place % 8 + 2)
    return str(((13 if foreign else 11) - total % 11) % 10)


def luhn(digits: str) -> str:
    """The digit that makes the sum a multiple of ten, tried out."""
    for last in "0123456789":
        total = 0
        for place, digit in enumerate(reversed(digits + last)):
            value = int(digit) * (1 + place % 2)
            total += value // 10 + value % 10
        if total % 10 == 0:
            return last
    raise AssertionError


@given(st.text("0123456789", min_size=12, max_size=12), st.sampled_from("0123456789"))
def test_the_check_digit_of_resident_numbers(twelve: str, last: str) -> None:
    assert has_check_digit(twelve + last) == (last == weighted(twelve, twelve[6] in "5678"))


@given(st.text("0123456789", min_size=12, max_size=18), st.sampled_from("0123456789"))
def test_the_digit_of_luhn(digits: str, last: str) -> None:
    assert has_luhn_digit(digits + last) == (last == luhn(digits))


@example(["4000 0012 3456 7899", " ", "850228-1234567"])
@example(["kim@example.co.kr", "@", "kim@example.co.kr"])
@example(["12", "-", "010-1234-5678", "-", "4000001234567899"])
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_nothing_is_found_in_what_was_masked(pieces: list[str]) -> None:
    text = "".join(pieces)
    masked = mask_personal_data(text)
    assert find_personal_data(masked) == []
    assert len(masked) == len(text)
    assert all(after in (before, "*") for before, after in zip(text, masked, strict=True))
    found = find_personal_data(text)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert (masked == text) == (not found)


@given(st.text(max_size=60))
def test_text_without_findings_stays(text: str) -> None:
    assert mask_personal_data(text) == text or find_personal_data(text)


@pytest.mark.parametrize(
    ("text", "masked", "kind"),
    [
        ("번호 850228-1234567.", "번호 ******-*******.", PersonalKind.RESIDENT_NUMBER),
        ("8502285234569", "*************", PersonalKind.RESIDENT_NUMBER),
        ("010-1234-5678로", "***-****-****로", PersonalKind.MOBILE_NUMBER),
        ("메일kim.a@b.co.kr이", "메일***.*@*.**.**이", PersonalKind.EMAIL),
        (r'{"a":"\n4000001234567899"}', r'{"a":"\n****************"}', PersonalKind.CARD_NUMBER),
    ],
)
def test_masks(text: str, masked: str, kind: PersonalKind) -> None:
    assert mask_personal_data(text) == masked
    assert [one.kind for one in find_personal_data(text)] == [kind]


@pytest.mark.parametrize("text", ["850228-1234567", "kim.person.of.some.length@example.co.kr"])
def test_a_passage_of_the_report_masks_what_its_end_cuts(text: str) -> None:
    for before in range(PASSAGE_CHARACTERS - len(text) - 1, PASSAGE_CHARACTERS + 2):
        shown = "".join(piece for piece, _ in passage("가" * before + text + " " * PASSAGE_CHARACTERS).pieces)
        assert not set(shown) & set("0123456789abcdefghijklmnopqrstuvwxyz")
        assert len(shown) == PASSAGE_CHARACTERS


@pytest.mark.parametrize(
    "piece", ["1", "1-", "a.", "a@", "a@a.", "4000 ", "010-", "010-1234-5678 ", "a@b.co", "850228-1"]
)
def test_no_text_is_slow(piece: str) -> None:
    # Not a timed assertion: a pattern that is not linear would not come back from 200,000 characters at all.
    text = piece * (200_000 // len(piece))
    assert find_personal_data(mask_personal_data(text)) == []


def test_a_piece_of_a_text_in_a_message_has_no_number_and_no_address() -> None:
    assert without_numbers("call 010-1234 or ٣\n김@example.co.kr\u200b") == r"call ###-#### or #\n…@…\u200b"


def test_the_beginning_of_an_unknown_file_names_nobody() -> None:
    assert describe(b"kim@example.com, 850228-1234567", None) == 'plain text, begins with "…@…, ######-#######"'
