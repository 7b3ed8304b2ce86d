"""Samples of failing records and duplicates: which rows, what of them, and where the defect is marked."""

import json
from collections import Counter
from itertools import combinations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.checks import read_suites
from sftrm_quality.config import SHIPPED_EXPECTATIONS, RunConfig
from sftrm_quality.formats import formats_of
from sftrm_quality.records import DUPLICATES, QUARANTINE, ApartBy
from sftrm_quality.reports.borderline import what_differs
from sftrm_quality.reports.defects import defects
from sftrm_quality.reports.passages import PASSAGE_CHARACTERS, passage
from sftrm_quality.reports.record_parts import RecordPart, record_parts
from sftrm_quality.reports.samples import duplicate_samples, in_turn, quarantine_samples
from sftrm_quality.reports.together import reasons_together
from sftrm_quality.run_record import NO_RECORDS, FileEntry

SUITES = read_suites(SHIPPED_EXPECTATIONS)
KNOWN = formats_of(())
CONFIG = RunConfig(raw=["raw"], out="out", sources=[{"files": "b*", "rank_direction": "highest_is_best"}])
REASONS = ("answer_blank", "question_blank", "answer_garbled", "data_id_blank")


def row(schema, **values):
    return {name: values.get(name) for name in schema.names}


def quarantined(number, name, reasons, payload="{}", kind="sft"):
    values = {"record_id": f"{kind}-{number}", "label_kind": kind, "source_file": name, "source_index": number}
    values |= {"source_line": number * 2 + 1 if number % 3 else None}
    values |= {"stage": "check", "reasons": list(reasons), "details": [f"{r} here" for r in reasons]}
    return row(QUARANTINE, payload=payload, **values)


def written(path, rows, group=1000, schema=QUARANTINE):
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=group)
    return path


def files(*names, format="reference_sft"):
    about = {
        "status": "read",
        "format": format,
        "label_kind": "sft",
        "container": None,
        "encoding": "utf-8",
        "note": "",
    }
    nothing = {**dict(NO_RECORDS), "incomplete": False, "fields_unread": {}, "reasons": {}}
    nothing |= {"source": "", "delivery": None, "warnings": {}, "repairs": {}, "repairable": {}, "marks": {}}
    nothing |= {"waived": 0, "corrected": 0, "replaced": 0, "replaced_reasons": {}}
    return [FileEntry(source_file=name, **about, **nothing) for name in names]


def test_every_reason_and_file_has_five_where_there_are_so_many(tmp_path):
    rows = [quarantined(n, f"{n % 3}.json", REASONS[: 1 + n % 2]) for n in range(60)]
    rows += [quarantined(60, "2.json", REASONS[3:])]
    found = quarantine_samples(written(tmp_path / "q", rows), files("0.json"), SUITES, CONFIG, KNOWN)
    counted = Counter((s.reason, s.source_file) for s in found)
    assert counted == {
        **{(r, f"{f}.json"): 5 for r in REASONS[:2] for f in range(3)},
        ("data_id_blank", "2.json"): 1,
    }
    for sample in found:
        its = rows[int(sample.record_id.removeprefix("sft-"))]
        assert sample.detail == f"{sample.reason} here"
        assert (sample.source_index, sample.source_line) == (its["source_index"], its["source_line"])
        assert sorted([sample.reason, *sample.also]) == sorted(its["reasons"])
    firsts = [s.source_index for s in found if (s.reason, s.source_file) == ("question_blank", "1.json")]
    assert firsts == [1, 7, 13, 19, 25]


def test_how_rows_are_grouped_on_disk_changes_nothing(tmp_path):
    rows = [quarantined(n, f"{n // 20}.json", [REASONS[n % 4]]) for n in range(100)]
    found = [
        quarantine_samples(written(tmp_path / "q", rows, g), files("0.json"), SUITES, CONFIG, KNOWN)
        for g in (1, 7, 100)
    ]
    assert found[0] == found[1] == found[2]


def test_where_there_is_no_room_reasons_and_files_take_turns():
    groups = {("sft", "often", f"{f:03}.json"): [(0, 10 * f + n, 0) for n in range(5)] for f in range(100)}
    groups[("sft", "seldom", "050.json")] = [(0, 9_999, 0)]
    chosen = in_turn(groups, 40)
    assert len(chosen) == 40
    assert [place for group, place in chosen if group[1] == "seldom"] == [(0, 9_999, 0)]
    # One of each of the first files, and not five of a few.
    assert [group[2] for group, _ in chosen if group[1] == "often"] == [f"{f:03}.json" for f in range(39)]


def test_duplicates_have_samples_by_kind_and_file(tmp_path):
    rows = [
        row(DUPLICATES, record_id=f"sft-{n}", duplicate_of="sft-80", label_kind="sft", similarity=0.9,
            kind=("exact", "near")[n % 2], source_file=f"{n % 4 // 2}.json", source_index=n, payload="{}")
        for n in range(80)
    ]  # fmt: skip
    found = duplicate_samples(written(tmp_path / "d", rows, schema=DUPLICATES), files("0.json"), CONFIG, KNOWN)
    counted = Counter((s.kind, s.source_file) for s in found)
    assert counted == {(kind, f"{f}.json"): 5 for kind in ("exact", "near") for f in range(2)}


@given(st.lists(st.lists(st.sampled_from(REASONS), min_size=1, unique=True), max_size=30), st.integers(1, 8))
def test_pairs_of_reasons_are_those_of_a_plain_count(tmp_path_factory, lists, group):
    path = tmp_path_factory.mktemp("pairs") / "q"
    rows = [quarantined(n, "a", reasons, kind=("sft", "rm")[n % 2]) for n, reasons in enumerate(lists)]
    found = reasons_together(written(path, rows, group))
    for parity, kind in enumerate(("sft", "rm")):
        plain = Counter(pair for reasons in lists[parity::2] for pair in combinations(sorted(reasons), 2))
        assert {pair.reasons: pair.records for pair in found[kind]} == plain
        assert [pair.records for pair in found[kind]] == sorted(plain.values(), reverse=True)


def test_responses_are_listed_by_rank_beside_their_prompt():
    responses = [{"text": "worst", "rank": 1}, {"text": "unranked"}, {"text": "best", "rank": 2}]
    payload = json.dumps({"data_id": "1", "prompt": "Why?", "responses": responses})
    named = {name: CONFIG.source_settings(name) for name in ("a.json", "b.json")}
    shown = record_parts(payload, KNOWN, "reference_rm", named["b.json"], "responses")
    assert [(p.name, p.text, p.rank) for p in shown] == [
        ("prompt", "Why?", None),
        ("response 3", "best", "1"),
        ("response 1", "worst", "2"),
        ("response 2", "unranked", "none"),
    ]
    # As the source declares it: elsewhere 1 is best.
    assert [p.text for p in record_parts(payload, KNOWN, "reference_rm", named["a.json"], None)][1] == "worst"


@pytest.mark.parametrize(
    "payload",
    ['{"question": "cut', "null", "[1]", '{"question": ["a list"]}', '{"question": "\\ud800"}', "[" * 5000, ""],
    ids=ascii,
)
def test_what_cannot_be_taken_apart_is_shown_as_it_stands(payload):
    (part,) = record_parts(payload, KNOWN, "reference_sft", CONFIG.source_settings("a.json"), None)
    assert (part.name, part.text) == ("record", payload)
    (part,) = record_parts('{"question": "Why?", "answer": "So."}', KNOWN, None, CONFIG.source_settings("a.json"), None)
    assert part.name == "record"


def marked(kind, reason, detail="", as_read=True, **texts):
    """The texts that are marked, by part."""
    suite = {"sft": SUITES.sft, "rm": SUITES.rm}[kind]
    entry = next((e for e in suite.entries if e.reason == reason), None)
    parts = [
        RecordPart(name, "responses" if name.startswith("r") and name != "record" else name, text, place=place)
        for place, (name, text) in enumerate(texts.items())
    ]
    found = defects(entry, reason, detail, parts, as_read)
    return {part.name: [part.text[a:b] for a, b in spans] for part, spans in zip(parts, found, strict=True) if spans}


@pytest.mark.parametrize(
    ("kind", "reason", "detail", "texts", "found"),
    [
        ("sft", "answer_blank", "", {"question": "?", "answer": " \u200b"}, {"answer": [" \u200b"]}),
        ("sft", "answer_garbled", "", {"question": "\x07", "answer": "a\ufffdb\x00"}, {"answer": ["\ufffd", "\x00"]}),
        ("sft", "answer_has_template_token", "", {"answer": "a<|im_end|>"}, {"answer": ["<|im_end|>"]}),
        ("sft", "answer_equals_question", "", {"question": "Why", "answer": "why"}, {"answer": ["why"]}),
        ("sft", "answer_placeholder", "", {"answer": "N/A"}, {"answer": ["N/A"]}),
        ("sft", "answer_too_long", "", {"answer": "x" * 32_770}, {"answer": ["xx"]}),
        ("sft", "question_too_short", "", {"question": "왜"}, {"question": ["왜"]}),
        ("sft", "email_found", "", {"question": "to a@example.kr."}, {"question": ["a@example.kr"]}),
        ("sft", "mojibake", "", {"answer": "I donâ€™t"}, {"answer": ["â€™"]}),
        ("sft", "stray_jamo", "", {"answer": "네, 안녕ㅎ세요 또"}, {"answer": ["안녕ㅎ세요"]}),
        ("sft", "refusal_phrase", "", {"answer": "I'm sorry, but I can't."}, {"answer": ["I'm sorry, but I can't"]}),
        ("sft", "script_mismatch", "", {"question": "왜?", "answer": "So."}, {}),
        ("rm", "response_blank", "", {"prompt": " ", "r1": "yes", "r2": " "}, {"r2": [" "]}),
        ("rm", "responses_identical", "responses 1 and 3 are the same: 'response 2'",
         {"prompt": "?", "r1": "A", "r2": "b", "r3": "a"}, {"r1": ["A"], "r3": ["a"]}),
        ("rm", "ranks_not_contiguous", "ranks 1, 2, 4", {"prompt": "?", "r1": "a"}, {}),
        ("sft", "invalid_json", "Expecting ',', 7 bytes into the record", {"record": '{"가" x}'}, {"record": ["x"]}),
        ("sft", "not_a_number", "", {"record": '{"a": "NaN", "b": NaN}'}, {"record": ["NaN"]}),
        ("sft", "duplicate_key", "key 'a' occurs twice in one object", {"record": '{"a":1,"b":"a","a" : 2}'},
         {"record": ['"a"', '"a"']}),
        ("sft", "field_type_wrong", "answer is a list of 1", {"record": '{"answer": [1]}'}, {"record": ['"answer"']}),
        ("rm", "field_unexpected", "the format reference_rm does not read answer", {"record": '{"answer": "so"}'},
         {"record": ['"answer"']}),
        ("sft", "some_reason", "7 bytes", {"record": "{}"}, {}),
    ],
)  # fmt: skip
def test_the_defect_is_marked_where_its_check_can_say_where(kind, reason, detail, texts, found):
    assert marked(kind, reason, detail, **texts) == found


def test_a_position_in_other_bytes_than_those_shown_is_not_marked():
    assert marked("sft", "invalid_json", "2 bytes into the record", as_read=False, record="{x}") == {}


@given(st.text(max_size=60), st.lists(st.integers(0, 3_000), max_size=6, unique=True), st.integers(0, 3_000))
def test_the_pieces_of_a_passage_are_a_stretch_of_the_text(word, bounds, repeats):
    text = word * min(repeats, 3_000 // max(1, len(word)))
    bounds = sorted(b for b in bounds if b <= len(text))
    marks = list(zip(bounds[::2], bounds[1::2], strict=False))
    shown = passage(text, marks)
    first, stretch = shown.first, "".join(piece for piece, _ in shown.pieces)
    assert shown.characters == len(text) and len(stretch) == min(PASSAGE_CHARACTERS, len(text) - first)
    at, seen = first, set()
    for piece, is_marked in shown.pieces:
        seen |= set(range(at, at + len(piece))) if is_marked else set()
        at += len(piece)
    assert seen == {n for a, b in marks for n in range(a, b) if first <= n < first + len(stretch)}
    if marks:
        assert marks[0][0] in seen


def test_personal_data_is_masked_also_where_a_passage_cuts_it():
    text = "x" * (PASSAGE_CHARACTERS - 8) + " 010-1234-5678 and more"
    shown = passage(text).pieces[0][0]
    assert shown.endswith("x ***-***") and len(shown) == PASSAGE_CHARACTERS
    marks = [(1000, 1004)]
    late = passage("y" * 790 + "010-1234-5678 " + "z" * 400, marks)
    assert late.first == 800 and late.pieces[0][0].startswith("*** z")


def test_what_tells_two_records_apart_is_said_without_longer_numbers():
    one, other = [[("answer", f"It took {seconds} seconds")] for seconds in ("1234567", "1234568")]
    assert what_differs(ApartBy.NUMBERS, one, other) == ("*******", "*******")
    one, other = [[("answer", f"Call 010-1234-5678 at {hour}")] for hour in (6, 5)]
    assert what_differs(ApartBy.NUMBERS, one, other) == ("6", "5")
