"""What a format does not read: kept as metadata, or the reason why its record is quarantined."""

import json
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.formats import formats_of
from sftrm_quality.formats.base import DATA_ID
from sftrm_quality.formats.content_words import names_content
from sftrm_quality.formats.rest import rest_as_json, rest_of
from sftrm_quality.formats.unread import unread_content
from sftrm_quality.intake.mapping import map_shard, wire_of_shard
from sftrm_quality.reading import JsonShard

SOURCE = SourceSettings()
SFT = {"data_id": "1", "question": "수도는 어디인가요?", "answer": "서울입니다."}
RM = {
    "data_id": "1",
    "prompt": "Name a city.",
    "responses": [{"text": "Seoul", "rank": 1}, {"text": "A city.", "rank": 2}],
}
AIHUB_SFT = {
    "data_id": "1",
    "data_category": {"main": "문어체", "middle": "사회"},
    "question": "수도는?",
    "answer": {"contents": "서울입니다.", "answer_count": 1},
}
AIHUB_RM = {
    "data_id": "1",
    "question": "수도는?",
    "answer01": {"contents": "서울입니다.", "ranking": 1, "answer_count": 1},
    "answer02": {"contents": "부산.", "ranking": 2, "answer_count": 1},
}
KNOWN = formats_of(())
FORMATS = KNOWN.by_name
IGNORED = {name for fmt in FORMATS.values() for name, _ in fmt.ignores}
BASES = {"reference_sft": SFT, "reference_rm": RM, "aihub_sft": AIHUB_SFT, "aihub_rm": AIHUB_RM}
LONG = (
    "The committee met twice last week and decided to keep the library open until ten in the evening, to much praise."
)
LONG_KOREAN = "마을 도서관이 밤 열 시까지 문을 열기로 하면서 저녁 방문자가 두 배로 늘었다."


def mapped(tmp_path, payloads, name, source=SOURCE):
    """A shard of JSON texts in candidate columns, without checks."""
    path = tmp_path / "shard.jsonl"
    path.write_bytes(b"".join(payloads))
    ends = np.cumsum([len(p) for p in payloads])
    starts, zeros = ends - [len(p) for p in payloads], np.zeros(len(payloads), np.int64)
    shard = JsonShard(
        "a.jsonl", path, False, 0, int(ends[-1]), "utf-8", 0, starts, ends, starts, ends - starts, zeros - 1, {}
    )
    loaded, main = shard.load(Limits()), FORMATS[name]
    wire = wire_of_shard(loaded, main, DATA_ID)
    return map_shard(loaded, loaded.parse(wire, Limits()), wire, KNOWN, main, source, DATA_ID)


def one(tmp_path, record, name="reference_sft", source=SOURCE):
    """The metadata of one record, or the misfit that it is."""
    text = record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)
    candidates = mapped(tmp_path, [text.encode()], name, source)[FORMATS[name].label_kind]
    return candidates.misfits.get(0) or candidates.table["metadata"].to_pylist()[0]


@pytest.mark.parametrize(
    "more",
    [
        {"context": "a"}, {"컨텍스트 지문": "짧다"},
        {"instruction_2": "x"}, {"choices": ["서울", "부산"]}, {"보기1": "짧다"},
        {"choices": [1, 2]}, {"responseText": "b"},
        {"최종답변": "부산"}, {"입력 내용": "x"}, {"回答": "是"}, {"kontext": "x"},
        {"note": LONG}, {"비고": LONG_KOREAN}, {"meta": {"a": [{"b": LONG}]}}, {"extra": [LONG_KOREAN]},
        {"log": [{"role": "user", "x": "hi"}]}, {"x": {"y": [{"from": "human", "value": "hi"}]}},
        {"responses": [{"text": "a", "rank": 1}]}, {"meta": {"context": {"a": "b"}}}, {"tool_calls": [{"name": "f"}]},
        {"image_input": "https://example.org/a.png"},
    ],
)  # fmt: skip
def test_content_quarantines_its_record(tmp_path, more):
    found = one(tmp_path, {**SFT, **more})
    assert found is not None and getattr(found, "reason", None) == "field_unexpected"


@pytest.mark.parametrize(
    "more",
    [
        {"answer_count": 3}, {"prompt_id": "a-1"}, {"response_model": "m-7b"}, {"context": ""}, {"context": "  "},
        {"choices": []}, {"context": None}, {"context": 5}, {"context": True}, {"instruction": "수도는 어디인가요?"},
        {"output": " 서울입니다. "}, {"messages": [{"role": "user", "content": "수도는 어디인가요?"}]},
        {"note": LONG[:90]}, {"비고": LONG_KOREAN[:20]}, {"url": "https://example.org/" + "a" * 200},
        {"source": f"https://example.org/{'가' * 60} https://example.org/b"}, {"sha": "0f" * 64}, {"b64": "QUJD9" * 80},
        {"tags": ["짧은 글", "x"]}, {"annotator": {"name": "Kim", "age": 31}}, {"turns": 2}, {"scores": [1, 2.5]},
    ],
)  # fmt: skip
def test_what_is_no_content_is_metadata(tmp_path, more):
    assert json.loads(one(tmp_path, {**SFT, **more})) == more


def test_metadata_is_in_no_key_and_null_where_all_was_read(tmp_path):
    assert one(tmp_path, SFT) is None
    pair = mapped(tmp_path, [json.dumps(r).encode() for r in (SFT, {**SFT, "note": "x"})], "reference_sft")
    ((_, candidates),) = pair.items()
    assert candidates.table["metadata"].to_pylist() == [None, '{"note":"x"}']
    assert candidates.fields_unread == {"note": 1}


def test_fields_on_every_level_keep_their_places(tmp_path):
    record = {
        **RM,
        "history": [{"role": "user", "content": "Hi.", "at": 7}, {"role": "assistant", "content": "Hello."}],
        "responses": [{"text": "Seoul", "rank": 1}, {"text": "A city.", "rank": 2, "model": "m"}],
        "data_category": {"main": "a", "middle": "b", "small": "c"},
    }
    assert json.loads(one(tmp_path, record, "reference_rm")) == {
        "history": [{"at": 7}, {}],
        "responses": [{}, {"model": "m"}],
        "data_category": {"small": "c"},
    }


def test_numbers_are_as_they_were_written(tmp_path):
    more = '"a": 1.10, "b": [1e5, -0, {"c": 12345678901234567890}]'
    text = f'{{"data_id": "1", "question": "수도는?", "answer": "부산", {more}}}'
    assert one(tmp_path, text) == '{"a":1.10,"b":[1e5,-0,{"c":12345678901234567890}]}'


@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("ignore", [[], ["z.b"]])
def test_what_is_nested_as_deep_as_may_be_is_kept(begin, end, ignore):
    read = FORMATS["reference_sft"].wire_schema([], DATA_ID)
    inner, depth = '{"n":1.10,"t":"x"}', 496  # and four more levels are allowed
    text = f'{{"data_id":"1","question":"q","answer":"a","z":{begin * depth}{inner}{end * depth}}}'
    record = json.loads(text)
    rest = rest_of(record, read, ignore)
    assert unread_content(record, rest, read, "reference_sft") is None
    assert rest_as_json(text.encode, read, ignore, rest) == f'{{"z":{begin * depth}{inner}{end * depth}}}'
    record["z"] = [record["z"], LONG]
    found = unread_content(record, rest_of(record, read, ignore), read, "reference_sft")
    assert found is not None and found.detail.endswith("does not read z[1]")


def test_what_is_ignored_is_named_by_the_source(tmp_path):
    source = SourceSettings(ignore=["context", "responses.model", "meta.a"])
    record = {
        **RM,
        "context": LONG,
        "meta": {"a": LONG, "b": 1},
        "responses": [{**r, "model": LONG} for r in RM["responses"]],
    }
    assert json.loads(one(tmp_path, record, "reference_rm", source)) == {"meta": {"b": 1}}
    assert one(tmp_path, {**record, "more": LONG}, "reference_rm", source).detail.endswith("does not read more")


@pytest.mark.parametrize(
    ("record", "name", "detail"),
    [
        (
            {**SFT, "history": [{"from": "human", "value": "Hi"}]},
            "reference_sft",
            "turns of history have no role and no content (fields from, value)",
        ),
        (
            {**SFT, "history": [{"role": "user", "text": "Hi"}]},
            "reference_sft",
            "turns of history have no content (fields role, text)",
        ),
        (
            {**RM, "responses": [{"content": "a", "rank": 1}]},
            "reference_rm",
            "responses have no text (fields content, rank)",
        ),
        (
            {**RM, "responses": [{"text": "a", "순위": 1}]},
            "reference_rm",
            "responses have no rank (fields text, 순위)",
        ),
        (
            {**SFT, "a": {"b": [{"context": "c"}]}, "input_text": "d"},
            "reference_sft",
            "the format reference_sft does not read a.b[0].context, input_text",
        ),
    ],
)
def test_the_detail_names_the_fields(tmp_path, record, name, detail):
    assert one(tmp_path, record, name).detail == detail


def test_a_rank_that_is_null_is_no_other_name(tmp_path):
    record = {**RM, "responses": [{"text": "a", "rank": None, "ranking": 1}, {"text": "b", "score": 2, "rating": "3"}]}
    assert json.loads(one(tmp_path, record, "reference_rm")) == {"responses": [{"ranking": 1}, {"rating": "3"}]}


@pytest.mark.parametrize(
    "name", ["answer_count", "prompt_id", "response_model", "text_length", "질문유형", "답변수", "rank"]
)
def test_the_last_word_of_a_name_decides(name):
    assert not names_content(name)


def test_each_record_is_read_by_its_own_format(tmp_path):
    payloads = [json.dumps({**base, "data_id": name}).encode() for name, base in BASES.items()]
    for main in BASES:
        found = mapped(tmp_path, payloads, main)
        ids = {kind: candidates.table["data_id"].to_pylist() for kind, candidates in found.items()}
        assert ids == {"sft": ["reference_sft", "aihub_sft"], "rm": ["reference_rm", "aihub_rm"]}
        assert not any(candidates.misfits for candidates in found.values())
    declared = mapped(tmp_path, payloads, "reference_sft", SourceSettings(format="reference_sft"))
    assert list(declared) == ["sft"] and sorted(declared["sft"].misfits) == [1, 2, 3]


@pytest.mark.parametrize("contents", ["열하나", ""])
def test_answers_beyond_those_of_the_shards_sample_are_read(tmp_path, contents):
    records = [{**AIHUB_RM, "data_id": f"r{n}"} for n in range(40)]
    records[1]["answer11"] = {"contents": contents, "ranking": 3, "answer_count": 1}
    (candidates,) = mapped(tmp_path, [json.dumps(r).encode() for r in records], "aihub_rm").values()
    rows = candidates.table.to_pylist()
    assert not candidates.misfits and [row["data_id"] for row in rows] == [f"r{n}" for n in range(40)]
    assert [r["text"] for r in rows[1]["responses"]] == ["서울입니다.", "부산.", contents] and rows[1][
        "metadata"
    ] is None


def leaves(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif value is not None:
        yield value


_names = st.sampled_from(["note", "id", "meta", "context", "role", "text", "비고", "model", "content", "data_id"])
_more = st.recursive(
    st.sampled_from(["word", "long", "number", "float", "null"]),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(_names, inside, max_size=2),
    max_leaves=4,
)


def _unique(value, numbers):
    """The same shape with leaves of which no two are equal."""
    if isinstance(value, dict):
        return {name: _unique(inner, numbers) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unique(inner, numbers) for inner in value]
    n = next(numbers)
    return {"word": f"w{n}", "long": f"{LONG} {n}", "number": 1000 + n, "float": n + 0.25, "null": None}[value]


@given(st.data(), st.sampled_from(list(BASES)), st.lists(st.sampled_from(list(BASES)), min_size=1, max_size=5))
def test_every_leaf_of_a_record_is_found_again(tmp_path_factory, data, main, names):
    """In the candidate, in its metadata, or in the misfit's own text; but for what is ignored on purpose."""
    numbers = count()
    records = []
    for place, name in enumerate(names):
        record = json.loads(json.dumps(BASES[name]))
        record["data_id"] = f"r{place}"
        record |= _unique(
            data.draw(st.dictionaries(_names.filter(lambda n: n != "data_id"), _more, max_size=2)), numbers
        )
        if isinstance(record.get("responses"), list):
            record["responses"][0] |= _unique(data.draw(st.dictionaries(_names, _more, max_size=1)), numbers)
        records.append(record)
    payloads = [json.dumps(record, ensure_ascii=False).encode() for record in records]
    found = mapped(tmp_path_factory.mktemp("leaves"), payloads, main, SourceSettings(ignore=["meta"]))
    kept = {row: candidates for candidates in found.values() for row in candidates.misfits}
    for candidates in found.values():
        for row, values in zip(candidates.rows.tolist(), candidates.table.to_pylist(), strict=True):
            assert row not in kept
            kept[row] = candidates
            metadata = json.loads(values.pop("metadata") or "{}")
            expected = {name: value for name, value in records[row].items() if name != "meta"}
            for answer in expected.values():
                if isinstance(answer, dict):
                    for ignored in IGNORED:
                        answer.pop(ignored, None)
            seen = set(map(str, (*leaves(values), *leaves(metadata))))
            for leaf in leaves(expected):
                assert str(leaf) in seen or str(float(leaf)) in seen
    assert sorted(kept) == list(range(len(records)))


def test_what_is_read_and_the_rest_make_the_whole():
    wire = FORMATS["reference_rm"].wire_schema([], DATA_ID)
    assert rest_of(RM, wire) == {} and unread_content(RM, {}, wire, "reference_rm") is None
