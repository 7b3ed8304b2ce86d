"""The rows of the page that leafs through failing records and duplicates: every row once, found by filters, bounded."""

import json
import re
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.records import DUPLICATES
from sftrm_quality.reports import browse, write_excluded_rows, write_warned_rows
from sftrm_quality.reports.browse_rows import EXCERPT_CHARACTERS
from sftrm_quality.reports.equal_shares import equal_share
from sftrm_quality.reports.html import browse_scripts
from sftrm_quality.reports.raw_defects import raw_defects
from sftrm_quality.reports.warned_rows import WarnedRows
from sftrm_quality.sources import natural_key
from tests.test_report_samples import REASONS, quarantined, row, written

SOURCES = {"1.json": "Vendor 1"}


class Listed(NamedTuple):
    """A row as the scripts have it."""

    record_id: str
    data_id: str
    file: int
    index: int
    line: int | None
    reasons: list
    text: str
    characters: int
    details: list
    stage: str
    stayed: str
    new: int
    first: int
    marks: list
    outcome: int


def duplicate(number, name, payload="{}"):
    values = {"record_id": f"rm-{number}", "label_kind": "rm", "source_file": name, "source_index": number}
    return row(DUPLICATES, kind=("exact", "near")[number % 2], duplicate_of="rm-x", similarity=0.875, payload=payload,
               **values)  # fmt: skip


def listed(tmp_path, rows, twice=(), group=1000, before=None):
    """The index, and the rows of all chunks, as a script of the page would get them."""
    paths = written(tmp_path / "q", rows, group), written(tmp_path / "d", list(twice), group, DUPLICATES)
    if before is not None:
        before = written(tmp_path / "q0", before[0]), written(tmp_path / "d0", before[1], schema=DUPLICATES)
    nothing = WarnedRows(0, {}, ())
    excluded = write_excluded_rows(*paths, tmp_path / "rows", before)
    counts = write_warned_rows(excluded, nothing, tmp_path / "rows", SOURCES, None)
    read = [path.read_text("utf-8") for path in sorted((tmp_path / "rows").iterdir())]
    (index,) = [json.loads(text[len("sftrmIndex(") : -2]) for text in read if text.startswith("sftrmIndex(")]
    chunks = []
    for text in read[: len(index["chunks"])]:
        number, found = re.fullmatch(r"sftrmRows\((\d+),(\[.*\])\)\n", text, re.DOTALL).groups()
        assert int(number) == len(chunks)
        chunks.append([Listed(*row) for row in json.loads(found)])
    assert counts == {"rows": index["rows"], "listed": index["listed"], "warned": 0, "warned_listed": 0}
    assert index["listed"] == sum(map(len, chunks))
    return index, chunks


def test_every_row_is_there_with_its_reasons_and_the_index_says_where(tmp_path):
    rows = [quarantined(n, f"{n // 700}.json", REASONS[n % 3 : n % 3 + 2], f'{{"n": {n}}}') for n in range(1_200)]
    twice = [duplicate(n, "2.json") for n in range(30)]
    index, chunks = listed(tmp_path, rows, twice, group=333, before=(rows[::3], twice[:10]))
    assert index["rows"] == index["listed"] == 1_230 and max(map(len, chunks)) <= browse.CHUNK_ROWS
    assert index["files"] == [["2.json", ""], ["1.json", "Vendor 1"], ["0.json", ""]] and index["compared"] is True
    every = [found for chunk in chunks for found in chunk]
    # The newest file first, and each in its order.
    for its, found in zip([*rows[700:], *rows[:700]], every[30:], strict=True):
        assert (found.record_id, found.data_id, found.stage, found.stayed) == (its["record_id"], "", "check", "")
        assert (found.index, found.line) == (its["source_index"], its["source_line"])
        assert (found.text, found.characters, found.first) == (its["payload"], len(its["payload"]), 0)
        assert index["files"][found.file][0] == its["source_file"]
        assert [index["reasons"][code][1] for code in found.reasons] == its["reasons"]
        assert index["outcomes"][found.outcome] == "failing"
        assert found.details == its["details"] and found.new == bool(its["source_index"] % 3)
    for number, (its, found) in enumerate(zip(twice, every[:30], strict=True)):
        assert index["reasons"][found.reasons[0]][:2] == ["rm", f"duplicate: {its['kind']}"]
        assert (found.details, found.stage, found.stayed, found.new) == (["0.88"], "", "rm-x", number >= 10)
        assert index["outcomes"][found.outcome] == "duplicate"
    for code, (_, _, count) in enumerate(index["reasons"]):
        assert count == sum(code in found.reasons for found in every)
    for chunk, said in zip(chunks, index["chunks"], strict=True):
        assert said["rows"] == len(chunk)
        for file, kind, outcome, code, count, new in said["counts"]:
            mine = [row for row in chunk if row.file == file and (code == -1 or code in row.reasons)]
            mine = [row for row in mine if row.outcome == outcome]
            mine = [row for row in mine if index["reasons"][row.reasons[0]][0] == index["kinds"][kind]]
            assert (count, new) == (len(mine), sum(row.new for row in mine))
        assert sum(count for _, _, _, code, count, _ in said["counts"] if code == -1) == len(chunk)


def test_files_are_in_the_reverse_natural_order_of_their_names(tmp_path):
    names = ["n10.json", "n9.json", "n2/a.json", "b.json", "n09.json"]
    index, _ = listed(tmp_path, [quarantined(n, name, ["r"]) for n, name in enumerate(names)], group=2)
    assert [name for name, _ in index["files"]] == ["n10.json", "n9.json", "n09.json", "n2/a.json", "b.json"]


@given(st.lists(st.text(), max_size=9))
def test_names_are_sorted_whatever_is_in_them(names):
    assert sorted(sorted(names, key=natural_key)) == sorted(names)


def test_without_a_release_before_nothing_is_new(tmp_path):
    index, ((row,),) = listed(tmp_path, [quarantined(0, "a.json", ["r"])])
    assert index["compared"] is False and row.new == 0


def test_too_many_rows_leave_each_file_its_share(tmp_path, monkeypatch):
    monkeypatch.setattr(browse, "MOST_ROWS", 100)
    rows = [quarantined(n, "a.json", ["r"]) for n in range(900)] + [quarantined(n, "b.json", ["r"]) for n in range(20)]
    index, chunks = listed(tmp_path, rows, [duplicate(n, "a.json") for n in range(200)], group=50)
    assert (index["rows"], index["listed"]) == (1_120, 100)
    shown = [(index["files"][found.file][0], found.record_id) for chunk in chunks for found in chunk]
    assert shown == [
        *(("b.json", f"sft-{n}") for n in range(20)),
        *(("a.json", f"sft-{n}") for n in range(40)),
        *(("a.json", f"rm-{n}") for n in range(40)),
    ]


def test_bytes_are_bounded_too_and_what_is_left_out_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(browse, "MOST_BYTES", 200_000)
    monkeypatch.setattr(browse, "CHUNK_BYTES", 40_000)
    index, chunks = listed(tmp_path, [quarantined(n, "a.json", ["r"], "가" * 10_000) for n in range(900)])
    assert index["rows"] == 900 and 100 < index["listed"] < 300
    assert all(path.stat().st_size < 41_000 for path in (tmp_path / "rows").glob("0*.js"))
    assert {(len(found.text), found.characters) for found in chunks[0]} == {(EXCERPT_CHARACTERS, 10_000)}


def test_personal_data_is_masked_also_where_an_excerpt_cuts_it(tmp_path):
    edge = "x" * (EXCERPT_CHARACTERS - 8) + " 010-1234-5678"
    rows = [quarantined(n, "a.json", ["r"], text) for n, text in enumerate(["to kim@example.com", edge, "2024-01-02"])]
    _, ((mail, number, date),) = listed(tmp_path, rows)
    assert mail.text == "to ***@*******.***" and number.text.endswith("x ***-***") and date.text == "2024-01-02"


def test_an_excerpt_begins_before_the_first_defect_and_masks_what_it_cuts(tmp_path):
    text = '{"question": "' + "w" * 500 + " call 010-1234-5678 " + "v" * 35 + '", "answer": ""}'
    row = quarantined(0, "a.json", ["answer_blank"], text) | {"details": ["answer is ''"]}
    _, ((found,),) = listed(tmp_path, [row])
    at = text.index('""}')
    assert (found.first, found.marks) == (at - 60, [60, 62])
    assert found.text.startswith("*-****-**** v") and found.text.endswith('"answer": ""}')


MARKED = [
    ("answer_blank", "answer is ' '", '{"question": "q", "answer": " "}', ['" "']),
    ("answer_blank", "answer is null", '{"question": "answer", "answer":null}', ["null"]),
    ("answer_blank", "answer is ''", '{"answer": {"contents": "", "answer_count": 0}}', ['""']),
    ("prompt_blank", "prompt is ''", '{"input": "", "responses": []}', ['""']),
    ("answer_garbled", "answer contains U+0007", r'{"answer": "a\u0007b"}', [r"\u0007"]),
    ("answer_garbled", "answer contains U+FFFD", '{"answer": "a\ufffdb\ufffd"}', ["\ufffd", "\ufffd"]),
    ("answer_has_template_token", "answer contains '<|im_end|>'", '{"answer": "so <|im_end|>"}', ["<|im_end|>"]),
    ("answer_has_template_token", "answer contains '</s>'", r'{"answer": "so <\/s>"}', []),
    ("response_blank", "response 2 of 2 is ''", '{"responses": [{"text": "a"}, {"text": ""}]}', ['""']),
    ("response_blank", "response 2 of 3 is ''", '{"responses": [{"text": "a"}, {"text": ""}]}', []),
    ("responses_identical", "responses 1 and 2 are the same: 'a'", '[{"text": "a"}, {"text": "a"}]', ['"a"', '"a"']),
    ("rank_missing", "ranks 1, none", '[{"rank": 1}, {"rank": null}]', ["1", "null"]),
    ("data_id_reused", "the data_id is held by record sft-1", '{"data_id": 7}', ["7"]),
    ("too_few_responses", "1 response, expected at least 2", '{"responses": [{"text": "a"}]}', []),
    ("question_blank", "question is ''", '{"question": "unfinished', []),
]


@pytest.mark.parametrize(("reason", "detail", "text", "marked"), MARKED)
def test_the_defect_is_marked_where_what_was_said_tells_its_place(reason, detail, text, marked):
    spans = raw_defects(text, "check", [reason], [detail], True)
    assert [text[start:end] for start, end in spans] == marked


def test_defects_of_reading_and_formats_are_marked_too():
    text = '{"answer": "a", "answer": NaN}'
    for stage, reason, detail, marked in (
        ("read", "duplicate_key", "key 'answer' occurs twice in one object", ['"answer"', '"answer"']),
        ("read", "not_a_number", "found NaN, expected a number or null", ["NaN"]),
        ("format", "field_type_wrong", "answer is a list of 1, expected a text", ['"answer"', '"answer"']),
        ("format", "not_an_object", "the record is a list of 1, expected an object", []),
    ):
        assert [text[a:b] for a, b in raw_defects(text, stage, [reason], [detail], True)] == marked


def test_many_defects_are_a_few_marks_none_over_another():
    text = '{"answer": "' + "\ufffd" * 50 + '"}'
    both = ["answer contains U+FFFD", "answer is '\ufffd'"]
    spans = raw_defects(text, "check", ["a", "b"], both, True)
    assert spans == [(11, len(text) - 1)]
    spans = raw_defects(text, "check", ["a"], both[:1], True)
    assert len(spans) == 8 and all(one[1] <= other[0] for one, other in pairwise(spans))


@given(st.text(), st.text())
def test_no_text_and_no_detail_is_an_error(text, detail):
    for stage, reason in (("check", "x"), ("read", "duplicate_key"), ("format", "field_unexpected")):
        for start, end in raw_defects(text, stage, [reason], [detail], True):
            assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "\u2028\u2029", "\x00\x1b[31m", "\ud83d\ude00"])
def test_a_row_is_data_whatever_it_says(tmp_path, text):
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    _, chunks = listed(tmp_path, [quarantined(0, text, [text], text)])
    assert chunks[0][0].text == text and chunks[0][0].details == [f"{text} here"]


@pytest.mark.parametrize("script", browse_scripts().values(), ids=browse_scripts())
def test_the_scripts_make_no_markup_of_texts(script):
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|fetch|http", script)


@given(st.dictionaries(st.integers(), st.integers(1, 50), max_size=8), st.integers(0, 200))
def test_an_equal_share_is_the_greatest_that_fits(counts, most):
    share = equal_share(counts, most)
    assert sum(min(count, share) for count in counts.values()) <= most
    if any(count > share for count in counts.values()):
        assert sum(min(count, share + 1) for count in counts.values()) > most
