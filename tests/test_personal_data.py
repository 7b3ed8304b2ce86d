"""Personal data: numbers made up for these tests, with right and wrong check digits; nothing is left after masking."""

import itertools
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.verdicts import personal_numbers as made
from sftrm_quality.personal_data import PersonalKind, find_personal_data, mask_personal_data, mask_text, without_numbers
from sftrm_quality.personal_data.check_digits import (
    has_check_digit,
    has_iban_digits,
    has_isbn10_digit,
    has_luhn_digit,
    mrz_check_digit,
)
from sftrm_quality.personal_data.plain import plain
from sftrm_quality.reading.reasons import describe
from sftrm_quality.reports.passages import PASSAGE_CHARACTERS, passage

PIECES = [
    "850228-1234566", "8502281234566", "010-1234-5678", "+82 10 1234 5678", "01012345678", "kim@example.co.kr",
    "4000 0012 3456 7899", "4000001234567899", "3700 001234 56784", "0", "9", "12",
    "-", " ", ".", "@", "a", "가", "_",
    "+", ")", "\n", "*", "여권", "M12345678",
    "M123A4567", "11-05-123456-78", "계좌", "110-123-456789", "주문번호", "０１２３４５",
    "\u200b", "·", "/", ",", "2026-11-27", "1,234,567", "T", ":", "ㅡ", "DE89 3704 0044 0532 0130 00",
]  # fmt: skip
ZONE = "M123456788KOR8502289M30110102123456<<<<<<<<06"


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


def test_other_check_digits() -> None:
    # Published examples: ISO 2108, ICAO Doc 9303 part 3, ISO 13616.
    assert has_isbn10_digit("0198534531") and not has_isbn10_digit("0198534532")
    assert [mrz_check_digit(field) for field in ("520727", "AB2134<<<", "L898902C<")] == [3, 5, 3]
    assert has_iban_digits("GB29NWBK60161331926819") and not has_iban_digits("GB28NWBK60161331926819")


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind.value, text[one.start : one.end]) for one in find_personal_data(text)]


FORMS = {
    "mobile_number": [
        "010-1234-5678", "０１０－１２３４－５６７８", "010 1234 5678",
        "010.1234.5678", "010ㅡ1234ㅡ5678", "010·1234·5678",
        "010 - 1234 - 5678", "+82 (0)10-1234-5678",
        "0082-10-1234-5678", "(010)1234-5678"[1:], "0 1 0 1 2 3 4 5 6 7 8",
        "01\u200b012345678", "011-234-5678", "010-12345678", "𝟎𝟏𝟎-1234-5678",
    ],
    "resident_number": [
        "850228-1234566", "8502281234566", "８５０２２８－１２３４５６６",
        "850228 1234566", "850228.1234566", "85.02.28-1234566",
        "850228 ― 1234566", "850228~1234566", "8 5 0 2 2 8 - 1 2 3 4 5 6 6", "221015-3123456",
    ],
    "foreigner_number": ["850228-5234569", "8502285234569", "850228－5234569"],
    "email": [
        "kim@example.co.kr", "ｋｉｍ＠example．co．kr",
        "kim @ example.co.kr", "KIM.LEE+a@EXAMPLE.CO.KR", "홍길동@naver.com",
        "kim@회사.한국", "kim@naver。com",
    ],
    "card_number": [
        "4000 0012 3456 7899", "4000-0012-3456-7899",
        "４０００　００１２　３４５６　７８９９", "4000.0012.3456.7899", "4000001234567899",
        "4000-0012 3456-7899", "4000 - 0012 - 3456 - 7899", "3700 001234 56784", "9410-0001-2345-6787",
    ],
    "driving_licence_number": ["11-05-123456-78", "28-05-123456-78", "11－05－123456－78", "서울 05-123456-78"],
    "account_number": ["DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819"],
}  # fmt: skip


@pytest.mark.parametrize("around", ["{}", "3,{},x", "1.{}\n2.다음", "값은 {}입니다", "({})", '{{"v":"{}"}}', "\n{}\t"])
def test_every_form_is_found_whole_between_any_neighbours(around: str) -> None:
    for kind, forms in FORMS.items():
        for form in forms:
            ((name, what),) = found(around.format(form))
            # The number of a row may be a part of an address.
            assert name == kind and (what == form or (kind == "email" and what.endswith(form))), form


def test_the_second_line_of_a_passport_is_found_by_its_check_digits() -> None:
    assert found(f"P<KORHONG<<GILDONG<<<\n{ZONE}") == [("passport_number", ZONE[:28])]
    for place in range(28):
        if ZONE[place].isdigit():
            changed = ZONE[:place] + str((int(ZONE[place]) + 1) % 10) + ZONE[place + 1 :]
            assert found(changed) == [], changed


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("여권: M 1234 5678", "passport_number", "M 1234 5678"),
        ("M123A4567 (여권)", "passport_number", "M123A4567"),
        ("이름,여권번호\n김,M12345678\n이,S12345679\n" + "박,없음\n" * 9 + "최,M12345670",
        "passport_number", "M12345678"),
        ("旅券番号：TK1234567", "passport_number", "TK1234567"),
        ("면허증 번호 110512345678", "driving_licence_number", "110512345678"),
        ("국민은행 123456-04-123456", "account_number", "123456-04-123456"),
        ("3333-01-1234567 (카카오뱅크)", "account_number", "3333-01-1234567"),
        ("신한 110-123-456789", "account_number", "110-123-456789"),
        ("account number: 110 123 456789", "account_number", "110 123 456789"),
        ("이름,계좌번호\n김,\n" + "이,\n" * 30 + "박,110-123-456789", "account_number", "110-123-456789"),
        ("주민번호 850228-1234567", "resident_number", "850228-1234567"),
        ("외국인등록번호: 850228-6234567", "foreigner_number", "850228-6234567"),
        ("카드 4000001234567899 12/27", "card_number", "4000001234567899"),
        ("HP01012345678", "mobile_number", "01012345678"),
        ("주문자 연락처 01012345678", "mobile_number", "01012345678"),
    ],
)  # fmt: skip
def test_what_a_text_calls_a_number_decides(text: str, kind: str, what: str) -> None:
    assert (kind, what) in found(text)
    assert find_personal_data(text)[0].masked(text) == "".join("*" if c.isalnum() else c for c in what)


NONE = [
    *("180314-0079416", "order 2508172190536710"),
    *("주문번호 221015-3123456", "법인등록번호 110111-1234566", "991231-9123456"),
    *("150101-1234569", "261301-3123456", "850228-1234567", "850228-5234567", "사건번호 850228-1234566"),
    *("바코드 8502281234566", "ISBN 0190344032", "0.01012345678"),
    *("주문번호 01012345678", "a01012345678f", "01011011010"),
    *("4000 0012 3456 7898", "1-4000-0012-3456-7899"),
    *("4000 0012 3456 7899 2", "9410000123456787", "3.4000001234567899"),
    *("kim@example.com", "x@w.f()", "q@k.to(device)", "A@B.T", "x @ w.to(d)", "logo@2x.png", "@kim@mastodon.social"),
    *("ssh -p 22 kim@web.co.kr", "kim@web.co.kr:~$ ls", "git@github.com:a/b.git", "postgres://a:b@db.co.kr:5432/a"),
    *("name@company.com", "this@Activity.com", "root@localhost", "kim@host.internal", "pkg@1.2.3", "M12345678"),
    *("문서번호 11-05-123456-78", "27-05-123456-78", "110512345678", "110-123-456789", "은행 02-1234-5678"),
    *("call the bank: 212-555-0187", "계좌 잔액 12345678900"),
    *("통장에 1234567890원", "계좌 000-000-000000", "은행 2026-11-27 10"),
    *("송금 한도 5000 10000 20000", "bank of 10 20 30 40 50 60", "0193440318", "2508172190536714"),
    *("account id 123456789012", "GB28NWBK60161331926819", ZONE.replace("M123456788", "M123456789")),
]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_what_is_nobodys_is_not_found(text: str) -> None:
    assert found(text) == [] and found(f"값 {text} 입니다") == []


def test_births_are_plausible_whatever_the_day_is() -> None:
    newborn, old = "261231-3123456", "160101-1234566"
    assert found(newborn) == [("resident_number", newborn)] and found(old) == [("resident_number", old)]
    assert find_personal_data(newborn, 2025) == [] and find_personal_data(old, 2027) == []
    assert find_personal_data("270101-3123456") == []


def test_a_thousand_orders_are_none_and_a_thousand_real_numbers_stay() -> None:
    dice = random.Random(3)
    for _ in range(1000):
        order = f"{made.day(dice, '2018-01-01', '2026-11-27'):%y%m%d}-{dice.randrange(100_000):07d}"
        assert found(order) == []
        for foreign in (False, True):
            number = "-".join(made.resident(dice, foreign=foreign))
            assert found(number) == [("foreigner_number" if foreign else "resident_number", number)]
    # One in eleven has the right check digit by chance, of those that begin with a day.
    corporations = sum(bool(find_personal_data(made.corporation(dice))) for _ in range(1000))
    assert corporations <= 60


@example(["4000 0012 3456 7899", " ", "850228-1234566"])
@example(["kim@example.co.kr", "@", "kim@example.co.kr"])
@example(["12", "-", "010-1234-5678", "-", "4000001234567899"])
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_nothing_is_found_in_what_was_masked(pieces: list[str]) -> None:
    text = "".join(pieces)
    masked = mask_personal_data(text)
    assert find_personal_data(masked) == []
    assert len(masked) == len(text)
    assert all(after in (before, "*") for before, after in zip(text, masked, strict=True))
    some = find_personal_data(text)
    assert all(one.end <= other.start for one, other in itertools.pairwise(some))
    assert (masked == text) == (not some)


@example(["010-1234-5678", " ", "2026-11-27"], None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from([None, "012", "850228", "20261127000123"]))
def test_a_page_shows_no_finding_and_no_address(pieces: list[str], id_: str | None) -> None:
    text = "".join(pieces)
    shown = mask_text(text, id_)
    assert len(shown) == len(text) and all(after in (before, "*") for before, after in zip(text, shown, strict=True))
    assert find_personal_data(shown) == [] or id_ == "850228"
    assert mask_text(shown, id_) == shown
    assert mask_text(text).count("*") >= mask_personal_data(text).count("*")


def joined_digits(text: str) -> list[str]:
    """Runs of digits as the rule says it, without a pattern: one separator with at most two blanks on each side."""
    runs, run, gap = [], "", ""
    for character in plain(text):
        if not character.isdigit():
            gap += character
            continue
        joined = gap.strip(" ") in ("-", "·", "/") and "   " not in gap if gap.strip(" ") else len(gap) <= 2
        runs, run, gap = (runs, run + character, "") if run and joined else ([*runs, run], character, "")
    return [*runs, run]


# No days (19 and 20) and no groups of three, which need a point, a comma or blanks between all of them.
@given(
    st.lists(st.sampled_from(["345７", "8", "57", "-", "/", "·", " - ", "  ", "a", ",", "－"]), max_size=14).map(
        "".join
    )
)
def test_a_page_shows_no_longer_number(text: str) -> None:
    shown = mask_text(text)
    expected = [run if len(run) < 6 else "" for run in joined_digits(text)]
    assert "".join(joined_digits(shown)) == "".join(expected), (text, shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("850228", "******"), ("85022", "85022"), ("110-1234567", "***-*******"), ("12 34 56", "** ** **"),
        ("12 / 34 · 56", "** / ** · **"), ("１２３４５６", "******"),
        ("٣٣٣٣٣٣", "******"), ("1985. 2. 28.", "****. *. **."),
        ("2026-11-27 02:00:00", "2026-11-27 02:00:00"),
        ("2026-11-27T02:00:00.123456Z", "2026-11-27T02:00:00.123456Z"),
        ("2026-11-27/2026-11-30", "2026-11-27/2026-11-30"), ("2026-11", "2026-11"), ("2026-13-27", "****-**-**"),
        ("1985-02-28-1234567", "****-**-**-*******"), ("20261127", "********"),
        ("1,234,567.89 100,000 200,000", "1,234,567.89 100,000 200,000"), ("1.234.567,89", "1.234.567,89"),
        ("12 345 678", "12 345 678"), ("82 101 234 567 8", "** *** *** *** *"), ("0.123456", "*.******"),
        ("x@w.f() kim@회사.한국", "*@*.*() ***@**.**"), ("kim＠example．com", "***＠*******．***"), ("a@b", "a@b"),
        ("번호 850228-1234567.", "번호 ******-*******."), ("12345 67890", "***** *****"), ("123,45,67", "123,45,67"),
    ],
)  # fmt: skip
def test_a_page_masks_longer_numbers_and_addresses(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_the_id_of_a_record_is_shown_where_its_text_repeats_it() -> None:
    text = '{"data_id": "2026-0012345", "answer": "2026-00123456 92026-0012345 call 010-1234-5678"}'
    shown = mask_text(text, "2026-0012345")
    assert shown == '{"data_id": "2026-0012345", "answer": "****-******** *****-******* call ***-****-****"}'
    assert mask_text("010-1234-5678", "010-1234-5678") == "***-****-****"


# Pieces with at most five digits together, so that none is left to chance.
FEW_DIGITS = st.lists(
    st.sampled_from([*"0189３", "여권 M", "A", "계좌 ", "-", " ", "<<", "\u200b", "번호 "]), max_size=30
)


@given(FEW_DIGITS.map("".join).filter(lambda text: sum(map(str.isdigit, text)) < 6))
def test_no_finding_has_fewer_than_six_digits_or_an_address(text: str) -> None:
    """Which `mask_text` takes for granted."""
    assert mask_personal_data(text) == text == mask_text(text)


@given(st.text(max_size=60))
def test_text_without_findings_stays(text: str) -> None:
    assert mask_personal_data(text) == text or find_personal_data(text)


@given(st.text(max_size=40))
def test_a_plain_text_has_the_same_places(text: str) -> None:
    assert len(plain(text)) == len(text) and plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "masked", "kind"),
    [
        ("번호 850228-1234566.", "번호 ******-*******.", PersonalKind.RESIDENT_NUMBER),
        ("8502285234569", "*************", PersonalKind.FOREIGNER_NUMBER),
        ("010-1234-5678로", "***-****-****로", PersonalKind.MOBILE_NUMBER),
        ("메일kim.a@b.co.kr이", "메일***.*@*.**.**이", PersonalKind.EMAIL),
        (r'{"a":"\n4000001234567899"}', r'{"a":"\n****************"}', PersonalKind.CARD_NUMBER),
        ("여권 M123A4567", "여권 *********", PersonalKind.PASSPORT_NUMBER),
    ],
)
def test_masks(text: str, masked: str, kind: PersonalKind) -> None:
    assert mask_personal_data(text) == masked
    assert [one.kind for one in find_personal_data(text)] == [kind]


@pytest.mark.parametrize("text", ["850228-1234566", "850228-1234567", "kim.person.of.some.length@example.co.kr"])
def test_a_passage_of_the_report_masks_what_its_end_cuts(text: str) -> None:
    for before in range(PASSAGE_CHARACTERS - len(text) - 1, PASSAGE_CHARACTERS + 2):
        shown = "".join(piece for piece, _ in passage("가" * before + text + " " * PASSAGE_CHARACTERS).pieces)
        assert not set(shown) & set("0123456789abcdefghijklmnopqrstuvwxyz")
        assert len(shown) == PASSAGE_CHARACTERS


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1-",
        "a.",
        "a@",
        "a@a.",
        "4000 ",
        "010-",
        "010-1234-5678 ",
        "a@b.co",
        "850228-1",
        "1 ",
        "여권번호 ",
        "M1",
        "A1B2 ",
    ],
)
def test_no_text_is_slow(piece: str) -> None:
    # Not a timed assertion: a pattern that is not linear would not come back from 50,000 characters at all.
    text = piece * (50_000 // len(piece))
    assert find_personal_data(mask_personal_data(text)) == []
    assert find_personal_data(mask_text(text)) == []


def test_a_piece_of_a_text_in_a_message_has_no_number_and_no_address() -> None:
    assert without_numbers("call 010-1234 or ٣\n김@example.co.kr\u200b") == r"call ###-#### or #\n…@…\u200b"
    assert without_numbers("김＠example．com, a @ b.kr") == "…@…, …@…"


def test_the_beginning_of_an_unknown_file_names_nobody() -> None:
    assert describe(b"kim@example.com, 850228-1234567", None) == 'plain text, begins with "…@…, ######-#######"'
