"""Damage costs the damaged record: whatever happens to some bytes, the records beside them are read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sftrm_quality.config import Limits
from sftrm_quality.reading import READ_REASONS
from tests.reading_case import Read, document, json_lines, read, record

SMALL = Limits(shard_records=3, shard_bytes=1024, record_bytes=4096)
NASTY = b'"{}[],:\\ \n\t\x00\xff\xed\xa0\x80e1-tn'


def rich(number: int) -> dict[str, Any]:
    """A record with nested objects and lists, quotes and brackets in its texts."""
    return record(
        number,
        category={"main": "a]}", "middle": '{"'},
        responses=[{"text": f'[{{"{number}', "rank": 1}, {"text": "}]", "rank": 2.5}],
    )


def texts(records: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Documents by form, each with the text that follows the list of records."""
    dumped = [json.dumps(r, ensure_ascii=False) for r in records]
    return {
        "compact": ('{"dataset_info": {}, "data_info": [' + ",".join(dumped) + "]}", "]}"),
        "pretty": (json.dumps({"data_info": records}, ensure_ascii=False, indent=2), "\n  ]\n}"),
        "with a tail": ('{"data_info": [' + ", ".join(dumped) + '], "more": {"a": [1]}}', '], "more": {"a": [1]}}'),
        "array": ("[" + ",\n".join(dumped) + "]", "]"),
        "sequence": ("\n".join(json.dumps(r, ensure_ascii=False, indent=1) for r in records), ""),
    }


FORMS = list(texts([]))
TEN = [rich(n) for n in range(10)]


def record_spans(text: bytes, records: list[dict[str, Any]]) -> list[tuple[int, int]]:
    starts = [text.index(f'"data_id": "{r["data_id"]}"'.encode()) for r in records]
    starts = [text.rindex(b"{", 0, at) for at in starts]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def check_conservation(damaged: bytes, begin: int, result: Read) -> None:
    """Spans follow each other, and between them are only separators, up to the end of the list."""
    behind = {row["source_index"] for row in result.unreadable if row["reasons"] == ["trailing_data"]}
    position = begin
    for index in range(len(result.spans)):
        offset, length = result.spans[index]
        gap = damaged[position:offset].lstrip(b" \t\r\n,")
        assert offset >= position and (not gap or (index in behind and gap[:1] == b"]")), (gap, index)
        position = offset + length
    assert re.fullmatch(rb"[\s,]*(\][\s\S]*)?", damaged[position:]), damaged[position:]


def check_intact(result: Read, expected: list[dict[str, Any]]) -> None:
    seen = [json.dumps(json.loads(result.raw[i]), sort_keys=True) for i in result.values if result.raw[i][:1] == b"{"]
    for value in expected:
        assert json.dumps(value, sort_keys=True) in seen, value["data_id"]
    assert set(result.reasons) <= set(READ_REASONS)


def begins_with_a_document(text: bytes) -> bool:
    try:
        return isinstance(json.JSONDecoder().raw_decode(text.decode("utf-8", "replace"))[0], dict)
    except ValueError:
        return False


@given(
    form=st.sampled_from(FORMS),
    place=st.floats(0, 1, exclude_max=True),
    removed=st.integers(0, 40),
    inserted=st.lists(st.sampled_from(list(NASTY)), max_size=6).map(bytes),
    small=st.booleans(),
)
# Each of these once cost more than its neighbourhood.
@example(form="compact", place=0.126953125, removed=10, inserted=b"}", small=True)
@example(form="compact", place=0.026104392931868507, removed=11, inserted=b"}", small=False)
@example(form="compact", place=0.6953125, removed=12, inserted=b"", small=False)
@example(form="compact", place=0.0, removed=1, inserted=b"", small=False)
@example(form="compact", place=0.0, removed=1, inserted=b"]}", small=False)
@example(form="compact", place=0.0, removed=0, inserted=b"][", small=False)
@example(form="array", place=0.0, removed=0, inserted=b"1{", small=False)
@example(form="array", place=0.0, removed=1, inserted=b",]", small=False)
@example(form="compact", place=0.900390625, removed=0, inserted=b"]{", small=False)
@example(form="array", place=0.0, removed=0, inserted=b"[", small=False)
@example(form="compact", place=0.0, removed=15, inserted=b"]", small=False)
@settings(max_examples=300)
def test_any_damage_leaves_the_records_beside_it(
    tmp_path_factory: pytest.TempPathFactory, form: str, place: float, removed: int, inserted: bytes, small: bool
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    text, tail = (part.encode() for part in texts(TEN)[form])
    spans = record_spans(text, TEN)
    begin, end = spans[0][0], len(text) - len(tail)
    at = begin + int(place * (end - begin))
    stop = min(end, at + removed)
    damaged = text[:at] + inserted + text[stop:]
    path = folder / "a.json"
    path.write_bytes(damaged)
    result = read(path, folder, SMALL if small else Limits())
    if form == "sequence" and at == begin:
        return  # nothing but its first byte says what this is
    assert not result.unknown
    if begins_with_a_document(damaged) and [row["reasons"] for row in result.unreadable] == [["trailing_data"]]:
        check_conservation(damaged, begin, result)
        return  # what follows a whole document is one row
    touched = [n for n, (a, b) in enumerate(spans) if a < max(stop, at + 1) and b > at - 1]
    lost = {m for n in touched for m in (n - 1, n, n + 1)} if len(touched) < 2 else {*touched, touched[-1] + 1}
    check_intact(result, [r for n, r in enumerate(TEN) if n not in lost])
    check_conservation(damaged, begin, result)


@given(
    place=st.floats(0, 1, exclude_max=True), removed=st.integers(0, 40),
    inserted=st.lists(st.sampled_from(list(NASTY)), max_size=6).map(bytes), small=st.booleans(),
)  # fmt: skip
@settings(max_examples=200)
def test_damaged_lines_cost_themselves(
    tmp_path_factory: pytest.TempPathFactory, place: float, removed: int, inserted: bytes, small: bool
) -> None:
    folder = tmp_path_factory.mktemp("lines")
    text = json_lines(TEN).encode()
    at = int(place * len(text))
    stop = min(len(text), at + removed)
    damaged = text[:at] + inserted + text[stop:]
    (folder / "a").write_bytes(damaged)
    result = read(folder / "a", folder, SMALL if small else Limits())
    assert not result.unknown
    first, last = text[:at].count(b"\n"), text[:stop].count(b"\n")
    check_intact(result, [r for n, r in enumerate(TEN) if not first <= n <= last])
    lines = [line.strip() for line in damaged.split(b"\n") if line.strip()]
    assert list(result.raw.values()) == lines


def damaged_document(old: str, new: str, form: str = "compact", count: int = 1) -> bytes:
    text = texts(TEN)[form][0]
    assert old in text
    return text.replace(old, new, count).encode()


ONE_RECORD = {
    "missing closing quote": ('"질문 4?"', '"질문 4?'),
    "missing opening quote": ('"질문 4?"', '질문 4?"'),
    "missing brace": ('"rank": 2.5}]}, {"data_id": "5"', '"rank": 2.5}], {"data_id": "5"'),
    "missing both closers": ('"rank": 2.5}]}, {"data_id": "5"', '"rank": 2.5}, {"data_id": "5"'),
    "missing colon": ('"question": "질문 4?"', '"question" "질문 4?"'),
    "raw control character": ('"질문 4?"', '"질문\t4?"'),
    "duplicate key": ('"question": "질문 4?"', '"question": "a", "question": "b"'),
    "not a number": ('"question": "질문 4?"', '"question": NaN'),
    "lone surrogate": ('"question": "질문 4?"', '"question": "\\ud83d"'),
}


@pytest.mark.parametrize("name", ONE_RECORD)
def test_a_broken_record_costs_that_record(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").write_bytes(damaged_document(*ONE_RECORD[name], form="with a tail"))
    result = read(tmp_path / "a", tmp_path)
    assert result.ids == [str(n) for n in range(10) if n != 4]
    (row,) = result.unreadable
    expected = {"duplicate key": "duplicate_key", "not a number": "not_a_number", "lone surrogate": "lone_surrogate"}
    assert (
        row["reasons"] == [expected.get(name, "invalid_json")] and row["source_index"] == 4 and row["stage"] == "read"
    )
    assert row["payload"].startswith('{"data_id": "4"') and row["details"][0]
    damaged = (tmp_path / "a").read_bytes()
    assert damaged[row["source_offset"] :][: row["source_length"]].decode() == row["payload"]


NO_RECORD = {
    "missing comma": ('}]}, {"data_id": "5"', '}]} {"data_id": "5"', 0),
    "comma too many": ('}]}, {"data_id": "5"', '}]},, ,{"data_id": "5"', 0),
    "doubled closing brace": ('}]}, {"data_id": "5"', '}]}}, {"data_id": "5"', 1),
    "doubled opening brace": ('{"data_id": "5"', '{{"data_id": "5"', 1),
    "garbage": ('{"data_id": "5"', 'some, garbage: [1, 2} "or", {"data_id": "5"', 1),
    "stray bracket": ('{"data_id": "5"', '], {"data_id": "5"', 1),
    "stray end": ('{"data_id": "5"', ']}, {"data_id": "5"', 1),
    "stray end, no comma": ('{"data_id": "5"', ']} {"data_id": "5"', 1),
    "stray quote": ('{"data_id": "5"', '" {"data_id": "5"', 1),
}


@pytest.mark.parametrize("name", NO_RECORD)
def test_damage_between_records_costs_none(tmp_path: Path, name: str) -> None:
    old, new, rows = NO_RECORD[name]
    (tmp_path / "a").write_bytes(damaged_document(old, new, form="with a tail"))
    result = read(tmp_path / "a", tmp_path)
    assert result.ids == [str(n) for n in range(10)]
    assert result.reasons == ["invalid_json"] * rows


@pytest.mark.parametrize("form", ["compact", "array"])
@pytest.mark.parametrize("junk", [b"]x", b"]} ", b"] 1 "])
def test_closing_brackets_over_more_than_a_window_end_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, junk: bytes
) -> None:
    """The records behind them are beyond what has been read when the first bracket is looked at."""
    monkeypatch.setattr("sftrm_quality.reading.texts.HEAD_BYTES", 4096)
    text = texts(TEN)[form][0].encode()
    starts = [start for start, _ in record_spans(text, TEN)]
    damaged = text[: starts[6]] + junk * 60_000 + text[starts[6] :]
    (tmp_path / "a").write_bytes(damaged)
    result = read(tmp_path / "a", tmp_path, Limits(shard_bytes=1024))
    check_intact(result, TEN)
    check_conservation(damaged, starts[0], result)
    assert all(row["reasons"] == ["invalid_json"] for row in result.unreadable)


def test_the_last_record_broken(tmp_path: Path) -> None:
    for old, new in (
        ('"질문 9?"', '"질문 9?'),
        ('"rank": 2.5}]}]}', '"rank": 2.5}]]}'),
        ('"rank": 2.5}]}]}', '"rank": 2.5]}'),
    ):
        text = texts(TEN)["compact"][0]
        head, found, rest = text.rpartition(old)
        (tmp_path / "a").write_text(head + new + rest, encoding="utf-8")
        result = read(tmp_path / "a", tmp_path)
        assert found and result.ids == [str(n) for n in range(9)]
        assert result.reasons[0] == "invalid_json" and len(result.reasons) <= 2, (new, result.reasons)


@pytest.mark.parametrize("form", ["compact", "pretty", "array"])
def test_truncation_costs_one_row_wherever_it_is(tmp_path: Path, form: str) -> None:
    """At each byte behind the first record; of more records each would be cut as the one before it."""
    few = TEN[:4]
    text = texts(few)[form][0].encode()
    starts = [start for start, _ in record_spans(text, few)]
    for cut in range(starts[1], len(text) - 4):
        (tmp_path / "a").write_bytes(text[:cut])
        result = read(tmp_path / "a", tmp_path)
        (row,) = result.unreadable
        whole = len(result.ids)
        assert result.ids == [str(n) for n in range(whole)] and whole >= sum(s <= cut for s in starts) - 1
        if row["source_length"]:
            assert row["reasons"][0] in ("truncated_record", "invalid_json")
            assert row["source_offset"] + row["source_length"] >= len(text[:cut].rstrip())
        else:
            assert row["reasons"] == ["unclosed_document"]


def test_what_follows_a_document_is_one_row(tmp_path: Path) -> None:
    text = texts(TEN)["compact"][0]
    for rest, reason in ((" garbage, more", "trailing_data"), (text, "trailing_data")):
        (tmp_path / "a").write_text(text + rest, encoding="utf-8")
        result = read(tmp_path / "a", tmp_path)
        assert result.ids == [str(n) for n in range(10)] and result.reasons == [reason]
        assert result.unreadable[0]["source_length"] == len(rest.strip().encode())
    twice = '{"data_info": [' + json.dumps(TEN[0]) + '], "data_info": [' + json.dumps(TEN[1]) + "]}"
    (tmp_path / "a").write_text(twice, encoding="utf-8")
    result = read(tmp_path / "a", tmp_path)
    assert result.ids == ["0"] and result.reasons == ["duplicate_key"]


def test_damage_before_the_records_does_not_hide_them(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(damaged_document('"dataset_info": {}', '"dataset_info": {"name": "x}'))
    assert read(tmp_path / "a", tmp_path).ids == [str(n) for n in range(10)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_many_damages_in_a_larger_file(tmp_path: Path, encoding: str) -> None:
    records = [rich(n) for n in range(3000)]
    text = json.dumps({"data_info": records}, ensure_ascii=False)
    for n in range(100, 3000, 100):
        old = f'"질문 {n}?"'
        text = text.replace(old, old[:-1] if n % 200 else old[1:], 1)
    (tmp_path / "a").write_bytes(text.encode(encoding))
    for limits in (Limits(), Limits(shard_bytes=20_000, record_bytes=50_000)):
        result = read(tmp_path / "a", tmp_path, limits)
        assert result.ids == [str(n) for n in range(3000) if n % 100 or not n]
        assert [row["source_index"] for row in result.unreadable] == list(range(100, 3000, 100))


def test_legitimate_nesting_is_not_cut(tmp_path: Path) -> None:
    def tree(depth: int) -> dict[str, Any]:
        return {"data_id": f"d{depth}", "replies": [tree(depth - 1)] * 2 if depth else []}

    flat = [record(n) for n in range(20)]
    records = [*flat, {"data_id": "nested", "question": {"data_id": "inner", "x": [{"data_id": "more"}]}}, *flat]
    for values in ([tree(4)] * 5, records):
        (tmp_path / "a").write_text(json.dumps(values), encoding="utf-8")
        result = read(tmp_path / "a", tmp_path, SMALL)
        assert not result.unreadable and [json.loads(raw) for raw in result.raw.values()] == values


@pytest.mark.parametrize("form", ["document", "lines", "array of strings"])
def test_a_record_beyond_the_limit_costs_itself(tmp_path: Path, form: str) -> None:
    huge = record(5, pad="[{" * 200_000)
    records = [*TEN[:5], huge, *TEN[6:]]
    text = json_lines(records) if form == "lines" else document(records)
    if form == "array of strings":
        text = json.dumps(["a", "b" * 300_000, "c"])
    (tmp_path / "a").write_text(text, encoding="utf-8")
    for limits in (SMALL, Limits(record_bytes=100_000), Limits(record_bytes=100_000, shard_bytes=1024)):
        result = read(tmp_path / "a", tmp_path, limits)
        (row,) = result.unreadable
        assert row["reasons"] == ["record_too_large"] and len(row["payload"].encode()) == 65_536
        assert f"{row['source_length']:,} bytes" in row["details"][0]
        if form == "array of strings":
            assert list(result.values.values()) == ["a", "c"]
        else:
            assert result.ids == [str(n) for n in range(10) if n != 5]
            assert json.loads((tmp_path / "a").read_bytes()[row["source_offset"] :][: row["source_length"]]) == huge


def test_a_mark_across_the_end_of_a_block_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sftrm_quality.reading.json.elements._BLOCK", 64)
    records = [json.dumps(record(n)) for n in range(10)]
    for pad in range(6000, 6064):
        records[5] = '{"data_id": "5", "question": "' + "x" * pad
        (tmp_path / "a").write_text("[" + ", ".join(records) + "]", encoding="utf-8")
        result = read(tmp_path / "a", tmp_path, Limits(shard_bytes=1024, record_bytes=1024))
        assert result.ids == [str(n) for n in range(10) if n != 5] and result.reasons == ["record_too_large"]
        assert result.unreadable[0]["source_length"] == len(records[5])


def test_a_text_that_ends_with_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = damaged_document(*ONE_RECORD["missing both closers"], form="with a tail")
    for module in ("texts", "json.containers"):
        monkeypatch.setattr(f"sftrm_quality.reading.{module}.HEAD_BYTES", len(text))
    (tmp_path / "a").write_bytes(text)
    for limits in (SMALL, Limits()):
        assert read(tmp_path / "a", tmp_path, limits).ids == [str(n) for n in range(10) if n != 4]
