"""The rows of the page that leafs through failing records and duplicates: every row once, found by filters, bounded."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.records import DUPLICATES
from sftrm_quality.reports import browse
from sftrm_quality.reports.browse import equal_share, write_rows
from sftrm_quality.reports.html import browse_script
from tests.test_report_samples import REASONS, quarantined, row, written


def duplicate(number, name, payload="{}"):
    values = {"record_id": f"rm-{number}", "label_kind": "rm", "source_file": name, "source_index": number}
    return row(DUPLICATES, kind=("exact", "near")[number % 2], duplicate_of="rm-x", similarity=0.875, payload=payload,
               **values)  # fmt: skip


def listed(tmp_path, rows, twice=(), group=1000):
    """The index, and the rows of all chunks, as a script of the page would get them."""
    paths = written(tmp_path / "q", rows, group), written(tmp_path / "d", list(twice), group, DUPLICATES)
    counts = write_rows(*paths, tmp_path / "rows")
    read = [path.read_text("utf-8") for path in sorted((tmp_path / "rows").iterdir())]
    (index,) = [json.loads(text[len("sftrmIndex(") : -2]) for text in read if text.startswith("sftrmIndex(")]
    chunks = []
    for text in read[: len(index["chunks"])]:
        number, found = re.fullmatch(r"sftrmRows\((\d+),(\[.*\])\)\n", text, re.DOTALL).groups()
        assert int(number) == len(chunks)
        chunks.append(json.loads(found))
    assert counts == {"rows": index["rows"], "listed": index["listed"]}
    assert index["listed"] == sum(map(len, chunks))
    return index, chunks


def test_every_row_is_there_with_its_reasons_and_the_index_says_where(tmp_path):
    rows = [quarantined(n, f"{n // 700}.json", REASONS[n % 3 : n % 3 + 2], f'{{"n": {n}}}') for n in range(1_200)]
    twice = [duplicate(n, "2.json") for n in range(30)]
    index, chunks = listed(tmp_path, rows, twice, group=333)
    assert index["rows"] == index["listed"] == 1_230 and max(map(len, chunks)) <= browse.CHUNK_ROWS
    every = [found for chunk in chunks for found in chunk]
    for its, found in zip(rows, every, strict=False):
        record_id, data_id, source, source_index, source_line, reasons, text, characters, details, stage = found
        assert (record_id, data_id, stage) == (its["record_id"], "", "check")
        assert (source_index, source_line) == (its["source_index"], its["source_line"])
        assert (index["sources"][source], text, characters) == (its["source_file"], its["payload"], len(its["payload"]))
        assert [index["reasons"][code][1] for code in reasons] == its["reasons"] and details == its["details"]
    for its, found in zip(twice, every[1_200:], strict=True):
        assert index["reasons"][found[5][0]][:2] == ["rm", f"duplicate: {its['kind']}"]
        assert found[8:] == [["0.88"], "", "rm-x"]
    for code, (_, _, count) in enumerate(index["reasons"]):
        assert count == sum(code in found[5] for found in every)
    for chunk, said in zip(chunks, index["chunks"], strict=True):
        assert said["rows"] == len(chunk)
        for source, code, count in said["counts"]:
            assert count == sum(found[2] == source and (code == -1 or code in found[5]) for found in chunk)
        assert sum(count for _, code, count in said["counts"] if code == -1) == len(chunk)


def test_too_many_rows_leave_each_file_its_share(tmp_path, monkeypatch):
    monkeypatch.setattr(browse, "MOST_ROWS", 100)
    rows = [quarantined(n, "a.json", ["r"]) for n in range(900)] + [quarantined(n, "b.json", ["r"]) for n in range(20)]
    index, chunks = listed(tmp_path, rows, [duplicate(n, "a.json") for n in range(200)], group=50)
    assert (index["rows"], index["listed"]) == (1_120, 100)
    shown = [(index["sources"][found[2]], found[0]) for chunk in chunks for found in chunk]
    assert shown == [
        *(("a.json", f"sft-{n}") for n in range(40)),
        *(("b.json", f"sft-{n}") for n in range(20)),
        *(("a.json", f"rm-{n}") for n in range(40)),
    ]


def test_bytes_are_bounded_too_and_what_is_left_out_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(browse, "MOST_BYTES", 200_000)
    monkeypatch.setattr(browse, "CHUNK_BYTES", 40_000)
    index, chunks = listed(tmp_path, [quarantined(n, "a.json", ["r"], "가" * 10_000) for n in range(900)])
    assert index["rows"] == 900 and 100 < index["listed"] < 300
    assert all(path.stat().st_size < 41_000 for path in (tmp_path / "rows").glob("0*.js"))
    assert {(len(found[6]), found[7]) for found in chunks[0]} == {(browse.EXCERPT_CHARACTERS, 10_000)}


def test_personal_data_is_masked_also_where_an_excerpt_cuts_it(tmp_path):
    edge = "x" * (browse.EXCERPT_CHARACTERS - 8) + " 010-1234-5678"
    rows = [quarantined(n, "a.json", ["r"], text) for n, text in enumerate(["to kim@example.com", edge, "2024-01-02"])]
    _, ((mail, number, date),) = listed(tmp_path, rows)
    assert mail[6] == "to ***@*******.***" and number[6].endswith("x ***-***") and date[6] == "2024-01-02"


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "\u2028\u2029", "\x00\x1b[31m", "\ud83d\ude00"])
def test_a_row_is_data_whatever_it_says(tmp_path, text):
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    _, chunks = listed(tmp_path, [quarantined(0, text, [text], text)])
    assert chunks[0][0][6] == text and chunks[0][0][8] == [f"{text} here"]


def test_the_script_makes_no_markup_of_texts():
    script = browse_script()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|fetch|http", script)


@given(st.dictionaries(st.integers(), st.integers(1, 50), max_size=8), st.integers(0, 200))
def test_an_equal_share_is_the_greatest_that_fits(counts, most):
    share = equal_share(counts, most)
    assert sum(min(count, share) for count in counts.values()) <= most
    if any(count > share for count in counts.values()):
        assert sum(min(count, share + 1) for count in counts.values()) > most
